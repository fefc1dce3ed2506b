// A QR code as a picture in the page. What is in it is said beside it in words, so the picture is for cameras alone.
import { encode } from "uqr";

const SVG = "http://www.w3.org/2000/svg";
/** Modules of white around the code, as ISO/IEC 18004 asks for. */
const QUIET = 4;

/** Black on white in every colour scheme: some cameras read no inverted code. */
export function qrCode(text: string, label: string): SVGSVGElement {
  const { size, data } = encode(text, { ecc: "M", border: QUIET });
  const node = document.createElementNS(SVG, "svg");
  node.setAttribute("viewBox", `0 0 ${size} ${size}`);
  node.setAttribute("role", "img");
  node.setAttribute("class", "qr");
  node.setAttribute("data-say-label", label);
  node.setAttribute("shape-rendering", "crispEdges");
  const ground = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ width: size, height: size, fill: "#fff" })) ground.setAttribute(name, String(value));
  const modules = document.createElementNS(SVG, "path");
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
  modules.setAttribute("d", dark.join(""));
  modules.setAttribute("fill", "#000");
  node.append(ground, modules);
  return node;
}
