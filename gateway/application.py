"""The aiohttp application: routes, middleware, and the workers that live as long as it does."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
from aiohttp import web

from app.wiring import Services
from gateway.health import Health
from gateway.intake import Intake
from gateway.limits import Admission, RateLimits
from gateway.middleware.counting import counting
from gateway.middleware.errors import errors
from gateway.middleware.security import put_headers, security
from gateway.rasa_client import RasaClient, answers_ok
from gateway.routes import conversations, desk_webhooks, events, files, health, pages, uploads, webhooks
from gateway.services_key import ADMISSION, CLOSING, HEALTH, INTAKE, LIMITS, SERVICES
from gateway.workers.alerts import AlertWorker
from gateway.workers.clock import ClockWorker
from gateway.workers.deadlines import DeadlineWorker
from gateway.workers.expiry import ExpiryWorker
from gateway.workers.fetch import FetchWorker
from gateway.workers.inbox import InboxWorker
from gateway.workers.outbox import OutboxWorker
from gateway.workers.watch import Watch

log = logging.getLogger(__name__)


def build_application(services: Services, rasa: RasaClient) -> web.Application:
    """The application; its workers start and stop with it. `services` is closed by whoever built it."""
    app = web.Application(client_max_size=services.settings.body_limit_bytes, middlewares=[counting, security, errors])
    app[SERVICES] = services
    app[LIMITS] = RateLimits(services.settings)
    app[ADMISSION] = Admission.of(services.settings)
    app[INTAKE] = Intake(services, app[ADMISSION])
    app[CLOSING] = asyncio.Event()
    app.on_response_prepare.append(put_headers)
    app.on_shutdown.append(_end_streams)
    app.cleanup_ctx.append(_health(services, rasa))
    app.cleanup_ctx.append(_workers(services))
    app.router.add_post("/api/v1/conversations", conversations.start)
    app.router.add_get("/api/v1/conversations/{id}", conversations.show)
    app.router.add_post("/api/v1/conversations/{id}/messages", conversations.write)
    app.router.add_get("/api/v1/conversations/{id}/events", events.events, allow_head=False)  # a stream has no end
    webhooks.setup(app)
    desk_webhooks.setup(app)
    app.router.add_post("/api/v1/conversations/{id}/files", uploads.upload)
    app.router.add_get("/api/v1/files/{token}", files.fetch)
    app.router.add_get("/livez", health.lives)
    app.router.add_get("/healthz", health.alive)
    app.router.add_get("/readyz", health.ready)
    if importlib.util.find_spec("console") and importlib.util.find_spec("console.routes"):
        importlib.import_module("console.routes").setup(app, services)  # a sibling: known only by name
    pages.setup(app)
    return app


async def _end_streams(app: web.Application) -> None:
    """Before the server waits for its handlers: streams would never end by themselves."""
    app[CLOSING].set()
    signals = app[SERVICES].signals
    signals.call(events.CLOSED_TOPIC)
    for conversation_id in signals.followed():
        signals.conversation_changed(conversation_id)


def _health(services: Services, rasa: RasaClient) -> Callable[[web.Application], AsyncIterator[None]]:
    async def context(app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as session:

            async def actions() -> bool:
                return await answers_ok(session, f"{services.settings.actions}/health")

            app[HEALTH] = Health({"database": services.store.is_reachable, "rasa": rasa.is_healthy, "actions": actions})
            yield

    return context


def _workers(services: Services) -> Callable[[web.Application], AsyncIterator[None]]:
    async def context(app: web.Application) -> AsyncIterator[None]:
        poll, common = services.settings.poll_seconds, (services.store, services.clock, services.signals)
        inbox = InboxWorker(
            services.answer_message,
            *common,
            slots=services.settings.workers,
            poll_seconds=poll,
            tracing=services.tracing,
        )
        outbox = OutboxWorker(services.deliver_replies, *common, poll_seconds=poll)
        watch = Watch(services.store, services.signals, poll_seconds=poll)
        expiry = ExpiryWorker(services.close_ended, services.keep_to_retention, services.anchor_audit)
        alerts = AlertWorker(services.send_alerts, services.signals, poll_seconds=services.settings.alert_poll_seconds)
        clock = ClockWorker(services.mend_times, services.clock)
        deadlines = DeadlineWorker(
            services.run_deadlines,
            services.assign_cases,
            services.signals,
            poll_seconds=services.settings.deadline_poll_seconds,
        )
        reminders = AlertWorker(
            services.send_reminders, services.signals, poll_seconds=services.settings.alert_poll_seconds
        )
        loops: list[Callable[[], Awaitable[None]]] = [
            clock.run,
            inbox.run,
            outbox.run,
            expiry.run,
            alerts.run,
            deadlines.run,
            reminders.run,
        ]
        fetchers = [FetchWorker(each, app[INTAKE]) for each in services.connectors.values() if each.polls]
        loops += [fetcher.run for fetcher in fetchers]
        if services.engines.dialect != "sqlite":  # a SQLite database has one gateway: nobody else commits
            loops.append(watch.run)
        tasks = [asyncio.create_task(_must_not_end(loop)) for loop in loops]
        yield
        for fetcher in fetchers:
            fetcher.stop()
        outbox.stop()
        alerts.stop()
        deadlines.stop()
        reminders.stop()
        watch.stop()
        expiry.stop()
        clock.stop()
        await inbox.stop(services.settings.shutdown_seconds)
        await asyncio.wait(tasks, timeout=services.settings.shutdown_seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await app[INTAKE].close()

    return context


async def _must_not_end(loop: Callable[[], Awaitable[None]]) -> None:
    """A worker that dies by a mistake of ours is reported and started again: silence is worse."""
    while True:
        try:
            await loop()
            return
        except Exception:
            log.exception("worker died and is started again", extra={"worker": getattr(loop, "__qualname__", "")})
            await asyncio.sleep(1.0)
