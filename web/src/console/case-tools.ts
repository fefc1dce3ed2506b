// What a counsellor does beside replying: notes, tags, transfer, wrap-up, review outcome, suggested answers. Calls are given in; nodes only.
import { element } from "../shared/dom";
import { relabel, says, type Lookup } from "../shared/words";
import type { Callback, CannedReply, Case, Colleague, Note, Office, Rerun, Result, Suggestion } from "./api";
import { CannedBlock } from "./canned-block";
import { callbackNode, inOrder } from "./callbacks-page";
import { moment } from "./office-time";
import { problemText } from "./page";
import { ReviewBlock } from "./review-block";
import type { ConsoleLanguage } from "./strings";

const OUTCOMES = ["answered", "referred", "appointment", "callback_done", "no_reply", "not_needed", "other"] as const;
const DECISIONS = ["upheld", "changed", "dismissed"] as const;

export interface ToolCalls {
  addNote(text: string): Promise<Result<unknown>>;
  setTags(tags: string[]): Promise<Result<unknown>>;
  transfer(to: { to_account: number } | { office: string }, note: string): Promise<Result<unknown>>;
  wrapUp(outcome: string, note: string): Promise<Result<unknown>>;
  decide(decision: string, text: string, change: string): Promise<Result<unknown>>;
  rerun(): Promise<Result<Rerun>>;
  settle(callback: number, done: boolean): Promise<Result<unknown>>;
  suggestions(): Promise<Result<{ suggestions: Suggestion[] }>>;
  canned(variety: string, office: string): Promise<Result<{ canned_replies: CannedReply[] }>>;
  people(): Promise<{ colleagues: readonly Colleague[]; offices: readonly Office[] }>;
  insert(text: string): void;
  /** A supervisor hands over what somebody else has, too. */
  readonly handsOverAll: boolean;
}

export class CaseTools {
  readonly node = element("div", { class: "tools" });
  private readonly notes = element("ul", { class: "notes" });
  private readonly notesSummary = element("summary");
  private readonly tags = element("input", { type: "text", name: "tags", maxlength: 500 });
  private readonly target = element("select", { name: "target" });
  private readonly found = element("ul", { class: "suggestions" });
  private readonly asked = element("ul", { class: "notes" });
  private readonly changeMade = element("input", { type: "text", name: "change-made", maxlength: 1_000 });
  private readonly review: ReviewBlock;
  private readonly canned: CannedBlock;
  private readonly blocks: Record<"callbacks" | "suggest" | "canned" | "review" | "decide" | "notes" | "tags" | "transfer" | "wrapUp", HTMLDetailsElement>;

  constructor(
    private readonly id: number,
    private readonly accountId: number,
    private readonly language: () => ConsoleLanguage,
    private readonly lookup: Lookup,
    private readonly calls: ToolCalls,
  ) {
    this.review = new ReviewBlock(lookup, () => calls.rerun(), (problem) => problemText(problem, language(), lookup));
    this.canned = new CannedBlock(id, language, lookup, { list: (variety, office) => calls.canned(variety, office), insert: (text) => calls.insert(text), reason: (problem) => problemText(problem, language(), lookup) });
    this.blocks = {
      callbacks: this.block("callbacks", this.asked),
      suggest: this.block("suggestions", element("p", { class: "faint", ...says("suggestionsHint") }), this.found),
      canned: this.canned.node,
      review: this.review.node,
      decide: this.choiceBlock("decide", "decision", DECISIONS, "decisionText", "decisionDo", true, (decision, text) => calls.decide(decision, text, this.changeMade.value.trim()), [this.field("reviewChangeMade", this.changeMade)]),
      notes: this.noteBlock(),
      tags: this.form("tags", "tagsSave", [this.field("tags", this.tags), element("p", { class: "faint", ...says("tagsHint") })], () => calls.setTags(splitTags(this.tags.value))),
      transfer: this.transferBlock(),
      wrapUp: this.choiceBlock("wrapUp", "outcome", OUTCOMES, "wrapUpNote", "wrapUpDo", false, (outcome, text) => calls.wrapUp(outcome, text)),
    };
    this.showCallbacks([]);
    this.node.append(...Object.values(this.blocks));
    this.blocks.suggest.addEventListener("toggle", () => this.blocks.suggest.open && void this.suggest());
    this.blocks.transfer.addEventListener("toggle", () => this.blocks.transfer.open && void this.fillTargets());
  }

  /** What the case allows now. */
  update(shown: Case): void {
    const mine = shown.state === "claimed" && shown.claimed_by_id === this.accountId;
    this.canned.update(shown);
    this.blocks.suggest.hidden = this.blocks.canned.hidden = this.blocks.wrapUp.hidden = !mine;
    this.blocks.transfer.hidden = !mine && !(this.calls.handsOverAll && shown.state === "claimed");
    this.blocks.notes.hidden = this.blocks.tags.hidden = !mine && shown.state !== "waiting";
    this.review.update(shown);
    this.blocks.decide.hidden = !mine || !shown.detail?.match_log_id || Boolean(shown.decision);
    if (document.activeElement !== this.tags) this.tags.value = (shown.tags ?? []).join(this.language() === "en" ? ", " : "、");
    relabel(this.node, this.lookup);
  }

  showNotes(notes: readonly Note[]): void {
    Object.assign(this.notesSummary.dataset, { say: "notes", sayValues: JSON.stringify({ count: notes.length }) });
    this.notes.replaceChildren(
      ...notes.map((note) => {
        const by = note.by || this.lookup("bySystem", {});
        const head = element("span", { class: "faint" }, this.lookup("noteBy", { by, kind: this.lookup(`noteKind_${note.kind}`, {}) }), " ", moment(note.at));
        return element("li", {}, head, element("p", { class: "as-written" }, note.text));
      }),
    );
    relabel(this.blocks.notes, this.lookup);
  }

  /** What is still to be done: who wants to be called, who left a message. */
  showCallbacks(all: readonly Callback[]): void {
    const open = inOrder(all);
    this.blocks.callbacks.hidden = open.length === 0;
    const head = this.blocks.callbacks.querySelector("summary");
    if (head) head.dataset.sayValues = JSON.stringify({ count: open.length });
    const now = new Date();
    this.asked.replaceChildren(...open.map((each) => callbackNode(each, now, (done) => void this.calls.settle(each.id, done))));
    relabel(this.blocks.callbacks, this.lookup);
  }

  private noteBlock(): HTMLDetailsElement {
    const text = element("textarea", { name: "note", rows: 2, maxlength: 4_000, required: true });
    const block = this.form("notes", "noteSave", [this.notes, this.field("noteText", text), element("p", { class: "faint", ...says("notesHint") })], async () => {
      const done = await this.calls.addNote(text.value.trim());
      if (done.ok) text.value = "";
      return done;
    });
    block.querySelector("summary")?.replaceWith(this.notesSummary);
    this.showNotesHead();
    return block;
  }

  private showNotesHead(): void {
    Object.assign(this.notesSummary.dataset, { say: "notes", sayValues: JSON.stringify({ count: 0 }) });
  }

  private transferBlock(): HTMLDetailsElement {
    const text = element("textarea", { name: "transfer-note", rows: 2, maxlength: 4_000 });
    return this.form("transfer", "transferDo", [this.field("transferTo", this.target), this.field("transferNote", text), element("p", { class: "faint", ...says("transferHint") })], () => {
      const [kind, value = ""] = this.target.value.split(/:(.*)/s);
      return this.calls.transfer(kind === "office" ? { office: value } : { to_account: Number(value) }, text.value);
    });
  }

  private choiceBlock(title: string, label: string, choices: readonly string[], textLabel: string, action: string, required: boolean, run: (choice: string, text: string) => Promise<Result<unknown>>, more: Node[] = []): HTMLDetailsElement {
    const select = element("select", { name: label }, ...choices.map((each) => element("option", { value: each, ...says(`${label}_${each}`) })));
    const text = element("textarea", { name: `${label}-text`, rows: 2, maxlength: 4_000, required });
    return this.form(title, action, [this.field(label, select), this.field(textLabel, text), ...more], () => run(select.value, text.value));
  }

  /** Answers that may fit; pressing one only writes it into the box. */
  private async suggest(): Promise<void> {
    const result = await this.calls.suggestions();
    const all = result.ok ? result.value.suggestions : [];
    this.found.replaceChildren(
      ...all.map((each) => {
        const button = element("button", { type: "button", class: "plain", ...says("insert", { title: each.title }) });
        button.addEventListener("click", () => this.calls.insert(each.text));
        return element("li", {}, button, element("p", { class: "faint clipped" }, each.text));
      }),
      ...(all.length ? [] : [element("li", { class: "faint", ...says("suggestionsNone") })]),
    );
    relabel(this.found, this.lookup);
  }

  private async fillTargets(): Promise<void> {
    const { colleagues, offices } = await this.calls.people();
    const language = this.language() === "en" ? "en" : "zh";
    const others = colleagues.filter((each) => each.id !== this.accountId);
    this.target.replaceChildren(
      ...others.map((each) => element("option", { value: `account:${each.id}` }, this.lookup("colleague", { name: each.name, state: this.lookup(`state_${each.state}`, {}), load: each.load }))),
      ...offices.map((each) => element("option", { value: `office:${each.id}` }, this.lookup("office", { name: each.name[language] ?? each.id }))),
    );
  }

  private block(title: string, ...children: Node[]): HTMLDetailsElement {
    return element("details", { class: `tool ${title}` }, element("summary", says(title)), ...children);
  }

  private field(label: string, control: HTMLElement): HTMLElement {
    control.id = `${label}-${this.id}`;
    return element("div", { class: "field" }, element("label", { for: control.id, ...says(label) }), control);
  }

  private form(title: string, action: string, children: Node[], run: () => Promise<Result<unknown>>): HTMLDetailsElement {
    const button = element("button", { type: "submit", class: "plain", ...says(action) });
    const told = element("p", { role: "status", class: "told" });
    const form = element("form", { class: "tool-form" }, ...children, button, told);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      void run().then((result) => {
        button.removeAttribute("aria-disabled");
        told.textContent = result.ok ? this.lookup("saved", {}) : this.lookup("refused", { reason: problemText(result.problem, this.language(), this.lookup) });
      });
    });
    return this.block(title, form);
  }
}

/** Tags as people write them: "給付、急, urgent". */
export function splitTags(text: string): string[] {
  return [...new Set(text.split(/[,，、;；\n]/).map((each) => each.trim()).filter(Boolean))];
}
