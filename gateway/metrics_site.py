"""`GET /metrics` on an address of its own, for Prometheus alone: what was counted, and the queues as they are when it asks."""

from __future__ import annotations

import asyncio
import logging
import time

from aiohttp import web

from app.metrics import CONTENT_TYPE, PrometheusMeter
from gateway.health import Health
from gateway.middleware.security import HEADERS
from jobseeker.clock import Clock
from jobseeker.errors import StoreUnavailable
from jobseeker.storage import Store

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 5.0  # below Prometheus' usual 10
REMEMBERED_SECONDS = 1.0
DEPENDENCIES = ("database", "rasa", "actions")


class MetricsSite:
    """The page. A database that does not answer takes its own figures away, never the page."""

    def __init__(self, meter: PrometheusMeter, store: Store, clock: Clock, health: Health) -> None:
        self._meter, self._store, self._clock, self._health = meter, store, clock, health
        self._looking, self._looked_at = asyncio.Lock(), float("-inf")

    def application(self) -> web.Application:
        """An application with this one address."""
        app = web.Application()
        app.router.add_get("/metrics", self.show)
        return app

    async def show(self, _: web.Request) -> web.Response:
        """GET /metrics."""
        async with self._looking:
            if time.monotonic() - self._looked_at >= REMEMBERED_SECONDS:
                await self._look()
                self._looked_at = time.monotonic()
        return web.Response(body=self._meter.exposition(), headers={"Content-Type": CONTENT_TYPE, **HEADERS})

    async def _look(self) -> None:
        states = await self._health.of(*DEPENDENCIES)
        self._meter.observed.up = {name: state == "ok" for name, state in states.items()}
        self._meter.observed.sample = None
        if states["database"] != "ok":
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._store.read() as work:
                self._meter.observed.sample = await work.operations.sample(self._clock.now())
        except (StoreUnavailable, TimeoutError) as problem:
            log.warning("the queues cannot be counted", extra={"problem": type(problem).__name__})
