import { describe, expect, it } from "vitest";
import { LARGEST_BYTES, refusal } from "../src/chat/upload";

describe("a file", () => {
  it("is tried when it is of a kind the service reads", () => {
    for (const name of ["cv.pdf", "履歷.DOCX", "notes.txt"]) expect(refusal({ name, size: 10 })).toBeNull();
  });

  it("is refused before anything is sent when it cannot be read anyway", () => {
    expect(refusal({ name: "photo.jpg", size: 10 })).toBe("uploadWrongKind");
    expect(refusal({ name: "cv.doc", size: 10 })).toBe("uploadWrongKind");
    expect(refusal({ name: "cv.pdf", size: 0 })).toBe("uploadEmpty");
    expect(refusal({ name: "cv.pdf", size: LARGEST_BYTES + 1 })).toBe("uploadTooLarge");
    expect(refusal({ name: "cv.pdf", size: LARGEST_BYTES })).toBeNull();
  });
});
