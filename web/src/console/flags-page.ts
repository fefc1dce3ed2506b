// The log of crises for supervisors and auditors: when, why, which case, seen by whom and when. No words of a person; every look is audited by the service.
import { element } from "../shared/dom";
import { says } from "../shared/words";
import type { Flag } from "./api";
import { moment } from "./office-time";
import { button, Page, table, type PageContext } from "./page";
import { reasonText } from "./strings";

/** As many as the service gives at once; fewer means that there are none before. */
const FLAGS_AT_ONCE = 100;

export class FlagsPage extends Page {
  private flags: readonly Flag[] = [];
  private more = false;

  constructor(context: PageContext) {
    super(context, "pageFlags", "flagsHint");
  }

  async refresh(): Promise<void> {
    await this.read();
  }

  private async read(before?: number): Promise<void> {
    const result = await this.context.api.flags(before);
    if (!result.ok) return this.failed(result.problem);
    this.flags = before ? [...this.flags, ...result.value.flags] : result.value.flags;
    this.more = result.value.flags.length === FLAGS_AT_ONCE;
    this.relabel();
  }

  protected paint(): void {
    if (!this.flags.length) return void this.body.replaceChildren(element("p", { class: "empty", ...says("flagsNone") }));
    const language = this.context.language();
    const opens = this.context.account.role === "supervisor";
    const rows = this.flags.map((each) => [
      moment(each.at),
      each.case_id === null ? "—" : opens ? button("caseTitle", () => this.context.openCase(each.case_id as number), { id: each.case_id }) : element("span", says("caseTitle", { id: each.case_id })),
      each.reasons.map((reason) => reasonText(language, reason)).join(language === "en" ? ", " : "、"),
      each.acknowledged_at ? moment(each.acknowledged_at) : element("span", { class: "tag check", ...says("flagUnseen") }),
    ]);
    const last = this.flags[this.flags.length - 1];
    const older = this.more && last ? [button("flagsOlder", () => void this.read(last.id))] : [];
    this.body.replaceChildren(table("flagsTable", ["flagAt", "flagCase", "flagReasons", "flagSeen"], rows), ...older);
  }
}
