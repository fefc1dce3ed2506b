// One conversation in one tab: keeps transcript, unsent messages and connection right. No DOM; the view listens.
import type { Area } from "../shared/area";
import { retryDelay } from "../shared/backoff";
import { EventStream, type StreamState } from "../shared/event-stream";
import type { ServerEvent } from "../shared/sse-parser";
import { isLanguage, type Language } from "../strings";
import { ChatApi, type SendResult } from "./api";
import { OutgoingQueue, type Outgoing } from "./outgoing";
import { Transcript } from "./transcript";
import type { Conversation, ConversationState, Entry, Own, Reply } from "./types";

/** "lost": it was there a moment ago. "unreachable": several attempts in vain. "offline": the browser says so. */
export type Connection = "connecting" | "open" | "lost" | "unreachable" | "offline";
export type Notice = "startedAnew" | "clearedElsewhere" | "cleared" | "notKept" | "storageFull";

export interface SessionListener {
  onEntry(entry: Entry): void;
  onPending(): void;
  onState(state: ConversationState): void;
  onConnection(connection: Connection): void;
  /** Another conversation from here on: everything shown belongs to the old one. */
  onReset(): void;
  onNotice(notice: Notice): void;
  onTooMany(seconds: number): void;
}

const UPLOAD_ATTEMPTS = 3;

export class ChatSession {
  readonly transcript = new Transcript<Entry>();
  readonly queue: OutgoingQueue;
  private conversation: Conversation | null = null;
  private stream: EventStream | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private failedConnections = 0;
  private forgotten = 0;
  private wasOpen = false;
  private draining = false;
  private drainAgain = false;
  private stopped = true;
  private readonly key: string;

  constructor(
    private readonly api: ChatApi,
    private readonly area: Area,
    private readonly listener: SessionListener,
    private readonly language: () => Language,
  ) {
    const namespace = `job-chat:${api.baseUrl}`;
    this.key = `${namespace}:conversation`;
    this.queue = new OutgoingQueue(area, namespace, newId);
  }

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    window.addEventListener("storage", this.onStorage);
    window.addEventListener("online", this.onOnline);
    window.addEventListener("offline", this.onOffline);
    window.addEventListener("pageshow", this.onShown);
    document.addEventListener("visibilitychange", this.onShown);
    if (!this.area.lasting) this.listener.onNotice("notKept");
    this.listener.onPending();
    this.conversation = this.stored();
    if (this.conversation) this.listen();
    else this.listener.onConnection(navigator.onLine ? "connecting" : "offline");
    void this.drain();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    window.removeEventListener("storage", this.onStorage);
    window.removeEventListener("online", this.onOnline);
    window.removeEventListener("offline", this.onOffline);
    window.removeEventListener("pageshow", this.onShown);
    document.removeEventListener("visibilitychange", this.onShown);
    this.stream?.close();
    this.stream = null;
  }

  /** The person pressed send (or a button). From here on it is not lost. */
  send(text: string, payload?: string): void {
    const { saved } = this.queue.add(text, payload);
    if (!saved && this.area.lasting) this.listener.onNotice("storageFull");
    this.listener.onPending();
    void this.drain();
  }

  /** Hand in a file now: it is not kept in the browser, so what cannot be sent is for the person to try again. */
  async upload(file: File): Promise<SendResult> {
    const conversation = this.current();
    if (!conversation) return { kind: "retry", afterMs: null, tooMany: false };
    const id = newId();
    let result = await this.api.upload(conversation, id, file);
    for (let attempt = 1; result.kind === "retry" && attempt < UPLOAD_ATTEMPTS && !this.stopped; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, retryDelay(attempt)));
      result = await this.api.upload(conversation, id, file);
    }
    if (result.kind === "unknown") await this.forget(conversation);
    if (result.kind === "taken" && this.current()?.id === conversation.id) {
      this.receive({ seq: result.seq, author: "jobseeker", text: file.name, client_message_id: id });
      this.listener.onPending();
    }
    return result;
  }

  /** Take back a message that was refused. */
  discard(id: string): void {
    this.queue.remove(id);
    this.listener.onPending();
  }

  /** Forget this conversation on this device and begin another. */
  clear(): void {
    this.queue.clear();
    this.area.remove(this.key);
    this.adopt(null);
    this.listener.onNotice("cleared");
    void this.drain();
  }

  // -- sending -----------------------------------------------------------------------------------------------------

  /** Create the conversation if need be and send what waits, one at a time, in one tab at a time. */
  private async drain(): Promise<void> {
    if (this.draining) {
      this.drainAgain = true;
      return;
    }
    this.draining = true;
    clearTimeout(this.timer);
    let wait: number | null = null;
    try {
      do {
        this.drainAgain = false;
        wait = await exclusively(`${this.key}:send`, () => this.drainAll());
      } while (this.drainAgain && wait === null && !this.stopped);
    } finally {
      this.draining = false;
    }
    if (wait !== null && !this.stopped) this.timer = setTimeout(() => void this.drain(), wait);
  }

  /** Milliseconds to wait before the next attempt, or null when nothing is left to do. */
  private async drainAll(): Promise<number | null> {
    while (!this.stopped) {
      const conversation = this.current();
      if (!conversation) {
        const wait = await this.create();
        if (wait !== null) return wait;
        continue;
      }
      const message = this.queue.next();
      if (!message) return null;
      const result = await this.api.send(conversation, message);
      if (result.kind === "taken") this.queue.remove(message.id);
      if (this.stopped || this.current()?.id !== conversation.id) continue; // cleared meanwhile: the queue says what is left
      if (result.kind === "taken") this.taken(message, result.seq);
      else if (result.kind === "unknown") await this.forget(conversation);
      else if (result.kind === "refused") {
        this.queue.fail(message.id, result.failure);
        this.listener.onPending();
      } else return this.putOff(result.afterMs, result.tooMany);
    }
    return null;
  }

  private taken(message: Outgoing, seq: number): void {
    this.attempt = 0;
    this.forgotten = 0;
    this.receive({ seq, author: "jobseeker", text: message.text, client_message_id: message.id });
    this.listener.onPending();
  }

  private putOff(afterMs: number | null, tooMany: boolean): number {
    this.attempt += 1;
    const wait = Math.max(afterMs ?? 0, retryDelay(this.attempt));
    if (tooMany) this.listener.onTooMany(Math.ceil(wait / 1000));
    this.listener.onPending();
    return wait;
  }

  private async create(): Promise<number | null> {
    const result = await this.api.create(this.language());
    if (this.stopped) return null;
    if (result.kind === "retry") {
      this.attempt += 1;
      this.listener.onConnection(navigator.onLine ? (this.attempt > 1 ? "unreachable" : "connecting") : "offline");
      return Math.max(result.afterMs ?? 0, retryDelay(this.attempt));
    }
    this.attempt = 0;
    this.keep(result.conversation);
    for (const reply of result.replies) this.receive(reply);
    this.listen();
    return null;
  }

  // -- the conversation ----------------------------------------------------------------------------------------------

  /** The conversation as the storage knows it: another tab may have started or cleared one. */
  private current(): Conversation | null {
    if (!this.area.lasting) return this.conversation;
    const stored = this.stored();
    if (stored?.id !== this.conversation?.id) {
      this.adopt(stored);
      if (stored) this.listen();
    }
    return this.conversation;
  }

  private stored(): Conversation | null {
    try {
      const value = JSON.parse(this.area.get(this.key) ?? "null") as Partial<Conversation> | null;
      return value && typeof value.id === "string" && typeof value.token === "string" ? { id: value.id, token: value.token } : null;
    } catch {
      return null;
    }
  }

  private keep(conversation: Conversation): void {
    this.conversation = conversation;
    try {
      this.area.set(this.key, JSON.stringify(conversation));
    } catch {
      this.listener.onNotice("storageFull");
    }
  }

  /** Switch to another conversation (or to none yet). */
  private adopt(conversation: Conversation | null): void {
    this.stream?.close();
    this.stream = null;
    this.conversation = conversation;
    this.transcript.clear();
    this.listener.onReset();
    this.listener.onPending();
  }

  /** The server does not know it any more: begin another, keep what was not sent. */
  private async forget(conversation: Conversation): Promise<void> {
    if (this.stored()?.id === conversation.id) this.area.remove(this.key);
    this.adopt(this.area.lasting ? this.stored() : null);
    this.listener.onNotice("startedAnew");
    // Guards against a service that forgets at once what it has just made: each time it waits longer.
    this.forgotten += 1;
    if (this.forgotten > 1) await new Promise((resolve) => setTimeout(resolve, retryDelay(this.forgotten)));
  }

  // -- listening -----------------------------------------------------------------------------------------------------

  private listen(): void {
    const conversation = this.conversation;
    if (!conversation || this.stopped) return;
    this.stream?.close();
    const stream: EventStream = new EventStream({
      url: () => this.api.eventsUrl(conversation, this.transcript.cursor),
      headers: () => this.api.authorization(conversation),
      onEvent: (event) => this.conversation === conversation && this.onEvent(event),
      onState: (state) => this.stream === stream && this.onStream(state),
      onRefused: (status) => this.onRefused(status, conversation),
    });
    this.stream = stream;
    if (navigator.onLine) stream.open();
    else {
      stream.open();
      stream.pause();
      this.listener.onConnection("offline");
    }
  }

  private onRefused(status: number, conversation: Conversation): boolean {
    if (status !== 401 && status !== 404) return false;
    void this.api.isUnknown(conversation).then(async (unknown) => {
      if (!unknown || this.conversation !== conversation || this.stopped) return;
      await this.forget(conversation);
      void this.drain();
    });
    return false; // it keeps trying until we know
  }

  private onEvent(event: ServerEvent): void {
    let data: unknown;
    try {
      data = JSON.parse(event.data);
    } catch {
      return; // not ours: the next reconnect replays from the gap
    }
    if (event.event === "reply") this.receive(data as Reply);
    else if (event.event === "own") {
      const own = data as Own;
      this.queue.remove(own.client_message_id);
      this.receive({ ...own, author: "jobseeker" });
      this.listener.onPending();
    } else if (event.event === "state") this.listener.onState(data as ConversationState);
  }

  private receive(entry: Entry): void {
    if (this.transcript.add(entry)) this.listener.onEntry(entry);
  }

  private onStream(state: StreamState): void {
    if (state === "open") {
      const again = this.wasOpen || this.failedConnections > 0;
      this.wasOpen = true;
      this.failedConnections = 0;
      this.listener.onConnection("open");
      if (again) void this.drain();
    } else if (state === "waiting") {
      this.failedConnections += 1;
      this.listener.onConnection(!navigator.onLine ? "offline" : this.failedConnections > 3 || !this.wasOpen ? "unreachable" : "lost");
    } else if (state === "connecting" && !this.wasOpen && this.failedConnections === 0) this.listener.onConnection("connecting");
  }

  // -- the browser ---------------------------------------------------------------------------------------------------

  private readonly onOnline = (): void => {
    this.stream?.retryNow();
    this.attempt = 0;
    void this.drain();
  };

  /** Looked at again: do not make the person wait for the next attempt. */
  private readonly onShown = (): void => {
    if (document.visibilityState === "visible" && this.failedConnections + this.attempt > 0) this.onOnline();
  };

  private readonly onOffline = (): void => {
    this.stream?.pause();
    this.listener.onConnection("offline");
  };

  private readonly onStorage = (event: StorageEvent): void => {
    if (event.key === null || event.key === this.key) {
      const stored = this.stored();
      if (stored?.id === this.conversation?.id) return;
      const had = this.conversation !== null;
      this.adopt(stored);
      if (had) this.listener.onNotice("clearedElsewhere");
      if (stored) this.listen();
      void this.drain(); // without one, the tabs agree under the lock on who begins it
    } else if (this.queue.owns(event.key)) this.listener.onPending();
  };
}

/** The variety a state event names, where the page has words for it. */
export function stateLanguage(state: ConversationState): Language | null {
  return isLanguage(state.variety) ? state.variety : null;
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID exists on https pages only
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Run it in one tab at a time where the browser can (https and localhost); elsewhere the server sorts out doubles. */
async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return work();
  return (await navigator.locks.request(name, work)) as T;
}
