// What /console/api answers with (docs/contracts.md). Types only; the calls are api.ts.

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly role: string;
  /** Nothing else is answered before it is done. */
  readonly must_change_password: boolean;
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
  readonly open: boolean;
  readonly opens_at: string | null;
  readonly days: readonly OfficeDay[];
}

/** A day of an office: its hours ("08:30-12:00"), why it is special, and the exception that somebody has entered. */
export interface OfficeDay {
  readonly day: string;
  readonly hours: readonly string[];
  readonly why: Readonly<Record<string, string>> | null;
  readonly exception: { readonly id: number; readonly reason: Readonly<Record<string, string>> } | null;
}

export interface NewOfficeDay {
  readonly day: string;
  readonly office: string;
  readonly opens: string;
  readonly closes: string;
  readonly reason: Readonly<Record<"zh" | "en", string>>;
}

/** A call-back that was asked for, or a message that was left. */
export interface Callback {
  readonly id: number;
  readonly case_id: number;
  readonly kind: string;
  readonly contact: string;
  readonly text: string;
  readonly from_at: string | null;
  readonly until_at: string | null;
  readonly state: string;
  readonly created_at: string;
}

/** A text that staff insert into what they write. office "": for all. */
export interface CannedReply {
  readonly id: number;
  readonly variety: string;
  readonly title: string;
  readonly text: string;
  readonly office: string;
}

/** That a message was taken for a crisis; its words are not in it. */
export interface Flag {
  readonly id: number;
  readonly at: string;
  readonly case_id: number | null;
  readonly reasons: readonly string[];
  readonly acknowledged_at: string | null;
}

/** How a capability stands. changed_by: "account:3", "command line", "" where it was never switched. */
export interface Capability {
  readonly name: string;
  readonly off: boolean;
  readonly reason: string;
  readonly changed_by: string;
  readonly changed_by_name: string;
  readonly changed_at: string | null;
}

/** One state of model and contents: docs/contracts.md, /console/api/releases. */
export interface Release {
  readonly number: number;
  readonly digest: string;
  readonly made_at: string;
  readonly note: string;
  readonly active: boolean;
  readonly changed: readonly string[];
  readonly waits: readonly string[];
  readonly signatures: readonly { readonly name: string; readonly signed_at: string }[];
  readonly activations: readonly { readonly at: string; readonly reason: string }[];
}

export interface ReleaseDifference {
  readonly part: string;
  readonly file: string;
  readonly how: "added" | "removed" | "changed";
  readonly lines: readonly string[];
  readonly more: number;
}

/** Vacancy, score, place in the list. */
export type Ranked = readonly [number, number, number];

/** A logged ranking, or one vacancy of it, worked out again. */
export interface Rerun {
  readonly logged_at: string;
  readonly same: boolean;
  readonly changed: readonly string[];
  readonly logged: readonly Ranked[];
  readonly now: readonly Ranked[];
  readonly versions: Readonly<Record<string, unknown>>;
  readonly titles: Readonly<Record<string, string>>;
}

/** Contested results that were decided in a month. */
export interface ReviewMonth {
  readonly decided: number;
  readonly late: number;
  readonly rules: readonly { readonly rule: string; readonly upheld: number; readonly changed: number; readonly dismissed: number }[];
  readonly upheld: readonly { readonly case_id: number; readonly rule: string; readonly change_made: string }[];
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
  /** What the text stands for where it is not words: image, file, … */
  readonly attachment: string;
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
export type Session = { readonly account: Account; readonly csrf_token: string; readonly recovery_codes?: readonly string[] };
/** The password (or the provider) was right; a code is still missing, or a second factor altogether. */
export type HalfSession = { readonly ticket: string; readonly second_factor: "code" | "enrol" };
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
  readonly callbacks: readonly Callback[];
};
