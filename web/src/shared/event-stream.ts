// A server-sent-event connection that keeps itself open. Built on fetch rather than EventSource: the token travels in a
// header and not in an address that proxies log, the status tells "unknown conversation" from "no network", and a line
// that went silent is noticed. What the events mean is with the caller.
import { retryDelay } from "./backoff";
import { SseParser, type ServerEvent } from "./sse-parser";

export type StreamState = "connecting" | "open" | "waiting" | "closed";

export interface StreamOptions {
  /** Asked before each connection, so that it can carry the place to resume from. */
  readonly url: () => string;
  readonly headers?: () => Record<string, string>;
  readonly credentials?: RequestCredentials;
  readonly onEvent: (event: ServerEvent) => void;
  readonly onState: (state: StreamState) => void;
  /** A refusal with this status; return true to stop trying. */
  readonly onRefused: (status: number) => boolean;
}

/** The server sends something at least every 15 s; after this long without a byte the line is taken for dead. */
const SILENCE_MS = 40_000;

export class EventStream {
  private controller: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private closed = true;

  constructor(private readonly options: StreamOptions) {}

  open(): void {
    this.closed = false;
    this.attempt = 0;
    this.connect();
  }

  close(): void {
    this.closed = true;
    this.drop();
    this.options.onState("closed");
  }

  /** Connect now instead of waiting for the next attempt (the network came back, the page is shown again). */
  retryNow(): void {
    if (this.closed) return;
    this.attempt = 0;
    this.connect();
  }

  /** The network is known to be gone: do not try until `retryNow`. */
  pause(): void {
    if (this.closed) return;
    this.drop();
    this.options.onState("waiting");
  }

  private drop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    const controller = this.controller;
    this.controller = null;
    controller?.abort();
  }

  private connect(): void {
    this.drop();
    const controller = new AbortController();
    this.controller = controller;
    this.options.onState("connecting");
    void this.run(controller).catch((error: unknown) => {
      if (this.controller !== controller) return; // replaced or closed on purpose
      this.again(error);
    });
  }

  private async run(controller: AbortController): Promise<void> {
    this.feedWatchdog(controller);
    const response = await fetch(this.options.url(), {
      headers: { Accept: "text/event-stream", ...this.options.headers?.() },
      credentials: this.options.credentials ?? "omit",
      cache: "no-store",
      signal: controller.signal,
    });
    if (this.controller !== controller) return;
    if (!response.ok || !response.body) {
      if (this.options.onRefused(response.status)) {
        this.closed = true;
        this.drop();
        return;
      }
      throw new Error(`refused with ${response.status}`);
    }
    this.attempt = 0;
    this.options.onState("open");
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const parser = new SseParser();
    for (;;) {
      const { value, done } = await reader.read();
      if (this.controller !== controller) return;
      if (done) throw new Error("the server ended the stream");
      this.feedWatchdog(controller);
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        this.options.onEvent(event);
        if (this.controller !== controller) return; // the event made the caller close or move on
      }
    }
  }

  private feedWatchdog(controller: AbortController): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      if (this.controller === controller) this.again(new Error("silent"));
    }, SILENCE_MS);
  }

  private again(_reason: unknown): void {
    this.drop();
    if (this.closed) return;
    this.attempt += 1;
    this.options.onState("waiting");
    this.timer = setTimeout(() => this.connect(), retryDelay(this.attempt));
  }
}
