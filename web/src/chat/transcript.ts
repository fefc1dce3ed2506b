// What has been said, by sequence number: every number once, in order, however often and in whatever order it arrives.

export interface Numbered {
  readonly seq: number;
}

export class Transcript<T extends Numbered> {
  private readonly bySeq = new Map<number, T>();
  private upTo = 0;

  /** Keep it; false where this number is already there. */
  add(entry: T): boolean {
    if (!Number.isInteger(entry.seq) || entry.seq < 1 || this.bySeq.has(entry.seq)) return false;
    this.bySeq.set(entry.seq, entry);
    while (this.bySeq.has(this.upTo + 1)) this.upTo += 1;
    return true;
  }

  /** The first page begins here: what is before it is not missing, it has not been asked for. */
  begin(seq: number): void {
    this.upTo = Math.max(this.upTo, seq - 1);
    while (this.bySeq.has(this.upTo + 1)) this.upTo += 1;
  }

  /** The same number with other content, e.g. what was hidden before. */
  replace(entry: T): void {
    if (this.bySeq.has(entry.seq)) this.bySeq.set(entry.seq, entry);
  }

  has(seq: number): boolean {
    return this.bySeq.has(seq);
  }

  /** Where to resume from: everything up to here has arrived without a gap. After a gap we ask again rather than miss one. */
  get cursor(): number {
    return this.upTo;
  }

  get size(): number {
    return this.bySeq.size;
  }

  entries(): T[] {
    return [...this.bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  last(): T | undefined {
    return this.entries()[this.size - 1];
  }

  clear(): void {
    this.bySeq.clear();
    this.upTo = 0;
  }
}
