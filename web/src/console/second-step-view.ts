// The second step of signing in: a code, or setting up the app that shows codes, then the recovery codes. The first step is sign-in-view.ts.
import { element } from "../shared/dom";
import { relabel, says, type Lookup } from "../shared/words";
import type { ConsoleApi, HalfSession } from "./api";
import { qrCode } from "./qr";

export class SecondStepView {
  readonly node = element("form", { class: "sign-in second-step" });
  private readonly code = element("input", { id: "code", name: "code", type: "text", inputmode: "text", autocomplete: "one-time-code", autocapitalize: "none", spellcheck: "false", required: true, maxlength: 32 });
  private readonly button = element("button", { type: "submit", class: "strong", ...says("secondGo") });
  private readonly problem = element("p", { class: "problem", role: "alert" });

  constructor(
    private readonly api: ConsoleApi,
    private readonly lookup: Lookup,
    private readonly half: HalfSession,
    private readonly onDone: () => void,
    private readonly onAgain: () => void,
  ) {
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    if (half.second_factor === "enrol") void this.showSecret();
    else this.showForm("secondTitle", [element("p", says("secondHint"))]);
  }

  private showForm(title: string, above: Element[]): void {
    const again = element("button", { type: "button", class: "plain", ...says("secondAgain") });
    again.addEventListener("click", () => this.onAgain());
    this.node.replaceChildren(element("h2", says(title)), ...above, element("label", { for: "code", ...says("secondCode") }), this.code, this.problem, this.button, again);
    relabel(this.node, this.lookup);
    this.code.focus();
  }

  private async showSecret(): Promise<void> {
    const made = await this.api.enrol(this.half.ticket);
    if (!made.ok) {
      this.showForm("enrolTitle", []);
      return this.say(made.problem.code === "JS-SEC-001" ? "enrolNoKey" : made.problem.status === 401 ? "secondExpired" : "unreachable");
    }
    const key = element("output", { class: "key", "aria-labelledby": "key-label" }, (made.value.key.match(/.{1,4}/g) ?? []).join(" "));
    this.showForm("enrolTitle", [
      element("p", says("enrolHint")),
      qrCode(made.value.uri, "enrolPicture"),
      element("p", { id: "key-label", ...says("enrolKey") }),
      key,
      element("a", { href: made.value.uri, ...says("enrolLink") }),
    ]);
  }

  private async submit(): Promise<void> {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    this.say(null);
    this.button.setAttribute("aria-disabled", "true");
    const result = await this.api.finishSignIn(this.half.ticket, this.code.value);
    this.button.setAttribute("aria-disabled", "false");
    if (result.ok) return result.value.recovery_codes ? this.showRecovery(result.value.recovery_codes) : this.onDone();
    const { status, code, retryAfterSeconds } = result.problem;
    if (status === 429) this.say("tooManyAttempts", { seconds: retryAfterSeconds ?? 60 });
    else if (code === "JS-ACC-008") this.say("secondExpired");
    else if (status === 401 || status === 400) this.say("secondWrong");
    else this.say("unreachable");
    this.code.value = "";
    this.code.focus();
  }

  private showRecovery(codes: readonly string[]): void {
    const go = element("button", { type: "button", class: "strong", ...says("recoveryDone") });
    go.addEventListener("click", () => this.onDone());
    const list = element("ul", { class: "codes" }, ...codes.map((code) => element("li", {}, element("code", {}, code))));
    this.node.replaceChildren(element("h2", { tabindex: -1, ...says("recoveryTitle") }), element("p", says("recoveryHint")), list, go);
    relabel(this.node, this.lookup);
    this.node.querySelector("h2")?.focus();
  }

  private say(key: string | null, values: Record<string, string | number> = {}): void {
    if (!key) return void this.problem.replaceChildren();
    this.problem.replaceChildren(element("span", says(key, values)));
    relabel(this.problem, this.lookup);
  }
}

/** What the other provider's way back says in the address: a step that is missing, or why not. The address is cleaned at once. */
export function cameBack(): { half: HalfSession } | { notice: string } | null {
  const said = new URLSearchParams(location.hash.slice(1));
  const step = said.get("second_factor");
  const ticket = said.get("ticket");
  const problem = said.get("problem");
  if (!problem && !ticket) return null;
  history.replaceState(null, "", location.pathname + location.search);
  if (ticket && (step === "code" || step === "enrol")) return { half: { ticket, second_factor: step } };
  const notices: Record<string, string> = { "JS-ACC-008": "secondExpired", "JS-ACC-009": "providerRefused" };
  return { notice: notices[problem ?? ""] ?? "providerAway" };
}
