// What arrives twice, late or with gaps still shows once and in order.
import { describe, expect, it } from "vitest";
import { Transcript } from "../src/chat/transcript";

const entry = (seq: number) => ({ seq, text: String(seq) });

describe("Transcript", () => {
  it("takes every number once", () => {
    const transcript = new Transcript();
    expect(transcript.add(entry(1))).toBe(true);
    expect(transcript.add(entry(1))).toBe(false);
    expect(transcript.size).toBe(1);
  });

  it("orders what arrives out of order", () => {
    const transcript = new Transcript();
    for (const seq of [3, 1, 2]) transcript.add(entry(seq));
    expect(transcript.entries().map((each) => each.seq)).toEqual([1, 2, 3]);
    expect(transcript.last()?.seq).toBe(3);
  });

  it("resumes before a gap, so that a late message is not missed", () => {
    const transcript = new Transcript();
    for (const seq of [1, 2, 4, 5]) transcript.add(entry(seq));
    expect(transcript.cursor).toBe(2);
    transcript.add(entry(3));
    expect(transcript.cursor).toBe(5);
  });

  it("replayed in every order it is the same", () => {
    const orders = [
      [1, 2, 3, 4],
      [4, 3, 2, 1],
      [2, 4, 1, 3, 2, 4],
    ];
    for (const order of orders) {
      const transcript = new Transcript();
      for (const seq of order) transcript.add(entry(seq));
      expect(transcript.entries().map((each) => each.seq)).toEqual([1, 2, 3, 4]);
      expect(transcript.cursor).toBe(4);
    }
    expect(orders).toHaveLength(3);
  });

  it("refuses what is no sequence number", () => {
    const transcript = new Transcript();
    for (const seq of [0, -1, 1.5, Number.NaN]) expect(transcript.add(entry(seq))).toBe(false);
  });
});
