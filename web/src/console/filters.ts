// Which waiting cases the list shows: urgency, language, office, offered to me. A crisis is shown whatever is chosen.
import type { Area } from "../shared/area";
import { element } from "../shared/dom";
import { relabel, says, type Lookup } from "../shared/words";
import type { Case, Office } from "./api";
import type { ConsoleLanguage } from "./strings";

export interface Filter {
  readonly urgency: string;
  readonly language: string;
  readonly office: string;
  readonly offered: boolean;
}

export const EVERYTHING: Filter = { urgency: "", language: "", office: "", offered: false };

/** Whether a case is shown. */
export function passes(filter: Filter, each: Case, accountId: number): boolean {
  if (each.urgency === 0) return true;
  if (filter.urgency && String(each.urgency) !== filter.urgency) return false;
  if (filter.language && each.language !== filter.language) return false;
  if (filter.office && each.office !== filter.office) return false;
  return !filter.offered || each.offered_to_id === accountId;
}

export class FilterBar {
  readonly node: HTMLElement;
  private readonly urgency = element("select", { id: "filter-urgency" });
  private readonly spoken = element("select", { id: "filter-language" });
  private readonly office = element("select", { id: "filter-office" });
  private readonly offered = element("input", { id: "filter-offered", type: "checkbox" });
  private readonly hidden = element("p", { class: "faint", role: "status" });
  private offices: readonly Office[] = [];

  constructor(
    private readonly area: Area,
    private readonly accountId: number,
    private readonly language: () => ConsoleLanguage,
    private readonly lookup: Lookup,
    private readonly onChange: () => void,
  ) {
    const before = this.read();
    this.urgency.append(option("", "all"), option("0", "urgency0"), option("1", "urgency1"), option("2", "urgency2"));
    this.spoken.append(option("", "all"), option("zh", "languageZh"), option("en", "languageEn"));
    this.office.append(option("", "all"));
    this.urgency.value = before.urgency;
    this.spoken.value = before.language;
    this.offered.checked = before.offered;
    const line = (id: string, key: string, control: HTMLElement): HTMLElement => element("div", { class: "field" }, element("label", { for: id, ...says(key) }), control);
    this.node = element(
      "details",
      { class: "filters" },
      element("summary", says("filters")),
      line("filter-urgency", "filterUrgency", this.urgency),
      line("filter-language", "filterLanguage", this.spoken),
      line("filter-office", "filterOffice", this.office),
      element("div", { class: "field row" }, this.offered, element("label", { for: "filter-offered", ...says("filterOffered") })),
    );
    this.node.append(this.hidden);
    this.node.addEventListener("change", () => {
      this.area.set(this.key, JSON.stringify(this.value));
      this.onChange();
    });
    relabel(this.node, lookup);
  }

  get value(): Filter {
    return { urgency: this.urgency.value, language: this.spoken.value, office: this.office.value, offered: this.offered.checked };
  }

  setOffices(offices: readonly Office[]): void {
    this.offices = offices;
    const chosen = this.office.value || this.read().office;
    const language = this.language() === "en" ? "en" : "zh";
    this.office.replaceChildren(option("", "all"), ...this.offices.map((each) => element("option", { value: each.id }, each.name[language] ?? each.id)));
    this.office.value = this.offices.some((each) => each.id === chosen) ? chosen : "";
    relabel(this.office, this.lookup);
    this.onChange();
  }

  /** Those to show; says how many are not. */
  apply(cases: readonly Case[]): Case[] {
    const shown = cases.filter((each) => passes(this.value, each, this.accountId));
    const missing = cases.length - shown.length;
    this.hidden.textContent = missing ? this.lookup("hiddenByFilter", { count: missing }) : "";
    if (missing) this.node.setAttribute("open", "");
    return shown;
  }

  private read(): Filter {
    try {
      return { ...EVERYTHING, ...(JSON.parse(this.area.get(this.key) ?? "{}") as Partial<Filter>) };
    } catch {
      return EVERYTHING; // written by something else: show everything
    }
  }

  private get key(): string {
    return `console:${this.accountId}:filter`;
  }
}

function option(value: string, key: string): HTMLOptionElement {
  return element("option", { value, ...says(key) });
}
