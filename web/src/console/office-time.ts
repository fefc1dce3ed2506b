// Times as the desk shows them: the offices' own, wherever the browser is and however its zone is set. What a time is of is the pages' to say.
import { element } from "../shared/dom";
import { nowSays, type Lookup } from "../shared/words";
import { HTML_LANG } from "../strings";
import type { ConsoleLanguage } from "./strings";

export const OFFICE_ZONE: string = __OFFICE_ZONE__;
const UNKNOWN = "?";

/** Day and time of a moment; "?" where there is none. */
export function moment(value: string | null | undefined): string {
  return shown(value, { dateStyle: "short", timeStyle: "short" });
}

/** Hour and minute of a moment. */
export function clock(value: string | null | undefined): string {
  return shown(value, { hour: "2-digit", minute: "2-digit" });
}

/** "2026-11-28" as the reader's calendar has it, with the day of the week. A day has no zone. */
export function dayText(day: string, language: ConsoleLanguage): string {
  const when = new Date(`${day}T12:00:00Z`);
  return Number.isNaN(when.getTime()) ? day : when.toLocaleDateString(language === "en" ? "en-GB" : "zh-TW", { timeZone: "UTC", month: "numeric", day: "numeric", weekday: "short" });
}

/** The day it is where the offices are, as "2026-11-28". */
export function officeDay(when: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: OFFICE_ZONE, year: "numeric", month: "2-digit", day: "2-digit" }).format(when);
}

/** Whether the browser's clock shows another time than the offices' at this moment; the name of the zone alone says nothing. */
export function differs(now: Date, zone?: string): boolean {
  const wall = (timeZone?: string): string => new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(now);
  return wall(zone) !== wall(OFFICE_ZONE);
}

/** A zone's name in the reader's language. */
export function zoneName(language: ConsoleLanguage, now: Date, zone?: string): string {
  const parts = new Intl.DateTimeFormat(HTML_LANG[language], { timeZone: zone, timeZoneName: "long" }).formatToParts(now);
  return parts.find((each) => each.type === "timeZoneName")?.value ?? UNKNOWN;
}

/** The line above the desk where the browser's zone is another one; hidden where it is not. */
export class ZoneNote {
  readonly node = element("p", { class: "zone-note", hidden: true });

  constructor(
    private readonly language: () => ConsoleLanguage,
    private readonly lookup: Lookup,
  ) {}

  /** Look again: the language was changed, or the computer has travelled. */
  paint(): void {
    const now = new Date();
    this.node.hidden = !differs(now);
    if (!this.node.hidden) nowSays(this.node, this.lookup, "zoneDiffers", { office: zoneName(this.language(), now, OFFICE_ZONE), here: zoneName(this.language(), now) });
  }
}

function shown(value: string | null | undefined, how: Intl.DateTimeFormatOptions): string {
  const when = new Date(value ?? "");
  return Number.isNaN(when.getTime()) ? UNKNOWN : when.toLocaleString([], { timeZone: OFFICE_ZONE, ...how });
}
