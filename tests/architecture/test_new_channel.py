"""A channel is one file, its stand-in and its page: nothing else may know it. Shown on a channel that is there, and on one that comes at test time."""

from __future__ import annotations

import asyncio
import re
import sys
import textwrap
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from pydantic import ValidationError

import connectors
from app.settings import Settings
from app.wiring import build_services
from connectors import registry
from gateway.application import build_application
from gateway.rasa_client import RasaClient
from tests.architecture.test_docs import tracked
from tests.doubles.kit import QuickHasher, ScriptedDialogue, copied_sqlite, migrated_sqlite, real_content
from tests.stack import KEY

NAME = "whats" + "app"  # the proof: the channel that was added last
OWN = {f"connectors/{NAME}.py", f"tests/doubles/platforms/{NAME}.py", f"docs/connectors/{NAME}.md"}
PROSE, READ = {".md"}, {".py", ".yml", ".toml", ".in", ".txt", ".ts", ".md"}


def knowing(root: Path, name: str) -> set[str]:
    """Files that name a channel, but for prose about it."""
    found = set()
    for path in tracked(root):
        place = path.relative_to(root).as_posix()
        if path.suffix in PROSE and place not in OWN:
            continue
        searched = path.suffix in READ and place.split("/")[0] not in ("packs", "data")
        if searched and re.search(name, path.read_text("utf-8", "replace"), re.IGNORECASE):
            found.add(place)
    return found


def test_the_last_channel_is_known_to_its_own_files_alone(root: Path) -> None:
    assert knowing(root, NAME) == OWN
    assert len(knowing(root, "telegram_updates")) >= 2  # the search does find what knows something


PIGEON = '''
"""A channel for a test."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import orjson
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from connectors.base import Capabilities, Connector, ConnectorSettings, NotVerifiedError, Parsed, Registration, fit
from jobseeker.messages import InboundMessage
from jobseeker.ports import Delivered

CAPABILITIES = Capabilities(text_characters=60)
FLOWN: list[tuple[str, str]] = []


class PigeonSettings(ConnectorSettings):
    model_config = SettingsConfigDict(env_prefix="JOBSEEKER_PIGEON_", extra="ignore")
    required: ClassVar[tuple[str, ...]] = ("ring", "loft")
    ring: SecretStr = SecretStr("")
    loft: str = ""


class Pigeon(Connector):
    channel = "pigeon"
    capabilities = CAPABILITIES

    def __init__(self, settings: PigeonSettings) -> None:
        self.ring = settings.ring.get_secret_value()

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        if headers.get("X-Ring") != self.ring:
            raise NotVerifiedError

    def parse(self, body: bytes) -> Parsed:
        notes = orjson.loads(body)
        return Parsed(tuple(InboundMessage("pigeon", note["id"], note["from"], note["text"]) for note in notes))

    def render(self, reply: Any, sender_name: str = "") -> Sequence[Mapping[str, Any]]:
        return [{"note": text} for text in fit(reply, CAPABILITIES).texts]

    async def send(self, delivery: Any) -> Delivered:
        FLOWN.extend((delivery.channel_key, message["note"]) for message in self.render(delivery.reply))
        return Delivered()


CONNECTOR = Registration("pigeon", CAPABILITIES, settings=PigeonSettings, path="/webhooks/pigeon", build=Pigeon)
'''


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """An empty, migrated database."""
    return copied_sqlite(migrated_sqlite(tmp_path), tmp_path)


@pytest.fixture
def dropped_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a connector that was not there before; the environment has none of the channels' settings."""
    for made in registry.discover().values():
        for name in made.settings.model_fields if made.settings else ():
            monkeypatch.delenv(made.settings.variable(name), raising=False)  # type: ignore[union-attr]
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "pigeon.py").write_text(textwrap.dedent(PIGEON), encoding="utf-8")
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(folder)])
    monkeypatch.delitem(sys.modules, "connectors.pigeon", raising=False)
    return folder


async def test_a_file_dropped_into_the_folder_is_a_channel(
    dropped_in: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "pigeon" in registry.discover()
    assert registry.build_configured() == {}
    monkeypatch.setenv("JOBSEEKER_PIGEON_RING", "42")
    with pytest.raises(registry.HalfConfiguredError, match="JOBSEEKER_PIGEON_LOFT"):
        registry.build_configured()
    monkeypatch.setenv("JOBSEEKER_PIGEON_LOFT", "Taipei")
    built = registry.build_configured()
    settings = Settings(database_url=database_url, encryption_keys=KEY, poll_seconds=0.05)
    services = build_services(
        settings, dialogue=ScriptedDialogue(), connectors=built, hasher=QuickHasher(), content=real_content()
    )
    rasa = RasaClient("http://127.0.0.1:9", "none", timeout_seconds=1)
    runner = web.AppRunner(build_application(services, rasa), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/pigeon"
    note = [{"id": "1", "from": "Ms Wu", "text": "失業給付可以領多少"}]
    try:
        async with aiohttp.ClientSession() as http:
            assert (await http.post(address, json=note)).status == 401
            for _ in range(2):
                assert (await http.post(address, json=note, headers={"X-Ring": "42"})).status == 200
        flown = sys.modules["connectors.pigeon"].FLOWN
        for _ in range(400):
            if any("60%" in text for _, text in flown):
                break
            await asyncio.sleep(0.02)
        text = "".join(text for who, text in flown if who == "Ms Wu")
        assert text.count("60%") >= 1
        assert "找真人輔導員" in text  # a channel without buttons shows them as text
        assert all(len(text) <= 60 for _, text in flown)
    finally:
        await runner.cleanup()
        await rasa.close()
        await services.close()


def test_two_channels_cannot_have_one_name(dropped_in: Path) -> None:
    (dropped_in / "pigeon_again.py").write_text(textwrap.dedent(PIGEON), encoding="utf-8")
    with pytest.raises(ValueError, match="taken"):
        registry.discover()


def test_a_wrong_setting_is_named(dropped_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBSEEKER_LINE_LOADING_SECONDS", "7")
    with pytest.raises(ValidationError, match="loading_seconds"):
        registry.build_configured()
