// The few pictures, drawn in code: no fonts and no files to load. All are decoration; the words beside them carry the meaning.

const PATHS = {
  program: "M9 2h6v3h4a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2h4zM8 10v3h2v-3zm6 0v3h2v-3zM8 16h8v-1.5H8z",
  person: "M12 3a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9m0 11c5 0 8.5 2.6 8.5 6v1h-17v-1c0-3.400 3.500-6 8.500-6",
  send: "M3 20.500 21.500 12 3 3.500v6.600L15 12 3 13.900z",
  attach: "M17.500 6v11.500a5 5 0 0 1-10 0V5.500a3.250 3.250 0 0 1 6.500 0V16.500a1.500 1.500 0 0 1-3 0V6H9.500v10.500a3 3 0 0 0 6 0V5.500a4.750 4.750 0 0 0-9.500 0v12a6.500 6.500 0 0 0 13 0V6z",
  info: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20m-1.100 8.500v7h2.200v-7zm0-3.700V9h2.200V6.800z",
  alert: "M12 2.500 23 21.500H1zm-1.100 7v6h2.200v-6zm0 7.500v2.200h2.200V17z",
  phone: "M6.600 2.500 10 3.200l1 4.500-2.200 1.900a13 13 0 0 0 5.600 5.600l1.900-2.200 4.500 1 .7 3.400c-.3 2.200-2 3.600-4 3.600C9.500 21 3 14.500 3 6.500c0-2 1.400-3.700 3.600-4",
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}
