// The case note's texts, filters, tags: what the desk shows of what the service says.
import { describe, expect, it } from "vitest";
import type { Callback, Case } from "../src/console/api";
import { inOrder } from "../src/console/callbacks-page";
import { fieldTexts } from "../src/console/case-note";
import { splitTags } from "../src/console/case-tools";
import { deskEn, deskHant } from "../src/console/desk-strings";
import { EVERYTHING, passes } from "../src/console/filters";
import { dayText } from "../src/console/office-time";
import { entriesOf, hasDesk, MENU } from "../src/console/pages";
import { ranks } from "../src/console/review-block";
import { consoleSay } from "../src/console/strings";
import { Transcript } from "../src/chat/transcript";

const lookup = (key: string, values: Record<string, string | number>): string => consoleSay("en", key, values);
const texts = (field: string, value: unknown): string[] => fieldTexts({ field, value }, "en", lookup);
const FIELDS = ["reason", "trigger", "words", "language", "channel", "contact", "stated_unverified", "answered", "matches", "contested", "barriers", "consent", "risk", "next_step"];

describe("case note", () => {
  it("has a name for every field in both languages, and nothing to show of nothing", () => {
    for (const field of FIELDS) {
      expect(Object.keys(deskHant)).toContain(`field_${field}`);
      expect(deskEn[`field_${field}` as "field_reason"]).toBeTruthy();
      for (const nothing of [null, [], {}, ""]) expect(texts(field, nothing).filter((each) => each && !each.startsWith("risk_"))).toEqual([]);
    }
  });
  it("shows words as they were written", () => expect(texts("trigger", [{ seq: 3, text: "<img src=x onerror=alert(1)>" }])).toEqual(["<img src=x onerror=alert(1)>"]));
  it("says which knowledge an answer came from", () => expect(texts("answered", [{ topic: "ui_amount", at: "x", versions: { knowledge: "2026-11", figures: {} } }])).toEqual(["ui_amount — knowledge version 2026-11"]));
  it("says what was shown by which rules", () => expect(texts("matches", [{ match_log_id: 7, at: "x", shown: ["a", "b"], versions: { rules: "3" } }])).toEqual(["Log 7: 2 shown, rule version rules 3"]));
  it("names the contested item and its day", () => expect(texts("contested", { match_log_id: 7, vacancy_id: "v1", versions: {}, words: "unfair", due_on: "2026-12-05" })).toEqual(["vacancy v1 (log 7), answer due 2026-12-05", "unfair"]));
  it("lists what the person has stated", () => {
    expect(texts("stated_unverified", { held: [{ id: "welding", years: 5 }], jobs: [], wishes: { pay_low: "30000", weights: {} }, home: "tw-63", version: 2 })).toEqual(["Skills and licences: welding、years 5", "Wishes: pay low 30000", "Home: tw-63"]);
  });
});

describe("filters", () => {
  const each = { urgency: 1, language: "zh", office: "north", offered_to_id: 3 } as Case;
  it.each([
    [EVERYTHING, true],
    [{ ...EVERYTHING, language: "en" }, false],
    [{ ...EVERYTHING, office: "north", language: "zh", urgency: "1" }, true],
    [{ ...EVERYTHING, urgency: "2" }, false],
    [{ ...EVERYTHING, offered: true }, true],
  ])("%j shows it: %s", (filter, shown) => expect(passes(filter, each, 3)).toBe(shown));
  it("offered to somebody else is not offered to me", () => expect(passes({ ...EVERYTHING, offered: true }, each, 4)).toBe(false));
  it("never hides a crisis", () => expect(passes({ urgency: "2", language: "en", office: "south", offered: true }, { ...each, urgency: 0 } as Case, 9)).toBe(true));
});

describe("tags", () => {
  it("are split as people write them, each once", () => expect(splitTags(" 給付、急, urgent;急\n")).toEqual(["給付", "急", "urgent"]));
});

describe("pages of a long transcript", () => {
  it("begins where the first page begins and goes on without asking for what is before", () => {
    const transcript = new Transcript<{ seq: number; text: string }>();
    transcript.begin(4_701);
    for (const seq of [4_701, 4_702]) transcript.add({ seq, text: "●" });
    expect(transcript.cursor).toBe(4_702);
    transcript.replace({ seq: 4_702, text: "shown" });
    transcript.replace({ seq: 9_000, text: "never added" });
    expect(transcript.entries().map((line) => line.text)).toEqual(["●", "shown"]);
  });
});

describe("further pages", () => {
  const keys = (role: string): string[] => entriesOf(role).map((each) => each.key);
  it("are for those whom the service answers", () => {
    expect(keys("counsellor")).toEqual(["pageCallbacks", "pageBehalf", "pageOffices"]);
    expect(keys("supervisor")).toHaveLength(MENU.length);
    expect(keys("worker_representative")).toEqual(["pageSwitches", "pageReleases"]);
    expect(keys("nobody")).toEqual([]);
  });
  it("a role without cases begins with its first page, one with cases has a desk", () => {
    expect(["editor", "auditor", "worker_representative"].map((role) => keys(role)[0])).toEqual(["pageCanned", "pageFlags", "pageSwitches"]);
    expect(["counsellor", "supervisor", "editor", "auditor", "worker_representative"].filter(hasDesk)).toEqual(["counsellor", "supervisor"]);
  });
  it("say a day with its weekday", () => {
    expect(dayText("2026-11-28", "zh-Hant")).toContain("週六");
    expect(dayText("2026-11-28", "en")).toContain("Sat");
    expect(dayText("no day", "en")).toBe("no day");
  });
});

describe("call-backs", () => {
  const asked = (id: number, kind: string, from_at: string | null, state = "open"): Callback => ({ id, case_id: 1, kind, contact: "", text: "", from_at, until_at: null, state, created_at: `2026-11-0${id}` });
  it("come by their slot, messages after them, settled ones not", () => {
    const all = [asked(1, "message", null), asked(2, "callback", "2026-11-30T03:00"), asked(3, "callback", "2026-11-30T01:00"), asked(4, "callback", "2026-11-29", "done"), asked(5, "message", null)];
    expect(inOrder(all).map((each) => each.id)).toEqual([3, 2, 1, 5]);
  });
});

describe("a contested ranking worked out again", () => {
  const ranked = (...all: [number, number, number][]): [number, number, number][] => all;
  const rerun = { logged_at: "", same: false, changed: ["policy"], logged: ranked([7, 90, 1], [8, 50, 2]), now: ranked([8, 60, 1], [7, 50, 2], [9, 10, 3]), versions: {}, titles: { "7": "Driver" } };
  it("stands side by side, the contested vacancy marked wherever it is", () => {
    expect(ranks(rerun, "8")).toEqual([
      { then: "1. Driver (90)", now: "1. 8 (60)", contested: true },
      { then: "2. 8 (50)", now: "2. Driver (50)", contested: true },
      { then: "—", now: "3. 9 (10)", contested: false },
    ]);
    expect(ranks(rerun, "").some((each) => each.contested)).toBe(false);
  });
});
