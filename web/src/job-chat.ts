// The <job-chat> custom element: `<script type="module" src=".../job-chat.js"></script><job-chat></job-chat>`. Wires the view
// to attributes and to the page it stands in; everything else is in chat/. Attributes: base-url, language (docs/embedding.md).
import chatCss from "./chat/chat.css?inline";
import { ChatView } from "./chat/view";
import themeCss from "./shared/theme.css?inline";
import { HTML_LANG, STRINGS, isLanguage, pickLanguage, type Language } from "./strings";

/** Where this script came from is where the service is, unless `base-url` says otherwise. */
const SCRIPT_BASE = import.meta.url.replace(/\/(?:src\/)?job-chat\.[jt]s(?:\?.*)?$/, "");

export class JobChat extends HTMLElement {
  private view: ChatView | null = null;
  /** What the chat is shown in now; `job-chat-language` is fired when it changes. */
  current: { readonly language: Language; readonly lang: string; readonly title: string } | null = null;
  private seen: IntersectionObserver | null = null;

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    // Constructed style sheets are allowed under any style-src, so the embedding site needs no 'unsafe-inline'.
    if ("adoptedStyleSheets" in root) root.adoptedStyleSheets = [sheet(themeCss), sheet(chatCss)];
    else (root as ShadowRoot).append(Object.assign(document.createElement("style"), { textContent: themeCss + chatCss }));
    this.view = new ChatView(this.baseUrl(), this.firstLanguage(), (language) => this.languageChanged(language));
    (root as ShadowRoot).append(this.view.node);
    // No conversation is begun for a page that was opened but on which nobody has seen the chat.
    this.seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.seen?.disconnect();
      this.view?.start();
    });
    this.seen.observe(this);
  }

  disconnectedCallback(): void {
    this.seen?.disconnect();
    this.view?.stop();
    this.view?.node.remove();
    this.view = null;
  }

  private baseUrl(): string {
    const base = this.getAttribute("base-url");
    return (base ? new URL(base, document.baseURI).href : SCRIPT_BASE).replace(/\/+$/, "");
  }

  /** What the person chose here before, else what the page says, else what the browser says. */
  private firstLanguage(): Language {
    const wanted = this.getAttribute("language");
    const kept = remembered(`job-chat:${this.baseUrl()}:language`);
    if (isLanguage(kept)) return kept;
    return wanted ? pickLanguage([wanted]) : pickLanguage(navigator.languages);
  }

  private languageChanged(language: Language): void {
    this.current = { language, lang: HTML_LANG[language], title: STRINGS[language].title };
    this.dispatchEvent(new CustomEvent("job-chat-language", { detail: this.current, bubbles: true, composed: true }));
  }
}

function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is forbidden here; the session says so
  }
}

if (!customElements.get("job-chat")) customElements.define("job-chat", JobChat);
