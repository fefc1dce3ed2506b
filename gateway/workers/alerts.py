"""The loop that writes to people unasked: new vacancies, reminders. The steps are jobseeker/usecases/send_alerts.py and send_reminders.py."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from app.signals import ALERT_WORK, ProcessSignals
from jobseeker.errors import StoreUnavailable

log = logging.getLogger(__name__)


class AlertWorker:
    """Looks every `poll_seconds` who is due. A look that fails is logged; the alert is due again when its lease has run out."""

    def __init__(
        self, send: Callable[[], Awaitable[object | None]], signals: ProcessSignals, *, poll_seconds: float
    ) -> None:
        self._send, self._signals, self._poll_seconds = send, signals, poll_seconds
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`."""
        with self._signals.listen(ALERT_WORK) as listener:
            while not self._stopping:
                await self._look_after_all()
                await listener.wait(self._poll_seconds)

    async def _look_after_all(self) -> None:
        try:
            while not self._stopping and await self._send() is not None:
                pass
        except StoreUnavailable:
            log.warning("alerts cannot be looked after")
        except Exception:  # whatever it is, the alert is still there and comes again
            log.exception("alerts cannot be looked after")

    def stop(self) -> None:
        """End after the one in hand."""
        self._stopping = True
        self._signals.call(ALERT_WORK)
