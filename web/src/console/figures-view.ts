// The supervisor's page: what waits now, and the history as tables with plain SVG bars. Figures only; words are desk-strings.ts.
import { element } from "../shared/dom";
import { relabel, says, type Lookup } from "../shared/words";
import type { Colleague, ConsoleApi, Office } from "./api";
import { officeDay } from "./office-time";
import { table, type PageContext } from "./page";
import { duration, reasonText, type ConsoleLanguage } from "./strings";

export interface Board {
  readonly waiting: number;
  readonly crises: number;
  readonly claimed: number;
  readonly overdue: number;
  readonly longest_seconds: number;
  readonly groups: readonly { readonly office: string; readonly language: string; readonly waiting: number; readonly longest_seconds: number }[];
  readonly staff: readonly Colleague[];
}

export interface History {
  readonly totals: Readonly<Record<string, number>>;
  readonly containment: number | null;
  readonly reopen_rate: number | null;
  readonly satisfaction: number | null;
  readonly waits: Readonly<Record<string, number | null>>;
  readonly reasons: Readonly<Record<string, number>>;
  readonly days: readonly { readonly day: string; readonly conversations: number; readonly contained: number; readonly opened: number; readonly claimed: number }[];
}

const SVG = "http://www.w3.org/2000/svg";
const BAR_WIDTH = 120;

export class FiguresView {
  readonly node: HTMLElement;
  readonly live = true;
  private readonly heading = element("h2", { id: "figures-heading", tabindex: -1, ...says("figures") });
  private readonly now = element("div", { class: "now" });
  private readonly past = element("div", { class: "past" });
  private readonly from = element("input", { id: "figures-from", type: "date", required: true });
  private readonly to = element("input", { id: "figures-to", type: "date", required: true });
  private readonly told = element("p", { role: "status" });
  private readonly csv = element("a", { class: "plain", download: true, ...says("exportCsv") });
  private readonly api: ConsoleApi;
  private readonly language: () => ConsoleLanguage;
  private readonly lookup: Lookup;
  private offices: readonly Office[] | null = null;

  constructor({ api, language, lookup, onBack }: PageContext) {
    this.api = api;
    this.language = language;
    this.lookup = lookup;
    const back = element("button", { type: "button", class: "plain", ...says("back") });
    back.addEventListener("click", () => onBack?.());
    const show = element("button", { type: "submit", class: "plain", ...says("showHistory") });
    const field = (id: string, key: string, input: HTMLElement): HTMLElement => element("div", { class: "field" }, element("label", { for: id, ...says(key) }), input);
    const form = element("form", { class: "row" }, field("figures-from", "fromDay", this.from), field("figures-to", "toDay", this.to), show, this.csv);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.showHistory();
    });
    const today = officeDay(new Date());
    this.to.value = today;
    this.from.value = officeDay(new Date(Date.now() - 29 * 86_400_000));
    this.node = element("section", { class: "figures", "aria-labelledby": "figures-heading" }, element("div", { class: "row" }, back, this.heading), this.now, element("h3", says("history")), form, this.told, this.past);
    relabel(this.node, lookup);
  }

  focus(): void {
    this.heading.focus();
  }

  /** The board again: the queue changed, or a minute is over. The history is read at the first time and when it is asked for. */
  async refresh(): Promise<void> {
    if (!this.offices) {
      const offices = await this.api.offices();
      this.offices = offices.ok ? offices.value.offices : [];
      void this.showHistory();
    }
    const board = await this.api.figures<Board>("board");
    if (!board.ok) return void (this.told.textContent = this.lookup("problem", {}));
    const { waiting, crises, claimed, overdue, longest_seconds, groups, staff } = board.value;
    const time = (seconds: number): string => duration(this.language(), seconds);
    const pairs: [string, string][] = [["boardWaiting", String(waiting)], ["boardLongest", waiting ? time(longest_seconds) : "—"], ["boardCrises", String(crises)], ["boardClaimed", String(claimed)], ["boardOverdue", String(overdue)]];
    const rows = groups.map((each) => [this.officeName(each.office), this.lookup(each.language === "en" ? "languageEn" : "languageZh", {}), String(each.waiting), time(each.longest_seconds)]);
    const people = staff.map((each) => [each.name, this.lookup(`state_${each.state}`, {}), String(each.load)]);
    this.now.replaceChildren(
      numbers(pairs),
      table("boardGroups", ["filterOffice", "filterLanguage", "boardWaiting", "boardLongest"], rows),
      table("boardStaff", ["counsellor", "presence", "boardClaimed"], people),
    );
    relabel(this.now, this.lookup);
  }

  relabel(): void {
    relabel(this.node, this.lookup);
    if (this.offices) void Promise.all([this.refresh(), this.showHistory()]); // names and times in the other language
  }

  private async showHistory(): Promise<void> {
    const days = `from=${this.from.value}&to=${this.to.value}`;
    this.csv.href = `${this.api.base}/history.csv?${days}`;
    const history = await this.api.figures<History>(`history?${days}`);
    if (!history.ok) return void (this.told.textContent = this.lookup("problem", {}));
    this.told.textContent = "";
    const { totals, waits, reasons, days: each } = history.value;
    const wait = (name: string): string => (waits[name] === null || waits[name] === undefined ? "—" : duration(this.language(), waits[name] as number));
    const pairs: [string, string][] = [
      ["conversations", String(totals.conversations ?? 0)],
      ["opened", String(totals.opened ?? 0)],
      ["containment", share(history.value.containment)],
      ["reopenRate", share(history.value.reopen_rate)],
      ["satisfaction", history.value.satisfaction === null ? "—" : history.value.satisfaction.toFixed(1)],
      ["waitP50", wait("p50")],
      ["waitP75", wait("p75")],
      ["waitP90", wait("p90")],
    ];
    const most = Math.max(1, ...each.map((day) => day.conversations), ...each.map((day) => day.opened));
    const rows = each.map((day) => [day.day, barCell(day.conversations, most), barCell(day.contained, most), barCell(day.opened, most), String(day.claimed)]);
    const top = Math.max(1, ...Object.values(reasons));
    const why = Object.entries(reasons).map(([reason, count]) => [reasonText(this.language(), reason), barCell(count, top)]);
    this.past.replaceChildren(numbers(pairs), element("p", { class: "faint", ...says("containmentMeans") }), table("volume", ["day", "conversations", "contained", "opened", "claimedCount"], rows), table("reasonsTable", ["field_reason", "opened"], why));
    relabel(this.past, this.lookup);
  }

  private officeName(id: string): string {
    const name = this.offices?.find((each) => each.id === id)?.name;
    return name?.[this.language() === "en" ? "en" : "zh"] ?? (id || "—");
  }
}

/** The length of a bar in `width`: in proportion, and never nothing for something. */
export function barLength(value: number, most: number, width = BAR_WIDTH): number {
  return value <= 0 || most <= 0 ? 0 : Math.max(1, Math.round((value / most) * width));
}

function barCell(value: number, most: number): Node {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, given] of Object.entries({ width: String(BAR_WIDTH), height: "12", "aria-hidden": "true", class: "chart" })) svg.setAttribute(name, given);
  const bar = document.createElementNS(SVG, "rect");
  for (const [name, given] of Object.entries({ width: String(barLength(value, most)), height: "12" })) bar.setAttribute(name, given);
  svg.append(bar);
  return element("span", { class: "bar-cell" }, element("span", {}, String(value)), svg);
}

function numbers(pairs: readonly [string, string][]): HTMLElement {
  return element("dl", { class: "numbers" }, ...pairs.map(([key, value]) => element("div", {}, element("dt", says(key)), element("dd", {}, value))));
}

function share(value: number | null): string {
  return value === null ? "—" : `${(value * 100).toFixed(1)} %`;
}
