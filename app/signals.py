"""Tells the parts of this process that something was committed. Carries no data: who hears it reads the store.

A listener remembers only which topics were called, so a reader that does not keep up holds no memory.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

QUEUE, ALERTS, INBOX, OUTBOX = "queue", "alerts", "inbox", "outbox"
ALERT_WORK = "alert_work"  # job alerts are looked after; `ALERTS` are the supervisors'


def conversation_topic(conversation_id: str) -> str:
    """The topic of one conversation."""
    return f"conversation:{conversation_id}"


class Listener:
    """Hears some topics. Use as a context manager; `wait` from one task only."""

    def __init__(self, signals: ProcessSignals, topics: tuple[str, ...]) -> None:
        self._signals, self._topics = signals, set(topics)
        self._called: set[str] = set()
        self._event = asyncio.Event()

    def __enter__(self) -> Listener:
        for topic in self._topics:
            self._signals.add(topic, self)
        return self

    def __exit__(self, *_: object) -> None:
        for topic in self._topics:
            self._signals.remove(topic, self)

    def follow(self, *topics: str) -> None:
        """Hear these from now on, too."""
        for topic in set(topics) - self._topics:
            self._topics.add(topic)
            self._signals.add(topic, self)

    def drop(self, *topics: str) -> None:
        """Hear these no longer."""
        for topic in set(topics) & self._topics:
            self._topics.remove(topic)
            self._called.discard(topic)
            self._signals.remove(topic, self)

    def call(self, topic: str) -> None:
        """Note that `topic` was called."""
        self._called.add(topic)
        self._event.set()

    async def wait(self, seconds: float | None = None) -> set[str]:
        """The topics called since the last time; empty when `seconds` have passed without one."""
        if not self._called:
            try:
                async with asyncio.timeout(seconds):
                    await self._event.wait()
            except TimeoutError:
                return set()
        called, self._called = self._called, set()
        self._event.clear()
        return called


class ProcessSignals:
    """jobseeker.ports.Signals within one process. What other processes commit is found by app.watching."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._waiting: list[str] = []  # conversations with a new message, in order

    def listen(self, *topics: str) -> Listener:
        """A listener for these topics."""
        return Listener(self, topics)

    def add(self, topic: str, listener: Listener) -> None:
        """Used by Listener."""
        self._listeners[topic].add(listener)

    def remove(self, topic: str, listener: Listener) -> None:
        """Used by Listener."""
        self._listeners[topic].discard(listener)
        if not self._listeners[topic]:
            del self._listeners[topic]

    def call(self, topic: str) -> None:
        """Wake who listens to `topic`."""
        for listener in tuple(self._listeners.get(topic, ())):
            listener.call(topic)

    def conversation_changed(self, conversation_id: str) -> None:
        """Something was said, or somebody else speaks now."""
        self.call(conversation_topic(conversation_id))

    def message_received(self, conversation_id: str) -> None:
        """A message waits to be answered."""
        self._waiting.append(conversation_id)
        self.call(INBOX)

    def take_waiting(self) -> list[str]:
        """The conversations of `message_received` since the last time, in order, one entry for each message."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def outbox_changed(self) -> None:
        """A reply waits to be sent."""
        self.call(OUTBOX)

    def queue_changed(self) -> None:
        """The counsellors' queue changed."""
        self.call(QUEUE)

    def alert_raised(self) -> None:
        """There is a new alert."""
        self.call(ALERTS)

    def followed(self) -> list[str]:
        """The conversations that somebody listens to."""
        return [topic.partition(":")[2] for topic in self._listeners if topic.startswith("conversation:")]
