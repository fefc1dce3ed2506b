// What all further pages of the desk share: heading, way back, a status line, a form field, a table. What a page shows is its own module's.
import { element } from "../shared/dom";
import { nowSays, relabel, says, type Lookup } from "../shared/words";
import type { Account, ConsoleApi, Problem } from "./api";
import type { ConsoleLanguage } from "./strings";
import type { SwitchWatch } from "./switch-watch";

export interface PageContext {
  readonly api: ConsoleApi;
  readonly account: Account;
  readonly language: () => ConsoleLanguage;
  readonly lookup: Lookup;
  readonly switches: SwitchWatch;
  /** Leave the page; null where there is nothing to go back to. */
  readonly onBack: (() => void) | null;
  readonly openCase: (id: number) => void;
  readonly onSignedOut: () => void;
}

export abstract class Page {
  readonly node: HTMLElement;
  /** Whether it is read again whenever the queue changes. Not where that would write an audit entry or take away what is being typed. */
  readonly live: boolean = false;
  protected readonly body = element("div", { class: "page-body" });
  private readonly heading: HTMLElement;
  private readonly told = element("p", { class: "told", role: "status" });

  constructor(
    protected readonly context: PageContext,
    title: string,
    hint?: string,
  ) {
    this.heading = element("h2", { id: "page-heading", tabindex: -1, ...says(title) });
    const head = element("div", { class: "row" });
    if (context.onBack) {
      const back = element("button", { type: "button", class: "plain", ...says("back") });
      back.addEventListener("click", context.onBack);
      head.append(back);
    }
    head.append(this.heading);
    this.node = element("section", { class: `figures page ${title}`, "aria-labelledby": "page-heading" }, head, ...(hint ? [element("p", { class: "faint", ...says(hint) })] : []), this.told, this.body);
  }

  /** Read what is shown from the service and show it. */
  abstract refresh(): Promise<void>;

  /** Show it again, in the language that is chosen now. */
  protected abstract paint(): void;

  relabel(): void {
    this.paint();
    relabel(this.node, this.context.lookup);
  }

  focus(): void {
    this.heading.focus();
  }

  protected tell(key: string | null, values: Record<string, string | number> = {}): void {
    if (key) nowSays(this.told, this.context.lookup, key, values);
    else {
      delete this.told.dataset.say;
      this.told.textContent = "";
    }
  }

  /** Say why something was refused, in the reader's words. */
  protected failed(problem: Problem): void {
    if (problem.status === 401) return this.context.onSignedOut();
    this.tell("refused", { reason: problemText(problem, this.context.language(), this.context.lookup) });
  }

  protected name(names: Readonly<Record<string, string>>): string {
    return names[this.context.language() === "en" ? "en" : "zh"] ?? Object.values(names)[0] ?? "";
  }
}

/** What the service says of a refusal, in the reader's language. */
export function problemText(problem: Problem, language: ConsoleLanguage, lookup: Lookup): string {
  return (language === "en" ? problem.message.en : problem.message.zh) ?? problem.message.en ?? lookup(problem.status === 0 ? "unreachable" : "problem", {});
}

export function field(id: string, label: string, control: HTMLElement): HTMLElement {
  control.id = id;
  return element("div", { class: "field" }, element("label", { for: id, ...says(label) }), control);
}

export function button(key: string, onClick: () => void, values?: Record<string, string | number>): HTMLButtonElement {
  const node = element("button", { type: "button", class: "plain", ...says(key, values) });
  node.addEventListener("click", onClick);
  return node;
}

/** A form that is sent once at a time. */
export function form(action: string, children: Node[], run: () => Promise<void>): HTMLFormElement {
  const submit = element("button", { type: "submit", class: "strong", ...says(action) });
  const node = element("form", { class: "tool-form" }, ...children, submit);
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submit.getAttribute("aria-disabled") === "true") return;
    submit.setAttribute("aria-disabled", "true");
    void run().finally(() => submit.removeAttribute("aria-disabled"));
  });
  return node;
}

/** A table that can be scrolled by keyboard; the first cell of a row is its name. */
export function table(caption: string, heads: readonly string[], rows: readonly (readonly (string | Node)[])[], values?: Record<string, string | number>): HTMLElement {
  const head = element("thead", {}, element("tr", {}, ...heads.map((key) => element("th", { scope: "col", ...says(key) }))));
  const lines = rows.map((row) => element("tr", {}, ...row.map((cell, place) => (place === 0 ? element("th", { scope: "row" }, cell) : element("td", {}, cell)))));
  const empty = rows.length ? [] : [element("p", { class: "faint", ...says("unknown") })];
  const named = says(caption, values);
  return element("div", { class: "table", tabindex: 0, role: "region", "data-say-label": caption, ...(named["data-say-values"] ? { "data-say-values": named["data-say-values"] } : {}) }, element("table", {}, element("caption", named), head, element("tbody", {}, ...lines)), ...empty);
}
