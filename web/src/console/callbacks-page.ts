// Call-backs and messages that nobody has dealt with: a list of its own, and the block in a case. Whose number is shown is the service's to decide.
import { element } from "../shared/dom";
import { says } from "../shared/words";
import type { Callback } from "./api";
import { moment } from "./office-time";
import { button, Page, type PageContext } from "./page";

/** Those of a slot first, by time; then messages, the oldest first. */
export function inOrder(all: readonly Callback[]): Callback[] {
  const time = (each: Callback): string => (each.kind === "callback" ? `0${each.from_at ?? ""}` : `1${each.created_at}`);
  return all.filter((each) => each.state === "open").sort((one, other) => time(one).localeCompare(time(other)) || one.id - other.id);
}

/** One of them, with what can be done about it. */
export function callbackNode(asked: Callback, now: Date, settle: (done: boolean) => void, open?: () => void): HTMLElement {
  const head = element("p", { class: "row" }, element("strong", says(`callback_${asked.kind}`)), element("span", says("caseTitle", { id: asked.case_id })));
  if (asked.from_at) head.append(element("span", says("callbackSlot", { from: moment(asked.from_at), until: moment(asked.until_at) })));
  if (asked.until_at && new Date(asked.until_at) < now) head.append(element("span", { class: "tag check", ...says("callbackLate") }));
  const node = element("li", { class: "callback", "data-id": asked.id, "data-case": asked.case_id }, head);
  if (asked.contact) node.append(element("p", says("callbackContact", { contact: asked.contact })));
  else if (asked.kind === "callback") node.append(element("p", { class: "faint", ...says("callbackWrite") }));
  if (asked.text) node.append(element("p", { class: "as-written" }, asked.text));
  const done = button("callbackDone", () => settle(true));
  const drop = button("callbackDrop", () => settle(false));
  done.classList.add("done");
  drop.classList.add("drop");
  node.append(element("div", { class: "row" }, ...(open ? [button("openCase", open)] : []), done, drop));
  return node;
}

export class CallbacksPage extends Page {
  override readonly live = true;
  private all: readonly Callback[] = [];

  constructor(context: PageContext) {
    super(context, "pageCallbacks", "callbacksHint");
  }

  async refresh(): Promise<void> {
    const result = await this.context.api.callbacks();
    if (!result.ok) return this.failed(result.problem);
    const all = inOrder(result.value.callbacks);
    if (this.body.childElementCount && JSON.stringify(all) === JSON.stringify(this.all)) return; // the focus stays where it is
    this.all = all;
    this.relabel();
  }

  protected paint(): void {
    if (!this.all.length) return void this.body.replaceChildren(element("p", { class: "empty", ...says("callbacksNone") }));
    const now = new Date();
    const nodes = this.all.map((each) => callbackNode(each, now, (done) => void this.settle(each, done), () => this.context.openCase(each.case_id)));
    this.body.replaceChildren(element("ul", { class: "notes" }, ...nodes));
  }

  private async settle(asked: Callback, done: boolean): Promise<void> {
    const result = await this.context.api.settleCallback(asked.id, done);
    if (!result.ok) return this.failed(result.problem);
    await this.refresh();
    this.tell("callbackSettled", { id: asked.case_id });
    this.focus(); // the button that was pressed is gone
  }
}
