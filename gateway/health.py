"""Whether what the gateway leans on answers. Asked at most once a second, however often the addresses are called."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import ClientError

REMEMBERED_SECONDS = 1.0
PATIENCE_SECONDS = 3.0
Check = Callable[[], Awaitable[bool]]


class Health:
    """Named checks with a short memory."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._known: dict[str, tuple[float, bool]] = {}
        self._asking = asyncio.Lock()

    async def of(self, *names: str) -> dict[str, str]:
        """ "ok" or "down" for each."""
        async with self._asking:
            return {name: "ok" if await self._is_ok(name) else "down" for name in names}

    async def _is_ok(self, name: str) -> bool:
        at, known = self._known.get(name, (float("-inf"), False))
        if time.monotonic() - at < REMEMBERED_SECONDS:
            return known
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                known = await self._checks[name]()
        except (OSError, ClientError):  # TimeoutError is an OSError
            known = False
        self._known[name] = (time.monotonic(), known)
        return known
