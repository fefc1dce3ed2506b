"""The alert worker's step: one person who is due, what is new and fits, one message at most; or nothing. Looping is gateway/workers/alerts.py."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from jobseeker.clock import TAIPEI, Clock, local_day
from jobseeker.handoff import URGENCY_CRISIS, bot_speaks
from jobseeker.journeys.facts import vacancy_facts
from jobseeker.journeys.listing import RANKED, heeding, kept_result
from jobseeker.journeys.search import Search
from jobseeker.journeys.toolbox import Toolbox, button
from jobseeker.matching import Match, Ranking
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.records import Conversation
from jobseeker.storage import Store, UnitOfWork
from jobseeker.storage_jobs import JobAlert
from jobseeker.switches import ALERTS, MATCHING

log = logging.getLogger(__name__)
LEASE_SECONDS = 45.0
ACT = "job_alert"
STOPPED_BY = frozenset({ALERTS, MATCHING})  # switches; what is due stays due


@dataclass(frozen=True)
class Looked:
    """What became of one alert. sent: how many vacancies were told; outcome "lost": somebody else has it, or it was switched off."""

    person_id: str
    outcome: str
    sent: int = 0


class _LostError(Exception):
    """The lease is not ours any more: what we did is void."""


class SendAlerts:
    """Looks after job alerts. `toolbox`: everything as of a day, with the newest vacancies (app/vacancy_tools.py).

    Exactly once: the lease, the list of what was told and the message are finished in one transaction, which counts only
    while the lease is still ours. A worker that is killed leaves a lease that runs out; the next one begins anew.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        composer: Composer,
        signals: Signals,
        toolbox: Callable[[date], Awaitable[Toolbox]],
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.lease_seconds = lease_seconds
        self.store, self.clock, self.composer, self.signals, self.toolbox = store, clock, composer, signals, toolbox

    async def __call__(self) -> Looked | None:
        """Look after the alert that has waited longest. None: nobody is due, or it is night."""
        now = self.clock.now()
        if self.is_quiet(now):
            return None
        async with self.store.read() as work:
            if not await work.job_alerts.any_due(now) or await work.switches.off() & STOPPED_BY:
                return None
        tools = await self.toolbox(local_day(now))  # before the lease: the first time it takes seconds
        async with self.store.write() as work:
            alert = await work.job_alerts.lease_due(now=now, until=now + timedelta(seconds=self.lease_seconds))
        if alert is None:
            return None
        try:
            return await self._look_after(alert, tools)
        except _LostError:
            log.info("alert lost", extra={"conversation_id": alert.conversation_id})
            return Looked(alert.person_id, "lost")

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing is sent at this hour, where the person is."""
        day = local_day(now)
        begins, ends = self._number("alert.quiet_from", day), self._number("alert.quiet_until", day)
        hour = now.astimezone(TAIPEI).time()
        return _at(begins) <= hour or hour < _at(ends) if begins > ends else _at(begins) <= hour < _at(ends)

    def _number(self, name: str, day: date) -> int:
        figures = self.composer.answers.pack.figures
        if name not in figures:
            raise LookupError(f"no figure is called {name!r}")
        return int(figures[name].on(day).value)

    async def _look_after(self, alert: JobAlert, tools: Toolbox) -> Looked:
        now = self.clock.now()
        day = local_day(now)
        search = await self._search(tools, alert)
        ranking = tools.ranker.rank(search, day=day, limit=max(RANKED, self._number("alert.best_of", day)))
        fitting = await self._new_ones(alert, ranking, day)
        revision = tools.ranker.revision
        async with self.store.write() as work:
            conversation = await work.conversations.lock(alert.conversation_id)
            if conversation is None or not await _may_write(work, conversation):
                raise _LostError
            if not await work.profiles.has_consented(alert.person_id, "alerts"):
                await work.job_alerts.stop(alert.person_id, now=now)
                return Looked(alert.person_id, "stopped")
            next_check = now + timedelta(minutes=self._number("alert.check_minutes", day))
            if not await work.job_alerts.finish(alert, seen_revision=revision, next_check_at=next_check):
                raise _LostError
            told = set(await work.job_alerts.note_sent(alert.person_id, [one.vacancy_id for one in fitting], now=now))
            fitting = [one for one in fitting if one.vacancy_id in told]
            if not fitting:
                return Looked(alert.person_id, "nothing")
            shown = tools.ranker.with_changes(search, fitting[: self._number("alert.most_at_once", day)], day=day)
            say = await self._digest(tools, shown, len(fitting))
            await self._write(work, conversation, say, now, revision)
            await self._log(work, tools, alert, search, ranking, shown, now)
        self.signals.conversation_changed(alert.conversation_id)
        self.signals.outbox_changed()
        return Looked(alert.person_id, "sent", len(fitting))

    async def _search(self, tools: Toolbox, alert: JobAlert) -> Search:
        """The search the person agreed to; what they have learned and saved since counts, their wishes of then hold."""
        search = Search.from_dict(alert.query)
        saved = await tools.library.profile(alert.person_id)
        if saved.version > search.profile.version:
            search = replace(search, profile=replace(saved, wishes=search.wishes))
        return await heeding(tools, search, await tools.library.marks(alert.person_id))

    async def _new_ones(self, alert: JobAlert, ranking: Ranking, day: date) -> list[Match]:
        best = ranking.matches[: self._number("alert.best_of", day)]
        async with self.store.read() as work:
            stored = await work.vacancies.by_ids([match.vacancy_id for match in best])
        return [
            match
            for match in best
            if match.vacancy_id in stored and stored[match.vacancy_id].revision > alert.seen_revision
        ]

    async def _digest(self, tools: Toolbox, shown: Sequence[Match], count: int) -> Say:
        vacancies = await tools.library.vacancies([match.vacancy_id for match in shown])
        items = [
            vacancy_facts(tools.names, vacancies[match.vacancy_id], match)
            for match in shown
            if match.vacancy_id in vacancies
        ]
        buttons = [button("button_jobs", "/jobs"), button("button_alert_off", "/alert off")]
        return Say("cards", "alert_digest", {"items": items, "count": count, "buttons": buttons})

    async def _write(
        self, work: UnitOfWork, conversation: Conversation, say: Say, now: datetime, revision: int
    ) -> None:
        key = f"alert:{conversation.id}:{revision}:{conversation.next_seq}"
        row = self.composer.row(conversation, say, key=key, seq=conversation.next_seq, now=now, act=ACT)
        await work.outbox.add([row])
        await work.conversations.save(replace(conversation, next_seq=conversation.next_seq + 1), now=now)

    async def _log(
        self,
        work: UnitOfWork,
        tools: Toolbox,
        alert: JobAlert,
        search: Search,
        ranking: Ranking,
        shown: Sequence[Match],
        now: datetime,
    ) -> None:
        ids = [match.vacancy_id for match in shown]
        query: dict[str, Any] = {
            "kind": "alert",
            "search": search.to_dict(),
            "day": local_day(now).isoformat(),
            "limit": max(RANKED, self._number("alert.best_of", local_day(now))),
            "shown": ids,
        }
        await work.match_log.add(
            person_id=alert.person_id,
            conversation_id=alert.conversation_id,
            inbox_id=None,
            query=query,
            result=kept_result(tools, ranking, shown, local_day(now)),
            versions=dict(ranking.versions),
            now=now,
        )


def _at(hour: int) -> time:
    return time(hour % 24)


async def _may_write(work: UnitOfWork, conversation: Conversation) -> bool:
    """Not while a counsellor speaks or a crisis is open."""
    if not bot_speaks(conversation.owner):
        return False
    case = await work.cases.open_for(conversation.id)
    return case is None or case.urgency != URGENCY_CRISIS
