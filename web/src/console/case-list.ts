// A list of cases: reason, urgency, language, waiting time that ticks. Nodes are kept between updates so that the focus stays.
import { element, setText } from "../shared/dom";
import { icon } from "../shared/icons";
import { says } from "../shared/words";
import type { Case } from "./api";
import { consoleSay, duration, reasonText, type ConsoleLanguage } from "./strings";

export const VARIETY_KEYS: Record<string, string> = { "zh-Hant": "varietyHant", "zh-Hans": "varietyHans", en: "varietyEn" };

interface Shown {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  value: Case;
  at: number;
}

export class CaseList {
  readonly node: HTMLElement;
  private readonly list = element("ul", { class: "cases" });
  private readonly empty: HTMLElement;
  private readonly heading: HTMLElement;
  private readonly shown = new Map<number, Shown>();
  private current: number | null = null;

  constructor(
    private readonly kind: "queue" | "mine",
    private readonly language: () => ConsoleLanguage,
    private readonly onOpen: (id: number) => void,
    private readonly accountId = 0,
  ) {
    this.heading = element("h2", { id: `${kind}-heading`, tabindex: -1 });
    this.empty = element("p", { class: "empty", ...says(kind === "queue" ? "emptyQueue" : "emptyMine") });
    this.node = element("section", { class: `list ${kind}`, "aria-labelledby": `${kind}-heading` }, this.heading, this.empty, this.list);
  }

  /** Show these cases, in this order; `unread` says how many lines of a case have not been looked at. */
  show(cases: readonly Case[], unread: (id: number) => number): void {
    const ids = new Set(cases.map((each) => each.id));
    for (const [id, { item }] of this.shown) {
      if (ids.has(id)) continue;
      item.remove();
      this.shown.delete(id);
    }
    cases.forEach((value, place) => {
      const known = this.shown.get(value.id) ?? this.make(value);
      known.value = value;
      known.at = Date.now();
      this.fill(known, unread(value.id));
      if (this.list.children[place] !== known.item) this.list.insertBefore(known.item, this.list.children[place] ?? null);
    });
    setText(this.heading, consoleSay(this.language(), this.kind === "queue" ? "queueCount" : "mineCount", { count: cases.length }));
    this.empty.hidden = cases.length > 0;
  }

  /** Mark the one whose conversation is open. */
  mark(id: number | null): void {
    this.current = id;
    for (const [each, { button }] of this.shown) button.setAttribute("aria-current", String(each === id));
  }

  /** Once a second: the waiting times. Not announced; whoever looks at the list hears the present one. */
  tick(): void {
    for (const { item, value, at } of this.shown.values()) {
      const time = item.querySelector(".time");
      if (time) setText(time, this.waiting(value, at));
    }
  }

  focusHeading(): void {
    this.heading.focus();
  }

  private waiting(value: Case, at: number): string {
    const language = this.language();
    if (value.state !== "waiting") return consoleSay(language, "waited", { time: duration(language, value.waiting_seconds) });
    return consoleSay(language, "waiting", { time: duration(language, value.waiting_seconds + (Date.now() - at) / 1000) });
  }

  private make(value: Case): Shown {
    const button = element("button", { type: "button", class: "case" });
    button.addEventListener("click", () => this.onOpen(value.id));
    const item = element("li", {}, button);
    const shown = { item, button, value, at: Date.now() };
    this.shown.set(value.id, shown);
    return shown;
  }

  private fill({ button, value, at }: Shown, unread: number): void {
    const language = this.language();
    const say = (key: string, values: Record<string, string | number> = {}): string => consoleSay(language, key, values);
    const top = element("span", { class: "row" }, urgencyBadge(value.urgency, language), element("span", { class: "time" }, this.waiting(value, at)));
    if (value.offered_to_id !== null && value.offered_to_id === this.accountId) top.append(element("span", { class: "tag" }, say("offered")));
    if (unread) top.append(element("span", { class: "unread" }, say("unread", { count: unread })));
    button.className = `case urgency-${value.urgency}`;
    button.setAttribute("aria-current", String(value.id === this.current));
    button.replaceChildren(
      element("span", { class: "unseen" }, `${say("open", { id: value.id })} `),
      top,
      element("span", { class: "reasons" }, value.reasons.map((reason) => reasonText(language, reason)).join(language === "en" ? ", " : "、")),
      element("span", { class: "row faint" }, element("span", {}, say("caseTitle", { id: value.id })), element("span", {}, say(VARIETY_KEYS[value.variety] ?? value.variety))),
    );
    if (value.tags?.length) button.append(element("span", { class: "row" }, ...value.tags.map((tag) => element("span", { class: "tag" }, tag))));
    if (value.last_text) button.append(element("span", { class: "last" }, say("lastWords", { text: value.last_text })));
  }
}

/** Urgency by word and picture, not by colour alone. */
export function urgencyBadge(urgency: number, language: ConsoleLanguage): HTMLElement {
  const level = Math.min(2, Math.max(0, urgency));
  const badge = element("span", { class: `badge level-${level}` });
  if (level === 0) badge.append(icon("alert"));
  badge.append(consoleSay(language, `urgency${level}`));
  return badge;
}
