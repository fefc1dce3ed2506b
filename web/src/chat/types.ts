// The shapes of /api/v1 (docs/contracts.md). Data only.
import type { ApiMessage } from "../strings";

export type Author = "jobseeker" | "bot" | "counsellor" | "system";
export type Owner = "bot" | "queued" | "assigned" | "human" | "wrap_up";

export interface Button {
  readonly title: string;
  readonly payload: string;
}

/** One feature's part of why a vacancy is shown; `share` is its part of the whole, 0 to 1. */
export interface Reason {
  readonly label: string;
  readonly points?: number | string;
  readonly share?: number;
  /** The reason in a sentence. */
  readonly why?: string;
}

export interface ProfileItem {
  readonly label: string;
  readonly note?: string;
  readonly payload?: string;
}

/** What is shown beside the text (docs/contracts.md). Every card has `text`, its complete equivalent for channels without cards. */
export interface Card {
  readonly type?: string;
  readonly title?: string;
  readonly text?: string;
  readonly url?: string;
  readonly buttons?: readonly Button[];
  readonly [field: string]: unknown;
}

export interface Source {
  readonly title: string;
  readonly url?: string;
}

export interface Reply {
  readonly seq: number;
  readonly author: Exclude<Author, "jobseeker">;
  readonly language: string;
  readonly text: string;
  readonly buttons: readonly Button[];
  readonly cards: readonly Card[];
  readonly sources: readonly Source[];
  readonly name?: string;
}

export interface Own {
  readonly seq: number;
  readonly author: "jobseeker";
  readonly text: string;
  readonly client_message_id: string;
}

export type Entry = Reply | Own;

export interface ConversationState {
  readonly owner: Owner;
  readonly counsellor_name: string | null;
  readonly variety: string;
  readonly chosen: boolean;
}

export interface Conversation {
  readonly id: string;
  readonly token: string;
}

export interface Failure {
  readonly code: string;
  readonly message?: ApiMessage | undefined;
}
