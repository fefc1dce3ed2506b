"""How fast somebody may write (token buckets in memory), and how much is taken in at once. Refusing by form is requests.py."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from app.settings import Settings
from jobseeker.errors import StoreUnavailable, TooManyMessages

MOST_BUCKETS = 20_000
INTAKE_SHARE = 0.4  # of the database's connections; the rest is for answering
INTAKE_PATIENCE_SECONDS = 10.0  # shorter than any client's: nobody's request is worked on after they have given up


class Buckets:
    """Token buckets by key: `burst` at once, then `per_second`."""

    def __init__(self, burst: int, per_second: float, now: Callable[[], float] = time.monotonic) -> None:
        self.burst, self.per_second, self.now = float(burst), per_second, now
        self._filled: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> None:
        """Take one. Raises TooManyMessages with the seconds until there is one again."""
        now = self.now()
        tokens, at = self._filled.get(key, (self.burst, now))
        tokens = min(self.burst, tokens + (now - at) * self.per_second)
        if tokens < 1:
            self._filled[key] = (tokens, now)
            raise TooManyMessages(max(1, math.ceil((1 - tokens) / self.per_second)))
        self._filled.pop(key, None)
        self._filled[key] = (tokens - 1, now)  # last in the dict: used last
        if len(self._filled) > MOST_BUCKETS:
            self._forget_full(now)

    def _forget_full(self, now: float) -> None:
        full_after = self.burst / self.per_second
        self._filled = {key: value for key, value in self._filled.items() if now - value[1] < full_after}
        for key in list(self._filled)[: max(0, len(self._filled) - MOST_BUCKETS)]:
            del self._filled[key]  # a flood of new keys: the ones used longest ago start afresh


class RateLimits:
    """The buckets of this gateway. Several gateways each have their own, so the real limit is theirs together."""

    def __init__(self, settings: Settings) -> None:
        self.messages = Buckets(settings.message_burst, settings.messages_per_second)
        self.conversations = Buckets(settings.conversation_burst, settings.conversations_per_second)


@dataclass
class _Turn:
    """Whose message is taken in, one after the other. `count`: those who hold or await it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    count: int = 0


class Admission:
    """How many messages are taken in at once, and of one person one; whoever cannot begin in time is told to come again.

    Without it a machine that is too slow for what comes in works off requests whose senders have given up and sent them
    again, holds all connections for that, and answers nobody.
    """

    def __init__(self, most: int, seconds: float = INTAKE_PATIENCE_SECONDS) -> None:
        self._free, self._seconds = asyncio.Semaphore(most), seconds
        self._turns: dict[str, _Turn] = {}

    @classmethod
    def of(cls, settings: Settings) -> Admission:
        """The share of this installation."""
        return cls(max(1, int(settings.database_pool_size * INTAKE_SHARE)))

    @asynccontextmanager
    async def enter(self, who: str = "") -> AsyncIterator[None]:
        """In the order of coming. `who`: whose message it is; "" where nobody is known yet. Raises StoreUnavailable."""
        turn = self._turns.setdefault(who, _Turn())
        turn.count += 1
        try:
            async with AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(self._seconds):
                        if who:
                            await held.enter_async_context(turn.lock)
                        await held.enter_async_context(self._free)
                except TimeoutError:
                    raise StoreUnavailable("too much comes in at once") from None
                yield
        finally:
            turn.count -= 1
            if not turn.count:
                del self._turns[who]
