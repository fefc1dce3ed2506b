// The case note as a list in the order the service gives it: facts only, those of the person marked as not verified. Words are desk-strings.ts.
import { writtenLang } from "../chat/message-node";
import { element } from "../shared/dom";
import { says, type Lookup } from "../shared/words";
import type { CaseFile, SheetEntry } from "./api";
import { VARIETY_KEYS } from "./case-list";
import { moment } from "./office-time";
import { CHANNEL_KEYS, reasonText, type ConsoleLanguage } from "./strings";

type Values = Record<string, unknown>;
const LONGEST_ITEM = 80;

/** Short texts that say what a field holds; nothing where nothing is known. What a person wrote comes as it is, never as markup. */
export function fieldTexts(entry: SheetEntry, language: ConsoleLanguage, lookup: Lookup): string[] {
  const { field, value } = entry;
  switch (field) {
    case "reason":
      return strings(value).map((each) => reasonText(language, each));
    case "trigger":
    case "barriers":
      return records(value).map((each) => text(each.text));
    case "language":
      return known([lookup(VARIETY_KEYS[text(value)] ?? text(value), {})]);
    case "channel":
      return known([lookup(CHANNEL_KEYS[text(value)] ?? text(value), {})]);
    case "stated_unverified":
      return stated(record(value), lookup);
    case "answered":
      return records(value).map((each) => `${text(each.topic)} — ${lookup("versionKnowledge", { version: text(record(each.versions).knowledge) || "?" })}`);
    case "matches":
      return records(value).map((each) => lookup("shownCount", { id: text(each.match_log_id), count: strings(each.shown).length, version: versionsText(each.versions) }));
    case "contested":
      return contested(record(value), lookup);
    case "consent":
      return strings(value).map((each) => lookup(`consent_${each}`, {}));
    case "risk":
      return known([lookup(`risk_${text(value)}`, {})]);
    case "next_step":
      return nextStep(record(value), lookup);
    default:
      return Array.isArray(value) ? strings(value) : known([text(value)]);
  }
}

/** The note as a closed or open block; `open` is remembered by the page. */
export function noteNode(file: CaseFile, language: ConsoleLanguage, lookup: Lookup): HTMLElement {
  const list = element("dl", { class: "sheet" });
  for (const entry of file.sheet ?? []) {
    const term = element("dt", {}, element("span", says(`field_${entry.field}`)));
    const texts = fieldTexts(entry, language, lookup);
    if (entry.field === "stated_unverified" && texts.length) term.append(" ", element("span", { class: "tag check", ...says("unverified") }));
    const values = texts.map((each) => element("dd", { lang: writtenLang(each, language) }, each));
    list.append(element("div", { "data-field": entry.field }, term, ...(values.length ? values : [element("dd", { class: "faint", ...says("unknown") })])));
  }
  const summary = file.summary;
  const lines = summary?.shared ? [...(summary.lines[language === "en" ? "en" : "zh"] ?? []), summary.words].filter(Boolean) : [];
  const shared = lines.length ? [element("h3", says("summary")), element("ul", {}, ...lines.map((line) => element("li", {}, line)))] : [];
  const withheld = summary && !summary.shared && file.state !== "waiting" ? [element("p", { class: "faint", ...says("summaryWithheld") })] : [];
  const masked = file.masked ? [element("p", { class: "faint masked", ...says("noteMasked") })] : [];
  return element("details", { class: "note-block", open: true }, element("summary", says("note")), ...masked, list, ...shared, ...withheld);
}

function stated(profile: Values, lookup: Lookup): string[] {
  const found: string[] = [];
  for (const part of ["held", "jobs", "wishes", "home"]) {
    const items = leaves(profile[part]);
    if (items.length) found.push(lookup(part, { items: items.join("、") }));
  }
  return found;
}

/** The words and figures inside a value, each with its name where it has one. */
function leaves(value: unknown, name = ""): string[] {
  if (value === null || value === undefined || value === "" || value === false) return [];
  if (Array.isArray(value)) return value.flatMap((each) => leaves(each, name));
  if (typeof value === "object") return Object.entries(value as Values).flatMap(([key, each]) => leaves(each, key));
  const words = String(value).slice(0, LONGEST_ITEM);
  return [name && !["id", "text", "name", "title"].includes(name) ? `${name.replace(/_/g, " ")} ${words}` : words];
}

function contested(value: Values, lookup: Lookup): string[] {
  if (!Object.keys(value).length) return [];
  const about = value.match_log_id === undefined ? [] : [lookup("contestedAbout", { vacancy: text(value.vacancy_id), log: text(value.match_log_id), due: text(value.due_on) })];
  return [...about, ...known([text(value.words)])];
}

function nextStep(value: Values, lookup: Lookup): string[] {
  const kind = text(value.kind);
  if (!kind) return [];
  return [lookup(`step_${kind}`, { from: moment(text(value.from_at)), until: moment(text(value.until_at)), text: text(value.text), due: moment(text(value.due_at)) })];
}

export function versionsText(value: unknown): string {
  return Object.entries(record(value))
    .filter(([, each]) => typeof each !== "object")
    .map(([name, each]) => `${name} ${String(each)}`)
    .join(", ") || "?";
}

function known(texts: string[]): string[] {
  return texts.filter(Boolean);
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function record(value: unknown): Values {
  return value && typeof value === "object" && !Array.isArray(value) ? (value as Values) : {};
}

function records(value: unknown): Values[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text).filter(Boolean) : [];
}
