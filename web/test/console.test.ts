// The console's words: every reason and alert the service can name has some, in both languages.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { KINDS } from "../src/console/alert-bar";
import { CONSOLE_LANGUAGES, CONSOLE_STRINGS, consoleSay, duration, reasonText } from "../src/console/strings";

const root = resolve(__dirname, "../..");

/** Every `reason` of the escalation policy, wherever it stands in the file, and those that the code gives. */
function reasons(): string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (value && typeof value === "object") {
      for (const [key, each] of Object.entries(value)) key === "reason" && typeof each === "string" ? found.add(each) : walk(each);
    }
  };
  walk(parse(readFileSync(resolve(root, "packs/tw/policy/escalation.yml"), "utf8")));
  const code = readFileSync(resolve(root, "jobseeker/escalation/policy.py"), "utf8");
  const line = /_RISK_REASONS[^=]*= \{(.*)\}/.exec(code)?.[1] ?? "";
  for (const match of line.matchAll(/: "(\w+)"/g)) found.add(match[1] ?? "");
  for (const name of ["asked_for_human", "failed_turns", "on_behalf"]) found.add(name);
  return [...found].sort();
}

describe("console words", () => {
  it("names every reason", () => {
    const all = reasons();
    expect(all.length).toBeGreaterThan(12);
    expect(all).toContain("sensitive_topic");
    for (const language of CONSOLE_LANGUAGES) {
      for (const reason of all) expect(Object.keys(CONSOLE_STRINGS[language]), reason).toContain(`reason_${reason}`);
    }
  });
  it("names every alert of the runbook", () => {
    const runbook = readFileSync(resolve(root, "docs/runbooks/handoff.md"), "utf8");
    const table = runbook.split("## Alerts and what to do")[1]?.split("\n## ")[0] ?? "";
    const kinds = table.split("\n").flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map((match) => match[1] ?? ""));
    expect(kinds.length).toBeGreaterThan(9);
    expect(Object.keys(KINDS).sort()).toEqual(kinds.sort());
    for (const key of Object.values(KINDS)) expect(Object.keys(CONSOLE_STRINGS.en)).toContain(key);
  });
  it("shows a reason it does not know by its code", () => expect(reasonText("en", "brand_new")).toBe("brand new"));
  it("has the same places in both languages", () => {
    const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();
    const keys = Object.keys(CONSOLE_STRINGS.en);
    expect(keys.length).toBeGreaterThan(60);
    for (const key of keys) expect(places(CONSOLE_STRINGS["zh-Hant"][key as "title"]), key).toEqual(places(CONSOLE_STRINGS.en[key as "title"]));
  });
  it.each([
    [0, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [3_599, "59 min"],
    [3_600, "1 h 0 min"],
    [90_061, "1 d 1 h"],
    [-5, "0 s"],
  ])("says %d seconds as %s", (seconds, text) => expect(duration("en", seconds)).toBe(text));
  it("fills places", () => expect(consoleSay("zh-Hant", "caseTitle", { id: 7 })).toBe("案件 7"));
});
