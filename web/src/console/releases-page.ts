// Releases of model and contents: which is served, what another would change, the second signature of a worker representative. Serving one is the machine's (jobseeker release).
import { element } from "../shared/dom";
import { says } from "../shared/words";
import type { Release, ReleaseDifference } from "./api";
import { moment } from "./office-time";
import { button, Page, type PageContext } from "./page";

const SIGNING_ROLE = "worker_representative";

export class ReleasesPage extends Page {
  private releases: readonly Release[] = [];
  private read: { readonly number: number; readonly digest: string; readonly differences: readonly ReleaseDifference[] } | null = null;

  constructor(context: PageContext) {
    super(context, "pageReleases", "releasesHint");
  }

  async refresh(): Promise<void> {
    const result = await this.context.api.releases();
    if (!result.ok) return this.failed(result.problem);
    this.show(result.value.releases);
  }

  private show(releases: readonly Release[]): void {
    this.releases = releases;
    this.relabel();
  }

  protected paint(): void {
    if (!this.releases.length) return void this.body.replaceChildren(element("p", { class: "empty", ...says("releasesNone") }));
    this.body.replaceChildren(...this.releases.map((each) => this.card(each)));
  }

  private card(one: Release): HTMLElement {
    const title = `release-${one.number}`;
    const state = one.active ? element("strong", { class: "tag", ...says("releaseServed") }) : one.waits.length ? element("strong", { class: "tag check", ...says("releaseWaits", { parts: this.parts(one.waits) }) }) : null;
    const node = element("section", { class: "callback release", "data-release": one.number, "aria-labelledby": title });
    node.append(element("div", { class: "row" }, element("h3", { id: title, ...says("releaseTitle", { number: one.number }) }), ...(state ? [state] : [])));
    node.append(element("p", { class: "faint", ...says("releaseMade", { at: moment(one.made_at), digest: one.digest.slice(0, 12) }) }));
    if (one.note) node.append(element("p", { class: "as-written" }, one.note));
    for (const each of one.signatures) node.append(element("p", says("releaseSigned", { name: each.name, at: moment(each.signed_at) })));
    const last = one.activations[one.activations.length - 1];
    if (last) node.append(element("p", { class: "faint", ...says("releaseLast", { at: moment(last.at), reason: last.reason }) }));
    if (!one.active) {
      node.append(element("p", one.changed.length ? says("releaseDiffers", { parts: this.parts(one.changed) }) : says("releaseSame")));
      if (this.read?.number === one.number) node.append(...this.differences(one));
      else node.append(element("div", { class: "row" }, button("releaseRead", () => void this.look(one.number), { number: one.number })));
    }
    return node;
  }

  private parts(names: readonly string[]): string {
    const { language, lookup } = this.context;
    return names.map((name) => lookup(`part_${name}`, {})).join(language() === "en" ? ", " : "、");
  }

  private async look(number: number): Promise<void> {
    this.tell(null);
    const result = await this.context.api.releaseDifferences(number);
    if (!result.ok) return this.failed(result.problem);
    this.read = { number, digest: result.value.digest, differences: result.value.differences };
    this.relabel();
    this.node.querySelector<HTMLElement>(`[data-release="${number}"] .differences`)?.focus();
  }

  /** What changes, file by file; the lines of what must be signed. Below them the signature, so that it comes after what it is for. */
  private differences(one: Release): HTMLElement[] {
    const found = this.read?.differences ?? [];
    const list = element("ul", { class: "differences", tabindex: -1 });
    for (const each of found) {
      const item = element("li", {}, element("span", { class: "row" }, element("strong", says(`part_${each.part}`)), element("span", says(`file_${each.how}`)), element("code", {}, each.file)));
      if (each.lines.length) {
        const lines = each.lines.map((line) => element(line.startsWith("+") ? "ins" : line.startsWith("-") ? "del" : "span", {}, `${line}\n`));
        item.append(element("pre", { class: "diff", tabindex: 0, role: "region", "aria-label": each.file }, ...lines));
      }
      if (each.more) item.append(element("p", { class: "faint", ...says("releaseMore", { lines: each.more }) }));
      list.append(item);
    }
    if (!one.waits.length) return [list];
    if (this.context.account.role !== SIGNING_ROLE) return [list, element("p", says("releaseWhoSigns"))];
    const sign = button("releaseSign", () => void this.sign(one), { number: one.number, parts: this.parts(one.waits) });
    sign.className = "strong";
    return [list, element("p", says("releaseSignHint")), sign];
  }

  private async sign(one: Release): Promise<void> {
    if (this.read?.number !== one.number) return;
    const result = await this.context.api.signRelease(one.number, this.read.digest);
    if (!result.ok) return this.failed(result.problem);
    this.show(result.value.releases);
    this.tell("releaseDone", { number: one.number });
    this.focus();
  }
}
