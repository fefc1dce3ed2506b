"""How fast somebody may write: token buckets in memory, one per conversation and one per address for new conversations."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from app.settings import Settings
from jobseeker.errors import TooManyMessages

MOST_BUCKETS = 20_000


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
