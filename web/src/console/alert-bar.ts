// Alerts and short notices above the desk. A crisis is an alert (read out at once) until somebody says "understood".
import type { Area } from "../shared/area";
import { element } from "../shared/dom";
import { icon } from "../shared/icons";
import { relabel, says, type Lookup } from "../shared/words";

/** Every kind of docs/runbooks/handoff.md. */
export const KINDS: Readonly<Record<string, string>> = {
  crisis: "alertCrisis",
  crisis_unseen: "alertCrisisUnseen",
  unclaimed: "alertUnclaimed",
  counsellor_absent: "alertAbsent",
  callback_due: "alertCallbackDue",
  callback_missed: "alertCallbackMissed",
  review_overdue: "alertReviewOverdue",
  deadline_failed: "alertDeadlineFailed",
  dead_letter: "alertDeadLetter",
  undelivered: "alertUndelivered",
  not_forgotten: "alertNotForgotten",
};
const MOST = 3;

export class AlertBar {
  readonly node = element("div", { class: "alerts" });
  private readonly notice = element("p", { class: "notice", role: "status", hidden: true });
  private readonly urgent = element("div", { role: "alert" });
  private readonly key: string;

  constructor(
    private readonly area: Area,
    accountId: number,
    private readonly lookup: Lookup,
  ) {
    this.key = `console:${accountId}:alert`;
    this.node.append(this.urgent, this.notice);
  }

  /** The last alert this account has been shown in this browser; null before the first connection. */
  get lastSeen(): number | null {
    const value = this.area.get(this.key);
    return value && /^\d+$/.test(value) ? Number(value) : null;
  }

  hear(alert: { id: number; kind: string }): void {
    this.area.set(this.key, String(Math.max(alert.id, this.lastSeen ?? 0)));
    if (alert.kind === "none") return;
    const known = KINDS[alert.kind];
    const words = known ? says(known) : says("alertOther", { kind: alert.kind });
    const dismiss = element("button", { type: "button", class: "plain", ...says("dismiss") });
    const node = element("p", { class: `alert ${alert.kind}` }, icon("alert"), element("span", words), dismiss);
    dismiss.addEventListener("click", () => node.remove());
    relabel(node, this.lookup);
    this.urgent.append(node);
    while (this.urgent.childElementCount > MOST) this.urgent.firstElementChild?.remove();
  }

  tell(key: string | null): void {
    this.notice.hidden = key === null;
    this.notice.replaceChildren(...(key ? [icon("info"), element("span", says(key))] : []));
    relabel(this.notice, this.lookup);
  }
}
