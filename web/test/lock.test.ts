// `npm ci` on any machine: the lock file is complete for every platform and names no registry.
// (package.json pins rollup to a release whose platform packages were all out when the lock was made; else npm leaves some away.)
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

interface Entry {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

it("is complete, hashed, and without addresses", () => {
  const lock = JSON.parse(readFileSync(resolve(__dirname, "../package-lock.json"), "utf8")) as { packages: Record<string, Entry> };
  const entries = Object.entries(lock.packages).filter(([path]) => path !== "");
  expect(entries.length).toBeGreaterThan(80);
  for (const [path, entry] of entries) {
    expect(entry.integrity, path).toMatch(/^sha512-/);
    expect(entry.resolved, path).toBeUndefined();
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      expect(entries.some(([other]) => other.endsWith(`node_modules/${name}`)), `${name}, which ${path} wants`).toBe(true);
    }
  }
});
