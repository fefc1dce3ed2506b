"""The loop that answers messages: several conversations at once, one message of each at a time. The step is answer_message.py."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from app.signals import INBOX, ProcessSignals
from jobseeker.clock import Clock
from jobseeker.errors import StoreUnavailable
from jobseeker.storage import Store
from jobseeker.usecases.answer_message import AnswerMessage
from telemetry.tracing import NoTracing, Tracing

log = logging.getLogger(__name__)


class InboxWorker:
    """Answers what this process received at once, and by looking every `poll_seconds` what else is due (retries, others')."""

    def __init__(
        self,
        answer: AnswerMessage,
        store: Store,
        clock: Clock,
        signals: ProcessSignals,
        *,
        slots: int,
        poll_seconds: float,
        tracing: Tracing = NoTracing(),
    ) -> None:
        self._answer, self._store, self._clock, self._signals = answer, store, clock, signals
        self._tracing = tracing
        self._slots, self._poll_seconds = slots, poll_seconds
        self._busy: dict[asyncio.Task[None], str] = {}
        self._again: set[str] = set()  # have more than one message
        self._next: deque[str] = deque()
        self._free = asyncio.Event()
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`."""
        with self._signals.listen(INBOX) as listener:
            loop = asyncio.get_running_loop()
            look_at = loop.time()
            while not self._stopping:
                self._take_known()
                await self._start_known()
                if loop.time() >= look_at:
                    look_at = loop.time() + self._poll_seconds
                    await self._start_found()
                await listener.wait(max(0.0, look_at - loop.time()))

    async def stop(self, seconds: float) -> None:
        """Take nothing new, let what runs finish for up to `seconds`, then stop it; its leases are released."""
        self._stopping = True
        self._signals.call(INBOX)
        self._free.set()
        tasks = set(self._busy)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _take_known(self) -> None:
        working = set(self._busy.values())
        for conversation_id in self._signals.take_waiting():
            if conversation_id in working or conversation_id in self._next:
                self._again.add(conversation_id)
            else:
                self._next.append(conversation_id)

    async def _start_known(self) -> None:
        while self._next and await self._slot():
            self._start(self._next.popleft())

    async def _start_found(self) -> None:
        """What is due in the database. A look that fails is logged and comes again: the rows are still there."""
        try:
            async with self._store.read() as work:
                due = await work.conversations.due(self._clock.now(), self._slots)
        except StoreUnavailable:
            log.warning("the inbox cannot be read")
            return
        except Exception:
            log.exception("the inbox cannot be read")
            return
        working = set(self._busy.values())
        for conversation_id in due:
            if conversation_id not in working and conversation_id not in self._next:
                self._again.add(conversation_id)  # how many messages wait is not known
                self._next.append(conversation_id)
        await self._start_known()

    async def _slot(self) -> bool:
        while len(self._busy) >= self._slots and not self._stopping:
            self._free.clear()
            await self._free.wait()
            self._take_known()
        return not self._stopping

    def _start(self, conversation_id: str) -> None:
        task = asyncio.create_task(self._work(conversation_id))
        self._busy[task] = conversation_id
        task.add_done_callback(self._done)

    async def _work(self, conversation_id: str) -> None:
        """One message, or all that wait where there may be more."""
        more = False
        try:
            while not self._stopping:
                with self._tracing.span("answer message") as span:
                    answered = await self._answer(conversation_id)
                    span.note("outcome", "nothing" if answered is None else answered.outcome)
                if answered is None:
                    return
                if conversation_id in self._again:
                    self._again.discard(conversation_id)
                    more = True
                if not more:
                    return
        except StoreUnavailable:
            log.warning("answering stopped", extra={"conversation_id": conversation_id})
        except Exception:  # the database failed: the lease runs out or is released, and the row is found again
            log.exception("answering stopped", extra={"conversation_id": conversation_id})

    def _done(self, task: asyncio.Task[None]) -> None:
        conversation_id = self._busy.pop(task)
        if conversation_id in self._again:  # it came between the last look and now
            self._again.discard(conversation_id)
            self._signals.message_received(conversation_id)
        self._free.set()
