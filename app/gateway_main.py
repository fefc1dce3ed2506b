"""The gateway as a process: `python -m app.gateway_main`. Settings come from the environment (docs/settings.md)."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import logging
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvloop
from aiohttp import web
from pydantic import ValidationError

from app.encryption import make_key_file
from app.logging import set_up_logging
from app.metrics import PrometheusMeter, version
from app.releases.guard import refuse_unsigned
from app.settings import PREFIX, Settings
from app.wiring import Services, build_services, read_content
from connectors.registry import build_configured
from connectors.web import CHANNEL
from gateway.application import build_application
from gateway.metrics_site import MetricsSite
from gateway.rasa_client import RasaClient
from gateway.services_key import HEALTH, SERVICES
from jobseeker.errors import ContentError, EncryptionError, NoEncryptionKey, SignatureMissing
from jobseeker.metering import Meter, NoMeter
from store.engine import sqlite_path, wait_until_reachable
from store.migrate import standing, upgrade
from telemetry.tracing import tracing_to

log = logging.getLogger("gateway")
DATABASE_PATIENCE_SECONDS = 30.0


class CannotStartError(Exception):
    """The gateway cannot run like this; the text says what to do."""


@contextmanager
def only_gateway(settings: Settings) -> Iterator[None]:
    """Holds the lock that a SQLite database has exactly one gateway; PostgreSQL takes any number. Raises CannotStartError."""
    database = sqlite_path(settings.database)
    if database is None:
        yield
        return
    path = database.with_name(database.name + ".gateway-lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStartError(
                f"another gateway already uses {database}; several gateways need PostgreSQL"
            ) from None
        yield  # the lock goes with the process, also when it is killed


async def prepare_database(services: Services) -> None:
    """Reachable, at the right revision, without leases of a gateway that was killed. Raises CannotStartError."""
    await wait_until_reachable(services.engines, DATABASE_PATIENCE_SECONDS)
    stands = await standing(services.engines)
    if stands == "foreign":
        raise CannotStartError(
            "another release has changed the database so that this one cannot use it: start that release, or restore a backup"
        )
    if stands == "ahead":  # an upgrade is under way, or was taken back: docs/runbooks/upgrade.md
        log.warning("the database is a newer release's; everything this one needs is there")
    elif services.settings.migrate_on_start:
        await upgrade(services.engines)
    elif stands == "behind":
        raise CannotStartError(
            f"the database is not at the revision of this version. Set {PREFIX}MIGRATE_ON_START=true or run: alembic upgrade head"
        )
    await prepare_sealing(services)
    if services.engines.dialect == "sqlite":
        async with services.store.write() as work:
            cleared = await work.conversations.clear_leases()
            cleared += await work.outbox.clear_leases(services.clock.now())
        if cleared:
            log.warning("leases of an earlier gateway ended", extra={"count": cleared})


async def prepare_sealing(services: Services) -> None:
    """The keys open what is sealed; what is in clear from an older release is sealed. Raises CannotStartError."""
    try:
        await services.seal_columns.check()
        _, changed = await services.seal_columns(plain_only=True)
    except EncryptionError as problem:
        raise CannotStartError(f"{problem.code} {problem.en}") from problem
    if changed:
        log.warning("contact data of an older release was encrypted", extra={"count": changed})


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, then finish what is in hand."""
    token = settings.internal_token.get_secret_value()
    if not token:
        raise CannotStartError(
            f"{PREFIX}INTERNAL_TOKEN is not set: the dialogue engine answers nobody without it (make up sets it)"
        )
    content, connectors = read_content(settings), build_configured()
    meter = _meter(settings, [CHANNEL, *connectors], content.pack.version)
    tracing = tracing_to(settings.trace_url, "gateway", share=settings.trace_share, version=version())
    rasa = RasaClient(
        settings.rasa,
        token,
        timeout_seconds=settings.rasa_timeout_seconds,
        connections=settings.workers * 2,
        meter=meter,
        tracing=tracing,
    )
    services = build_services(
        settings, dialogue=rasa, connectors=connectors, content=content, meter=meter, tracing=tracing
    )
    try:
        if not services.access.vault.has_key:
            raise CannotStartError(f"{NoEncryptionKey.code} {NoEncryptionKey.en}")
        await prepare_database(services)
        await refuse_unsigned(services.releases, settings.content_dir)
        application = build_application(services, rasa)
        runner = web.AppRunner(
            application,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=settings.shutdown_seconds,
            keepalive_timeout=settings.idle_seconds,
            max_line_size=8_190,
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, settings.host, settings.port)
            await site.start()
            log.info(
                "gateway is up",
                extra={"host": settings.host, "port": settings.port, "database": services.engines.dialect},
            )
            gc.collect()
            gc.freeze()  # the contents stay; looking through them for garbage would stop everybody for a tenth of a second
            async with metrics_site(application):
                await _until_told_to_stop()
            log.info("gateway stops")
        finally:
            await runner.cleanup()
    finally:
        await rasa.close()
        await services.close()
        await asyncio.to_thread(tracing.close)


def _meter(settings: Settings, channels: Iterable[str], knowledge: str) -> Meter:
    """Counts where somebody can ask for it."""
    return PrometheusMeter(channels, knowledge=knowledge) if settings.metrics_port else NoMeter()


@asynccontextmanager
async def metrics_site(application: web.Application) -> AsyncIterator[None]:
    """The metrics at their own address, where the settings name one. Raises OSError where it is taken."""
    services = application[SERVICES]
    if not isinstance(services.meter, PrometheusMeter):
        yield
        return
    site = MetricsSite(services.meter, services.store, services.clock, application[HEALTH])
    runner = web.AppRunner(site.application(), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, services.settings.metrics_host, services.settings.metrics_port).start()
        yield
    finally:
        await runner.cleanup()


async def _until_told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def main() -> int:
    """Exit code 1 with one clear line when it cannot start."""
    try:
        settings = Settings()
    except ValidationError as problem:
        for error in problem.errors(include_url=False, include_input=False):
            sys.stderr.write(f"{PREFIX}{'_'.join(str(part) for part in error['loc']).upper()}: {error['msg']}\n")
        return 1
    set_up_logging(settings.log_level)
    try:
        with only_gateway(settings):
            if sqlite_path(settings.database) is not None and not settings.encryption_key_list:
                make_key_file(settings.var_dir / "encryption.key")  # one machine: nobody else needs to know it
            uvloop.run(serve(settings))
    except (CannotStartError, SignatureMissing, ContentError, LookupError, ValueError, OSError) as problem:
        sys.stderr.write(f"the gateway cannot start: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
