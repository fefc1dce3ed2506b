"""The deadline worker's step: what is due, once. What happens then is deadline_steps.py; looping is gateway/workers/deadlines.py.

Once on any number of gateways: a deadline is leased, and its step, what it says and its end are one transaction that counts only while
the lease is still ours. A gateway that is killed leaves a lease that runs out. What goes outside (e-mail, webhook, another desk) is
done between two transactions and may, after a kill at the wrong moment, be done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from jobseeker.clock import Clock
from jobseeker.errors import AlreadyClaimed, IllegalHandoff, StoreUnavailable
from jobseeker.handoff_records import Deadline
from jobseeker.outgoing import Composer
from jobseeker.ports import Outside, Signals
from jobseeker.storage import Store
from jobseeker.usecases.deadline_steps import STEPS

log = logging.getLogger(__name__)
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 5.0, 900.0
ATTEMPTS_BEFORE_ALERT = 8
LEASE_SECONDS = 60.0


@dataclass(frozen=True)
class Ran:
    """What became of one deadline: "done", "again", "retry" or "lost"."""

    kind: str
    outcome: str


class _LostError(Exception):
    """The lease is not ours any more: what we did is void."""


class RunDeadlines:
    """Does the one that has waited longest. `outside`: kind -> what reaches outside."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        composer: Composer,
        signals: Signals,
        outside: Mapping[str, Outside] | None = None,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self.store, self.clock, self.composer, self.signals = store, clock, composer, signals
        self.outside, self.lease_seconds = dict(outside or {}), lease_seconds

    async def __call__(self) -> Ran | None:
        """One deadline. None: nothing is due."""
        now = self.clock.now()
        async with self.store.read() as work:
            if not await work.deadlines.any_due(now):
                return None
        async with self.store.write() as work:
            deadline = await work.deadlines.lease_due(now=now, until=now + timedelta(seconds=self.lease_seconds))
        if deadline is None:
            return None
        try:
            outcome = await (self._go_outside if deadline.kind in self.outside else self._step)(deadline)
        except _LostError:
            return Ran(deadline.kind, "lost")
        except (AlreadyClaimed, IllegalHandoff):  # it changed under our hands: look again
            return await self._fail(deadline, "changed meanwhile")
        except StoreUnavailable:
            raise
        except Exception as problem:
            log.exception("deadline failed", extra={"kind": deadline.kind, "deadline_id": deadline.id})
            return await self._fail(deadline, f"{type(problem).__name__}: {problem}")
        return Ran(deadline.kind, outcome)

    async def _step(self, deadline: Deadline) -> str:
        now = self.clock.now()
        step = STEPS.get(deadline.kind)
        async with self.store.write() as work:
            conversation = await work.conversations.lock(deadline.conversation_id or "")
            case = await work.cases.get(deadline.case_id or 0)
            if step is None or conversation is None or case is None:  # of an older release, or erased meanwhile
                await self._end(work.deadlines.finish(deadline, now=now))
                return "done"
            happened = await step(work, self.composer, conversation, case, deadline, now)
            await self._end(work.deadlines.finish(deadline, now=now, again_at=happened.again_at))
            if happened.alert:
                detail = {"case_id": case.id, "office": case.office, "urgency": case.urgency, **deadline.detail}
                await work.ledger.alert(at=now, kind=happened.alert, conversation_id=conversation.id, detail=detail)
            if happened.conversation != conversation:
                await work.conversations.save(happened.conversation, now=now)
        self.signals.conversation_changed(conversation.id)
        self.signals.outbox_changed()
        if happened.queue_changed:
            self.signals.message_received(conversation.id)
            self.signals.queue_changed()
        if happened.alert:
            self.signals.alert_raised()
        return "again" if happened.again_at else "done"

    async def _go_outside(self, deadline: Deadline) -> str:
        again_at = await self.outside[deadline.kind](deadline)
        async with self.store.write() as work:
            await self._end(work.deadlines.finish(deadline, now=self.clock.now(), again_at=again_at))
        return "again" if again_at else "done"

    @staticmethod
    async def _end(ending: Awaitable[bool]) -> None:
        if not await ending:
            raise _LostError

    async def _fail(self, deadline: Deadline, error: str) -> Ran:
        now = self.clock.now()
        wait = min(FIRST_WAIT_SECONDS * 2.0**deadline.attempts, LONGEST_WAIT_SECONDS)
        async with self.store.write() as work:
            await work.deadlines.put_off(deadline, due_at=now + timedelta(seconds=wait), error=error)
            if deadline.attempts + 1 == ATTEMPTS_BEFORE_ALERT:
                detail = {"case_id": deadline.case_id, "deadline": deadline.kind, "error": error[:200]}
                await work.ledger.alert(
                    at=now, kind="deadline_failed", conversation_id=deadline.conversation_id, detail=detail
                )
        return Ran(deadline.kind, "retry")
