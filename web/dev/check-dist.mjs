// After a build: what other sites embed is one file without imports, small, and everything the gateway serves is there.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";

const dist = resolve(import.meta.dirname, "../dist");
const LIMIT = 60 * 1024;
const problems = [];
for (const file of ["index.html", "console.html", "job-chat.js", "favicon.svg"]) if (!existsSync(resolve(dist, file))) problems.push(`${file} is missing`);
const script = readFileSync(resolve(dist, "job-chat.js"));
const size = gzipSync(script).length;
if (size > LIMIT) problems.push(`job-chat.js is ${size} bytes gzipped, more than ${LIMIT}`);
if (/(^|[;}\s])import\s*(["'{*(]|\w+\s+from)/.test(script.toString())) problems.push("job-chat.js imports something: it must stand alone");
const scripts = readdirSync(resolve(dist, "assets")).filter((name) => name.endsWith(".js"));
if (scripts.length < 2) problems.push("the scripts of the page and of the console are not both there");
for (const name of ["index.html", "console.html"]) {
  if (/<script(?![^>]*\bsrc=)/.test(readFileSync(resolve(dist, name), "utf8"))) problems.push(`${name} has an inline script, which the content security policy forbids`);
}
if (problems.length) {
  process.stderr.write(`web/dist is not as it must be:\n- ${problems.join("\n- ")}\n`);
  process.exit(1);
}
process.stdout.write(`web/dist is complete; job-chat.js is ${(size / 1024).toFixed(1)} KB gzipped (limit ${LIMIT / 1024})\n`);
