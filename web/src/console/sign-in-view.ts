// The sign-in form. Says what went wrong in the reader's words; the second step is second-step-view.ts.
import { element } from "../shared/dom";
import { relabel, says, type Lookup } from "../shared/words";
import type { ConsoleApi, HalfSession } from "./api";
import { SecondStepView } from "./second-step-view";

export class SignInView {
  readonly node: HTMLElement;
  private readonly login = element("input", { id: "login", name: "login", type: "text", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true, maxlength: 64 });
  private readonly password = element("input", { id: "password", name: "password", type: "password", autocomplete: "current-password", required: true, maxlength: 256 });
  private readonly button = element("button", { type: "submit", class: "strong", ...says("signIn") });
  private readonly problem = element("p", { class: "problem", role: "alert" });
  private readonly elsewhere = element("div", { class: "elsewhere" });
  private readonly form: HTMLFormElement;

  constructor(
    private readonly api: ConsoleApi,
    private readonly lookup: Lookup,
    private readonly onDone: () => void,
    notice?: string,
  ) {
    this.form = element(
      "form",
      { class: "sign-in" },
      element("h2", says("signInTitle")),
      ...(notice ? [element("p", { class: "notice", role: "status", ...says(notice) })] : []),
      element("label", { for: "login", ...says("login") }),
      this.login,
      element("label", { for: "password", ...says("password") }),
      this.password,
      this.problem,
      this.button,
      this.elsewhere,
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    this.node = element("main", {}, this.form);
    relabel(this.node, lookup);
    void this.offerElsewhere();
  }

  focus(): void {
    this.login.focus();
  }

  /** The first step is done, here or at the other provider. */
  second(half: HalfSession): void {
    const again = (): void => {
      this.password.value = "";
      this.node.replaceChildren(this.form);
      relabel(this.form, this.lookup);
      this.focus();
    };
    const view = new SecondStepView(this.api, this.lookup, half, this.onDone, again);
    this.node.replaceChildren(view.node);
    view.node.querySelector("input")?.focus();
  }

  private async offerElsewhere(): Promise<void> {
    const ways = await this.api.waysIn();
    if (!ways.ok || !ways.value.provider) return;
    this.elsewhere.append(element("a", { class: "button plain", href: `${this.api.base}/oidc/start`, ...says("signInElsewhere", { name: ways.value.provider }) }));
    relabel(this.elsewhere, this.lookup);
  }

  private async submit(): Promise<void> {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    this.say(null);
    this.busy(true);
    const result = await this.api.signIn(this.login.value.trim(), this.password.value);
    this.busy(false);
    if (result.ok) return "account" in result.value ? this.onDone() : this.second(result.value);
    const { status, retryAfterSeconds } = result.problem;
    if (status === 429) this.say("tooManyAttempts", { seconds: retryAfterSeconds ?? 60 });
    else if (status === 401 || status === 400) this.say("signInFailed");
    else this.say("unreachable");
    if (status === 401) this.password.value = "";
    this.password.focus();
  }

  private busy(yes: boolean): void {
    this.button.setAttribute("aria-disabled", String(yes));
    this.button.dataset.say = yes ? "signingIn" : "signIn";
    relabel(this.button, this.lookup);
  }

  private say(key: string | null, values: Record<string, string | number> = {}): void {
    if (!key) return void this.problem.replaceChildren();
    this.problem.replaceChildren(element("span", says(key, values)));
    relabel(this.problem, this.lookup);
  }
}
