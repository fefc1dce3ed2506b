// The queue of unsent messages: nothing lost over a reload, nothing sent twice, order kept between tabs.
import { describe, expect, it } from "vitest";
import { OutgoingQueue } from "../src/chat/outgoing";
import { MemoryArea, type Area } from "../src/shared/area";

function ids(): () => string {
  let next = 0;
  return () => `id${String((next += 1)).padStart(3, "0")}`;
}
const queue = (area: Area, now = () => 1_000, newId = ids()): OutgoingQueue => new OutgoingQueue(area, "ns", newId, now);

class FullArea extends MemoryArea {
  override set(): void {
    throw new DOMException("full", "QuotaExceededError");
  }
}

describe("OutgoingQueue", () => {
  it("keeps messages in order within one millisecond", () => {
    const mine = queue(new MemoryArea());
    for (const text of ["a", "b", "c"]) mine.add(text);
    expect(mine.all().map((message) => message.text)).toEqual(["a", "b", "c"]);
  });

  it("keeps the order when the clock goes backwards", () => {
    let now = 5_000;
    const mine = queue(new MemoryArea(), () => now);
    mine.add("first");
    now = 1_000;
    mine.add("second");
    expect(mine.all().map((message) => message.text)).toEqual(["first", "second"]);
  });

  it("survives a reload with the same id, so that the server can tell", () => {
    const area = new MemoryArea();
    const { message } = queue(area).add("hello", "/human");
    expect(queue(area).all()).toEqual([message]);
    expect(queue(area).next()).toMatchObject({ id: message.id, payload: "/human" });
  });

  it("is shared by two tabs without overwriting", () => {
    const area = new MemoryArea();
    const newId = ids();
    const one = queue(area, () => 1_000, newId);
    const two = queue(area, () => 1_000, newId);
    one.add("from one");
    two.add("from two");
    one.add("from one again");
    expect(two.all().map((message) => message.text)).toEqual(["from one", "from two", "from one again"]);
    two.remove(two.all()[0]!.id);
    expect(one.all()).toHaveLength(2);
  });

  it("takes removal of what another tab has removed already", () => {
    const mine = queue(new MemoryArea());
    const { message } = mine.add("x");
    mine.remove(message.id);
    mine.remove(message.id);
    expect(mine.all()).toEqual([]);
  });

  it("lets a refused message wait without holding up the others", () => {
    const area = new MemoryArea();
    const mine = queue(area);
    const bad = mine.add("bad").message;
    const good = mine.add("good").message;
    mine.fail(bad.id, { code: "JS-IN-001" });
    expect(mine.next()?.id).toBe(good.id);
    expect(queue(area).all()[0]?.failed?.code).toBe("JS-IN-001");
  });

  it("keeps in memory what a full storage does not take, and says so", () => {
    const mine = queue(new FullArea());
    const { message, saved } = mine.add("x");
    expect(saved).toBe(false);
    expect(mine.next()?.id).toBe(message.id);
    mine.remove(message.id);
    expect(mine.next()).toBeUndefined();
  });

  it("reads over entries that are not messages", () => {
    const area = new MemoryArea();
    area.set("ns:out:zzz", "{not json");
    area.set("ns:out:yyy", '{"id": 3}');
    expect(queue(area).all()).toEqual([]);
  });

  it("clears only its own keys", () => {
    const area = new MemoryArea();
    area.set("other:out:1", "x");
    const mine = queue(area);
    mine.add("x");
    mine.clear();
    expect(mine.all()).toEqual([]);
    expect(area.get("other:out:1")).toBe("x");
  });
});
