// Canned replies as editors and supervisors keep them: a list by language, one form to add and change. Inserting one is canned-block.ts.
import { writtenLang } from "../chat/message-node";
import { element } from "../shared/dom";
import { nowSays, says } from "../shared/words";
import type { CannedReply } from "./api";
import { VARIETY_KEYS } from "./case-list";
import { button, field, form, Page, type PageContext } from "./page";

export class CannedPage extends Page {
  private replies: readonly CannedReply[] = [];
  private editing: CannedReply | null = null;
  private readonly list = element("div");
  private readonly formHead = element("h3", says("cannedAdd"));
  private readonly variety = element("select", {}, ...Object.entries(VARIETY_KEYS).map(([value, key]) => element("option", { value, ...says(key) })));
  private readonly title = element("input", { type: "text", required: true, maxlength: 64 });
  private readonly text = element("textarea", { rows: 4, required: true, maxlength: 4_000 });
  private readonly leave: HTMLButtonElement;

  constructor(context: PageContext) {
    super(context, "pageCanned", "cannedPageHint");
    this.leave = button("cancel", () => this.edit(null));
    const node = form("cannedSave", [this.formHead, field("canned-variety", "cannedLanguage", this.variety), field("canned-title", "cannedTitle", this.title), field("canned-text", "cannedText", this.text)], () => this.save());
    node.append(this.leave);
    this.body.append(this.list, node);
    this.edit(null);
  }

  async refresh(): Promise<void> {
    const result = await this.context.api.cannedReplies();
    if (!result.ok) return this.failed(result.problem);
    this.replies = result.value.canned_replies;
    this.relabel();
  }

  protected paint(): void {
    const parts = Object.entries(VARIETY_KEYS).map(([variety, key]) => {
      const own = this.replies.filter((each) => each.variety === variety);
      const items = own.map((each) => this.item(each));
      return element("section", { "data-variety": variety }, element("h3", says(key)), ...(items.length ? [element("ul", { class: "notes" }, ...items)] : [element("p", { class: "faint", ...says("cannedNone") })]));
    });
    this.list.replaceChildren(...parts);
  }

  private item(reply: CannedReply): HTMLElement {
    const remove = button("cannedRemove", () => void this.remove(reply, remove), { title: reply.title });
    const change = button("cannedChange", () => this.edit(reply), { title: reply.title });
    return element("li", { class: "callback", "data-id": reply.id }, element("strong", { lang: writtenLang(reply.title, this.context.language()) }, reply.title), element("p", { class: "as-written", lang: writtenLang(reply.text, this.context.language()) }, reply.text), element("div", { class: "row" }, change, remove));
  }

  private edit(reply: CannedReply | null): void {
    this.editing = reply;
    nowSays(this.formHead, this.context.lookup, reply ? "cannedChange" : "cannedAdd", { title: reply?.title ?? "" });
    this.leave.hidden = !reply;
    this.title.value = reply?.title ?? "";
    this.text.value = reply?.text ?? "";
    if (!reply) return;
    this.variety.value = reply.variety;
    this.title.focus();
  }

  private async save(): Promise<void> {
    const written = { variety: this.variety.value, title: this.title.value.trim(), text: this.text.value.trim(), office: this.editing?.office ?? "" };
    const result = await this.context.api.saveCannedReply(written, this.editing?.id);
    if (!result.ok) return this.failed(result.problem);
    this.edit(null);
    await this.refresh();
    this.tell("saved");
  }

  /** The first press asks, the second removes. */
  private async remove(reply: CannedReply, pressed: HTMLButtonElement): Promise<void> {
    if (pressed.dataset.say !== "cannedRemoveSure") return nowSays(pressed, this.context.lookup, "cannedRemoveSure", { title: reply.title });
    const result = await this.context.api.removeCannedReply(reply.id);
    if (!result.ok) return this.failed(result.problem);
    if (this.editing?.id === reply.id) this.edit(null);
    await this.refresh();
    this.tell("saved");
    this.focus();
  }
}
