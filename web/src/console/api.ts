// Calls of /console/api (docs/contracts.md). Answers are values, not exceptions: the caller decides what to show.
import type { Callback, CannedReply, Capability, Case, CaseFile, Colleague, Flag, HalfSession, Line, NewOfficeDay, Office, Problem, Release, ReleaseDifference, Rerun, Result, Session, Suggestion } from "./types";

export type * from "./types";

const TIMEOUT_MS = 15_000;
const NO_PERMISSION = "JS-ACC-005";

export class ConsoleApi {
  session: Session | null = null;

  constructor(
    readonly base: string,
    /** The cookie now belongs to another account (signed in in another tab). */
    private readonly onOtherAccount: () => void,
  ) {}

  eventsUrl(seen: string, alert: number | null): string {
    const query = new URLSearchParams();
    if (seen) query.set("seen", seen);
    if (alert !== null) query.set("alert", String(alert));
    return `${this.base}/events?${query}`;
  }

  async signIn(login: string, password: string): Promise<Result<Session | HalfSession>> {
    const result = await this.call<Session | HalfSession>("POST", "/session", { login, password });
    if (result.ok && "account" in result.value) this.session = result.value;
    return result;
  }

  /** The name of the other provider where one may sign in, too. */
  waysIn(): Promise<Result<{ provider: string | null }>> {
    return this.call("GET", "/sign-in");
  }

  /** The secret for who must have a second factor and has none; shown once. */
  enrol(ticket: string): Promise<Result<{ uri: string; key: string }>> {
    return this.call("POST", "/session/enrolment", { ticket });
  }

  async finishSignIn(ticket: string, code: string): Promise<Result<Session>> {
    const result = await this.call<Session>("POST", "/session/second-factor", { ticket, code });
    if (result.ok) this.session = result.value;
    return result;
  }

  /** One's own second factor; a code of it is asked for where it is enrolled. */
  secondFactor(): Promise<Result<{ enrolled: boolean }>> {
    return this.call("GET", "/second-factor");
  }

  /** One's own. code: "" where no second factor is enrolled. */
  changePassword(password: string, newPassword: string, code: string): Promise<Result<{ sessions_ended: number }>> {
    return this.change("PUT", "/password", { password, new_password: newPassword, code });
  }

  async whoAmI(): Promise<Result<Session>> {
    const result = await this.call<Session>("GET", "/session");
    if (result.ok) this.session = result.value;
    return result;
  }

  async signOut(): Promise<Result<unknown>> {
    const result = await this.change("DELETE", "/session");
    if (result.ok || result.problem.status === 401) this.session = null;
    return result;
  }

  cases(state: "waiting" | "mine"): Promise<Result<{ cases: Case[] }>> {
    return this.call("GET", `/cases?state=${state}`);
  }

  file(id: number): Promise<Result<CaseFile>> {
    return this.call("GET", `/cases/${id}`);
  }

  claim(id: number): Promise<Result<Case>> {
    return this.change("POST", `/cases/${id}/claim`);
  }

  reply(id: number, text: string, clientMessageId: string): Promise<Result<{ seq: number }>> {
    return this.change("POST", `/cases/${id}/replies`, { text, client_message_id: clientMessageId });
  }

  giveBack(id: number): Promise<Result<Case>> {
    return this.change("POST", `/cases/${id}/return`);
  }

  earlier(id: number, before: number): Promise<Result<{ transcript: Line[]; earlier: boolean }>> {
    return this.call("GET", `/cases/${id}/transcript?before=${before}`);
  }

  suggestions(id: number): Promise<Result<{ suggestions: Suggestion[] }>> {
    return this.call("GET", `/cases/${id}/suggestions`);
  }

  colleagues(): Promise<Result<{ colleagues: Colleague[] }>> {
    return this.call("GET", "/colleagues");
  }

  offices(): Promise<Result<{ offices: Office[] }>> {
    return this.call("GET", "/offices");
  }

  /** A step of a case: decline, resume, wrap-up, transfer, decision, notes. */
  step<T = Case>(id: number, name: string, body?: unknown): Promise<Result<T>> {
    return this.change("POST", `/cases/${id}/${name}`, body);
  }

  rerun(id: number): Promise<Result<Rerun>> {
    return this.call("GET", `/cases/${id}/rerun`);
  }

  noteChange(id: number, changeMade: string): Promise<Result<unknown>> {
    return this.change("PUT", `/cases/${id}/change`, { change_made: changeMade });
  }

  callbacks(): Promise<Result<{ callbacks: Callback[] }>> {
    return this.call("GET", "/callbacks");
  }

  settleCallback(id: number, done: boolean): Promise<Result<unknown>> {
    return this.change("POST", `/callbacks/${id}`, { done });
  }

  /** Without a language all of them. */
  cannedReplies(variety?: string, office?: string): Promise<Result<{ canned_replies: CannedReply[] }>> {
    const query = new URLSearchParams({ ...(variety ? { variety } : {}), ...(office ? { office } : {}) });
    return this.call("GET", `/canned-replies?${query}`);
  }

  saveCannedReply(reply: Omit<CannedReply, "id">, id?: number): Promise<Result<CannedReply>> {
    return this.change(id ? "PUT" : "POST", `/canned-replies${id ? `/${id}` : ""}`, reply);
  }

  removeCannedReply(id: number): Promise<Result<unknown>> {
    return this.change("DELETE", `/canned-replies/${id}`);
  }

  flags(before?: number): Promise<Result<{ flags: Flag[] }>> {
    return this.call("GET", `/flags${before ? `?before=${before}` : ""}`);
  }

  switches(): Promise<Result<{ switches: Capability[] }>> {
    return this.call("GET", "/switches");
  }

  releases(): Promise<Result<{ releases: Release[] }>> {
    return this.call("GET", "/releases");
  }

  /** What a release would change if it took the place of the one in use. */
  releaseDifferences(number: number): Promise<Result<{ digest: string; differences: ReleaseDifference[] }>> {
    return this.call("GET", `/releases/${number}/differences`);
  }

  signRelease(number: number, digest: string): Promise<Result<{ releases: Release[] }>> {
    return this.change("POST", `/releases/${number}/signature`, { digest });
  }

  setSwitch(name: string, off: boolean, reason: string): Promise<Result<{ switches: Capability[] }>> {
    return this.change("PUT", `/switches/${encodeURIComponent(name)}`, { off, reason });
  }

  addOfficeDay(day: NewOfficeDay): Promise<Result<{ id: number }>> {
    return this.change("POST", "/offices/days", day);
  }

  removeOfficeDay(id: number): Promise<Result<unknown>> {
    return this.change("DELETE", `/offices/days/${id}`);
  }

  openOnBehalf(variety: string, channel: string, note: string): Promise<Result<{ case: Case }>> {
    return this.change("POST", "/conversations", { variety, channel, note });
  }

  setTags(id: number, tags: string[]): Promise<Result<Case>> {
    return this.change("PUT", `/cases/${id}/tags`, { tags });
  }

  setPresence(state: string): Promise<Result<unknown>> {
    return this.change("PUT", "/presence", { state });
  }

  /** Figures for supervisors: "board" or "history?…". */
  figures<T>(path: string): Promise<Result<T>> {
    return this.call("GET", `/${path}`);
  }

  /** A change carries the CSRF token. Signing in again in another tab makes a new one: then fetch it and ask once more. */
  private async change<T>(method: string, path: string, body?: unknown): Promise<Result<T>> {
    const first = await this.call<T>(method, path, body);
    if (first.ok || first.problem.status !== 403 || first.problem.code !== NO_PERMISSION) return first;
    const before = this.session;
    const now = await this.whoAmI();
    if (!now.ok || now.value.csrf_token === before?.csrf_token) return first;
    if (now.value.account.id !== before?.account.id) {
      this.onOtherAccount();
      return first; // never do as one counsellor what another one asked for
    }
    return this.call<T>(method, path, body);
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<Result<T>> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
    const headers: Record<string, string> = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET" && this.session) headers["X-CSRF-Token"] = this.session.csrf_token;
    try {
      const response = await fetch(this.base + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        credentials: "same-origin",
        cache: "no-store",
        signal: controller.signal,
      });
      const answer = response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>);
      if (response.ok) return { ok: true, value: answer as T };
      const error = (answer.error ?? {}) as { code?: string; message?: Problem["message"] };
      const wait = Number(response.headers.get("Retry-After"));
      return { ok: false, problem: { status: response.status, code: error.code ?? "", message: error.message ?? {}, retryAfterSeconds: wait > 0 ? wait : null } };
    } catch {
      return { ok: false, problem: { status: 0, code: "", message: {}, retryAfterSeconds: null } }; // no network, or not JSON: nothing was told
    } finally {
      clearTimeout(timer);
    }
  }
}
