// The chat as DOM: header, log, banner, composer. Listens to the session; what is true about the conversation is there.
import { openArea, type Area } from "../shared/area";
import { element } from "../shared/dom";
import { icon } from "../shared/icons";
import { nowSays, relabel, says, type Lookup } from "../shared/words";
import { HTML_LANG, LANGUAGES, errorText, say, type ApiMessage, type Language, type StringKey } from "../strings";
import { ChatApi } from "./api";
import { Composer } from "./composer";
import { LogView } from "./log-view";
import { ChatSession, stateLanguage, type Connection, type Notice, type SessionListener } from "./session";
import type { Button, ConversationState, Entry } from "./types";
import { UploadControl } from "./upload";

const LANGUAGE_BUTTONS: Record<Language, { short: string; name: string }> = {
  "zh-Hant": { short: "繁", name: "繁體中文" },
  "zh-Hans": { short: "简", name: "简体中文" },
  en: { short: "EN", name: "English" },
};

/** A connection that is gone for less than this is not worth a word. */
const PATIENCE_MS = 1_500;

export class ChatView implements SessionListener {
  readonly node: HTMLElement;
  private readonly session: ChatSession;
  private readonly log: LogView;
  private readonly composer: Composer;
  private readonly subtitle = element("p", { class: "subtitle" });
  private readonly person = element("button", { type: "button", class: "person" });
  private readonly banner = element("p", { class: "banner", role: "status", hidden: true });
  private readonly languages = element("div", { class: "languages", role: "group", "data-say-label": "language" });
  private readonly lookup: Lookup = (key, values) => say(this.language, key as StringKey, values);
  private state: ConversationState | null = null;
  private connection: Connection = "connecting";
  private bannerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    baseUrl: string,
    private language: Language,
    private readonly onLanguage: (language: Language) => void,
    private readonly area: Area = openArea("localStorage"),
  ) {
    this.session = new ChatSession(new ChatApi(baseUrl), area, this, () => this.language);
    this.languageKey = `job-chat:${baseUrl}:language`;
    this.composer = new Composer(openArea("sessionStorage"), `job-chat:${baseUrl}:draft`, this.lookup, (text) => this.say(text));
    this.log = new LogView(this.lookup, () => this.language, {
      press: (button) => this.press(button),
      edit: (message) => {
        this.session.discard(message.id);
        this.composer.putBack(message.text);
      },
      discard: (message) => {
        this.session.discard(message.id);
        this.composer.box.focus();
      },
    });
    this.node = element("section", { class: "chat", "data-say-label": "title" }, this.header(), this.log.node, this.banner, this.footer());
    this.showState();
    this.relabel();
  }

  private readonly languageKey: string;

  start(): void {
    this.session.start();
  }

  stop(): void {
    this.session.stop();
    clearTimeout(this.bannerTimer);
  }

  // -- what the session reports ----------------------------------------------------------------------------------------

  onEntry(entry: Entry): void {
    this.log.add(entry, this.state?.counsellor_name ?? null);
    this.log.expectAnswer(this.awaited());
  }

  onPending(): void {
    this.log.showPending(this.session.queue.all(), this.connection === "open");
    this.log.expectAnswer(this.awaited());
  }

  onState(state: ConversationState): void {
    this.state = state;
    const language = stateLanguage(state);
    const switching = this.session.queue.all().some((message) => message.payload?.startsWith("/language "));
    if (language && !switching) this.setLanguage(language);
    this.showState();
    this.log.replayed(); // the server tells the state when everything before it has been sent
    this.log.expectAnswer(this.awaited());
  }

  onConnection(connection: Connection): void {
    const before = this.connection;
    this.connection = connection;
    clearTimeout(this.bannerTimer);
    this.log.showPending(this.session.queue.all(), connection === "open");
    if (connection === "open") {
      this.log.settle();
      if (this.banner.dataset.kind === "connection") before === "open" ? this.showBanner(null) : this.showBanner("backOnline", {}, 4_000);
    } else if (connection === "offline" || connection === "unreachable") {
      this.showBanner(connection, { call: true });
    } else if (connection === "lost") {
      this.bannerTimer = setTimeout(() => this.showBanner("connectionLost"), PATIENCE_MS);
    }
  }

  onReset(): void {
    this.state = null;
    this.log.clear();
    this.showState();
  }

  onNotice(notice: Notice): void {
    this.log.note(notice);
  }

  onTooMany(seconds: number): void {
    this.showBanner("errorTooMany", { values: { seconds } }, seconds * 1000);
  }

  // -- what the person does ----------------------------------------------------------------------------------------------

  private say(text: string): void {
    this.log.follow();
    this.session.send(text);
  }

  private press(button: Button): void {
    this.log.follow();
    if (button.payload.startsWith("/language ")) this.setLanguage(button.payload.slice(10));
    this.session.send(button.title, button.payload);
  }

  private chooseLanguage(language: Language): void {
    if (language === this.language && this.state?.chosen) return;
    this.setLanguage(language);
    this.press({ title: LANGUAGE_BUTTONS[language].name, payload: `/language ${language}` });
  }

  private setLanguage(language: string): void {
    const known = LANGUAGES.find((each) => each === language);
    if (!known || known === this.language) return;
    this.language = known;
    try {
      this.area.set(this.languageKey, known);
    } catch {
      // A full storage costs only that the next visit starts in the browser's language.
    }
    this.relabel();
  }

  private relabel(): void {
    this.node.lang = HTML_LANG[this.language];
    relabel(this.node, this.lookup);
    for (const button of this.languages.querySelectorAll<HTMLElement>("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.language === this.language));
    }
    this.composer.refresh();
    this.onLanguage(this.language);
  }

  // -- parts ---------------------------------------------------------------------------------------------------------------

  private header(): HTMLElement {
    for (const language of LANGUAGES) {
      const { short, name } = LANGUAGE_BUTTONS[language];
      const button = element("button", { type: "button", "aria-label": name, title: name, lang: HTML_LANG[language], "data-language": language }, short);
      button.addEventListener("click", () => this.chooseLanguage(language));
      this.languages.append(button);
    }
    this.person.append(icon("person"), element("span"));
    this.person.addEventListener("click", () => {
      if (this.person.getAttribute("aria-disabled") !== "true") this.press({ title: this.lookup("talkToPerson", {}), payload: "/human" });
    });
    const titles = element("div", { class: "titles" }, element("h2", { class: "title", ...says("title") }), this.subtitle);
    return element("header", {}, titles, this.languages, this.person);
  }

  private footer(): HTMLElement {
    const ask = element("button", { type: "button", class: "quiet", "aria-expanded": "false", ...says("clear") });
    const yes = element("button", { type: "button", class: "choice", ...says("clearYes") });
    const no = element("button", { type: "button", class: "choice", ...says("clearNo") });
    const sure = element("div", { class: "sure", role: "group", hidden: true }, element("p", { id: "sure", ...says("clearSure") }), yes, no);
    sure.setAttribute("aria-labelledby", "sure");
    const show = (open: boolean): void => {
      sure.hidden = !open;
      ask.setAttribute("aria-expanded", String(open));
      (open ? no : ask).focus();
    };
    ask.addEventListener("click", () => show(sure.hidden));
    no.addEventListener("click", () => show(false));
    sure.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
    yes.addEventListener("click", () => {
      show(false);
      this.composer.set("");
      this.session.clear();
      this.composer.box.focus();
    });
    const upload = new UploadControl(
      this.lookup,
      (file) => {
        this.log.follow();
        return this.session.upload(file);
      },
      (code, message) => errorText(this.language, code, message as ApiMessage | undefined),
    );
    const line = element("div", { class: "under" }, upload.node, element("p", { class: "hint", ...says("keysHint") }), ask);
    return element("footer", {}, this.composer.node, sure, line);
  }

  /** Who answers, in words, and what the button for a person means now. */
  private showState(): void {
    const owner = this.state?.owner ?? "bot";
    const human = owner === "human" || owner === "wrap_up";
    const queued = owner === "queued" || owner === "assigned";
    const name = this.state?.counsellor_name ?? "";
    nowSays(this.subtitle, this.lookup, human ? "subtitleHuman" : queued ? "subtitleQueued" : "subtitleBot", { name });
    const label = this.person.querySelector("span");
    if (label) nowSays(label, this.lookup, human ? "talkToPersonHuman" : queued ? "talkToPersonQueued" : "talkToPerson");
    this.person.setAttribute("aria-disabled", String(human || queued));
    this.node.dataset.owner = owner;
  }

  private showBanner(key: StringKey | null, options: { call?: boolean; values?: Record<string, string | number> } = {}, forMs = 0): void {
    clearTimeout(this.bannerTimer);
    this.banner.hidden = key === null;
    this.banner.replaceChildren();
    if (!key) return;
    this.banner.dataset.kind = key === "errorTooMany" ? "rate" : "connection";
    this.banner.append(icon(key === "backOnline" ? "info" : "alert"), element("span", says(key, options.values)));
    if (options.call) this.banner.append(element("a", { href: `tel:${__OFFICE_PHONE__.replace(/-/g, "")}` }, __OFFICE_PHONE__));
    relabel(this.banner, this.lookup);
    if (forMs) this.bannerTimer = setTimeout(() => this.showBanner(null), forMs);
  }

  /** Whether the program still owes an answer: the newest of the person's messages has nothing after it. */
  private awaited(): boolean {
    const last = this.session.transcript.last();
    return last?.author === "jobseeker" && !["human", "wrap_up"].includes(this.state?.owner ?? "bot");
  }
}
