// The shapes of /api/v1 (docs/contracts.md). Data only.
import type { ApiMessage } from "../strings";

export type Author = "jobseeker" | "bot" | "counsellor" | "system";
export type Owner = "bot" | "queued" | "assigned" | "human" | "wrap_up";

export interface Button {
  readonly title: string;
  readonly payload: string;
}

export interface Card {
  readonly type?: string;
  readonly title?: string;
  readonly text?: string;
  readonly url?: string;
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
