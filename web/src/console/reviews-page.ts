// Contested results of a month by rule, and what each that was right has led to. For supervisors; deciding one is done in its case.
import { element } from "../shared/dom";
import { relabel, says } from "../shared/words";
import type { ReviewMonth } from "./api";
import { officeDay } from "./office-time";
import { button, field, form, Page, table, type PageContext } from "./page";

export class ReviewsPage extends Page {
  private month: ReviewMonth | null = null;
  private readonly wanted = element("input", { type: "month", required: true, pattern: "[0-9]{4}-[0-9]{2}", placeholder: "2026-11" });
  private readonly found = element("div");

  constructor(context: PageContext) {
    super(context, "pageReviews", "reviewsHint");
    this.wanted.value = officeDay(new Date()).slice(0, 7);
    this.body.append(form("showHistory", [field("review-month", "reviewMonth", this.wanted)], () => this.refresh()), this.found);
  }

  async refresh(): Promise<void> {
    const result = await this.context.api.figures<ReviewMonth>(`reviews?month=${encodeURIComponent(this.wanted.value)}`);
    if (!result.ok) return this.failed(result.problem);
    this.month = result.value;
    this.tell(null);
    this.relabel();
  }

  protected paint(): void {
    const month = this.month;
    if (!month) return;
    if (!month.decided) return void this.found.replaceChildren(element("p", { class: "empty", ...says("reviewsNone") }));
    const rows = month.rules.map((each) => [each.rule, String(each.upheld), String(each.changed), String(each.dismissed)]);
    this.found.replaceChildren(
      element("p", says("reviewDecided", { decided: month.decided, late: month.late })),
      table("reviewRules", ["reviewRule", "reviewUpheld", "reviewChanged", "reviewDismissed"], rows),
      ...month.upheld.map((each) => this.changeForm(each)),
    );
    relabel(this.found, this.context.lookup);
  }

  private changeForm(one: ReviewMonth["upheld"][number]): HTMLElement {
    const text = element("input", { type: "text", required: true, maxlength: 1_000, value: one.change_made });
    const line = field(`review-change-${one.case_id}`, "reviewChangeOf", text);
    const label = line.querySelector("label");
    if (label) label.dataset.sayValues = JSON.stringify({ id: one.case_id, rule: one.rule });
    const node = form("reviewSaveChange", [line], async () => {
      const result = await this.context.api.noteChange(one.case_id, text.value.trim());
      if (!result.ok) return this.failed(result.problem);
      this.tell("saved");
    });
    node.dataset.case = String(one.case_id);
    node.append(button("openCase", () => this.context.openCase(one.case_id)));
    return node;
  }
}
