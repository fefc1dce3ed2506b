// The contested result inside a case: the logged item with its versions, and the ranking worked out again beside it. Deciding is in case-tools.ts.
import { element } from "../shared/dom";
import { nowSays, relabel, says, type Lookup } from "../shared/words";
import type { Case, Problem, Ranked, Rerun, Result } from "./api";
import { versionsText } from "./case-note";
import { moment } from "./office-time";
import { button, table } from "./page";

const SHOWN = 20;

/** Both orders side by side, each with place, title and score; the contested vacancy is named in words. */
export function ranks(rerun: Rerun, contested: string): { then: string; now: string; contested: boolean }[] {
  const length = Math.min(SHOWN, Math.max(rerun.logged.length, rerun.now.length));
  const text = (one: Ranked | undefined): string => (one ? `${one[2]}. ${rerun.titles[one[0]] ?? one[0]} (${one[1]})` : "—");
  return Array.from({ length }, (_, index) => {
    const both = [rerun.logged[index], rerun.now[index]];
    return { then: text(both[0]), now: text(both[1]), contested: Boolean(contested) && both.some((one) => String(one?.[0]) === contested) };
  });
}

export class ReviewBlock {
  readonly node: HTMLDetailsElement;
  private readonly item = element("div");
  private readonly told = element("p", { role: "status" });
  private readonly outcome = element("div");
  private detail: Readonly<Record<string, unknown>> = {};

  constructor(
    private readonly lookup: Lookup,
    private readonly run: () => Promise<Result<Rerun>>,
    private readonly reason: (problem: Problem) => string,
  ) {
    const again = button("reviewRerun", () => void this.again(again));
    again.classList.add("rerun");
    this.node = element("details", { class: "tool review", open: true }, element("summary", says("review")), this.item, again, this.told, this.outcome);
  }

  /** Shown only where a logged result is contested. */
  update(shown: Case): void {
    this.detail = shown.detail ?? {};
    this.node.hidden = this.detail.match_log_id === undefined;
    if (this.node.hidden) return;
    const text = (name: string): string => String(this.detail[name] ?? "");
    this.item.replaceChildren(
      element("p", says("reviewItem", { log: text("match_log_id"), vacancy: text("vacancy_id"), due: text("due_on") })),
      ...(this.detail.words ? [element("p", { class: "as-written", ...says("reviewWords", { text: text("words") }) })] : []),
      element("p", { class: "faint", ...says("reviewVersions", { versions: versionsText(this.detail.versions) }) }),
    );
    if (shown.decision) this.item.append(element("p", { class: "decided", ...says("decided", { decision: this.lookup(`decision_${shown.decision}`, {}) }) }));
    relabel(this.item, this.lookup);
  }

  private async again(pressed: HTMLButtonElement): Promise<void> {
    if (pressed.getAttribute("aria-disabled") === "true") return;
    pressed.setAttribute("aria-disabled", "true");
    const result = await this.run();
    pressed.removeAttribute("aria-disabled");
    if (result.ok) return this.show(result.value);
    this.outcome.replaceChildren();
    nowSays(this.told, this.lookup, "refused", { reason: this.reason(result.problem) });
  }

  private show(rerun: Rerun): void {
    const at = moment(rerun.logged_at);
    const changed = rerun.changed.join(", ") || this.lookup("reviewNothingChanged", {});
    const rows = ranks(rerun, String(this.detail.vacancy_id ?? "")).map((each) => [
      each.then,
      element("span", { class: "row" }, element("span", {}, each.now), ...(each.contested ? [element("span", { class: "tag check", ...says("reviewThisOne") })] : [])),
    ]);
    nowSays(this.told, this.lookup, rerun.same ? "reviewSame" : "reviewDiffers", { at, changed });
    this.outcome.replaceChildren(table("reviewTable", ["reviewThen", "reviewNow"], rows));
    relabel(this.outcome, this.lookup);
  }
}
