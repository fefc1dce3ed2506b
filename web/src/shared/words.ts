// Interface words in the DOM: a node says which string it shows, so that a change of language rewrites words in place and
// the focus stays where it is. `data-say` is the text, `data-say-label` the aria-label, `data-say-placeholder` the placeholder.

export type Lookup = (key: string, values: Record<string, string | number>) => string;

/** Attributes for `element()`: this node shows that string. */
export function says(key: string, values?: Record<string, string | number>): Record<string, string> {
  return { "data-say": key, ...(values ? { "data-say-values": JSON.stringify(values) } : {}) };
}

/** Change which string a node shows, and show it. */
export function nowSays(node: HTMLElement, lookup: Lookup, key: string, values: Record<string, string | number> = {}): void {
  const text = lookup(key, values);
  node.dataset.say = key;
  node.dataset.sayValues = JSON.stringify(values);
  if (node.textContent !== text) node.textContent = text;
}

/** Write the words of everything below `root` (and of itself). */
export function relabel(root: ParentNode, lookup: Lookup): void {
  const nodes = [...root.querySelectorAll<HTMLElement>("[data-say], [data-say-label], [data-say-placeholder]")];
  if (root instanceof HTMLElement) nodes.unshift(root);
  for (const node of nodes) {
    const values = node.dataset.sayValues ? (JSON.parse(node.dataset.sayValues) as Record<string, string | number>) : {};
    if (node.dataset.say) {
      const text = lookup(node.dataset.say, values);
      if (node.textContent !== text) node.textContent = text;
    }
    if (node.dataset.sayLabel) node.setAttribute("aria-label", lookup(node.dataset.sayLabel, values));
    if (node.dataset.sayPlaceholder) node.setAttribute("placeholder", lookup(node.dataset.sayPlaceholder, values));
  }
}
