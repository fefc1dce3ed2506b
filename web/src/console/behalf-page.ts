// Opening a conversation for somebody at the counter or on the telephone: the case is the counsellor's at once. What is audited is the service's.
import { element } from "../shared/dom";
import { says } from "../shared/words";
import { VARIETY_KEYS } from "./case-list";
import { field, form, Page, type PageContext } from "./page";

const PLACES = ["counter", "phone"] as const;

export class BehalfPage extends Page {
  private readonly variety = element("select", {}, ...Object.entries(VARIETY_KEYS).map(([value, key]) => element("option", { value, ...says(key) })));
  private readonly place = element("select", {}, ...PLACES.map((each) => element("option", { value: each, ...says(`behalf_${each}`) })));
  private readonly note = element("textarea", { rows: 3, maxlength: 4_000 });

  constructor(context: PageContext) {
    super(context, "pageBehalf", "behalfHint");
    this.body.append(form("behalfDo", [field("behalf-language", "behalfLanguage", this.variety), field("behalf-place", "behalfPlace", this.place), field("behalf-note", "behalfNote", this.note)], () => this.open()));
  }

  async refresh(): Promise<void> {
    this.relabel();
  }

  protected paint(): void {
    // Nothing of it is read from the service.
  }

  private async open(): Promise<void> {
    const result = await this.context.api.openOnBehalf(this.variety.value, this.place.value, this.note.value);
    if (!result.ok) return this.failed(result.problem);
    this.context.openCase(result.value.case.id);
  }
}
