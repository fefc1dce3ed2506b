// What is said of a new password before it is sent: the same as the service would say, counted in the same way.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { wrongWith } from "../src/console/account-page";
import { ACCOUNT, MENU } from "../src/console/pages";

describe("a new password", () => {
  const code = readFileSync(resolve(__dirname, "../../jobseeker/usecases/create_account.py"), "utf8");
  const [shortest, longest] = (/MIN_PASSWORD_CHARACTERS, MAX_PASSWORD_CHARACTERS = (\d+), (\d+)/.exec(code) ?? []).slice(1).map(Number) as [number, number];
  const judge = (fresh: string, again = fresh): string | null => wrongWith("the present one", fresh, again);

  it("is as long as the service asks", () => {
    expect(shortest).toBeGreaterThan(7);
    expect(judge("x".repeat(shortest - 1))).toBe("passwordLength");
    expect(judge("x".repeat(shortest))).toBeNull();
    expect(judge("x".repeat(longest))).toBeNull();
    expect(judge("x".repeat(longest + 1))).toBe("passwordLength");
  });
  it("is counted in characters, not in halves of them", () => {
    expect(judge("😀".repeat(shortest - 1))).toBe("passwordLength");
    expect(judge("😀".repeat(longest))).toBeNull();
  });
  it("differs from the present one and is entered the same way twice", () => {
    expect(judge("the present one")).toBe("passwordSame");
    expect(judge("a new long one", "a new long onE")).toBe("passwordsDiffer");
  });
});

it("one's account is no page of a role: everybody has it", () => expect(MENU.map((each) => each.key)).not.toContain(ACCOUNT));
