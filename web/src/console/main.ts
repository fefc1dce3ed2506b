// The console page: signed out -> the form, signed in -> the desk. Language and sign-out are here.
import "../shared/theme.css";
import "./console.css";
import { openArea } from "../shared/area";
import { element } from "../shared/dom";
import { relabel, says, type Lookup } from "../shared/words";
import { HTML_LANG } from "../strings";
import { AccountPage } from "./account-page";
import { ConsoleApi, type Account } from "./api";
import { Desk } from "./desk";
import { ZoneNote } from "./office-time";
import { ACCOUNT, entriesOf, hasDesk, Pages } from "./pages";
import { cameBack } from "./second-step-view";
import { SignInView } from "./sign-in-view";
import { StoppedBar } from "./stopped-bar";
import { CONSOLE_LANGUAGES, consoleSay, type ConsoleLanguage } from "./strings";
import { SwitchWatch } from "./switch-watch";

const LANGUAGE_KEY = "console:language";
const SWITCHES = "pageSwitches";
const NAMES: Record<ConsoleLanguage, string> = { "zh-Hant": "繁體中文", en: "English" };
const area = openArea("localStorage");
let language: ConsoleLanguage = firstLanguage();
let desk: Desk | null = null;
let sole: Pages | null = null;
let stopped: StoppedBar | null = null;

const lookup: Lookup = (key, values) => consoleSay(language, key, values);
const api = new ConsoleApi(new URL("console/api", new URL(import.meta.env.DEV ? "/" : "..", import.meta.url)).href, () => void enter());
const stage = element("div", { class: "stage" });
const languages = element("div", { class: "languages", role: "group", "data-say-label": "language" });
const who = element("button", { type: "button", class: "plain who", hidden: true });
const out = element("button", { type: "button", class: "plain", hidden: true, ...says("signOut") }); // until it is known who is there
const sure = element("div", { class: "sure", role: "region", "data-say-label": "signOut", hidden: true });
const emergency = element("button", { type: "button", class: "plain emergency", hidden: true, ...says(SWITCHES) });
const zone = new ZoneNote(() => language, lookup);
const header = element("header", {}, element("h1", says("title")), emergency, who, languages, out, zone.node);
const above = element("div", { class: "above-all" });
const watch = new SwitchWatch(api, () => ended());

document.body.append(header, sure, above, stage);
for (const each of CONSOLE_LANGUAGES) {
  const button = element("button", { type: "button", lang: HTML_LANG[each], "data-language": each }, NAMES[each]);
  button.addEventListener("click", () => choose(each));
  languages.append(button);
}
out.addEventListener("click", () => askSignOut());
emergency.addEventListener("click", () => openSwitches());
who.addEventListener("click", () => (desk ?? sole)?.openPage(ACCOUNT));
document.addEventListener("visibilitychange", () => showZone()); // the computer may have travelled meanwhile
choose(language);
void enter();

/** Show what fits: the desk for who is signed in, the form for nobody. */
async function enter(notice?: string): Promise<void> {
  const session = await api.whoAmI();
  if (session.ok) return showDesk();
  if (session.problem.status === 401) {
    const back = cameBack();
    const view = showSignIn(back && "notice" in back ? back.notice : notice);
    return back && "half" in back ? view.second(back.half) : undefined;
  }
  showSignIn("unreachable");
}

function showSignIn(notice?: string): SignInView {
  leaveDesk();
  api.session = null;
  out.hidden = true;
  who.hidden = true;
  who.textContent = "";
  document.title = lookup("title", {});
  const view = new SignInView(api, lookup, showDesk, notice);
  stage.replaceChildren(view.node);
  view.focus();
  return view;
}

function showDesk(): void {
  const session = api.session;
  if (!session) return void showSignIn();
  leaveDesk();
  const { account } = session;
  out.hidden = false;
  if (account.must_change_password) return showFirstPassword(account);
  showName(account.name);
  watchSwitches(account);
  zone.paint();
  if (!hasDesk(account.role) && entriesOf(account.role).length) return showSole(account);
  desk = new Desk(api, account, () => language, lookup, watch, () => ended());
  stage.replaceChildren(desk.node);
  desk.start();
  desk.focus();
}

/** One's own name, the way to one's account. */
function showName(name: string): void {
  who.textContent = name;
  who.dataset.sayLabel = "accountOf";
  who.dataset.sayValues = JSON.stringify({ name });
  who.hidden = false;
  relabel(who, lookup);
}

/** Who still has the password that was made for them changes it before anything else; the service answers nothing else. */
function showFirstPassword(account: Account): void {
  const context = { api, account, language: () => language, lookup, switches: watch, onBack: null, openCase: () => undefined, onSignedOut: () => showSignIn("sessionEnded") };
  const page = new AccountPage(context, () => void enter());
  stage.replaceChildren(element("main", { class: "sole" }, element("div", { class: "sole-place" }, page.node)));
  relabel(stage, lookup);
  page.focus();
}

/** Whose times stand here; of interest only where there are some. */
function showZone(): void {
  if (desk || sole) zone.paint();
}

/** Who sees no cases has pages instead of the desk: the first is open, a menu leads to the others where there are any. */
function showSole(account: Account): void {
  const entries = entriesOf(account.role);
  const place = element("div", { class: "sole-place" });
  sole = new Pages({ api, account, language: () => language, lookup, switches: watch, onBack: null, openCase: () => undefined, onSignedOut: () => ended() }, (page) => place.replaceChildren(page.node));
  stage.replaceChildren(element("main", { class: "sole" }, ...(entries.length > 1 ? [sole.menu] : []), place));
  relabel(stage, lookup);
  if (entries[0]) sole.openPage(entries[0].key);
}

/** What is stopped is said above everything; who may stop something finds the page from everywhere. */
function watchSwitches(account: Account): void {
  const may = entriesOf(account.role).some((each) => each.key === SWITCHES);
  emergency.hidden = !may;
  stopped = new StoppedBar(watch, lookup, may ? openSwitches : null);
  above.replaceChildren(stopped.node);
  watch.start();
}

function openSwitches(): void {
  (desk ?? sole)?.openPage(SWITCHES);
}

/** The session is gone (run out, signed out in another tab); what was not sent stays in the browser. */
function ended(): void {
  if (desk || sole) showSignIn("sessionEnded");
}

function leaveDesk(): void {
  desk?.stop();
  watch.stop();
  desk = sole = stopped = null;
  emergency.hidden = zone.node.hidden = true;
  above.replaceChildren();
}

function askSignOut(): void {
  const unsent = desk?.replies.queue.all().length ?? 0;
  if (!unsent) return void signOut();
  const yes = element("button", { type: "button", class: "strong", ...says("signOutYes") });
  const no = element("button", { type: "button", class: "plain", ...says("cancel") });
  yes.addEventListener("click", () => {
    desk?.replies.queue.clear();
    sure.hidden = true;
    void signOut();
  });
  no.addEventListener("click", () => {
    sure.hidden = true;
    out.focus();
  });
  sure.replaceChildren(element("p", says("signOutSure", { count: unsent })), yes, no);
  sure.hidden = false;
  relabel(sure, lookup);
  no.focus();
}

async function signOut(): Promise<void> {
  const result = await api.signOut();
  if (result.ok || result.problem.status === 401) showSignIn();
  else desk?.tell("unreachable");
}

function choose(wanted: ConsoleLanguage): void {
  language = wanted;
  try {
    area.set(LANGUAGE_KEY, wanted);
  } catch {
    // A full storage costs only that the next visit starts in the browser's language.
  }
  document.documentElement.lang = HTML_LANG[wanted];
  for (const button of languages.querySelectorAll<HTMLElement>("button")) button.setAttribute("aria-pressed", String(button.dataset.language === wanted));
  relabel(document.body, lookup);
  desk?.relabel();
  sole?.relabel();
  stopped?.paint();
  showZone();
}

function firstLanguage(): ConsoleLanguage {
  const kept = area.get(LANGUAGE_KEY);
  if (kept === "en" || kept === "zh-Hant") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-Hant" : "en";
}
