// Messages that the server has not taken yet. Kept in the browser's storage, one key per message so that two tabs never
// overwrite each other's; a message leaves only when the server has given it a place. No network here.
import type { Area } from "../shared/area";
import type { Failure } from "./types";

export interface Outgoing {
  /** `client_message_id`: sent again with the same id, the server knows it. */
  readonly id: string;
  readonly text: string;
  readonly payload?: string;
  readonly at: number;
  /** The server refused it for good; it waits for the person to change or remove it. */
  readonly failed?: Failure;
}

export class OutgoingQueue {
  private readonly prefix: string;
  /** What the storage did not take (full, forbidden): lives as long as the page. */
  private readonly unsaved = new Map<string, Outgoing>();
  private last = 0;

  constructor(
    private readonly area: Area,
    namespace: string,
    private readonly newId: () => string,
    private readonly now: () => number = Date.now,
  ) {
    this.prefix = `${namespace}:out:`;
  }

  /** Add at the end. `saved` is false where the message would not survive a reload. */
  add(text: string, payload?: string): { message: Outgoing; saved: boolean } {
    this.last = Math.max(this.now(), this.last + 1, ...this.all().map((each) => each.at + 1));
    const message: Outgoing = { id: this.newId(), text, at: this.last, ...(payload ? { payload } : {}) };
    return { message, saved: this.write(message) };
  }

  /** Everything unsent, oldest first, of all tabs. */
  all(): Outgoing[] {
    const found = new Map<string, Outgoing>();
    for (const key of this.area.keys(this.prefix)) {
      const message = parse(this.area.get(key));
      if (message) found.set(message.id, message);
    }
    for (const message of this.unsaved.values()) found.set(message.id, message);
    return [...found.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  /** The next one to send: order is kept, but one that was refused does not hold up the others. */
  next(): Outgoing | undefined {
    return this.all().find((message) => !message.failed);
  }

  /** The server has it (or the person removed it). Unknown ids are fine: another tab was first. */
  remove(id: string): void {
    this.unsaved.delete(id);
    for (const message of this.all()) if (message.id === id) this.area.remove(this.key(message));
  }

  fail(id: string, failed: Failure): void {
    const message = this.all().find((each) => each.id === id);
    if (message) this.write({ ...message, failed });
  }

  clear(): void {
    this.unsaved.clear();
    for (const key of this.area.keys(this.prefix)) this.area.remove(key);
  }

  /** Whether a change of this storage key is a change of the queue. */
  owns(key: string | null): boolean {
    return key === null || key.startsWith(this.prefix);
  }

  private key(message: Outgoing): string {
    return `${this.prefix}${message.at.toString(36).padStart(10, "0")}-${message.id}`;
  }

  private write(message: Outgoing): boolean {
    try {
      this.area.set(this.key(message), JSON.stringify(message));
      this.unsaved.delete(message.id);
      return this.area.lasting;
    } catch {
      this.unsaved.set(message.id, message);
      return false;
    }
  }
}

function parse(value: string | null): Outgoing | null {
  if (!value) return null;
  try {
    const read = JSON.parse(value) as Partial<Outgoing> | null;
    return read && typeof read.id === "string" && typeof read.text === "string" && typeof read.at === "number" ? (read as Outgoing) : null;
  } catch {
    return null; // not ours, or cut short: nothing that could be sent
  }
}
