// Canned replies inside a case: chosen by language, written into the reply box by one press, never sent alone. Keeping them is canned-page.ts.
import { writtenLang } from "../chat/message-node";
import { element } from "../shared/dom";
import { relabel, says, type Lookup } from "../shared/words";
import type { CannedReply, Case, Problem, Result } from "./api";
import { VARIETY_KEYS } from "./case-list";
import type { ConsoleLanguage } from "./strings";

export interface CannedCalls {
  list(variety: string, office: string): Promise<Result<{ canned_replies: CannedReply[] }>>;
  insert(text: string): void;
  reason(problem: Problem): string;
}

export class CannedBlock {
  readonly node: HTMLDetailsElement;
  private readonly variety = element("select", { name: "canned-variety" }, ...Object.entries(VARIETY_KEYS).map(([value, key]) => element("option", { value, ...says(key) })));
  private readonly found = element("ul", { class: "suggestions" });
  private readonly told = element("p", { role: "status", class: "told" });
  private office = "";
  private chosen = false;

  constructor(
    id: number,
    private readonly language: () => ConsoleLanguage,
    private readonly lookup: Lookup,
    private readonly calls: CannedCalls,
  ) {
    this.variety.id = `canned-${id}`;
    const choice = element("div", { class: "field" }, element("label", { for: this.variety.id, ...says("cannedLanguage") }), this.variety);
    this.node = element("details", { class: "tool canned" }, element("summary", says("canned")), element("p", { class: "faint", ...says("suggestionsHint") }), choice, this.told, this.found);
    this.node.addEventListener("toggle", () => this.node.open && void this.read());
    this.variety.addEventListener("change", () => {
      this.chosen = true;
      void this.read();
    });
  }

  /** The language of the person, unless the counsellor has chosen another. */
  update(shown: Case): void {
    this.office = shown.office;
    if (!this.chosen) this.variety.value = shown.variety;
  }

  private async read(): Promise<void> {
    const variety = this.variety.value;
    const result = await this.calls.list(variety, this.office);
    if (variety !== this.variety.value) return; // another one was chosen meanwhile
    this.told.textContent = result.ok ? "" : this.lookup("refused", { reason: this.calls.reason(result.problem) });
    const all = result.ok ? result.value.canned_replies : [];
    this.found.replaceChildren(
      ...all.map((each) => {
        const insert = element("button", { type: "button", class: "plain", ...says("insert", { title: each.title }) });
        insert.addEventListener("click", () => this.calls.insert(each.text));
        return element("li", {}, insert, element("p", { class: "faint clipped", lang: writtenLang(each.text, this.language()) }, each.text));
      }),
      ...(all.length || !result.ok ? [] : [element("li", { class: "faint", ...says("cannedNone") })]),
    );
    relabel(this.found, this.lookup);
  }
}
