// Cards as DOM: vacancies, courses, occupations, the profile, a comparison, a file. Words come with the card; only the names of
// its parts are the page's own. A card of an unknown type shows its text. No session logic.
import { element } from "../shared/dom";
import { richText, safeWebAddress } from "../shared/rich-text";
import { says } from "../shared/words";
import type { Button, Card, ProfileItem, Reason } from "./types";

export interface CardActions {
  press(button: Button): void;
}

type Builder = (card: Card, actions: CardActions) => HTMLElement;

const BUILDERS: Record<string, Builder> = {
  details: detailsCard,
  vacancy: vacancyCard,
  course: courseCard,
  occupation: occupationCard,
  profile: profileCard,
  compare: compareCard,
  file: fileCard,
};

/** The node of one card. */
export function cardNode(card: Card, actions: CardActions): HTMLElement {
  return (BUILDERS[card.type ?? ""] ?? plainCard)(card, actions);
}

/** How wide each part of the reasons bar is, in per cent of the bar; parts without a share, or with none, are left out. */
export function barWidths(reasons: readonly Reason[]): { readonly label: string; readonly percent: number }[] {
  const parts = reasons.map((reason) => ({ label: reason.label, share: Math.max(0, Number(reason.share) || 0) })).filter((part) => part.share > 0);
  const total = Math.max(1, parts.reduce((sum, part) => sum + part.share, 0));
  return parts.map((part) => ({ label: part.label, percent: Math.round((part.share / total) * 1000) / 10 }));
}

export function webLink(title: string, href: string, attributes: Record<string, string> = {}): HTMLElement {
  const hint = element("span", { class: "unseen", ...says("newTab") });
  return element("a", { href, target: "_blank", rel: "noopener noreferrer", ...attributes }, title, hint);
}

function detailsCard(card: Card): HTMLElement {
  const title = text(card.title);
  return element("details", {}, element("summary", title ? {} : says("details"), ...(title ? [title] : [])), cardText(card));
}

function plainCard(card: Card, actions: CardActions): HTMLElement {
  return element("div", { class: "card" }, ...heading(card), cardText(card), ...buttons(card, actions));
}

function vacancyCard(card: Card, actions: CardActions): HTMLElement {
  const place = [text(card.place), text(card.distance)].filter(Boolean).join(" · ");
  const facts: [string, string][] = [
    ["cardEmployer", text(card.employer)],
    ["cardPlace", place],
    ["cardPay", text(card.pay)],
    ["cardHours", text(card.hours)],
    ["cardPosted", text(card.posted)],
    ["cardSource", text(card.source)],
  ];
  const limit = text(card.limit) ? element("p", { class: "limit" }, text(card.limit)) : null;
  return article("vacancy", card, limit, factList(facts), why(card), list("cardMissing", strings(card.missing)), list("cardChanges", strings(card.changes)), ...buttons(card, actions));
}

function courseCard(card: Card, actions: CardActions): HTMLElement {
  const facts: [string, string][] = [
    ["cardProvider", text(card.provider)],
    ["cardStarts", text(card.starts)],
    ["cardCourseHours", text(card.hours)],
    ["cardFee", text(card.fee)],
    ["cardSubsidy", text(card.subsidy)],
    ["cardCredential", text(card.credential)],
    ["cardPlace", text(card.place)],
    ["cardSource", text(card.source)],
  ];
  return article("course", card, factList(facts), ...buttons(card, actions));
}

function occupationCard(card: Card, actions: CardActions): HTMLElement {
  return article("occupation", card, list("cardShared", strings(card.shared)), list("cardMissing", strings(card.missing)), ...buttons(card, actions));
}

function profileCard(card: Card, actions: CardActions): HTMLElement {
  const groups = records(card.groups).map((group) => {
    const items = records(group.items).map((item) => profileItem(item as unknown as ProfileItem, actions));
    return element("div", { class: "group" }, element("p", { class: "group-label" }, text(group.label)), element("ul", {}, ...items));
  });
  return article("profile", card, ...groups, ...buttons(card, actions));
}

function profileItem(item: ProfileItem, actions: CardActions): HTMLElement {
  const label = text(item.label);
  const words = element("span", {}, label, ...(item.note ? [element("span", { class: "item-note" }, ` ${text(item.note)}`)] : []));
  const node = element("li", {}, words);
  const payload = text(item.payload);
  if (payload) {
    const remove = element("button", { type: "button", class: "remove", "data-say-label": "cardRemove", "data-say-values": JSON.stringify({ label }) }, "×");
    remove.addEventListener("click", () => actions.press({ title: `− ${label}`, payload }));
    node.append(remove);
  }
  return node;
}

/** A table with a head for each vacancy; it scrolls sideways by itself, also with the keyboard. */
function compareCard(card: Card, actions: CardActions): HTMLElement {
  const head = element("tr", {}, element("td"), ...records(card.columns).map((column) => element("th", { scope: "col" }, text(column.title))));
  const rows = records(card.rows).map((row) => element("tr", {}, element("th", { scope: "row" }, text(row.label)), ...strings(row.cells).map((cell) => element("td", {}, cell))));
  const table = element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
  const scroller = element("div", { class: "sideways", tabindex: 0, role: "region", "data-say-label": "cardCompare" }, table);
  return article("compare", card, scroller, ...buttons(card, actions));
}

function fileCard(card: Card, actions: CardActions): HTMLElement {
  const href = fileAddress(text(card.url));
  const title = text(card.title);
  const name = href ? webLink(title, href, { class: "file" }) : element("span", {}, title);
  return element("div", { class: "card file-card" }, element("p", { class: "card-title" }, name), cardText(card), ...buttons(card, actions));
}

/** A file lies on the service itself: an address below the API, or a web address. */
function fileAddress(url: string): string | null {
  return /^\/api\/v1\/files\/[\w-]+$/.test(url) ? url : safeWebAddress(url);
}

// -- parts ---------------------------------------------------------------------------------------------------------------

let numbered = 0;

function article(kind: string, card: Card, ...parts: (Node | null)[]): HTMLElement {
  const title = heading(card);
  const node = element("article", { class: `card ${kind}` }, ...title, ...parts.filter((part): part is Node => part !== null));
  if (title[0]) {
    title[0].id = `card-${(numbered += 1)}`;
    node.setAttribute("aria-labelledby", title[0].id);
  }
  return node;
}

function heading(card: Card): HTMLElement[] {
  const title = text(card.title);
  if (!title) return [];
  const href = card.url ? safeWebAddress(text(card.url)) : null;
  return [element("p", { class: "card-title", role: "heading", "aria-level": 3 }, href ? webLink(title, href) : title)];
}

function cardText(card: Card): HTMLElement {
  return element("div", { class: "card-text" }, richText(text(card.text)));
}

function factList(facts: readonly [string, string][]): HTMLElement | null {
  const known = facts.filter(([, value]) => value);
  if (!known.length) return null;
  return element("dl", {}, ...known.map(([key, value]) => element("div", {}, element("dt", says(key)), element("dd", {}, value))));
}

/** The bar is a picture of the list below it and hidden from screen readers; the list says the same in words and numbers. */
function why(card: Card): HTMLElement | null {
  const reasons = records(card.reasons) as unknown as Reason[];
  if (!reasons.length) return null;
  const bar = element("div", { class: "bar", "aria-hidden": "true" });
  for (const { percent } of barWidths(reasons)) {
    const part = element("span");
    part.style.width = `${percent}%`;
    bar.append(part);
  }
  const items = reasons.map((reason) => {
    const points = reason.points === undefined ? "" : String(reason.points);
    const sentence = text(reason.why);
    return element(
      "li",
      {},
      element("span", { class: "reason-label" }, text(reason.label)),
      ...(points ? [element("span", { class: "points" }, ` ${points}`)] : []),
      ...(sentence ? [element("span", { class: "reason-why" }, ` ${sentence}`)] : []),
    );
  });
  return element("div", { class: "why" }, element("p", { class: "part-label", ...says("cardWhy") }), bar, element("ul", {}, ...items));
}

function list(key: string, items: readonly string[]): HTMLElement | null {
  if (!items.length) return null;
  return element("div", { class: "part" }, element("p", { class: "part-label", ...says(key) }), element("ul", {}, ...items.map((item) => element("li", {}, item))));
}

function buttons(card: Card, actions: CardActions): HTMLElement[] {
  const known = records(card.buttons).filter((button) => text(button.title) && text(button.payload));
  if (!known.length) return [];
  const group = element("div", { class: "choices", role: "group", "data-say-label": "cardActions", "data-say-values": JSON.stringify({ title: text(card.title) }) });
  for (const button of known) {
    const node = element("button", { type: "button", class: "choice" }, text(button.title));
    node.addEventListener("click", () => actions.press({ title: text(button.title), payload: text(button.payload) }));
    group.append(node);
  }
  return [group];
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text).filter(Boolean) : [];
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null) : [];
}
