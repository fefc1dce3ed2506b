// Plain text in, DOM out: paragraphs, lists, http(s) and tel links. Everything goes in as text nodes, so nothing that a
// person or a model wrote can become markup. Numbers dialled are those of the country pack, or look like a Taiwanese number.

export type Piece = { readonly kind: "text"; readonly text: string } | { readonly kind: "link"; readonly text: string; readonly href: string };

const SHORT_CODES = new Set(__PHONES__.filter((phone) => /^\d{3,4}$/.test(phone)));
// A web address ends before Chinese text and before closing punctuation.
const CANDIDATE = /https?:\/\/[^\s<>"'()\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]+|\d[\d-]*\d(?: ?(?:ext\.?|轉|分機|转|分机|#) ?\d{1,6})?/gi;

/** The pieces of one line. */
export function pieces(line: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of line.matchAll(CANDIDATE)) {
    const at = match.index ?? 0;
    const linked = match[0].startsWith("http") || match[0].startsWith("HTTP") ? webLink(match[0]) : phoneLink(match[0], line.slice(0, at), line.slice(at + match[0].length));
    if (!linked) continue;
    if (at > from) found.push({ kind: "text", text: line.slice(from, at) });
    found.push(linked);
    from = at + linked.text.length;
  }
  if (from < line.length) found.push({ kind: "text", text: line.slice(from) });
  return found;
}

/** The address if it is http or https, else null: nothing else is ever put into a link. */
export function safeWebAddress(url: string): string | null {
  try {
    const parsed = new URL(url);
    return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed.href : null;
  } catch {
    return null;
  }
}

function webLink(found: string): Piece | null {
  const text = found.replace(/[.,;:!?]+$/, "");
  const href = safeWebAddress(text);
  return href ? { kind: "link", text, href } : null;
}

function phoneLink(found: string, before: string, after: string): Piece | null {
  const [main = "", extension] = found.split(/ ?(?:ext\.?|轉|分機|转|分机|#) ?/i);
  const shape = /^0\d{1,3}-\d{3,4}-\d{3,4}$/.test(main) || /^0\d{1,2}-\d{6,8}$/.test(main) || /^412-\d{4}$/.test(main);
  if (/[\d.,/$-]$/.test(before) || /^[\d]|^[.,/-]\d/.test(after)) return null;
  if (!shape && !(SHORT_CODES.has(main) && soundsLikeCode(before, after))) return null;
  return { kind: "link", text: found, href: `tel:${main.replaceAll("-", "")}${extension ? `,${extension}` : ""}` };
}

/** "1955" is a hotline, but not in 1955年, 第113條, NT$110, 110元 or "Article 110". */
function soundsLikeCode(before: string, after: string): boolean {
  if (/(?:第|民國|民国|NT|Article|Articles|No\.|year|in) ?$/i.test(before)) return false;
  return !/^ ?(?:年|條|条|元|天|日|個|个|月|號|号|歲|岁|人|次|小時|小时|分|%|％|days?|months?|years?|hours?|people|km|NT)/i.test(after);
}

/** What a person wrote, exactly as written: line breaks and all, nothing read as markup. */
export function plainText(text: string, options: { links: boolean }): DocumentFragment {
  const fragment = document.createDocumentFragment();
  const paragraph = document.createElement("p");
  paragraph.className = "as-written";
  fillPlain(paragraph, text, options.links);
  fragment.append(paragraph);
  return fragment;
}

/** What the program says, as blocks: blank lines part paragraphs, "- " or "1. " makes lists, **…** is bold. */
export function richText(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  let list = null as HTMLUListElement | HTMLOListElement | null;
  let paragraph = null as HTMLParagraphElement | null;
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const item = /^\s*(?:[-•・]\s+|(\d{1,2})[.、)]\s*(?=\D))(.+)$/.exec(line);
    if (!line.trim()) {
      list = paragraph = null;
    } else if (item) {
      const kind = item[1] ? "ol" : "ul";
      if (list?.localName !== kind) {
        list = document.createElement(kind);
        if (list instanceof HTMLOListElement) list.start = Number(item[1]);
        fragment.append(list);
      }
      const entry = document.createElement("li");
      fill(entry, item[2] ?? "");
      list.append(entry);
      paragraph = null;
    } else {
      list = null;
      if (paragraph) paragraph.append(document.createElement("br"));
      else fragment.append((paragraph = document.createElement("p")));
      fill(paragraph, line);
    }
  }
  return fragment;
}

/** One line with its **bold** parts and links. */
function fill(parent: HTMLElement, line: string): void {
  const parts = line.split(/\*\*(.+?)\*\*/); // odd places were between stars
  parts.forEach((part, place) => {
    if (!part) return;
    if (place % 2 === 0) return fillPlain(parent, part, true);
    const strong = document.createElement("strong");
    fillPlain(strong, part, true);
    parent.append(strong);
  });
}

function fillPlain(parent: HTMLElement, line: string, links: boolean): void {
  for (const piece of links ? pieces(line) : [{ kind: "text", text: line } as Piece]) {
    if (piece.kind === "text") {
      parent.append(document.createTextNode(piece.text));
      continue;
    }
    const anchor = document.createElement("a");
    anchor.href = piece.href;
    anchor.textContent = piece.text;
    if (!piece.href.startsWith("tel:")) {
      anchor.target = "_blank";
      anchor.rel = "noopener noreferrer";
    }
    parent.append(anchor);
  }
}
