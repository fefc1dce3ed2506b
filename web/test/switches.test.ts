// How the capabilities stand: the newest reading counts, a change outruns a reading that is on its way; words for each capability.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Capability, Result } from "../src/console/api";
import { whoSwitched } from "../src/console/stopped-bar";
import { SwitchWatch } from "../src/console/switch-watch";
import { consoleSay } from "../src/console/strings";
import { switchesEn, switchesHant } from "../src/console/switches-strings";

type Answer = Result<{ switches: Capability[] }>;
const one = (name: string, off: boolean, more: Partial<Capability> = {}): Capability => ({ name, off, reason: "", changed_by: "", changed_by_name: "", changed_at: null, ...more });
const fine = (...switches: Capability[]): Answer => ({ ok: true, value: { switches } });
const refused = (status: number): Answer => ({ ok: false, problem: { status, code: "", message: {}, retryAfterSeconds: null } });

/** Answers are given when the test says so. */
function slow(): { api: ConstructorParameters<typeof SwitchWatch>[0]; readings: ((answer: Answer) => void)[]; changes: ((answer: Answer) => void)[] } {
  const readings: ((answer: Answer) => void)[] = [];
  const changes: ((answer: Answer) => void)[] = [];
  return { api: { switches: () => new Promise((done) => readings.push(done)), setSwitch: () => new Promise((done) => changes.push(done)) }, readings, changes };
}

describe("what is known of the switches", () => {
  it("is what was read last, whatever comes late", async () => {
    const { api, readings } = slow();
    const watch = new SwitchWatch(api, () => undefined);
    const both = [watch.read(), watch.read()];
    readings[1]?.(fine(one("matching", true)));
    readings[0]?.(fine(one("matching", false)));
    await Promise.all(both);
    expect(watch.off.map((each) => each.name)).toEqual(["matching"]);
  });
  it("a reading from before a change does not undo it on the page", async () => {
    const { api, readings, changes } = slow();
    const watch = new SwitchWatch(api, () => undefined);
    const before = watch.read();
    const change = watch.set("alerts", true, "wrong");
    const during = watch.read();
    changes[0]?.(fine(one("alerts", true)));
    readings[0]?.(fine(one("alerts", false)));
    readings[1]?.(fine(one("alerts", false)));
    expect(await change).toBeNull();
    await Promise.all([before, during]);
    expect(watch.off).toHaveLength(1);
  });
  it("stays when it cannot be read, and says that it is old", async () => {
    const { api, readings } = slow();
    const watch = new SwitchWatch(api, () => undefined);
    let heard = 0;
    const leave = watch.listen(() => (heard += 1));
    const first = watch.read();
    readings[0]?.(fine(one("nlu", true)));
    await first;
    const second = watch.read();
    readings[1]?.(refused(0));
    await second;
    expect([watch.off.length, watch.problem?.status, heard, watch.readAt !== null]).toEqual([1, 0, 2, true]);
    leave();
    const third = watch.read();
    readings[2]?.(fine(one("nlu", false)));
    await third;
    expect([watch.off.length, watch.problem, heard]).toEqual([0, null, 2]);
  });
  it("ends with the session", async () => {
    const { api, readings } = slow();
    let ended = 0;
    const watch = new SwitchWatch(api, () => (ended += 1));
    const reading = watch.read();
    readings[0]?.(refused(401));
    await reading;
    expect(ended).toBe(1);
  });
  it("a refused change says why and changes nothing", async () => {
    const { api, changes } = slow();
    const watch = new SwitchWatch(api, () => undefined);
    const change = watch.set("nlu", false, "x");
    changes[0]?.(refused(403));
    expect((await change)?.status).toBe(403);
    expect(watch.switches).toEqual([]);
  });
});

describe("words of the switches", () => {
  const lookup = (key: string, values: Record<string, string | number>): string => consoleSay("en", key, values);
  it("name every capability the service knows, what stops and what goes on", () => {
    const line = /^MATCHING, ESTIMATES, ALERTS, NLU = (.+)$/m.exec(readFileSync("../jobseeker/switches.py", "utf8"));
    const names = [...(line?.[1] ?? "").matchAll(/"(\w+)"/g)].map((found) => found[1]);
    expect(names).toHaveLength(4);
    for (const name of names)
      for (const kind of ["capability", "stops", "goesOn"]) {
        const key = `${kind}_${name}` as keyof typeof switchesHant;
        expect(switchesHant[key], key).toBeTruthy();
        expect(switchesEn[key], key).toBeTruthy();
      }
  });
  it("say who it was", () => {
    expect(whoSwitched(one("nlu", true, { changed_by: "account:3", changed_by_name: "Mei" }), lookup)).toBe("Mei");
    expect(whoSwitched(one("nlu", true, { changed_by: "command line" }), lookup)).toBe("a command on the machine");
    expect(whoSwitched(one("nlu", true, { changed_by: "account:9" }), lookup)).toBe(lookup("unknown", {}));
  });
  it("a reason with braces stays as it was written", () => {
    expect(lookup("stoppedOne", { name: "{who}", at: "1", who: "2", reason: "{at}" })).toBe("Stopped: {who} (1, 2). Reason: {at}");
  });
});
