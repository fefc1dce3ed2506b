// What the person of a case has written on other channels they have connected: shown with the case, read only. The case itself is case-view.ts.
import { element } from "../shared/dom";
import { says } from "../shared/words";
import type { Line, Linked } from "./api";
import { moment } from "./office-time";
import { CHANNEL_KEYS } from "./strings";

/** One closed block for each conversation; nothing where nothing is connected. */
export function linkedNodes(linked: readonly Linked[], lineNode: (line: Line) => HTMLElement): HTMLElement[] {
  return linked.map((each) => {
    const channel = CHANNEL_KEYS[each.channel];
    const name = element("span", channel ? says(channel) : {}, ...(channel ? [] : [each.channel]));
    const time = element("time", { datetime: each.updated_at }, moment(each.updated_at));
    const summary = element("summary", {}, element("span", says("linkedTo")), " ", name, " ", time);
    if (each.open_case_id !== null) summary.append(" ", element("span", { class: "tag", ...says("linkedCase", { id: each.open_case_id }) }));
    const lines = each.transcript.map((line) => {
      const node = lineNode(line);
      node.removeAttribute("data-seq"); // its numbers are of another conversation
      return node;
    });
    const log = element("div", { class: "linked-lines", tabindex: 0, role: "group", "data-say-label": "transcript" }, ...lines);
    return element("details", { class: "linked", "data-channel": each.channel }, summary, log);
  });
}
