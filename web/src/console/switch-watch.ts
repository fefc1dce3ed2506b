// How the capabilities stand, read again by itself while somebody is signed in: another supervisor may switch, or the machine's operator. No nodes here.
import type { Capability, ConsoleApi, Problem } from "./api";

/** So old may be what a page shows. */
export const WATCH_MS = 5_000;

export class SwitchWatch {
  switches: readonly Capability[] = [];
  /** When they were read last; null before the first time. */
  readAt: Date | null = null;
  /** Why they could not be read, if so. */
  problem: Problem | null = null;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | null = null;
  private asked = 0;

  constructor(
    private readonly api: Pick<ConsoleApi, "switches" | "setSwitch">,
    private readonly onSignedOut: () => void,
  ) {}

  /** After stop(), or for the first time. */
  start(): void {
    this.timer = setInterval(() => void this.read(), WATCH_MS);
    document.addEventListener("visibilitychange", this.onVisible);
    void this.read();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    document.removeEventListener("visibilitychange", this.onVisible);
    this.asked += 1; // what is still on its way is nobody's any more
    this.switches = [];
    this.readAt = null;
    this.problem = null;
    this.listeners.clear();
  }

  /** Call `listener` after each reading; the answer ends that. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  get off(): readonly Capability[] {
    return this.switches.filter((each) => each.off);
  }

  async read(): Promise<void> {
    const turn = ++this.asked;
    const result = await this.api.switches();
    if (turn !== this.asked) return; // a later question has been asked, or a change made
    if (result.ok) this.hear(result.value.switches);
    else this.missed(result.problem);
  }

  /** Set one; the refusal, if it is refused. */
  async set(name: string, off: boolean, reason: string): Promise<Problem | null> {
    this.asked += 1;
    const result = await this.api.setSwitch(name, off, reason);
    if (!result.ok) return result.problem;
    this.asked += 1;
    this.hear(result.value.switches);
    return null;
  }

  private hear(switches: readonly Capability[]): void {
    this.switches = switches;
    this.readAt = new Date();
    this.problem = null;
    this.tell();
  }

  private missed(problem: Problem): void {
    if (problem.status === 401) return this.onSignedOut();
    this.problem = problem;
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private readonly onVisible = (): void => {
    if (document.visibilityState === "visible") void this.read();
  };
}
