// The counsellor's own switches: presence, desktop notification, sound. Both of the latter are off until chosen; no words of a person leave the page.
import type { Area } from "../shared/area";
import { element } from "../shared/dom";
import { relabel, says, type Lookup } from "../shared/words";

const STATES = ["online", "away", "offline"] as const;
const BEEP_SECONDS = 0.25;

export class PresenceBar {
  readonly node: HTMLElement;
  readonly state = element("select", { id: "presence" }, ...STATES.map((each) => element("option", { value: each, ...says(`state_${each}`) })));
  private readonly notify = element("input", { id: "notify", type: "checkbox" });
  private readonly sound = element("input", { id: "sound", type: "checkbox" });
  private readonly told = element("span", { role: "status", class: "faint" });
  private known: Set<number> | null = null;

  constructor(
    private readonly area: Area,
    private readonly accountId: number,
    private readonly lookup: Lookup,
    onState: (state: string) => void,
  ) {
    this.notify.checked = area.get(this.key("notify")) === "yes" && "Notification" in window && Notification.permission === "granted";
    this.sound.checked = area.get(this.key("sound")) === "yes";
    this.state.addEventListener("change", () => onState(this.state.value));
    this.notify.addEventListener("change", () => void this.chooseNotify());
    this.sound.addEventListener("change", () => {
      area.set(this.key("sound"), this.sound.checked ? "yes" : "no");
      if (this.sound.checked) beep(); // so that one hears what it is
    });
    const box = (id: string, input: HTMLElement): HTMLElement => element("span", { class: "switch" }, input, element("label", { for: id, ...says(id) }));
    this.node = element("div", { class: "presence" }, element("label", { for: "presence", ...says("presence") }), this.state, box("notify", this.notify), box("sound", this.sound), this.told);
    relabel(this.node, lookup);
  }

  /** What waits now: what was not there before is announced in the way the counsellor chose. */
  hear(waiting: readonly { readonly id: number; readonly urgency: number }[]): void {
    const before = this.known;
    this.known = new Set(waiting.map((each) => each.id));
    if (!before) return; // what waited when the page was opened is on the page
    const fresh = waiting.filter((each) => !before.has(each.id));
    if (!fresh.length) return;
    const crisis = fresh.some((each) => each.urgency === 0);
    if (this.sound.checked) beep();
    if (this.notify.checked && document.visibilityState === "hidden") new Notification(this.lookup(crisis ? "notifyCrisis" : "notifyCase", {}), { tag: "waiting" });
  }

  private async chooseNotify(): Promise<void> {
    if (this.notify.checked) {
      const given = "Notification" in window ? await Notification.requestPermission() : "denied";
      this.notify.checked = given === "granted";
      this.told.textContent = given === "granted" ? "" : this.lookup("notifyRefused", {});
    }
    this.area.set(this.key("notify"), this.notify.checked ? "yes" : "no");
  }

  private key(name: string): string {
    return `console:${this.accountId}:${name}`;
  }
}

function beep(): void {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.value = 0.15;
  tone.frequency.value = 660;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + BEEP_SECONDS);
  tone.onended = () => void audio.close();
}
