"""A thread with one database connection that works through jobs in groups. What the jobs are is not its business."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class Lane(Generic[Job, Result]):
    """Runs `work` on a thread of its own, so that Rasa's event loop never waits for the database.

    Jobs that arrive while it is busy are handed to the next call of `work` together: under load one commit serves many.
    """

    def __init__(
        self, name: str, work: Callable[[Sequence[Job]], Sequence[Result | Exception]], group: int = 64
    ) -> None:
        """Start the thread.

        Args:
            name: for the thread, in logs and debuggers.
            work: takes 1 to `group` jobs, gives a result or an exception for each.
            group: the most jobs at a time.
        """
        self._work = work
        self._group = group
        self._jobs: queue.SimpleQueue[tuple[Job, asyncio.AbstractEventLoop, asyncio.Future[Result]] | None] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def do(self, job: Job) -> Result:
        """Have one job done. Raises what `work` gave for it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._jobs.put((job, loop, future))
        return await future

    def close(self) -> None:
        """Finish what was handed in and stop."""
        self._jobs.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while True:
            entry = self._jobs.get()
            if entry is None:
                return
            entries = [entry]
            stop = False
            while len(entries) < self._group and not stop:
                try:
                    following = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    stop = True
                else:
                    entries.append(following)
            self._serve(entries)
            if stop:
                return

    def _serve(self, entries: Sequence[Any]) -> None:
        try:
            results: Sequence[Any] = self._work([job for job, _, _ in entries])
        except Exception as problem:  # handed on to everyone who waits
            logger.exception("a group of %d tracker store jobs failed", len(entries))
            results = [problem] * len(entries)
        for (_, loop, future), result in zip(entries, results, strict=True):
            try:
                loop.call_soon_threadsafe(_settle, future, result)
            except RuntimeError:  # the loop is closed: the server has stopped and nobody waits any more
                logger.warning("a tracker store job ended after the server had stopped")


def _settle(future: asyncio.Future[Any], result: Any) -> None:
    if future.done():  # the request was cancelled meanwhile
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
