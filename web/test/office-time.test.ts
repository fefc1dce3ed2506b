// Times are the offices' whatever zone the browser is set to: each of these is looked at from Honolulu, Taipei, New York in summer and winter, and Kiritimati.
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fieldTexts } from "../src/console/case-note";
import { clock, dayText, differs, moment, OFFICE_ZONE, officeDay, zoneName } from "../src/console/office-time";
import { consoleSay } from "../src/console/strings";

const OWN_ZONE = process.env.TZ;
const ZONES = ["Pacific/Honolulu", "America/New_York", "UTC", "Asia/Taipei", "Pacific/Kiritimati"];
const LATE = "2026-11-27T22:30:00+00:00"; // 06:30 the next day in Taipei
const root = resolve(__dirname, "../..");

/** The same test with the browser's zone set to each of them; it is seen to be set. */
function everywhere(name: string, check: () => void): void {
  it.each(ZONES)(`${name}, seen from %s`, (zone) => {
    process.env.TZ = zone;
    expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
    check();
  });
}

afterEach(() => {
  if (OWN_ZONE === undefined) delete process.env.TZ;
  else process.env.TZ = OWN_ZONE;
});

describe("a time on the desk", () => {
  it("is of the zone that the country pack names", () => expect(OFFICE_ZONE).toBe((parse(readFileSync(resolve(root, "packs/tw/policy/offices.yml"), "utf8")) as { zone: string }).zone));
  everywhere("is the offices'", () => {
    expect(moment(LATE)).toMatch(/28/);
    expect(moment(LATE)).toMatch(/6:30/);
    expect(clock(LATE)).toMatch(/6:30/);
    expect(moment("2026-07-01T00:30:00Z")).toMatch(/8:30/); // no summer time there
  });
  everywhere("is that in a case note too", () => {
    const lookup = (key: string, values: Record<string, string | number>): string => consoleSay("en", key, values);
    expect(fieldTexts({ field: "next_step", value: { kind: "review", due_at: LATE } }, "en", lookup).join()).toMatch(/6:30/);
  });
  everywhere("belongs to the offices' day", () => {
    expect(officeDay(new Date(LATE))).toBe("2026-11-28");
    expect(officeDay(new Date("2026-11-27T15:59:59Z"))).toBe("2026-11-27");
    expect(officeDay(new Date("2026-11-27T16:00:00Z"))).toBe("2026-11-28");
  });
  everywhere("a day stays the day it is", () => {
    expect(dayText("2026-11-28", "en")).toContain("Sat");
    expect(dayText("2026-11-28", "zh-Hant")).toContain("28");
  });
  it("is ? where there is none", () => expect([moment(null), moment("soon"), clock(undefined)]).toEqual(["?", "?", "?"]));
});

describe("the line about the zone", () => {
  const winter = new Date("2026-01-15T04:00:00Z");
  it("is there where the clocks differ", () => {
    expect(ZONES.filter((zone) => differs(winter, zone))).toEqual(["Pacific/Honolulu", "America/New_York", "UTC", "Pacific/Kiritimati"]);
    process.env.TZ = "America/New_York";
    expect(differs(winter)).toBe(true);
    process.env.TZ = "Asia/Taipei";
    expect(differs(winter)).toBe(false);
  });
  it("is not there for a zone of another name with the same clock", () => expect(["Asia/Shanghai", "Asia/Singapore", "Etc/GMT-8"].filter((zone) => differs(winter, zone))).toEqual([]));
  it("names both in the reader's language", () => {
    expect(zoneName("en", winter, "America/New_York")).toBe("Eastern Standard Time");
    expect(zoneName("zh-Hant", winter, OFFICE_ZONE)).toMatch(/[台臺][北灣]標準時間/); // browsers differ in its name
  });
});

it("no module of the console shows a time by the browser's zone", () => {
  const folder = resolve(__dirname, "../src/console");
  const modules = readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "office-time.ts");
  expect(modules.length).toBeGreaterThan(30);
  const ofTheBrowser = /toLocale(?:Date|Time)String|toLocaleString\(\[|DateTimeFormat|\.get(?:FullYear|Month|Date|Day|Hours|Minutes)\(/;
  expect(ofTheBrowser.test("when.toLocaleTimeString()")).toBe(true);
  expect(modules.filter((name) => ofTheBrowser.test(readFileSync(resolve(folder, name), "utf8")))).toEqual([]);
});
