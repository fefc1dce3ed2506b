// The banner on every page of the console while anything is stopped: what, since when, by whom and why. Switching is switches-page.ts.
import { element } from "../shared/dom";
import { icon } from "../shared/icons";
import { relabel, says, type Lookup } from "../shared/words";
import type { Capability } from "./api";
import { moment } from "./office-time";
import type { SwitchWatch } from "./switch-watch";

/** Who switched it, in the reader's words. */
export function whoSwitched(one: Capability, lookup: Lookup): string {
  return one.changed_by_name || lookup(one.changed_by.startsWith("account:") ? "unknown" : "switchMachine", {});
}

export class StoppedBar {
  readonly node = element("div", { class: "stopped", role: "status", "data-say-label": "stopped", hidden: true });
  private shown = "";

  constructor(
    private readonly watch: SwitchWatch,
    private readonly lookup: Lookup,
    /** Open the page of the switches; null for who has none. */
    private readonly open: (() => void) | null,
  ) {
    watch.listen(() => this.paint());
  }

  /** Show it again; nodes are made anew only where something changed, so that nothing is read out twice. */
  paint(): void {
    const off = this.watch.off;
    const lines = off.map((one) => this.lookup("stoppedOne", { name: this.lookup(`capability_${one.name}`, {}), at: moment(one.changed_at), who: whoSwitched(one, this.lookup), reason: one.reason }));
    const now = JSON.stringify(lines);
    if (now === this.shown) return;
    this.shown = now;
    this.node.hidden = !off.length;
    this.node.replaceChildren(...lines.map((line, place) => element("p", { "data-capability": off[place]?.name }, icon("alert"), element("span", { class: "clipped" }, line))));
    if (this.open && off.length) {
      const go = element("button", { type: "button", class: "plain", ...says("stoppedShow") });
      go.addEventListener("click", this.open);
      this.node.append(go);
    }
    relabel(this.node, this.lookup);
  }
}
