// The box to write in: grows with the text, counts kindly, sends on Enter but never while an input method composes.
import type { Area } from "../shared/area";
import { element, isSendKey, setText } from "../shared/dom";
import { icon } from "../shared/icons";
import { says, type Lookup } from "../shared/words";

export const MAX_CHARACTERS = 4_000;
const COUNT_FROM = 3_500;

/** Characters as the server counts them: code points, not UTF-16 units. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export class Composer {
  readonly node: HTMLFormElement;
  readonly box: HTMLTextAreaElement;
  private readonly counter: HTMLElement;
  private readonly counterStatus: HTMLElement;
  private composing = false;
  private tooLong = false;

  constructor(
    private readonly drafts: Area,
    private readonly draftKey: string,
    private readonly lookup: Lookup,
    onSend: (text: string) => void,
  ) {
    this.box = element("textarea", { id: "box", rows: 1, "aria-describedby": "count", autocomplete: "off", enterkeyhint: "send", "data-say-placeholder": "placeholder" });
    this.counter = element("p", { id: "count", class: "count" });
    this.counterStatus = element("p", { class: "unseen", role: "status" });
    const send = element("button", { type: "submit", class: "send" }, icon("send"), element("span", says("send")));
    const label = element("label", { for: "box", class: "unseen", ...says("write") });
    this.node = element("form", { class: "composer", novalidate: true }, label, this.box, send, this.counter, this.counterStatus);
    this.box.value = drafts.get(draftKey) ?? "";
    this.box.addEventListener("compositionstart", () => (this.composing = true));
    this.box.addEventListener("compositionend", () => (this.composing = false));
    this.box.addEventListener("input", () => this.changed());
    this.box.addEventListener("keydown", (event) => {
      if (!isSendKey(event, this.composing)) return;
      event.preventDefault();
      this.node.requestSubmit ? this.node.requestSubmit() : send.click();
    });
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.box.value.trim();
      if (this.composing) this.box.blur(); // sent by the button in mid-composition: end it, or it writes into the empty box
      this.box.focus();
      if (!text) return;
      if (characters(text) > MAX_CHARACTERS) return this.showCount(true);
      this.set("");
      onSend(text);
    });
    this.changed();
  }

  /** Put text in, as if typed. */
  set(text: string): void {
    this.box.value = text;
    this.changed();
  }

  /** Put refused text back without losing what has been typed since. */
  putBack(text: string): void {
    this.set(this.box.value.trim() ? `${text}\n${this.box.value}` : text);
    this.box.focus();
  }

  /** Write the words again after a change of language. */
  refresh(): void {
    this.showCount();
  }

  private changed(): void {
    if (this.box.value) {
      try {
        this.drafts.set(this.draftKey, this.box.value);
      } catch {
        this.drafts.remove(this.draftKey); // full: the text is still in the box
      }
    } else this.drafts.remove(this.draftKey);
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight + this.box.offsetHeight - this.box.clientHeight}px`;
    this.showCount();
  }

  private showCount(again = false): void {
    const length = this.box.value.length < COUNT_FROM ? 0 : characters(this.box.value.trim());
    const tooLong = length > MAX_CHARACTERS;
    const text =
      length <= COUNT_FROM
        ? ""
        : tooLong
          ? this.lookup("tooLong", { count: (length - MAX_CHARACTERS).toLocaleString("en") })
          : this.lookup("left", { count: (MAX_CHARACTERS - length).toLocaleString("en") });
    setText(this.counter, text);
    this.counter.classList.toggle("over", tooLong);
    this.box.setAttribute("aria-invalid", String(tooLong));
    if (again) this.counterStatus.textContent = "";
    if (tooLong !== this.tooLong || again) setText(this.counterStatus, tooLong ? text : "");
    this.tooLong = tooLong;
  }
}
