// The counsellor's desk while signed in: queue, own cases, one open case, the live connection. Nodes are in the *-view and *-list modules.
import { openArea, type Area } from "../shared/area";
import { element } from "../shared/dom";
import { EventStream, type StreamState } from "../shared/event-stream";
import type { ServerEvent } from "../shared/sse-parser";
import { nowSays, relabel, says, type Lookup } from "../shared/words";
import type { Outgoing } from "../chat/outgoing";
import { Transcript } from "../chat/transcript";
import type { Account, Case, ConsoleApi, Line, Problem, Result } from "./api";
import { AlertBar } from "./alert-bar";
import { CaseList } from "./case-list";
import type { ToolCalls } from "./case-tools";
import { CaseView } from "./case-view";
import { FilterBar } from "./filters";
import { Pages, type OpenPage } from "./pages";
import { PresenceBar } from "./presence-bar";
import { Replies } from "./replies";
import { consoleSay, type ConsoleLanguage } from "./strings";
import type { SwitchWatch } from "./switch-watch";

/** The lists are read again this often even when nothing is heard. */
const REFRESH_MS = 60_000;

export class Desk {
  readonly node: HTMLElement;
  readonly replies: Replies;
  private readonly area: Area = openArea("localStorage");
  private readonly drafts: Area = openArea("sessionStorage");
  private readonly queue: CaseList;
  private readonly mine: CaseList;
  private readonly alerts: AlertBar;
  private readonly filters: FilterBar;
  private readonly presence: PresenceBar;
  private readonly place = element("div", { class: "place" });
  private readonly status = element("p", { class: "status", role: "status" });
  private readonly transcripts = new Map<number, Transcript<Line>>();
  private waitingCases: readonly Case[] = [];
  private ownCases: readonly Case[] = [];
  private open: CaseView | null = null;
  private readonly pages: Pages;
  private connected = false;
  private readonly stream: EventStream;
  private readonly timers: ReturnType<typeof setInterval>[] = [];
  private stopped = false;
  private refreshing: Promise<void> | null = null;
  private refreshAgain = false;

  constructor(
    private readonly api: ConsoleApi,
    private readonly account: Account,
    private readonly language: () => ConsoleLanguage,
    private readonly lookup: Lookup,
    switches: SwitchWatch,
    private readonly onSignedOut: () => void,
  ) {
    this.queue = new CaseList("queue", language, (id) => void this.show(id), account.id);
    this.mine = new CaseList("mine", language, (id) => void this.show(id));
    this.alerts = new AlertBar(this.area, account.id, lookup);
    this.filters = new FilterBar(this.area, account.id, language, lookup, () => this.paint());
    this.presence = new PresenceBar(this.area, account.id, lookup, (state) => void this.setPresence(state));
    this.pages = new Pages({ api, account, language, lookup, switches, onBack: () => this.close(true), openCase: (id) => void this.show(id), onSignedOut }, (page) => this.showPage(page));
    this.replies = new Replies(api, this.area, account.id, {
      onChanged: () => this.showPending(),
      onSent: (id, seq, message) => this.sent(id, seq, message),
      onSignedOut,
    });
    this.stream = new EventStream({
      url: () => api.eventsUrl(this.seen(), this.alerts.lastSeen),
      credentials: "same-origin",
      onEvent: (event) => this.onEvent(event),
      onState: (state) => this.onStream(state),
      onRefused: (status) => this.onRefused(status),
    });
    const lists = element("nav", { class: "lists", "data-say-label": "lists" }, this.presence.node, this.pages.menu, this.filters.node, this.queue.node, this.mine.node);
    this.node = element("div", { class: "desk" }, this.status, this.alerts.node, element("main", { class: "columns" }, lists, this.place));
    this.choose();
  }

  start(): void {
    this.stream.open();
    window.addEventListener("online", this.onOnline);
    window.addEventListener("offline", this.onOffline);
    window.addEventListener("storage", this.onStorage);
    this.timers.push(setInterval(() => [this.queue, this.mine].forEach((list) => list.tick()), 1_000));
    this.timers.push(setInterval(() => void this.refresh(), REFRESH_MS));
    const open = this.drafts.get(this.openKey);
    void this.refresh().then(() => {
      if (!this.open && this.ownCases.some((each) => String(each.id) === open)) void this.show(Number(open));
    });
    void this.replies.drain();
    void this.learn();
    this.relabel();
  }

  stop(): void {
    this.stopped = true;
    this.stream.close();
    this.replies.stop();
    this.timers.forEach(clearInterval);
    window.removeEventListener("online", this.onOnline);
    window.removeEventListener("offline", this.onOffline);
    window.removeEventListener("storage", this.onStorage);
  }

  relabel(): void {
    relabel(this.node, this.lookup);
    this.open?.relabel();
    this.pages.relabel();
    this.paint();
  }

  focus(): void {
    this.queue.focusHeading();
  }

  /** Open a further page by its key. */
  openPage(key: string): void {
    this.pages.openPage(key);
  }

  /** A short notice above the desk. */
  tell(key: string): void {
    this.say(key);
  }

  // -- reading -----------------------------------------------------------------------------------------------------------

  /** Read both lists; a call while one runs makes one more run after it. */
  private async refresh(): Promise<void> {
    if (this.refreshing) {
      this.refreshAgain = true;
      return this.refreshing;
    }
    this.refreshing = (async () => {
      do {
        this.refreshAgain = false;
        const [waiting, mine] = await Promise.all([this.api.cases("waiting"), this.api.cases("mine")]);
        if (this.stopped) return;
        if (!waiting.ok) this.failed(waiting.problem);
        if (!mine.ok) this.failed(mine.problem);
        if (waiting.ok && mine.ok) this.lists(waiting.value.cases, mine.value.cases);
        this.pages.refresh();
      } while (this.refreshAgain);
    })().finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  private lists(waiting: readonly Case[], mine: readonly Case[]): void {
    this.waitingCases = waiting;
    this.presence.hear(waiting);
    this.ownCases = mine.map((each) => this.withLastWords(each));
    const open = this.open;
    const now = open && [...waiting, ...mine].find((each) => each.id === open.id);
    if (now) open.update(now);
    else if (open) void this.reopen(open);
    this.paint();
  }

  /** The open case is in neither list: closed by me (in another tab), or taken by somebody else. */
  private async reopen(open: CaseView): Promise<void> {
    const file = await this.api.file(open.id);
    if (this.open !== open || this.stopped) return;
    if (file.ok) open.update(file.value);
    else if (file.problem.status === 403 || file.problem.status === 404) {
      this.close(true);
      this.say("caseGone");
    }
  }

  private paint(): void {
    this.queue.show(this.filters.apply(this.waitingCases), () => 0);
    this.mine.show(this.ownCases, (id) => this.unread(id));
    const count = this.waitingCases.length;
    document.title = `${count ? `(${count}) ` : ""}${consoleSay(this.language(), "title")}`;
  }

  private async show(id: number): Promise<void> {
    const file = await this.api.file(id);
    if (this.stopped) return;
    if (!file.ok) {
      this.say(file.problem.status === 403 || file.problem.status === 404 ? "caseGone" : "problem");
      if (file.problem.status === 401) this.onSignedOut();
      return void this.refresh();
    }
    const view = new CaseView(file.value, this.account.id, this.drafts, this.language, this.lookup, {
      back: () => this.close(true),
      claim: (each) => void this.claim(each),
      giveBack: (each) => void this.giveBack(each),
      send: (each, text) => this.replies.send(each, text),
      discard: (message) => this.replies.discard(message.id),
      decline: (each) => void this.step(each, "decline"),
      resume: (each) => void this.step(each, "resume"),
      earlier: (each) => this.earlier(each),
      tools: this.tools(id),
    });
    this.open = view;
    this.pages.leave();
    this.drafts.set(this.openKey, String(id)); // after a reload the same case is open again
    this.place.replaceChildren(view.node);
    this.node.dataset.open = "true";
    const transcript = this.transcript(id);
    transcript.begin(file.value.transcript[0]?.seq ?? 1);
    for (const line of file.value.transcript) {
      if (!transcript.add(line)) transcript.replace(line);
      if (line.client_message_id) this.replies.acknowledge(line.client_message_id);
    }
    view.addAll(transcript.entries());
    view.showEarlier(file.value.earlier);
    view.showFile(file.value);
    view.showLinked(file.value.linked);
    this.markRead(id);
    this.say(null);
    this.queue.mark(id);
    this.mine.mark(id);
    this.showPending();
    view.focusHeading();
    view.toEnd();
    this.paint();
    this.stream.retryNow(); // so that a waiting case that is looked at is followed, too
  }

  /** A further page stands in the place of a case. */
  private showPage(page: OpenPage): void {
    this.close(false);
    this.place.replaceChildren(page.node);
    this.node.dataset.open = "true";
  }

  private close(focus: boolean): void {
    this.open = null;
    this.pages.leave();
    this.drafts.remove(this.openKey);
    this.choose();
    delete this.node.dataset.open;
    this.queue.mark(null);
    this.mine.mark(null);
    if (focus) this.queue.focusHeading();
  }

  private choose(): void {
    this.place.replaceChildren(element("p", { class: "choose", ...says("chooseCase") }));
    relabel(this.place, this.lookup);
  }

  // -- doing ---------------------------------------------------------------------------------------------------------------

  private async claim(id: number): Promise<void> {
    const result = await this.api.claim(id);
    if (this.stopped) return;
    if (result.ok) {
      this.open?.update(result.value);
      this.open?.composer.box.focus();
      this.say(null);
      void this.refile(id); // nothing is hidden any more
    } else if (result.problem.status === 409) {
      this.close(true);
      this.say("claimedByOther");
    } else this.failed(result.problem);
    await this.refresh();
  }

  private async giveBack(id: number): Promise<void> {
    const result = await this.api.giveBack(id);
    if (this.stopped) return;
    if (result.ok) {
      if (this.open?.id === id) {
        this.open.update(result.value);
        this.open.focusHeading();
      }
    } else this.failed(result.problem);
    await this.refresh();
  }

  private tools(id: number): Omit<ToolCalls, "insert"> {
    const kept = async <T>(result: Promise<Result<T>>): Promise<Result<T>> => {
      const answer = await result;
      if (this.stopped) return answer;
      if (!answer.ok && answer.problem.status === 401) this.onSignedOut();
      if (answer.ok) await Promise.all([this.refresh(), this.refile(id)]);
      return answer;
    };
    return {
      addNote: (text) => kept(this.api.step<{ id: number }>(id, "notes", { text })),
      setTags: (tags) => kept(this.api.setTags(id, tags)),
      transfer: (to, note) => kept(this.api.step(id, "transfer", { ...to, note })),
      wrapUp: (outcome, note) => kept(this.api.step(id, "wrap-up", { outcome, note })),
      decide: (decision, text, change) => kept(this.api.step(id, "decision", { decision, text, change_made: change })),
      rerun: () => this.api.rerun(id),
      settle: (callback, done) => kept(this.api.settleCallback(callback, done)),
      handsOverAll: this.account.role === "supervisor",
      suggestions: () => this.api.suggestions(id),
      canned: (variety, office) => this.api.cannedReplies(variety, office),
      people: async () => {
        const [colleagues, offices] = await Promise.all([this.api.colleagues(), this.api.offices()]);
        return { colleagues: colleagues.ok ? colleagues.value.colleagues : [], offices: offices.ok ? offices.value.offices : [] };
      },
    };
  }

  private async step(id: number, name: "decline" | "resume"): Promise<void> {
    const result = await this.api.step(id, name);
    if (this.stopped) return;
    if (result.ok && this.open?.id === id) this.open.update(result.value);
    else if (!result.ok) this.failed(result.problem);
    await this.refresh();
  }

  /** Read note and transcript of the open case again: after a claim nothing is hidden any more. */
  private async refile(id: number): Promise<void> {
    const file = await this.api.file(id);
    if (this.stopped || this.open?.id !== id || !file.ok) return;
    this.open.showFile(file.value);
    this.open.update(file.value);
    for (const line of file.value.transcript) {
      if (!this.transcript(id).has(line.seq)) continue; // comes by the stream
      this.transcript(id).replace(line);
      this.open.replace(line);
    }
  }

  private async earlier(id: number): Promise<void> {
    const first = this.transcript(id).entries()[0];
    if (!first) return;
    const page = await this.api.earlier(id, first.seq);
    if (this.stopped || this.open?.id !== id) return;
    if (!page.ok) return this.failed(page.problem);
    const fresh = page.value.transcript.filter((line) => this.transcript(id).add(line));
    this.open.addAll(fresh);
    this.open.showEarlier(page.value.earlier);
  }

  private async setPresence(state: string): Promise<void> {
    const result = await this.api.setPresence(state);
    if (!this.stopped && !result.ok) this.failed(result.problem);
  }

  /** Offices for the filter, and what the service knows of my presence. */
  private async learn(): Promise<void> {
    const [offices, colleagues] = await Promise.all([this.api.offices(), this.api.colleagues()]);
    if (this.stopped) return;
    if (offices.ok) this.filters.setOffices(offices.value.offices);
    const me = colleagues.ok ? colleagues.value.colleagues.find((each) => each.id === this.account.id) : undefined;
    this.presence.state.value = me?.state ?? "offline";
  }

  private failed(problem: Problem): void {
    if (problem.status === 401) this.onSignedOut();
    else if (problem.status === 403) this.say("notAllowed");
    else if (problem.status !== 0) this.say("problem"); // no answer at all: the connection line says so
  }

  // -- hearing ---------------------------------------------------------------------------------------------------------------

  private onEvent(event: ServerEvent): void {
    let data: unknown;
    try {
      data = JSON.parse(event.data);
    } catch {
      return; // not ours: the next connection asks again from what we have
    }
    if (event.event === "queue") void this.refresh();
    else if (event.event === "alert") this.alerts.hear(data as { id: number; kind: string });
    else if (event.event === "entry") this.hear(data as Line & { case_id: number });
  }

  private hear(line: Line & { case_id: number }): void {
    if (line.client_message_id) this.replies.acknowledge(line.client_message_id);
    if (!this.transcript(line.case_id).add(line)) return;
    if (line.author === "jobseeker") this.ownCases = this.ownCases.map((each) => this.withLastWords(each));
    if (this.open?.id === line.case_id) {
      this.open.add(line);
      this.markRead(line.case_id);
    }
    this.paint();
  }

  /** An own case is followed line by line, so its last words are in the transcript; a list read a moment ago may be older. */
  private withLastWords(each: Case): Case {
    const said = this.transcript(each.id).entries().filter((line) => line.author === "jobseeker");
    const last = said[said.length - 1];
    return last ? { ...each, last_text: last.text } : each;
  }

  /** Our reply has its number; the line itself comes by the stream, or is shown at once from what we sent. */
  private sent(id: number, seq: number, { id: client_message_id, text }: Outgoing): void {
    const said = { author: "counsellor", text, at: new Date().toISOString(), name: this.account.name, client_message_id } as const;
    const line: Line = { seq, ...said, topic: "", act: "", attachment: "", escalation: { level: "none", reasons: [] } };
    this.hear({ ...line, case_id: id });
  }

  private onStream(state: StreamState): void {
    this.connected = state === "open";
    if (state === "open") {
      void this.replies.drain();
      void this.refresh();
    }
    this.status.dataset.state = state;
    nowSays(this.status, this.lookup, state === "open" ? "connected" : state === "connecting" && this.status.dataset.say !== "lost" ? "connecting" : "lost");
    this.showPending();
  }

  private onRefused(status: number): boolean {
    if (status === 401) this.onSignedOut();
    if (status === 403) this.say("notAllowed");
    return status === 401 || status === 403;
  }

  private readonly onOnline = (): void => {
    this.stream.retryNow();
    void this.replies.drain();
  };

  private readonly onOffline = (): void => this.stream.pause();

  private readonly onStorage = (event: StorageEvent): void => {
    if (this.replies.queue.owns(event.key)) this.showPending();
  };

  // -- what has been seen ----------------------------------------------------------------------------------------------------

  private transcript(id: number): Transcript<Line> {
    let known = this.transcripts.get(id);
    if (!known) this.transcripts.set(id, (known = new Transcript<Line>()));
    return known;
  }

  /** What the server need not send again: of own cases and of the open one. */
  private seen(): string {
    const ids = new Set(this.ownCases.map((each) => each.id));
    if (this.open) ids.add(this.open.id);
    return [...ids].slice(0, 50).map((id) => `${id}:${Math.max(this.transcript(id).cursor, this.transcript(id).size ? 0 : this.readUpTo(id))}`).join(",");
  }

  private unread(id: number): number {
    if (this.open?.id === id) return 0;
    const read = this.readUpTo(id);
    return this.transcript(id).entries().filter((line) => line.author === "jobseeker" && line.seq > read).length;
  }

  private markRead(id: number): void {
    const last = this.transcript(id).last();
    if (last) this.area.set(this.readKey(id), String(last.seq));
  }

  private readUpTo(id: number): number {
    const read = Number(this.area.get(this.readKey(id)) ?? 0);
    return Number.isInteger(read) && read > 0 ? read : 0;
  }

  private get openKey(): string {
    return `console:${this.account.id}:open`;
  }

  private readKey(id: number): string {
    return `console:${this.account.id}:read:${id}`;
  }

  private showPending(): void {
    this.open?.showPending(this.replies.of(this.open.id), this.connected);
  }

  private say(key: string | null): void {
    this.alerts.tell(key);
  }
}
