// One open case: the whole transcript, the reply box, taking it and giving it back. What happens then is desk.ts.
import type { Area } from "../shared/area";
import { Composer } from "../chat/composer";
import { writtenLang } from "../chat/message-node";
import type { Outgoing } from "../chat/outgoing";
import { element } from "../shared/dom";
import { icon } from "../shared/icons";
import { plainText, richText } from "../shared/rich-text";
import { relabel, says, type Lookup } from "../shared/words";
import type { Case, CaseFile, Line, Linked } from "./api";
import { VARIETY_KEYS, urgencyBadge } from "./case-list";
import { noteNode } from "./case-note";
import { CaseTools, type ToolCalls } from "./case-tools";
import { linkedNodes } from "./linked";
import { clock } from "./office-time";
import { reasonText, type ConsoleLanguage } from "./strings";

export interface CaseActions {
  back(): void;
  claim(id: number): void;
  giveBack(id: number): void;
  send(id: number, text: string): void;
  discard(message: Outgoing): void;
  decline(id: number): void;
  resume(id: number): void;
  earlier(id: number): Promise<void>;
  tools: Omit<ToolCalls, "insert">;
}

export class CaseView {
  readonly node: HTMLElement;
  readonly composer: Composer;
  private readonly heading = element("h2", { id: "case-heading", tabindex: -1 });
  private readonly about = element("div", { class: "about" });
  private readonly notice = element("p", { class: "notice", role: "status", hidden: true });
  private readonly log = element("div", { class: "transcript", role: "log", "aria-live": "off", tabindex: 0, "data-say-label": "transcript" });
  private readonly note = element("div", { class: "case-note" });
  private readonly tools: CaseTools;
  private readonly wrapBar: HTMLElement;
  private readonly decline = element("button", { type: "button", class: "plain", ...says("decline") });
  private readonly more = element("button", { type: "button", class: "plain earlier", hidden: true, ...says("earlier") });
  private file: CaseFile | null = null;
  private readonly elsewhere = element("div", { class: "elsewhere", hidden: true });
  private readonly claimBar: HTMLElement;
  private readonly replyBar: HTMLElement;
  private readonly sure: HTMLElement;
  private readonly give: HTMLButtonElement;
  private live: ReturnType<typeof setTimeout> | undefined;
  private owner: Case;

  constructor(
    shown: Case,
    private readonly accountId: number,
    drafts: Area,
    private readonly language: () => ConsoleLanguage,
    private readonly lookup: Lookup,
    private readonly actions: CaseActions,
  ) {
    this.owner = shown;
    this.composer = new Composer(drafts, `console:${accountId}:draft:${shown.id}`, lookup, (text) => actions.send(shown.id, text));
    const claim = element("button", { type: "button", class: "strong", ...says("claim") });
    claim.addEventListener("click", () => actions.claim(shown.id));
    this.decline.addEventListener("click", () => actions.decline(shown.id));
    this.claimBar = element("div", { class: "bar" }, element("p", says("claimFirst")), this.decline, claim);
    const resume = element("button", { type: "button", class: "plain resume", ...says("resume") });
    resume.addEventListener("click", () => actions.resume(shown.id));
    this.wrapBar = element("div", { class: "wrapping" }, element("p", says("wrappingUp")), resume);
    this.more.addEventListener("click", () => void this.loadEarlier());
    this.log.append(this.more);
    this.tools = new CaseTools(shown.id, accountId, language, lookup, { ...actions.tools, insert: (text) => this.composer.putBack(text) });
    this.give = element("button", { type: "button", class: "plain", "aria-expanded": "false", ...says("give") });
    this.sure = this.confirm();
    this.give.addEventListener("click", () => this.ask(this.sure.hidden));
    this.replyBar = element("div", { class: "reply" }, this.composer.node, this.sure);
    const back = element("button", { type: "button", class: "plain back", ...says("back") });
    back.addEventListener("click", () => actions.back());
    const head = element("div", { class: "head" }, back, this.heading, this.about, this.give);
    this.node = element("section", { class: "open", "aria-labelledby": "case-heading" }, head, element("div", { class: "above" }, this.notice, this.note, this.tools.node, this.elsewhere), this.log, this.claimBar, this.wrapBar, this.replyBar);
    this.update(shown);
  }

  get id(): number {
    return this.owner.id;
  }

  /** The case changed: taken, returned, more urgent. */
  update(shown: Case): void {
    this.owner = shown;
    const mine = shown.state === "claimed" && shown.claimed_by_id === this.accountId;
    const language = this.language();
    this.heading.textContent = this.lookup("caseTitle", { id: shown.id });
    this.about.replaceChildren(
      urgencyBadge(shown.urgency, language),
      element("span", {}, shown.reasons.map((reason) => reasonText(language, reason)).join(language === "en" ? ", " : "、")),
      element("span", { class: "faint" }, this.lookup(VARIETY_KEYS[shown.variety] ?? shown.variety, {})),
    );
    this.claimBar.hidden = shown.state !== "waiting";
    this.decline.hidden = shown.offered_to_id === null || shown.offered_to_id !== this.accountId;
    this.wrapBar.hidden = !mine || !shown.wrapping_up;
    this.replyBar.hidden = !mine;
    this.composer.node.hidden = shown.wrapping_up;
    this.give.hidden = !mine;
    this.tools.update(shown);
    if (!mine) this.ask(false, false);
    if (shown.state === "closed") this.tell("caseClosed");
    relabel(this.node, this.lookup);
    this.composer.refresh();
  }

  /** Words after a change of language. */
  relabel(): void {
    this.update(this.owner);
    if (this.file) this.showFile(this.file);
    for (const node of this.node.querySelectorAll<HTMLElement>("[data-reasons]")) node.textContent = this.checkText(JSON.parse(node.dataset.reasons ?? "[]") as string[]);
  }

  /** The case note and the notes, as the service has them now. */
  showFile(file: CaseFile): void {
    this.file = file;
    const open = this.note.querySelector("details")?.open;
    const node = noteNode(file, this.language(), this.lookup) as HTMLDetailsElement;
    if (open !== undefined) node.open = open;
    this.note.replaceChildren(node);
    relabel(this.note, this.lookup);
    this.tools.showNotes(file.notes ?? []);
    this.tools.showCallbacks(file.callbacks ?? []);
  }

  /** Whether there is more before the first line. */
  showEarlier(more: boolean): void {
    this.more.hidden = !more;
  }

  /** The transcript is opened at its end. */
  toEnd(): void {
    this.log.scrollTop = this.log.scrollHeight;
  }

  private async loadEarlier(): Promise<void> {
    const below = this.log.scrollHeight - this.log.scrollTop;
    await this.actions.earlier(this.id);
    this.log.scrollTop = this.log.scrollHeight - below; // what was read stays where it is
    this.log.focus();
  }

  tell(key: string | null): void {
    this.notice.hidden = key === null;
    this.notice.replaceChildren(...(key ? [icon("info"), element("span", says(key))] : []));
    relabel(this.notice, this.lookup);
  }

  /** The person's conversations on other channels. */
  showLinked(linked: readonly Linked[]): void {
    this.elsewhere.hidden = linked.length === 0;
    this.elsewhere.replaceChildren(...linkedNodes(linked, (line) => this.lineNode(line)));
    relabel(this.elsewhere, this.lookup);
  }

  add(line: Line): void {
    const atEnd = this.atEnd();
    const node = this.lineNode(line);
    relabel(node, this.lookup);
    this.log.insertBefore(node, this.firstAfter(line.seq));
    if (atEnd || line.author === "counsellor") this.log.scrollTop = this.log.scrollHeight;
    clearTimeout(this.live); // the transcript as it is found is not read out, what comes later is
    this.live = setTimeout(() => this.log.setAttribute("aria-live", "polite"), 400);
  }

  /** Several lines at once: one layout, whatever their number. */
  addAll(lines: readonly Line[]): void {
    const part = document.createDocumentFragment();
    for (const line of lines) part.append(this.lineNode(line));
    relabel(part, this.lookup);
    const last = lines[lines.length - 1];
    if (last) this.log.insertBefore(part, this.firstAfter(last.seq));
  }

  /** The same line with other words: shown whole after a claim. */
  replace(line: Line): void {
    const before = this.log.querySelector(`:scope > [data-seq="${line.seq}"]`);
    const node = this.lineNode(line);
    relabel(node, this.lookup);
    if (before && before.innerHTML !== node.innerHTML) before.replaceWith(node);
  }

  /** The first node that belongs below this number; searched from the end, where new lines go. */
  private firstAfter(seq: number): Element | null {
    let after: Element | null = null;
    for (let node = this.log.lastElementChild; node && node !== this.more; node = node.previousElementSibling) {
      const own = (node as HTMLElement).dataset.seq;
      if (own && Number(own) <= seq) break;
      after = node;
    }
    return after;
  }

  showPending(messages: readonly Outgoing[], connected: boolean): void {
    for (const old of this.log.querySelectorAll(".pending")) {
      if (!messages.some((message) => message.id === (old as HTMLElement).dataset.id)) old.remove();
    }
    const added: HTMLElement[] = [];
    for (const message of messages) {
      const known = [...this.log.querySelectorAll<HTMLElement>(".pending")].find((each) => each.dataset.id === message.id);
      const node = this.pendingNode(message, connected);
      relabel(node, this.lookup);
      if (!known) added.push(node);
      else if (known.innerHTML !== node.innerHTML) known.replaceWith(node);
    }
    this.log.append(...added);
    if (added.length) this.log.scrollTop = this.log.scrollHeight;
  }

  focusHeading(): void {
    this.heading.focus();
  }

  private atEnd(): boolean {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
  }

  private lineNode(line: Line): HTMLElement {
    const named = line.author === "counsellor" && line.name;
    const who = element("span", { class: "who" }, ...this.picture(line.author), element("span", named ? says("counsellorNamed", { name: line.name }) : says(line.author)));
    const time = element("time", { datetime: line.at }, clock(line.at));
    const head = element("p", { class: "line-head" }, who, time);
    if (line.topic) head.append(element("span", { class: "tag", ...says("topic", { topic: line.topic }) }));
    const reasons = line.author === "jobseeker" && line.escalation.level !== "none" ? line.escalation.reasons : [];
    if (reasons.length) head.append(element("span", { class: "tag check", "data-reasons": JSON.stringify(reasons) }, this.checkText(reasons)));
    const body = element("div", { class: "body", lang: writtenLang(line.text, this.language()) }, line.author === "bot" || line.author === "system" ? richText(line.text) : plainText(line.text, { links: false }));
    if (line.attachment) markAttachment(body, line.attachment, this.lookup);
    return element("div", { class: `line ${line.author}`, "data-seq": line.seq }, head, body);
  }

  private picture(author: Line["author"]): Node[] {
    if (author === "bot") return [icon("program")];
    if (author === "counsellor") return [icon("person")];
    return author === "system" ? [icon("info")] : [];
  }

  private checkText(reasons: readonly string[]): string {
    const language = this.language();
    return this.lookup("check", { reasons: reasons.map((reason) => reasonText(language, reason)).join(language === "en" ? ", " : "、") });
  }

  private pendingNode(message: Outgoing, connected: boolean): HTMLElement {
    const body = element("div", { class: "body", lang: writtenLang(message.text, this.language()) }, plainText(message.text, { links: false }));
    const node = element("div", { class: "line counsellor pending", "data-id": message.id }, element("p", { class: "line-head" }, element("span", { class: "who", ...says("counsellor") })), body);
    if (!message.failed) {
      node.append(element("p", { class: "delivery", "aria-live": "off", ...says(connected ? "sending" : "waitingToSend") }));
      return node;
    }
    const reason = (this.language() === "en" ? message.failed.message?.en : message.failed.message?.zh) ?? message.failed.code;
    const edit = element("button", { type: "button", class: "plain", ...says("editAgain") });
    const discard = element("button", { type: "button", class: "plain", ...says("remove") });
    edit.addEventListener("click", () => {
      this.actions.discard(message);
      this.composer.putBack(message.text);
    });
    discard.addEventListener("click", () => this.actions.discard(message));
    node.append(element("p", { class: "delivery problem", ...says("notSent", { reason }) }), element("div", { class: "row" }, edit, discard));
    return node;
  }

  private confirm(): HTMLElement {
    const yes = element("button", { type: "button", class: "strong", ...says("giveYes") });
    const no = element("button", { type: "button", class: "plain", ...says("cancel") });
    yes.addEventListener("click", () => this.actions.giveBack(this.owner.id));
    no.addEventListener("click", () => this.ask(false));
    const sure = element("div", { class: "sure", role: "group", "data-say-label": "give", hidden: true }, element("p", says("giveSure")), yes, no);
    sure.addEventListener("keydown", (event) => event.key === "Escape" && this.ask(false));
    return sure;
  }

  private ask(open: boolean, focus = true): void {
    this.sure.hidden = !open;
    this.give.setAttribute("aria-expanded", String(open));
    if (focus) (open ? (this.sure.querySelector("button") as HTMLElement) : this.give).focus();
  }
}

/** A picture or file is shown as what it was, with the word that it is not kept here. */
function markAttachment(body: HTMLElement, kind: string, lookup: Lookup): void {
  body.classList.add("attachment");
  body.dataset.attachment = kind;
  body.prepend(icon("attach"));
  body.append(element("p", { class: "faint", ...says("attachmentNotKept", { kind: lookup(`attachment_${kind}`, {}) }) }));
}
