"""The loop that does what is due and offers waiting cases. The steps are jobseeker/usecases/run_deadlines.py and assign_cases.py."""

from __future__ import annotations

import logging

from app.signals import QUEUE, ProcessSignals
from jobseeker.errors import StoreUnavailable
from jobseeker.usecases.assign_cases import AssignCases
from jobseeker.usecases.run_deadlines import RunDeadlines

log = logging.getLogger(__name__)
DEADLINE_WORK = "deadline_work"
MOST_AT_ONCE = 500  # then the queue is looked at again


class DeadlineWorker:
    """Looks every `poll_seconds`, and whenever the queue has changed."""

    def __init__(
        self, run_deadlines: RunDeadlines, assign: AssignCases, signals: ProcessSignals, *, poll_seconds: float
    ) -> None:
        self._run_deadlines, self._assign, self._signals = run_deadlines, assign, signals
        self._poll_seconds = poll_seconds
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`."""
        with self._signals.listen(DEADLINE_WORK, QUEUE) as listener:
            while not self._stopping:
                await self.look()
                await listener.wait(self._poll_seconds)

    async def look(self) -> None:
        """One round. What fails is logged and is there again in the next one."""
        try:
            await self._assign()
            for _ in range(MOST_AT_ONCE):
                if self._stopping or await self._run_deadlines() is None:
                    return
        except StoreUnavailable:
            log.warning("deadlines cannot be looked after")
        except Exception:  # whatever it is, the rows are still there
            log.exception("deadlines cannot be looked after")

    def stop(self) -> None:
        """End after the one in hand."""
        self._stopping = True
        self._signals.call(DEADLINE_WORK)
