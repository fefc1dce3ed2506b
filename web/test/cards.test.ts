import { describe, expect, it } from "vitest";
import { barWidths } from "../src/chat/cards";

describe("the reasons bar", () => {
  it("gives each reason its share of the whole", () => {
    const widths = barWidths([
      { label: "skills", points: 40, share: 0.5 },
      { label: "near", points: 8, share: 0.1 },
    ]);
    expect(widths).toEqual([
      { label: "skills", percent: 50 },
      { label: "near", percent: 10 },
    ]);
  });

  it("never grows beyond the bar, whatever the shares add up to", () => {
    const widths = barWidths([
      { label: "a", share: 3 },
      { label: "b", share: 1 },
    ]);
    expect(widths.map((part) => part.percent)).toEqual([75, 25]);
  });

  it("leaves out what has no share or makes no sense", () => {
    expect(barWidths([{ label: "a" }, { label: "b", share: -1 }, { label: "c", share: Number.NaN }])).toEqual([]);
  });
});
