// Calls of /api/v1 and what their answers mean for the sender: taken, try again, refused, or no such conversation.
import { retryAfter } from "../shared/backoff";
import type { ApiMessage, Language } from "../strings";
import type { Outgoing } from "./outgoing";
import type { Conversation, Failure, Reply } from "./types";

export type SendResult =
  | { readonly kind: "taken"; readonly seq: number }
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "retry"; readonly afterMs: number | null; readonly tooMany: boolean };

export type CreateResult =
  | { readonly kind: "created"; readonly conversation: Conversation; readonly language: string; readonly replies: readonly Reply[] }
  | { readonly kind: "retry"; readonly afterMs: number | null };

const TIMEOUT_MS = 15_000;
const UPLOAD_TIMEOUT_MS = 90_000;

export class ChatApi {
  constructor(readonly baseUrl: string) {}

  eventsUrl(conversation: Conversation, after: number): string {
    return `${this.path(conversation)}/events?after=${after}&own=1`;
  }

  authorization(conversation: Conversation): Record<string, string> {
    return { Authorization: `Bearer ${conversation.token}` };
  }

  /** Start a conversation. Never throws: what is not an answer is a reason to try again. */
  async create(language: Language): Promise<CreateResult> {
    const response = await this.post(`${this.baseUrl}/api/v1/conversations`, { language }, {});
    const body = response?.status === 201 ? await json(response) : null;
    if (!response || !body || typeof body.id !== "string" || typeof body.token !== "string") {
      return { kind: "retry", afterMs: retryAfter(response?.headers.get("Retry-After") ?? null, Date.now()) };
    }
    const replies = Array.isArray(body.replies) ? (body.replies as Reply[]) : [];
    return { kind: "created", conversation: { id: body.id, token: body.token }, language: String(body.language), replies };
  }

  /** Hand one message over. Never throws. */
  async send(conversation: Conversation, message: Outgoing): Promise<SendResult> {
    const body = { text: message.text, client_message_id: message.id, ...(message.payload ? { payload: message.payload } : {}) };
    return this.result(await this.post(`${this.path(conversation)}/messages`, body, this.authorization(conversation)));
  }

  /** Hand a résumé over; the same id may be sent again. Never throws. */
  async upload(conversation: Conversation, id: string, file: File): Promise<SendResult> {
    const form = new FormData();
    form.append("client_message_id", id); // before the file: the service wants to know it first
    form.append("file", file, file.name);
    return this.result(await this.request(`${this.path(conversation)}/files`, form, this.authorization(conversation), UPLOAD_TIMEOUT_MS));
  }

  private async result(response: Response | null): Promise<SendResult> {
    if (!response) return { kind: "retry", afterMs: null, tooMany: false };
    const answer = await json(response);
    if (response.ok) {
      // An answer that cannot be read proves nothing: ask again, the server knows the id.
      return answer && typeof answer.seq === "number" ? { kind: "taken", seq: answer.seq } : { kind: "retry", afterMs: null, tooMany: false };
    }
    if (isUnknown(response.status, answer)) return { kind: "unknown" };
    if (response.status === 429 || response.status === 408 || response.status >= 500) {
      return { kind: "retry", afterMs: retryAfter(response.headers.get("Retry-After"), Date.now()), tooMany: response.status === 429 };
    }
    const error = answer?.error as { code?: string; message?: ApiMessage } | undefined;
    // Without our own code it is not the service that speaks (a proxy, a captive portal): the message may still be fine.
    if (!error?.code) return { kind: "retry", afterMs: null, tooMany: false };
    return { kind: "refused", failure: { code: error.code, message: error.message } };
  }

  /** Whether the service says that it does not know this conversation (or that the token does not fit). */
  async isUnknown(conversation: Conversation): Promise<boolean> {
    try {
      const response = await fetch(this.path(conversation), { headers: this.authorization(conversation), credentials: "omit", cache: "no-store" });
      return isUnknown(response.status, response.ok ? null : await json(response));
    } catch {
      return false;
    }
  }

  private path(conversation: Conversation): string {
    return `${this.baseUrl}/api/v1/conversations/${encodeURIComponent(conversation.id)}`;
  }

  private post(url: string, body: unknown, headers: Record<string, string>): Promise<Response | null> {
    return this.request(url, JSON.stringify(body), { "Content-Type": "application/json", ...headers }, TIMEOUT_MS);
  }

  private async request(url: string, body: BodyInit, headers: Record<string, string>, timeoutMs: number): Promise<Response | null> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    try {
      return await fetch(url, {
        method: "POST",
        headers,
        body,
        credentials: "omit",
        cache: "no-store",
        signal: controller.signal,
      });
    } catch {
      return null; // no network, aborted, or not allowed: the caller tries again
    } finally {
      clearTimeout(timer);
    }
  }
}

async function json(response: Response): Promise<Record<string, unknown> | null> {
  try {
    const body: unknown = await response.json();
    return body && typeof body === "object" ? (body as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Only the service's own code counts: a 404 of something in between must not cost the person the conversation. */
function isUnknown(status: number, answer: Record<string, unknown> | null): boolean {
  const code = (answer?.error as { code?: unknown } | undefined)?.code;
  return (status === 401 || status === 404) && typeof code === "string" && code.startsWith("JS-ACC-");
}
