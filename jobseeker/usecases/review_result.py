"""A contested result: run again as it was logged, decided by a person with reasons, counted by rule for the monthly report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from jobseeker.clock import Clock
from jobseeker.errors import CaseNotFound, MalformedRequest, NotAllowed, NotOwner
from jobseeker.handoff_records import DECISIONS, Case
from jobseeker.inbound_text import clean_text
from jobseeker.journeys.search import Search
from jobseeker.journeys.toolbox import Toolbox
from jobseeker.matching import Match
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.privacy.identifiers import IDENTITY
from jobseeker.records import Account
from jobseeker.storage import Store
from jobseeker.usecases.case_moves import locked_case, say

CONTESTED = "contested_result"
CHANGE_CHARACTERS = 1_000


@dataclass(frozen=True)
class Rerun:
    """A logged ranking worked out again. same: the very same vacancies and scores. changed: parts whose version is another now.

    titles: vacancy id -> what it is called, of those that are still kept.
    """

    logged_at: datetime
    same: bool
    changed: tuple[str, ...]
    logged: list[list[Any]]
    now: list[list[Any]]
    versions: Mapping[str, Any]
    titles: Mapping[int, str]

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "logged_at": self.logged_at.isoformat(),
            "same": self.same,
            "changed": list(self.changed),
            "logged": self.logged,
            "now": self.now,
            "versions": dict(self.versions),
            "titles": {str(vacancy): title for vacancy, title in self.titles.items()},
        }


class ReviewResult:
    """Looks again at a contested result and decides it."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        composer: Composer,
        signals: Signals,
        toolbox: Callable[[date], Awaitable[Toolbox]],
    ) -> None:
        self.store, self.clock, self.composer, self.signals, self.toolbox = store, clock, composer, signals, toolbox

    async def rerun(self, account: Account, case_id: int) -> Rerun:
        """The logged ranking once more, with the logged search and day and the policy of that day.

        Raises:
            CaseNotFound: no such case, or none about a logged ranking of the vacancy dialogue.
            NotAllowed: it is somebody else's.
        """
        async with self.store.read() as work:
            case = await work.cases.get(case_id)
            if case is None or not case.detail or "match_log_id" not in case.detail:
                raise CaseNotFound
            if case.state != "waiting" and case.claimed_by != account.id and account.role != "supervisor":
                raise NotAllowed
            logged = await work.match_log.get(int(case.detail["match_log_id"]))
        if logged is None or "search" not in logged.query:
            raise CaseNotFound
        day = date.fromisoformat(str(logged.query["day"]))
        tools = await self.toolbox(day)
        before = _as_logged(logged.query, logged.result)
        after, versions = _again(tools, logged.query, day)
        changed = sorted(
            name
            for name in {*logged.versions, *versions}
            if _plain(logged.versions.get(name)) != _plain(versions.get(name))
        )
        named = sorted({int(vacancy) for vacancy, *_ in (*before, *after)})
        async with self.store.write() as work:
            found = await work.vacancies.by_ids(named)
            await work.ledger.record(
                at=self.clock.now(),
                actor=f"account:{account.id}",
                action="review.rerun",
                case_id=case_id,
                detail={"same": before == after, "changed": changed},
            )
        titles = {each: stored.vacancy.title for each, stored in found.items()}
        return Rerun(logged.at, before == after, tuple(changed), before, after, dict(logged.versions), titles)

    async def decide(self, account: Account, case_id: int, *, decision: str, text: str, change_made: str = "") -> Case:
        """Write the decision and send it with its reasons to the person. Asked again with the same decision it does nothing.

        Raises:
            MalformedRequest: the decision is not known.
            EmptyText, TextTooLong: the reasons.
            CaseNotFound: no such case, or nothing in it is contested.
            NotOwner: it is not this counsellor's, or it was decided otherwise before.
        """
        if decision not in DECISIONS:
            raise MalformedRequest(f"decision: one of {', '.join(DECISIONS)}")
        text, now = self.composer.identifiers.mask(clean_text(text), IDENTITY).text, self.clock.now()
        async with self.store.write() as work:
            case, conversation = await locked_case(work, case_id)
            if CONTESTED not in case.reasons:
                raise CaseNotFound
            if case.claimed_by != account.id or (case.decision and case.decision != decision):
                raise NotOwner
            if case.decision:
                return case
            await work.cases.note(
                case_id,
                decision=decision,
                decision_text=text,
                decided_at=now,
                decided_by=account.id,
                change_made=change_made[:CHANGE_CHARACTERS],
            )
            params = {"case_id": str(case_id), "name": account.name, "text": text}
            told = Say("utterance", f"review_{decision}", params)
            conversation = await say(work, self.composer, conversation, [told], key=f"case:{case_id}:decided", now=now)
            await work.conversations.save(conversation, now=now)
            await work.ledger.record(
                at=now,
                actor=f"account:{account.id}",
                action="review.decided",
                conversation_id=conversation.id,
                case_id=case_id,
                detail={"decision": decision, "rule": case.contested_rule},
            )
            decided = await work.cases.get(case_id)
        self.signals.conversation_changed(case.conversation_id)
        self.signals.outbox_changed()
        self.signals.queue_changed()
        assert decided is not None, "it was just written"
        return decided

    async def note_change(self, account: Account, case_id: int, change_made: str) -> None:
        """Where the change is that an upheld contest led to. For supervisors. Raises CaseNotFound, NotAllowed, MalformedRequest."""
        if account.role != "supervisor":
            raise NotAllowed
        if not 1 <= len(change_made.strip()) <= CHANGE_CHARACTERS:
            raise MalformedRequest(f"change_made: 1-{CHANGE_CHARACTERS} characters")
        async with self.store.write() as work:
            case = await work.cases.get(case_id)
            if case is None or not case.decision:
                raise CaseNotFound
            await work.cases.note(case_id, change_made=change_made.strip())
            await work.ledger.record(
                at=self.clock.now(), actor=f"account:{account.id}", action="review.change_noted", case_id=case_id
            )

    async def month(self, first: date) -> dict[str, Any]:
        """The report of the month that begins with `first`: decisions by rule, and the change that each upheld contest led to."""
        calendar = self.composer.rules.live.base
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        since, until = calendar.moment(first, time(0)), calendar.moment(after, time(0))
        async with self.store.read() as work:
            cases = await work.cases.contested(since=since, until=until)
        rules: dict[str, Counter[str]] = {}
        for case in cases:
            rules.setdefault(case.contested_rule or "other", Counter())[case.decision] += 1
        upheld = [case for case in cases if case.decision in ("upheld", "changed")]
        return {
            "month": f"{first:%Y-%m}",
            "decided": len(cases),
            "late": sum(1 for case in cases if case.due_at and case.decided_at and case.decided_at > case.due_at),
            "rules": [
                {"rule": rule, **{name: found[name] for name in DECISIONS}} for rule, found in sorted(rules.items())
            ],
            "upheld": [
                {"case_id": case.id, "rule": case.contested_rule or "other", "change_made": case.change_made}
                for case in upheld
            ],
        }


def _as_logged(query: Mapping[str, Any], result: Mapping[str, Any]) -> list[list[Any]]:
    """[[vacancy, score, place]] as they were: of a whole ranking, or of the one vacancy that was explained."""
    if _explained(query) is not None:
        return [[match["vacancy_id"], match["score"], match["rank"]] for match in result.get("matches", ())]
    return [[*pair, place] for place, pair in enumerate(result.get("ranked", ()), 1)]


def _again(tools: Toolbox, query: Mapping[str, Any], day: date) -> tuple[list[list[Any]], Mapping[str, Any]]:
    """[[vacancy, score, place]] and versions of the logged query, worked out now."""
    search, explained = Search.from_dict(query["search"]), _explained(query)
    if explained is not None:
        judged = tools.ranker.judge(search, explained, day=day)
        return ([_line(judged.match)], judged.versions) if judged else ([], {})
    ranking = tools.ranker.rank(search, day=day, limit=int(query["limit"]))
    return [_line(match) for match in ranking.matches], ranking.versions


def _explained(query: Mapping[str, Any]) -> int | None:
    """The vacancy whose explanation was logged (kind "judge:<id>"), None of a whole ranking."""
    kind, _, vacancy = str(query.get("kind", "")).partition(":")
    return int(vacancy) if kind == "judge" else None


def _line(match: Match) -> list[Any]:
    return [match.vacancy_id, match.score, match.rank]


def _plain(value: Any) -> Any:
    """As it looks once it has been through the log."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
