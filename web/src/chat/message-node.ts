// One message as DOM: who speaks, the text, details, sources, buttons; and an unsent message with its state. No session logic.
import { element } from "../shared/dom";
import { icon } from "../shared/icons";
import { plainText, richText, safeWebAddress } from "../shared/rich-text";
import { says } from "../shared/words";
import { HTML_LANG, errorText, isLanguage, type Language } from "../strings";
import { cardNode, webLink } from "./cards";
import type { Outgoing } from "./outgoing";
import type { Button, Entry, Reply } from "./types";

export interface MessageActions {
  press(button: Button): void;
  edit(message: Outgoing): void;
  discard(message: Outgoing): void;
}

/** The `lang` attribute for what a person typed: by script, in the variety of the page where it is Chinese. */
export function writtenLang(text: string, page: Language): string {
  if (/[\u3400-\u9fff\u3100-\u312f]/.test(text)) return page === "en" ? HTML_LANG["zh-Hant"] : HTML_LANG[page];
  return HTML_LANG.en;
}

/** The node of a message that the server has numbered. */
export function messageNode(entry: Entry, page: Language, counsellorName: string | null, actions: MessageActions): HTMLElement {
  const lang = entry.author === "jobseeker" ? writtenLang(entry.text, page) : replyLang(entry, page);
  const byPerson = entry.author === "jobseeker" || entry.author === "counsellor";
  const text = byPerson ? plainText(entry.text, { links: entry.author === "counsellor" }) : richText(entry.text);
  const body = element("div", { class: "body", lang }, text);
  const node = element("div", { class: `message ${entry.author}`, "data-seq": entry.seq }, who(entry, counsellorName), body);
  if (entry.author === "jobseeker") {
    node.dataset.id = entry.client_message_id;
    return node;
  }
  const cards = entry.cards ?? [];
  const folded = cards.some((card) => card.type === "details");
  body.append(...cards.map((card) => cardNode(card, actions)));
  if (entry.sources?.length) body.append(sourcesNode(entry, lang));
  const shown = (entry.buttons ?? []).filter((button) => !(folded && button.payload.startsWith("/more ")));
  if (shown.length) node.append(buttonsNode(shown, lang, actions));
  return node;
}

/** The node of a message that is still on its way. */
export function pendingNode(message: Outgoing, page: Language, actions: MessageActions): HTMLElement {
  const body = element("div", { class: "body", lang: writtenLang(message.text, page) }, plainText(message.text, { links: false }));
  const node = element("div", { class: "message jobseeker pending", "data-id": message.id }, whoLabel("you"), body);
  node.append(element("p", { class: "delivery", "aria-live": "off", ...says("sending") }));
  if (message.failed) showFailure(node, message, page, actions);
  return node;
}

/** Mark an unsent message as refused, with the reason and what the person can do. */
export function showFailure(node: HTMLElement, message: Outgoing, page: Language, actions: MessageActions): void {
  if (!message.failed || node.classList.contains("failed")) return;
  node.classList.add("failed");
  const reason = element("span", { class: "reason" }, errorText(page, message.failed.code, message.failed.message));
  const state = element("p", { class: "delivery" }, icon("alert"), element("strong", says("notSent")), document.createTextNode(" "), reason);
  const edit = element("button", { type: "button", class: "choice", ...says("editAgain") });
  const discard = element("button", { type: "button", class: "choice", ...says("remove") });
  edit.addEventListener("click", () => actions.edit(message));
  discard.addEventListener("click", () => actions.discard(message));
  node.querySelector(".delivery")?.replaceWith(state);
  node.append(element("div", { class: "choices" }, edit, discard));
}

function replyLang(reply: Reply, page: Language): string {
  if (reply.author === "counsellor") return writtenLang(reply.text, page); // people write as they write
  return isLanguage(reply.language) ? HTML_LANG[reply.language] : HTML_LANG[page];
}

function who(entry: Entry, counsellorName: string | null): HTMLElement {
  if (entry.author === "jobseeker") return whoLabel("you");
  if (entry.author === "bot") return whoLabel("bot", "program");
  if (entry.author === "system") return whoLabel("system", "info");
  const name = entry.name || counsellorName;
  return name ? whoLabel("counsellorNamed", "person", { name }) : whoLabel("counsellor", "person");
}

function whoLabel(key: string, picture?: "program" | "person" | "info", values?: Record<string, string>): HTMLElement {
  return element("p", { class: "who" }, ...(picture ? [icon(picture)] : []), element("span", says(key, values)));
}

function sourcesNode(reply: Reply, lang: string): HTMLElement {
  const list = element("ul", { lang });
  for (const source of reply.sources) {
    const href = source.url ? safeWebAddress(source.url) : null;
    list.append(element("li", {}, href ? webLink(source.title, href) : source.title));
  }
  return element("div", { class: "sources" }, element("p", { class: "sources-title", ...says("sources") }), list);
}

function buttonsNode(buttons: readonly Button[], lang: string, actions: MessageActions): HTMLElement {
  const group = element("div", { class: "choices", role: "group", "data-say-label": "choices" });
  for (const button of buttons) {
    const node = element("button", { type: "button", class: button.payload === "/human" ? "choice human" : "choice", lang }, button.title);
    node.addEventListener("click", () => actions.press(button));
    group.append(node);
  }
  return group;
}
