// One's own account: the password is changed here, by every role. Signing in is sign-in-view.ts; others' accounts are a supervisor's.
import { element } from "../shared/dom";
import { relabel, says } from "../shared/words";
import type { Problem } from "./api";
import { button, field, form, Page, problemText, type PageContext } from "./page";

/** As in jobseeker/usecases/create_account.py; the service decides. */
const SHORTEST = 12;
const LONGEST = 256;

/** What is wrong with a new password before it is sent, as the key of its words; null where nothing is. Characters are counted as the service does. */
export function wrongWith(present: string, fresh: string, again: string): string | null {
  const length = [...fresh].length;
  if (length < SHORTEST || length > LONGEST) return "passwordLength";
  if (fresh === present) return "passwordSame";
  return fresh === again ? null : "passwordsDiffer";
}

export class AccountPage extends Page {
  private readonly present = secret("current-password", LONGEST);
  private readonly fresh = secret("new-password");
  private readonly again = secret("new-password");
  private readonly code = element("input", { type: "text", autocomplete: "one-time-code", autocapitalize: "none", spellcheck: "false", maxlength: 32 });
  private readonly codeField = field("password-code", "secondCode", this.code);
  private readonly shown = element("input", { type: "checkbox", id: "password-show" });
  private readonly problem = element("p", { id: "password-problem", class: "problem", role: "alert" });

  constructor(
    context: PageContext,
    /** Go on, once the password that was made for somebody is changed; null for a change of one's own accord. */
    private readonly onFirstDone: (() => void) | null = null,
  ) {
    super(context, onFirstDone ? "pageFirstPassword" : "pageAccount", onFirstDone ? "firstPasswordHint" : undefined);
    this.codeField.hidden = true;
    this.shown.addEventListener("change", () => this.passwords.forEach((each) => (each.type = this.shown.checked ? "text" : "password")));
    const login = element("input", { type: "text", autocomplete: "username", readonly: true, value: context.account.login });
    this.body.append(
      element("p", says("passwordHint")),
      form(
        "passwordGo",
        [
          field("account-login", "login", login),
          field("password-now", "passwordNow", this.present),
          field("password-new", "passwordNew", this.fresh),
          field("password-again", "passwordAgain", this.again),
          element("div", { class: "field row" }, this.shown, element("label", { for: "password-show", ...says("passwordShow") })),
          this.codeField,
          this.problem,
        ],
        () => this.change(),
      ),
    );
  }

  /** Whether a code will be asked for. Where this cannot be read, the service says so when it is missing. */
  async refresh(): Promise<void> {
    if (this.onFirstDone) return; // it was asked for when signing in
    const factor = await this.context.api.secondFactor();
    if (factor.ok) this.askCode(factor.value.enrolled);
    else this.failed(factor.problem);
  }

  protected paint(): void {
    // Nothing here is in a language of its own, and what is being typed stays.
  }

  private get passwords(): HTMLInputElement[] {
    return [this.present, this.fresh, this.again];
  }

  private askCode(yes: boolean): void {
    this.codeField.hidden = !yes;
    this.code.required = yes;
  }

  private async change(): Promise<void> {
    this.tell(null);
    this.complain(null);
    const wrong = wrongWith(this.present.value, this.fresh.value, this.again.value);
    if (wrong) return this.complain(wrong, wrong === "passwordsDiffer" ? this.again : this.fresh);
    const result = await this.context.api.changePassword(this.present.value, this.fresh.value, this.code.value);
    this.code.value = ""; // each counts once
    if (!result.ok) return this.refused(result.problem);
    this.passwords.forEach((each) => (each.value = ""));
    const count = result.value.sessions_ended;
    this.tell(count ? "passwordChanged" : "passwordChangedAlone", { count });
    this.focus();
    if (!this.onFirstDone) return;
    const go = button("firstPasswordGo", this.onFirstDone);
    go.className = "strong";
    this.body.replaceChildren(go);
    relabel(this.body, this.context.lookup);
  }

  private refused(problem: Problem): void {
    const { status, code, retryAfterSeconds } = problem;
    if (code === "JS-ACC-003") return this.complain("passwordNowWrong", this.present);
    if (code === "JS-ACC-007") {
      this.askCode(true);
      return this.complain("secondWrong", this.code);
    }
    if (status === 429) return this.complain("tooManyAttempts", this.present, { seconds: retryAfterSeconds ?? 60 });
    if (status === 401) return this.context.onSignedOut();
    this.complain(null);
    this.problem.textContent = problemText(problem, this.context.language(), this.context.lookup);
  }

  /** Say beside the button what is wrong, mark the field and go to it. */
  private complain(key: string | null, at?: HTMLInputElement, values: Record<string, string | number> = {}): void {
    for (const each of [...this.passwords, this.code]) {
      each.removeAttribute("aria-invalid");
      each.removeAttribute("aria-describedby");
    }
    this.problem.replaceChildren(...(key ? [element("span", says(key, values))] : []));
    relabel(this.problem, this.context.lookup);
    at?.setAttribute("aria-invalid", "true");
    at?.setAttribute("aria-describedby", this.problem.id);
    at?.focus();
  }
}

/** A new one has no maxlength: the browser would cut off a longer one without a word. */
function secret(autocomplete: string, maxlength?: number): HTMLInputElement {
  return element("input", { type: "password", autocomplete, autocapitalize: "none", spellcheck: "false", required: true, maxlength });
}
