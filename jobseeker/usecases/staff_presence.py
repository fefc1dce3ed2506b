"""Who is there, what they can take, and when offices are open: what staff enter for the assignment. Choosing is jobseeker/assignment.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from jobseeker.clock import Clock
from jobseeker.errors import MalformedRequest, NotAllowed
from jobseeker.handoff_records import PRESENCE_STATES, Counsellor, Flag, OfficeDay
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.records import Account
from jobseeker.storage import Store

DAYS_SHOWN = 14
MOST_SKILLS, SKILL_CHARACTERS, MOST_CAPACITY = 20, 32, 20
READS_FLAGS = ("supervisor", "auditor")


class StaffPresence:
    """Presence, equipment, opening days, and the log of crises."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, signals: Signals) -> None:
        self.store, self.clock, self.composer, self.signals = store, clock, composer, signals

    async def set(self, account: Account, state: str) -> None:
        """What the counsellor says of themselves: "online", "away" (nothing is assigned), "offline". Raises MalformedRequest."""
        if state not in PRESENCE_STATES:
            raise MalformedRequest(f"state: one of {', '.join(PRESENCE_STATES)}")
        now = self.clock.now()
        async with self.store.write() as work:
            await work.presences.set(account.id, state, now=now)
            await work.ledger.record(
                at=now, actor=f"account:{account.id}", action="presence.set", detail={"state": state}
            )
        self.signals.queue_changed()

    async def seen(self, account: Account) -> None:
        """A sign of life of the counsellor's page."""
        async with self.store.write() as work:
            await work.presences.touch(account.id, now=self.clock.now())

    async def colleagues(self, account: Account) -> Sequence[Counsellor]:
        """All who take cases."""
        async with self.store.read() as work:
            return await work.presences.counsellors()

    async def equip(
        self, account: Account, account_id: int, *, skills: Sequence[str], office: str, capacity: int
    ) -> None:
        """What a member of staff can take. For supervisors. Raises NotAllowed, MalformedRequest."""
        if account.role != "supervisor":
            raise NotAllowed
        offices = self.composer.rules.live.base.offices
        if office and office not in offices:
            raise MalformedRequest(f"office: one of {', '.join(offices)}, or empty for all")
        if not 1 <= capacity <= MOST_CAPACITY:
            raise MalformedRequest(f"capacity: 1-{MOST_CAPACITY}")
        if len(skills) > MOST_SKILLS or any(not 1 <= len(skill) <= SKILL_CHARACTERS for skill in skills):
            raise MalformedRequest(f"skills: at most {MOST_SKILLS} of 1-{SKILL_CHARACTERS} characters")
        async with self.store.write() as work:
            if await work.accounts.get(account_id) is None:
                raise MalformedRequest("account: there is none")
            await work.presences.equip(account_id, skills=skills, office=office, capacity=capacity)
            detail = {"account_id": account_id, "skills": list(skills), "office": office, "capacity": capacity}
            await work.ledger.record(
                at=self.clock.now(), actor=f"account:{account.id}", action="account.equipped", detail=detail
            )
        self.signals.queue_changed()

    async def offices(self) -> list[dict[str, Any]]:
        """Each office: open now, next opening, the next days with hours and what makes them special."""
        now = self.clock.now()
        async with self.store.read() as work:
            calendar = await self.composer.rules.calendar(work, now)
        found = []
        for office in calendar.offices.values():
            opening = calendar.next_opening(office.id, now)
            days = []
            for offset in range(DAYS_SHOWN):
                day = calendar.day(now) + timedelta(days=offset)
                special, why = calendar.exception(office.id, day), calendar.why_closed(office.id, day)
                hours = [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in calendar.hours_on(office.id, day)]
                days.append(
                    {
                        "day": day.isoformat(),
                        "hours": hours,
                        "why": None if why is None else dict(why),
                        "exception": None if special is None else special.to_dict(),
                    }
                )
            found.append(
                {
                    "id": office.id,
                    "name": dict(office.name),
                    "open": calendar.is_open(office.id, now),
                    "opens_at": None if opening is None else opening.isoformat(),
                    "days": days,
                }
            )
        return found

    async def add_day(self, account: Account, day: OfficeDay) -> int:
        """An exceptional day, in force at once: a typhoon, a longer evening. For supervisors. Raises NotAllowed, MalformedRequest."""
        if account.role != "supervisor":
            raise NotAllowed
        if day.office and day.office not in self.composer.rules.live.base.offices:
            raise MalformedRequest("office: there is none")
        if bool(day.opens) != bool(day.closes) or (day.opens and day.opens >= day.closes):
            raise MalformedRequest("opens, closes: both like 09:00 and in order, or both empty")
        if not all(str(day.reason.get(language, "")).strip() for language in ("zh", "en")):
            raise MalformedRequest("reason: in zh and en, the person reads it")
        now = self.clock.now()
        async with self.store.write() as work:
            number = await work.office_days.add(day, account_id=account.id, now=now)
            await work.ledger.record(
                at=now, actor=f"account:{account.id}", action="office_day.added", detail={"id": number} | day.to_dict()
            )
        await self._refresh()
        return number

    async def remove_day(self, account: Account, day_id: int) -> bool:
        """No longer in force. For supervisors. Raises NotAllowed."""
        if account.role != "supervisor":
            raise NotAllowed
        now = self.clock.now()
        async with self.store.write() as work:
            removed = await work.office_days.remove(day_id, now=now)
            await work.ledger.record(
                at=now, actor=f"account:{account.id}", action="office_day.removed", detail={"id": day_id}
            )
        await self._refresh()
        return removed

    async def flags(self, account: Account, before_id: int | None = None, limit: int = 100) -> Sequence[Flag]:
        """The log of crises, the newest first. For supervisors and auditors; every look is audited. Raises NotAllowed."""
        if account.role not in READS_FLAGS:
            raise NotAllowed
        async with self.store.write() as work:
            found = await work.flags.newest(before_id, limit)
            detail: Mapping[str, Any] = {"flags": [flag.id for flag in found]}
            await work.ledger.record(
                at=self.clock.now(), actor=f"account:{account.id}", action="flags.viewed", detail=detail
            )
        return found

    async def _refresh(self) -> None:
        live = self.composer.rules.live
        async with self.store.read() as work:
            live.refresh(await work.office_days.since(live.base.day(self.clock.now())))
        self.signals.queue_changed()
