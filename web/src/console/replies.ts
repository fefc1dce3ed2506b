// Replies on their way to jobseekers: kept in the browser until the server has numbered them, sent again after a loss.
import type { Area } from "../shared/area";
import { retryDelay } from "../shared/backoff";
import { OutgoingQueue, type Outgoing } from "../chat/outgoing";
import type { ConsoleApi, Problem } from "./api";

export interface RepliesListener {
  onChanged(): void;
  onSent(caseId: number, seq: number, message: Outgoing): void;
  onSignedOut(): void;
}

/** The queue keeps the case's number where the chat keeps a button's payload. */
export class Replies {
  readonly queue: OutgoingQueue;
  private draining = false;
  private again = false;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;
  private readonly namespace: string;

  constructor(
    private readonly api: ConsoleApi,
    area: Area,
    accountId: number,
    private readonly listener: RepliesListener,
  ) {
    this.namespace = `console:${accountId}`;
    this.queue = new OutgoingQueue(area, this.namespace, newId);
  }

  send(caseId: number, text: string): void {
    this.queue.add(text, String(caseId));
    this.listener.onChanged();
    void this.drain();
  }

  of(caseId: number): Outgoing[] {
    return this.queue.all().filter((message) => message.payload === String(caseId));
  }

  discard(id: string): void {
    this.queue.remove(id);
    this.listener.onChanged();
  }

  /** The server shows this reply in the transcript: it has arrived, whether or not we ever hear the answer to our call. */
  acknowledge(id: string): void {
    if (!this.queue.all().some((message) => message.id === id)) return;
    this.queue.remove(id);
    this.listener.onChanged();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Send what waits; several calls at once are one. */
  async drain(): Promise<void> {
    if (this.draining) {
      this.again = true;
      return;
    }
    this.draining = true;
    clearTimeout(this.timer);
    let wait: number | null = null;
    try {
      do {
        this.again = false;
        const lock = navigator.locks;
        wait = lock ? ((await lock.request(`${this.namespace}:send`, () => this.drainAll())) as number | null) : await this.drainAll();
      } while (this.again && wait === null && !this.stopped);
    } finally {
      this.draining = false;
    }
    if (wait !== null && !this.stopped) this.timer = setTimeout(() => void this.drain(), wait);
  }

  private async drainAll(): Promise<number | null> {
    for (;;) {
      const message = this.stopped ? undefined : this.queue.next();
      if (!message) return null;
      const result = await this.api.reply(Number(message.payload), message.text, message.id);
      if (result.ok) {
        this.attempt = 0;
        this.queue.remove(message.id);
        this.listener.onSent(Number(message.payload), result.value.seq, message);
      } else if (result.problem.status === 401) {
        this.listener.onSignedOut();
        return null;
      } else if (isPassing(result.problem)) {
        this.attempt += 1;
        this.listener.onChanged();
        return Math.max((result.problem.retryAfterSeconds ?? 0) * 1000, retryDelay(this.attempt));
      } else this.queue.fail(message.id, { code: result.problem.code, message: result.problem.message });
      this.listener.onChanged();
    }
  }
}

/** No answer, an overload or a fault of the server: the same reply may go through later. */
function isPassing(problem: Problem): boolean {
  return problem.status === 0 || problem.status === 408 || problem.status === 429 || problem.status >= 500 || !problem.code;
}

function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
