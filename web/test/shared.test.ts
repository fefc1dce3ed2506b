// The event-stream parser, waiting times, links in text, and the interface words.
import { describe, expect, it } from "vitest";
import { retryAfter, retryDelay } from "../src/shared/backoff";
import { pieces, safeWebAddress } from "../src/shared/rich-text";
import { SseParser } from "../src/shared/sse-parser";
import { LANGUAGES, STRINGS, errorText, pickLanguage, say } from "../src/strings";

describe("SseParser", () => {
  const stream = 'id: 7\r\nevent: reply\r\ndata: {"a":\r\ndata: 1}\r\n\r\n: keep-alive\n\nevent: state\ndata: 失業\n\n';
  const events = [
    { event: "reply", data: '{"a":\n1}', id: "7" },
    { event: "state", data: "失業", id: "7" },
  ];

  it("reads a stream in one piece", () => expect(new SseParser().push(stream)).toEqual(events));

  it("reads it cut anywhere", () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const parser = new SseParser();
      expect([...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))]).toEqual(events);
    }
  });

  it("reads it byte by byte", () => {
    const parser = new SseParser();
    expect([...stream].flatMap((character) => parser.push(character))).toEqual(events);
  });
});

describe("waiting", () => {
  it("doubles up to a limit and never below half", () => {
    expect([1, 2, 3, 10, 1_000].map((attempt) => retryDelay(attempt, () => 1))).toEqual([500, 1000, 2000, 15_000, 15_000]);
    expect(retryDelay(3, () => 0)).toBe(1000);
  });
  it("reads Retry-After", () => {
    expect(retryAfter("7", 0)).toBe(7000);
    expect(retryAfter(new Date(90_000).toUTCString(), 60_000)).toBe(30_000);
    expect(retryAfter("soon", 0)).toBeNull();
    expect(retryAfter(null, 0)).toBeNull();
  });
});

describe("links in text", () => {
  const links = (line: string): string[] => pieces(line).flatMap((piece) => (piece.kind === "link" ? [piece.href] : []));

  it.each([
    ["請打0800-777-888（就業服務）", ["tel:0800777888"]],
    ["電話 02-2396-1266，或 1955。", ["tel:0223961266", "tel:1955"]],
    ["call 02-2396-1266 ext. 6066 today", ["tel:0223961266,6066"]],
    ["call 110 or 119, or 1925 (24 hours)", ["tel:110", "tel:119", "tel:1925"]],
    ["請看https://www.bli.gov.tw/en/0016409.html。", ["https://www.bli.gov.tw/en/0016409.html"]],
    ["see (https://law.moj.gov.tw/LawClass/LawContent.aspx?PCODE=N0050021).", ["https://law.moj.gov.tw/LawClass/LawContent.aspx?PCODE=N0050021"]],
  ])("finds them in %s", (line, found) => expect(links(line)).toEqual(found));

  it.each(["1955年", "第113條", "Article 110 says", "NT$45,800", "2026-11-21", "110元", "14天", "119 days", "3.1955", "1955-01-01", "+886912345678901", "javascript:alert(1)"])(
    "finds none in %s",
    (line) => expect(links(line)).toEqual([]),
  );

  it("gives back the whole line", () => {
    const line = "請打 1955 或看 https://www.mol.gov.tw，第113條。";
    expect(pieces(line).map((piece) => piece.text).join("")).toBe(line);
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:x", "//evil", "vbscript:x", "file:///etc/passwd"])("never links %s", (url) => expect(safeWebAddress(url)).toBeNull());
});

describe("words", () => {
  it("has every string in every language, with the same places", () => {
    const keys = Object.keys(STRINGS["zh-Hant"]).sort();
    expect(keys.length).toBeGreaterThan(40);
    const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();
    for (const language of LANGUAGES) {
      expect(Object.keys(STRINGS[language]).sort()).toEqual(keys);
      for (const [key, text] of Object.entries(STRINGS[language])) {
        expect(text.trim(), `${language} ${key}`).not.toBe("");
        expect(places(text), `${language} ${key}`).toEqual(places(STRINGS["zh-Hant"][key as "title"]));
      }
    }
  });
  it("has no Traditional characters in the Simplified words", () => {
    const all = Object.values(STRINGS["zh-Hans"]).join("");
    expect(all).not.toMatch(/[這個們對話說請來時會關閉誤環導員瀏覽開處傳還沒給續輸裝證據與單務]/);
  });
  it("fills places and leaves unknown ones", () => expect(say("en", "left", { count: 5 })).toBe("5 characters left"));
  it("shows an error in the reader's language", () => {
    expect(errorText("en", "JS-IN-001", undefined)).toContain("too long");
    expect(errorText("zh-Hant", "JS-XX-999", { zh: "伺服器的話", en: "server" })).toBe("伺服器的話");
    expect(errorText("en", "JS-XX-999", undefined)).toBe(STRINGS.en.errorRefused);
  });
  it.each([
    [["zh-TW", "en"], "zh-Hant"],
    [["zh-Hans-SG"], "zh-Hans"],
    [["zh-CN"], "zh-Hans"],
    [["en-GB"], "en"],
    [["vi", "en"], "en"],
    [["id"], "en"],
    [[], "zh-Hant"],
  ])("picks for %j", (wanted, language) => expect(pickLanguage(wanted as string[])).toBe(language));
});
