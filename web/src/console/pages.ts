// Which further pages the desk has for whom, and which one is open. What stands in them are the *-page modules and figures-view.ts.
import { element } from "../shared/dom";
import { relabel, says } from "../shared/words";
import { AccountPage } from "./account-page";
import { BehalfPage } from "./behalf-page";
import { CallbacksPage } from "./callbacks-page";
import { CannedPage } from "./canned-page";
import { FiguresView } from "./figures-view";
import { FlagsPage } from "./flags-page";
import { OfficesPage } from "./offices-page";
import type { PageContext } from "./page";
import { ReleasesPage } from "./releases-page";
import { ReviewsPage } from "./reviews-page";
import { SwitchesPage } from "./switches-page";

export interface OpenPage {
  readonly node: HTMLElement;
  readonly live: boolean;
  refresh(): Promise<void>;
  relabel(): void;
  focus(): void;
}

export interface Entry {
  readonly key: string;
  readonly roles: readonly string[];
  readonly make: (context: PageContext) => OpenPage;
}

const CASES = ["counsellor", "supervisor"];
export const MENU: readonly Entry[] = [
  { key: "showFigures", roles: ["supervisor"], make: (context) => new FiguresView(context) },
  { key: "pageCallbacks", roles: CASES, make: (context) => new CallbacksPage(context) },
  { key: "pageBehalf", roles: CASES, make: (context) => new BehalfPage(context) },
  { key: "pageOffices", roles: CASES, make: (context) => new OfficesPage(context) },
  { key: "pageCanned", roles: ["supervisor", "editor"], make: (context) => new CannedPage(context) },
  { key: "pageReviews", roles: ["supervisor"], make: (context) => new ReviewsPage(context) },
  { key: "pageFlags", roles: ["supervisor", "auditor"], make: (context) => new FlagsPage(context) },
  { key: "pageSwitches", roles: ["supervisor", "worker_representative"], make: (context) => new SwitchesPage(context) },
  { key: "pageReleases", roles: ["supervisor", "worker_representative", "auditor"], make: (context) => new ReleasesPage(context) },
];

/** Everybody's own; not in the menu, one's name above the desk leads to it. */
export const ACCOUNT = "pageAccount";
const OWN: Entry = { key: ACCOUNT, roles: [], make: (context) => new AccountPage(context) };

/** Everything this role may open here. */
export function entriesOf(role: string): readonly Entry[] {
  return MENU.filter((each) => each.roles.includes(role));
}

/** Whether it sees cases and so has a desk; an editor, an auditor, a worker representative has pages alone. */
export function hasDesk(role: string): boolean {
  return CASES.includes(role);
}

export class Pages {
  readonly menu: HTMLElement;
  private open: OpenPage | null = null;

  constructor(
    private readonly context: PageContext,
    private readonly onShow: (page: OpenPage) => void,
  ) {
    const mine = entriesOf(context.account.role);
    this.menu = element("div", { class: "menu row", role: "group", "data-say-label": "menu" });
    for (const each of mine) {
      const button = element("button", { type: "button", class: `plain ${each.key === "showFigures" ? "show-figures" : each.key}`, ...says(each.key) });
      button.addEventListener("click", () => this.show(each));
      this.menu.append(button);
    }
  }

  /** Open one by its key; nothing where this role has no such page. */
  openPage(key: string): void {
    const entry = [...entriesOf(this.context.account.role), OWN].find((each) => each.key === key);
    if (entry) this.show(entry);
  }

  /** The queue changed, or a minute is over. */
  refresh(): void {
    if (this.open?.live) void this.open.refresh();
  }

  leave(): void {
    this.open = null;
    this.mark("");
  }

  relabel(): void {
    this.open?.relabel();
  }

  private show(entry: Entry): void {
    const first = entriesOf(this.context.account.role)[0];
    const home = entry === OWN && first ? () => this.show(first) : null; // where there is no desk to go back to
    const page = entry.make({ ...this.context, onBack: this.context.onBack ?? home });
    relabel(page.node, this.context.lookup);
    this.onShow(page);
    this.open = page;
    this.mark(entry.key);
    page.focus();
    void page.refresh();
  }

  private mark(key: string): void {
    for (const node of this.menu.querySelectorAll<HTMLElement>("button")) node.setAttribute("aria-pressed", String(node.dataset.say === key));
  }
}
