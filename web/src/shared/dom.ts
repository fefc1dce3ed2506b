// Building DOM nodes with attributes and children; text always as text nodes. No state, no strings.

type Attributes = Record<string, string | number | boolean | undefined>;

/** `element("button", {type: "button", class: "send"}, "Send")`; an attribute that is undefined or false is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
}

/** Change the text only where it differs: a live region must not be announced again for nothing. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Enter means "send", but not while an input method (Zhuyin, Pinyin) is still composing: there it picks a word. */
export function isSendKey(event: KeyboardEvent, composing: boolean): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing && !composing && event.keyCode !== 229;
}
