// Calls of /console/api (docs/contracts.md). Answers are values, not exceptions: the caller decides what to show.

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly role: string;
}

export interface Case {
  readonly id: number;
  readonly conversation_id: string;
  readonly reasons: readonly string[];
  readonly urgency: number;
  readonly variety: string;
  readonly state: "waiting" | "claimed" | "closed";
  readonly opened_at: string;
  readonly waiting_seconds: number;
  readonly claimed_by: string | null;
  readonly claimed_by_id: number | null;
  readonly last_text: string;
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly office: string;
  readonly language: string;
  readonly tags: readonly string[];
  readonly offered_to_id: number | null;
  readonly wrapping_up: boolean;
  readonly outcome: string;
  readonly overdue: boolean;
  readonly decision: string;
}

/** One line of the case note: what is in `value` depends on the field (docs/contracts.md). */
export interface SheetEntry {
  readonly field: string;
  readonly value: unknown;
}

export interface Note {
  readonly id: number;
  readonly kind: string;
  readonly text: string;
  readonly at: string;
  readonly by: string;
}

export interface Colleague {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly load: number;
}

export interface Office {
  readonly id: string;
  readonly name: Readonly<Record<string, string>>;
}

export interface Suggestion {
  readonly topic: string;
  readonly title: string;
  readonly text: string;
}

export interface Line {
  readonly seq: number;
  readonly author: "jobseeker" | "bot" | "counsellor" | "system";
  readonly text: string;
  readonly at: string;
  readonly topic: string;
  readonly act: string;
  readonly name: string;
  /** Of a counsellor's line: the id it was sent under. */
  readonly client_message_id: string;
  readonly escalation: { readonly level: string; readonly reasons: readonly string[] };
}

export interface Problem {
  /** 0: no answer at all. */
  readonly status: number;
  readonly code: string;
  readonly message: { readonly zh?: string; readonly en?: string };
  readonly retryAfterSeconds: number | null;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };
export type Session = { readonly account: Account; readonly csrf_token: string };
/** Another conversation of the same person, on a channel they have connected. */
export interface Linked {
  readonly conversation_id: string;
  readonly channel: string;
  readonly owner: string;
  readonly updated_at: string;
  readonly open_case_id: number | null;
  readonly transcript: readonly Line[];
}

export type CaseFile = Case & {
  readonly transcript: readonly Line[];
  readonly linked: readonly Linked[];
  readonly earlier: boolean;
  readonly masked: boolean;
  readonly summary: { readonly shared: boolean; readonly words: string; readonly lines: Readonly<Record<"zh" | "en", readonly string[]>> };
  readonly sheet: readonly SheetEntry[];
  readonly notes: readonly Note[];
};

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

  async signIn(login: string, password: string): Promise<Result<Session>> {
    const result = await this.call<Session>("POST", "/session", { login, password });
    if (result.ok) this.session = result.value;
    return result;
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
