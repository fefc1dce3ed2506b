// When offices are open: now, the next days, what makes a day special. Supervisors enter and take away exceptions; others read.
import { element } from "../shared/dom";
import { says } from "../shared/words";
import type { Office } from "./api";
import { dayText, moment } from "./office-time";
import { button, field, form, Page, table, type PageContext } from "./page";

export class OfficesPage extends Page {
  private offices: readonly Office[] = [];
  private readonly list = element("div");
  private readonly day = element("input", { type: "date", required: true });
  private readonly office = element("select");
  private readonly shut = element("input", { type: "checkbox", checked: true });
  private readonly opens = element("input", { type: "time" });
  private readonly closes = element("input", { type: "time" });
  private readonly reasonZh = element("input", { type: "text", required: true, maxlength: 120, lang: "zh-Hant-TW" });
  private readonly reasonEn = element("input", { type: "text", required: true, maxlength: 120, lang: "en" });

  constructor(context: PageContext) {
    super(context, "pageOffices");
    this.body.append(this.list, ...(this.maySet ? [this.addForm()] : []));
  }

  private get maySet(): boolean {
    return this.context.account.role === "supervisor";
  }

  async refresh(): Promise<void> {
    const result = await this.context.api.offices();
    if (!result.ok) return this.failed(result.problem);
    this.offices = result.value.offices;
    this.relabel();
  }

  protected paint(): void {
    this.list.replaceChildren(...this.offices.map((each) => this.officeNode(each)));
    const chosen = this.office.value;
    this.office.replaceChildren(element("option", { value: "", ...says("officeAll") }), ...this.offices.map((each) => element("option", { value: each.id }, this.name(each.name))));
    this.office.value = this.offices.some((each) => each.id === chosen) ? chosen : "";
  }

  private officeNode(office: Office): HTMLElement {
    const name = this.name(office.name);
    const state = office.open ? says("officeOpen") : says("officeClosed", { opens: office.opens_at ? moment(office.opens_at) : "?" });
    const rows = (office.days ?? []).map((each) => {
      const special = each.exception;
      const why = element("span", { class: "row" }, ...(each.why ? [element("span", {}, this.name(each.why))] : special ? [element("span", {}, this.name(special.reason))] : []));
      if (special) {
        why.append(element("span", { class: "tag", ...says("officeException") }));
        if (this.maySet && special.id) why.append(button("officeRemove", () => void this.remove(special.id), { day: dayText(each.day, this.context.language()) }));
      }
      return [dayText(each.day, this.context.language()), each.hours.length ? each.hours.join(", ") : element("span", says("officeNoHours")), why];
    });
    return element("div", { class: "office", "data-office": office.id }, element("h3", {}, name), element("p", { class: "office-state", ...state }), table("officeDays", ["officeDay", "officeHours", "officeWhy"], rows, { office: name }));
  }

  private addForm(): HTMLElement {
    const times = element("div", { class: "row", hidden: true }, field("office-opens", "officeOpens", this.opens), field("office-closes", "officeCloses", this.closes));
    this.shut.id = "office-shut";
    this.shut.addEventListener("change", () => (times.hidden = this.shut.checked));
    const shut = element("div", { class: "field row" }, this.shut, element("label", { for: "office-shut", ...says("officeShut") }));
    const children = [field("office-day", "officeDay", this.day), field("office-which", "officeWhich", this.office), shut, times, field("office-zh", "officeReasonZh", this.reasonZh), field("office-en", "officeReasonEn", this.reasonEn)];
    return element("div", { class: "office-add" }, element("h3", says("officeAdd")), element("p", { class: "faint", ...says("officeAddHint") }), form("officeSave", children, () => this.add()));
  }

  private async add(): Promise<void> {
    const shut = this.shut.checked;
    if (!shut && !(this.opens.value && this.closes.value)) return this.tell("officeTimesMissing");
    const reason = { zh: this.reasonZh.value.trim(), en: this.reasonEn.value.trim() };
    const day = { day: this.day.value, office: this.office.value, opens: shut ? "" : this.opens.value, closes: shut ? "" : this.closes.value, reason };
    const result = await this.context.api.addOfficeDay(day);
    if (!result.ok) return this.failed(result.problem);
    this.reasonZh.value = this.reasonEn.value = "";
    await this.refresh();
    this.tell("saved");
  }

  private async remove(id: number): Promise<void> {
    const result = await this.context.api.removeOfficeDay(id);
    if (!result.ok) return this.failed(result.problem);
    await this.refresh();
    this.tell("saved");
    this.focus();
  }
}
