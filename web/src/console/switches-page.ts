// The kill-switch: what each capability is, how it stands, who switched it and why; stopping and starting with a reason. How it stands is switch-watch.ts.
import { writtenLang } from "../chat/message-node";
import { element, setText } from "../shared/dom";
import { nowSays, relabel, says } from "../shared/words";
import type { Capability } from "./api";
import { clock, moment } from "./office-time";
import { button, field, form, Page, type PageContext } from "./page";
import { whoSwitched } from "./stopped-bar";

/** Who may start a capability again; everybody who has the page may stop one. */
const MAY_START = ["supervisor"];
const REASON_CHARACTERS = 500;

interface Card {
  readonly node: HTMLElement;
  readonly name: HTMLElement;
  readonly state: HTMLElement;
  readonly since: HTMLElement;
  readonly reason: HTMLElement;
  readonly act: HTMLButtonElement;
}

export class SwitchesPage extends Page {
  private readonly cards = new Map<string, Card>();
  private asking: { readonly one: Capability; readonly node: HTMLElement } | null = null;
  private setting = false;
  private stale = false;

  constructor(context: PageContext) {
    super(context, "pageSwitches", "switchesHint");
    if (!this.mayStart) this.body.append(element("p", { class: "faint", ...says("switchesStopOnly") }));
    const done = context.switches.listen(() => (this.node.isConnected || !this.cards.size ? this.relabel() : done()));
  }

  async refresh(): Promise<void> {
    await this.context.switches.read();
  }

  private get mayStart(): boolean {
    return MAY_START.includes(this.context.account.role);
  }

  /** Words are changed in place: whoever is just writing a reason goes on writing. */
  protected paint(): void {
    const { switches, problem, readAt } = this.context.switches;
    if (problem) this.tell("switchesStale", { time: clock(readAt?.toISOString()) });
    else if (this.stale) this.tell(null);
    this.stale = problem !== null;
    for (const one of switches) this.show(one, this.card(one));
    const asked = this.asking && switches.find((each) => each.name === this.asking?.one.name);
    if (asked && !this.setting && asked.off !== this.asking?.one.off) {
      this.leave();
      this.tell("switchMeanwhile", { name: this.called(asked), who: whoSwitched(asked, this.context.lookup) });
    }
  }

  private card(one: Capability): Card {
    const known = this.cards.get(one.name);
    if (known) return known;
    const name = element("h3", { id: `switch-${one.name}` });
    const [state, since, reason] = [element("strong", { class: "tag" }), element("span"), element("span", { class: "as-written" })];
    const act = element("button", { type: "button" });
    act.addEventListener("click", () => this.ask(one.name));
    const node = element("section", { class: "callback switch-card", "data-capability": one.name, "aria-labelledby": `switch-${one.name}` });
    node.append(name, element("p", { class: "row" }, state, since), element("p", { hidden: true }, element("span", says("switchWhy")), reason), element("p", says(`stops_${one.name}`)), element("p", { class: "faint", ...says(`goesOn_${one.name}`) }), act);
    const made = { node, name, state, since, reason, act };
    this.cards.set(one.name, made);
    this.body.append(node);
    relabel(node, this.context.lookup);
    return made;
  }

  private show(one: Capability, card: Card): void {
    const { lookup } = this.context;
    nowSays(card.name, lookup, `capability_${one.name}`);
    nowSays(card.state, lookup, one.off ? "switchOff" : "switchOn");
    card.state.classList.toggle("check", one.off);
    card.node.classList.toggle("off", one.off);
    if (one.changed_at) nowSays(card.since, lookup, one.off ? "switchOffBy" : "switchOnBy", { at: moment(one.changed_at), who: whoSwitched(one, lookup) });
    else nowSays(card.since, lookup, "switchNever");
    if (card.reason.parentElement) card.reason.parentElement.hidden = !one.reason;
    card.reason.lang = writtenLang(one.reason, this.context.language());
    setText(card.reason, one.reason);
    nowSays(card.act, lookup, one.off ? "switchStart" : "switchStop", { name: this.called(one) });
    card.act.className = one.off ? "plain start" : "plain stop";
    card.act.hidden = this.asking?.one.name === one.name || (one.off && !this.mayStart);
  }

  private called(one: Capability): string {
    return this.context.lookup(`capability_${one.name}`, {});
  }

  /** The second step: it is done only with a reason. */
  private ask(name: string): void {
    const one = this.context.switches.switches.find((each) => each.name === name);
    const card = this.cards.get(name);
    if (!one || !card) return;
    this.leave();
    this.tell(null);
    const reason = element("textarea", { rows: 2, required: true, maxlength: REASON_CHARACTERS, "aria-describedby": "switch-reason-hint" });
    const hint = element("p", { id: "switch-reason-hint", class: "faint", ...says("switchReasonHint") });
    const node = form(one.off ? "switchStartSure" : "switchStopSure", [field("switch-reason", "switchReason", reason), hint], () => this.set(one, reason.value.trim()));
    node.append(button("cancel", () => this.leave(true)));
    this.asking = { one, node };
    card.act.hidden = true;
    card.node.append(node);
    relabel(node, this.context.lookup);
    reason.focus();
  }

  private async set(one: Capability, reason: string): Promise<void> {
    if (!reason) return this.tell("switchReasonMissing");
    this.setting = true;
    const problem = await this.context.switches.set(one.name, !one.off, reason);
    this.setting = false;
    if (problem) return this.failed(problem);
    this.leave();
    this.relabel();
    this.tell(one.off ? "switchStarted" : "switchStopped", { name: this.called(one) });
    this.focus();
  }

  private leave(back = false): void {
    if (!this.asking) return;
    const { one, node } = this.asking;
    this.asking = null;
    node.remove();
    const card = this.cards.get(one.name);
    const now = this.context.switches.switches.find((each) => each.name === one.name);
    if (card && now) this.show(now, card);
    if (back) card?.act.focus();
  }
}
