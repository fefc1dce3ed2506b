// @vitest-environment node
// The QR code of a second factor is read back by another library's reader.
import jsQR from "jsqr";
import { encode } from "uqr";
import { expect, it } from "vitest";

const SCALE = 4;

function seen(text: string): string | undefined {
  const { size, data } = encode(text, { ecc: "M", border: 4 });
  const width = size * SCALE;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (let y = 0; y < width; y++)
    for (let x = 0; x < width; x++) if (data[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)]) pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  return jsQR(pixels, width, width)?.data;
}

it("reads what was written", () => {
  const uri = "otpauth://totp/Jobseeker%20desk:lin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Jobseeker%20desk";
  expect(seen(uri)).toBe(uri);
  expect(seen(`${uri}x`)).not.toBe(uri);
});
