// Text of a `text/event-stream` in, events out. Follows the WHATWG rules; no network here.

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string;
}

/** Takes the stream in pieces of any size and returns the events that each piece completes. */
export class SseParser {
  private buffer = "";
  private event = "";
  private data: string[] = [];
  private id = "";

  push(piece: string): ServerEvent[] {
    this.buffer += piece;
    const done: ServerEvent[] = [];
    for (;;) {
      const end = this.buffer.search(/[\r\n]/);
      if (end < 0) break;
      if (this.buffer[end] === "\r" && end === this.buffer.length - 1) break; // a \n may follow in the next piece
      const line = this.buffer.slice(0, end);
      this.buffer = this.buffer.slice(end + (this.buffer.startsWith("\r\n", end) ? 2 : 1));
      const event = this.line(line);
      if (event) done.push(event);
    }
    return done;
  }

  private line(line: string): ServerEvent | null {
    if (line === "") {
      const event = this.data.length ? { event: this.event || "message", data: this.data.join("\n"), id: this.id } : null;
      this.event = "";
      this.data = [];
      return event;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return null; // a comment: keep-alive
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.event = value;
    else if (field === "data") this.data.push(value);
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return null;
  }
}
