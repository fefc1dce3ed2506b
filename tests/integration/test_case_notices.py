"""A waiting case is told by e-mail and webhook: a real SMTP server and a real HTTP server, which fail at first."""

from __future__ import annotations

import email
import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator, Iterator
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.controller import Controller

from app.settings import Settings
from app.wiring_desk import announcers
from connectors.desk_mail import DeskMail
from connectors.desk_webhook import DELIVERY, SIGNATURE, STAMP
from tests.doubles.kit import Kit, copied_sqlite, migrated_sqlite, open_kit

SECRET = "a shared secret"


class Letterbox:
    """Keeps what comes in; refuses the first `refuse` letters."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], Any]] = []
        self.refuse = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """One letter."""
        if self.refuse:
            self.refuse -= 1
            return "451 try again later"
        self.letters.append((list(envelope.rcpt_tos), email.message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, int]]:
    """An SMTP server."""
    box = Letterbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


class Hook:
    """A receiver of webhooks that fails `fail` times."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.fail = 0
        self.port = 0

    async def take(self, request: web.Request) -> web.Response:
        """One call."""
        if self.fail:
            self.fail -= 1
            return web.Response(status=503)
        self.calls.append((dict(request.headers), await request.read()))
        return web.Response(status=204)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    """An HTTP server."""
    receiver = Hook()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    receiver.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    yield receiver
    await runner.cleanup()


@pytest.fixture
async def kit(tmp_path: Path, letterbox: tuple[Letterbox, int], hook: Hook) -> AsyncIterator[Kit]:
    """Services that tell both."""
    folder = tmp_path / "template"
    folder.mkdir()
    template = await _migrated(folder)
    settings = {
        "smtp_url": f"smtp://127.0.0.1:{letterbox[1]}",
        "mail_from": "assistant@example.gov.tw",
        "desk_mail": ("desk@example.gov.tw",),
        "on_call_mail": ("oncall@example.gov.tw",),
        "desk_webhook_url": f"http://127.0.0.1:{hook.port}/hook",
        "desk_webhook_secret": SECRET,
        "public_url": "https://jobs.example.gov.tw",
    }
    async with open_kit(copied_sqlite(template, tmp_path), **settings) as opened:
        yield opened


async def _migrated(folder: Path) -> Path:
    import asyncio

    return await asyncio.to_thread(migrated_sqlite, folder)


async def test_a_waiting_case_is_told_without_a_word_of_the_person(
    kit: Kit, letterbox: tuple[Letterbox, int], hook: Hook
) -> None:
    started = await kit.start()
    await kit.ask(started, "我的秘密是鳳梨")
    await kit.ask(started, "/human")
    await kit.tick()
    ((to, letter),) = letterbox[0].letters
    assert to == ["desk@example.gov.tw"]
    assert "案件1" in letter["Subject"]
    assert "Case 1" in letter["Subject"]
    body = letter.get_content()
    assert "https://jobs.example.gov.tw/console/" in body
    assert "鳳梨" not in body
    assert letter["Auto-Submitted"] == "auto-generated"
    ((headers, raw),) = hook.calls
    expected = hmac.new(SECRET.encode(), headers[STAMP].encode() + b"." + raw, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE] == f"sha256={expected}"
    told = json.loads(raw)
    assert (told["event"], told["case"]["id"], told["case"]["urgency"]) == ("case.waiting", 1, 1)
    assert told["delivery"] == headers[DELIVERY]
    assert "鳳梨" not in raw.decode()


async def test_what_fails_is_told_later_once_under_the_same_name(
    kit: Kit, letterbox: tuple[Letterbox, int], hook: Hook
) -> None:
    letterbox[0].refuse, hook.fail = 2, 2
    await kit.ask(await kit.start(), "/human")
    for _ in range(4):
        await kit.tick()
        kit.later(30)
    assert len(letterbox[0].letters) == 1
    assert len(hook.calls) == 1
    await kit.tick()
    assert len(letterbox[0].letters) == 1


async def test_a_case_that_was_taken_meanwhile_is_not_told(
    kit: Kit, letterbox: tuple[Letterbox, int], hook: Hook
) -> None:
    await kit.ask(await kit.start(), "/human")
    await kit.services.claim_case(await kit.account(), 1)
    await kit.tick()
    assert letterbox[0].letters == []
    assert hook.calls == []


async def test_a_crisis_reaches_who_is_on_call_again_and_again_until_it_is_seen(
    kit: Kit, letterbox: tuple[Letterbox, int], hook: Hook
) -> None:
    await kit.ask(await kit.start("en"), "I want to kill myself")
    await kit.tick()
    urgent = [letter for to, letter in letterbox[0].letters if "oncall@example.gov.tw" in to]
    assert len(urgent) >= 1
    assert "緊急" in str(urgent[0]["Subject"]) or "緊急" in str(urgent[-1]["Subject"])
    before = len(letterbox[0].letters)
    kit.later(301)
    await kit.tick()
    await kit.tick()
    assert len(letterbox[0].letters) == before + 1
    await kit.services.claim_case(await kit.account(), 1)
    kit.later(301)
    await kit.tick()
    await kit.tick()
    assert len(letterbox[0].letters) == before + 1
    assert {json.loads(raw)["event"] for _, raw in hook.calls} == {"case.crisis"}


@pytest.mark.parametrize(
    "settings",
    [
        {"smtp_url": "smtp://host"},
        {"smtp_url": "smtp://host", "mail_from": "a@b"},
        {"desk_webhook_url": "http://x"},
        {"smtp_url": "http://host", "mail_from": "a@b", "desk_mail": "c@d"},
    ],
)
def test_half_a_setting_stops_the_start(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"JOBSEEKER_|mail server"):
        announcers(Settings(**settings))  # type: ignore[arg-type]


def test_no_password_is_in_a_letter() -> None:
    mail = DeskMail("smtps://user:p%40ss@host", "a@b", ["c@d"])
    assert (mail._password, mail._port) == ("p@ss", 465)
