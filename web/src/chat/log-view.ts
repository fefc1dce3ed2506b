// The conversation on screen: one node per message, in order, never twice; scrolling and what is announced. No session logic.
import { element } from "../shared/dom";
import { icon } from "../shared/icons";
import { relabel, says, type Lookup } from "../shared/words";
import type { Language } from "../strings";
import { messageNode, pendingNode, showFailure, type MessageActions } from "./message-node";
import type { Outgoing } from "./outgoing";
import type { Entry } from "./types";

/** Replayed messages stop arriving for this long: from then on new ones are announced. */
const QUIET_MS = 400;
const LONG_WAIT_MS = 15_000;

export class LogView {
  readonly node: HTMLElement;
  private readonly scroller: HTMLElement;
  private readonly messages = element("div", { class: "messages", role: "log", "aria-live": "off", "aria-relevant": "additions", "data-say-label": "conversation" });
  private readonly notes = element("div", { class: "notes", role: "status" });
  private readonly waiting = element("p", { class: "waiting", hidden: true }, element("span", { class: "dots", "aria-hidden": "true" }), element("span"));
  private readonly jump: HTMLButtonElement;
  private following = true;
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private long: ReturnType<typeof setTimeout> | undefined;
  private settled = false;

  constructor(
    private readonly lookup: Lookup,
    private readonly language: () => Language,
    private readonly actions: MessageActions,
  ) {
    this.jump = element("button", { type: "button", class: "jump", hidden: true, ...says("newMessages") });
    this.jump.addEventListener("click", () => {
      this.toEnd();
      this.scroller.focus();
    });
    this.scroller = element("div", { class: "scroller", tabindex: 0, role: "group", "data-say-label": "conversation" }, this.notice(), this.notes, this.messages, this.waiting);
    this.scroller.addEventListener("scroll", () => {
      this.following = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 80;
      if (this.following) this.jump.hidden = true;
    });
    this.node = element("div", { class: "log" }, this.scroller, this.jump);
  }

  /** Show a message that the server has numbered; one that was shown as unsent becomes it, in place. */
  add(entry: Entry, counsellorName: string | null): void {
    const sent = entry.author === "jobseeker" ? this.byId(entry.client_message_id) : null;
    if (sent && !sent.dataset.seq) {
      sent.dataset.seq = String(entry.seq);
      sent.classList.remove("pending", "failed");
      sent.querySelector(".delivery")?.remove();
      sent.querySelector(".choices")?.remove();
      this.place(sent, entry.seq);
      return;
    }
    const node = messageNode(entry, this.language(), counsellorName, this.actions);
    relabel(node, this.lookup);
    this.place(node, entry.seq);
    this.arrived(node, entry.author !== "jobseeker");
  }

  /** Show exactly these as unsent, after everything else. */
  showPending(messages: readonly Outgoing[], connected: boolean): void {
    const ids = new Set(messages.map((message) => message.id));
    for (const node of this.messages.querySelectorAll<HTMLElement>(".pending")) {
      if (!ids.has(node.dataset.id ?? "")) node.remove();
    }
    for (const message of messages) {
      let node = this.byId(message.id);
      if (!node) {
        node = pendingNode(message, this.language(), this.actions);
        this.messages.append(node);
        relabel(node, this.lookup);
        this.arrived(node, false);
      }
      if (message.failed) showFailure(node, message, this.language(), this.actions);
      const state = node.querySelector<HTMLElement>(".delivery[data-say]");
      if (state) state.dataset.say = connected ? "sending" : "waitingToSend";
      node.classList.toggle("held", !connected);
      relabel(node, this.lookup);
    }
  }

  /** Something about the conversation as a whole, at its head. */
  note(key: string): void {
    const node = element("p", { class: "note" }, icon("info"), element("span", says(key)));
    relabel(node, this.lookup);
    this.notes.append(node);
    while (this.notes.childElementCount > 3) this.notes.firstElementChild?.remove();
    this.toEnd();
  }

  /** Show that an answer is being prepared, or stop showing it. */
  expectAnswer(expected: boolean): void {
    if (expected === !this.waiting.hidden) return;
    clearTimeout(this.long);
    this.waiting.hidden = !expected;
    const words = this.waiting.lastElementChild as HTMLElement;
    words.dataset.say = "preparing";
    relabel(this.waiting, this.lookup);
    if (!expected) return;
    if (this.following) this.toEnd();
    this.long = setTimeout(() => {
      words.dataset.say = "preparingLong";
      relabel(this.waiting, this.lookup);
      if (this.following) this.toEnd();
    }, LONG_WAIT_MS);
  }

  /** The connection stands: once the replay has gone quiet, new messages are announced. */
  settle(): void {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.replayed(), QUIET_MS);
  }

  /** The replay is over: what comes now is new. */
  replayed(): void {
    clearTimeout(this.quiet);
    this.settled = true;
    this.messages.setAttribute("aria-live", "polite");
  }

  /** The person has just done something here: show what follows. */
  follow(): void {
    this.following = true;
  }

  clear(): void {
    clearTimeout(this.quiet);
    clearTimeout(this.long);
    this.settled = false;
    this.messages.setAttribute("aria-live", "off");
    this.messages.replaceChildren();
    this.notes.replaceChildren();
    this.waiting.hidden = true;
    this.jump.hidden = true;
    this.following = true;
  }

  /** It is a program, who decides, how to reach a person: the first thing anybody sees, there before any network. */
  private notice(): HTMLElement {
    const phone = element("a", { href: `tel:${__OFFICE_PHONE__.replace(/-/g, "")}` }, __OFFICE_PHONE__);
    const line = (name: "program" | "info" | "person", key: string, ...more: Node[]): HTMLElement =>
      element("li", {}, icon(name), element("span", {}, element("span", says(key)), ...more));
    return element(
      "div",
      { class: "notice", role: "note", "data-say-label": "noticeLabel" },
      element("ul", {}, line("program", "noticeProgram"), line("info", "noticeDecides"), line("person", "noticePerson", document.createTextNode(" "), phone)),
    );
  }

  private byId(id: string): HTMLElement | null {
    for (const node of this.messages.querySelectorAll<HTMLElement>("[data-id]")) if (node.dataset.id === id) return node;
    return null;
  }

  /** Put it before the first message with a higher number (unsent ones have none and stay last). */
  private place(node: HTMLElement, seq: number): void {
    let before: Element | null = null;
    for (let each = this.messages.lastElementChild; each; each = each.previousElementSibling) {
      const other = (each as HTMLElement).dataset.seq;
      if (each === node) continue;
      if (other && Number(other) < seq) break;
      before = each;
    }
    if (node.parentNode === this.messages && node.nextElementSibling === before) return; // already there: not announced again
    this.messages.insertBefore(node, before);
  }

  private arrived(node: HTMLElement, fromOther: boolean): void {
    if (!this.settled) this.settle();
    if (!this.messages.querySelector(".jobseeker")) return; // only greeted so far: the notice stays in view
    if (!this.following) {
      if (fromOther) this.jump.hidden = false;
      return;
    }
    this.toEnd();
    // A long answer is read from its beginning: do not scroll its first line away.
    if (fromOther && this.settled && node.offsetHeight > this.scroller.clientHeight) {
      this.scroller.scrollTop += node.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top - 12;
    }
  }

  private toEnd(): void {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.following = true;
    this.jump.hidden = true;
  }
}
