"""What somebody can send to hurt the service: too many messages, bodies too large, bombs, deep JSON, requests that never end.

One real gateway process. Everything of it is refused or limited, others are answered meanwhile, and memory stays flat.
How much slower others become is measured by bench/bench_flood.py, not here.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import os
import threading
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from tests.doubles.platforms.line import Platform as Line
from tests.doubles.platforms.standin import post
from tests.doubles.processes import DialogueServer, Gateway, Person

pytestmark = pytest.mark.processes
BURST, PER_SECOND = 20, 1
CONVERSATIONS = 60
FLOOD_SECONDS, FLOOD_PER_SECOND = 4.0, 50
IDLE_SECONDS = 3.0
FLAT_MB = 48.0  # what one gateway may grow by while it refuses; each attack here would take hundreds if it were held
FILE_WORKER_MB = 700.0  # the confined process that reads one file has a limit of its own (language/files)


@dataclass
class Target:
    """A gateway under attack, and the LINE that belongs to it."""

    gateway: Gateway
    dialogue: DialogueServer
    line: Line
    http: aiohttp.ClientSession

    @property
    def process(self) -> psutil.Process:
        """The gateway."""
        assert self.gateway.running is not None
        return psutil.Process(self.gateway.running.pid)


@pytest.fixture
async def target(tmp_path: Path) -> AsyncIterator[Target]:
    """With the limits of an installation, but for the patience with idle connections."""
    line = Line()
    await line.start()
    environment = {name.removeprefix("JOBSEEKER_"): value for name, value in line.environment().items()}
    dialogue = DialogueServer(tmp_path)
    gateway = Gateway(
        tmp_path, dialogue.url, MESSAGE_BURST=BURST, MESSAGES_PER_SECOND=PER_SECOND, IDLE_SECONDS=IDLE_SECONDS,
        CONVERSATION_BURST=CONVERSATIONS, SAMPLES="false", **environment,
    )  # fmt: skip
    try:
        await asyncio.to_thread(dialogue.up)
        await asyncio.to_thread(gateway.up)
        async with aiohttp.ClientSession() as http:
            made = Target(gateway, dialogue, line, http)
            await use_once(made)
            yield made
    finally:
        await asyncio.to_thread(gateway.terminate)
        await asyncio.to_thread(dialogue.kill)
        await line.stop()


async def use_once(target: Target) -> None:
    """What is loaded at the first use is not counted as growth."""
    person = await begin(target)
    assert (await asyncio.to_thread(person.write, "謝謝", "m0", 20))[0] == 200
    body = target.line.text(target.line.person(), "謝謝")
    assert (await send(target, body))[0] == 200
    assert (await upload(target, person, "resume.txt", "林大明\n門市人員 2018-2022".encode()))[0] == 202


async def upload(target: Target, person: Person, name: str, content: bytes) -> tuple[int, Any]:
    """A file."""
    form = aiohttp.FormData()
    form.add_field("client_message_id", os.urandom(8).hex())
    form.add_field("file", content, filename=name)
    headers = {"Authorization": f"Bearer {person.token}"}
    async with target.http.post(f"{person.path}/files", data=form, headers=headers) as answer:
        return answer.status, await answer.json()


async def begin(target: Target) -> Person:
    """Somebody new."""
    return await asyncio.to_thread(target.gateway.begin)


async def send(target: Target, body: bytes) -> tuple[int, Any]:
    """A signed webhook call."""
    return await post(target.http, f"{target.gateway.url}/webhooks/line", body, target.line.headers(body))


class Memory:
    """The resident memory of the gateway and, apart, of the processes it started, as it grew."""

    def __init__(self, process: psutil.Process) -> None:
        self.process, self.before, self.peak, self.children = process, process.memory_info().rss / 1e6, 0.0, 0.0
        self._over = threading.Event()

    def watch(self) -> None:
        """Until told to stop, fifty times a second, and once more at the end."""
        over = False
        while not over:
            over = self._over.wait(0.02)
            self.peak = max(self.peak, self.process.memory_info().rss / 1e6)
            for child in self.process.children(recursive=True):
                try:
                    self.children = max(self.children, child.memory_info().rss / 1e6)
                except psutil.NoSuchProcess:
                    continue

    def stop(self) -> None:
        """Enough seen."""
        self._over.set()


@contextmanager
def flat(target: Target) -> Iterator[Memory]:
    """Memory of the gateway stays flat meanwhile."""
    memory = Memory(target.process)
    watching = threading.Thread(target=memory.watch)
    watching.start()
    try:
        yield memory
    finally:
        memory.stop()
        watching.join()
    assert memory.peak > 0, "it was not looked at"
    assert memory.peak - memory.before < FLAT_MB, f"{memory.before:.0f} -> {memory.peak:.0f} MB"


# -- too many messages -------------------------------------------------------------------------------------------------


async def test_one_person_who_floods_is_limited_kindly_and_others_are_answered(target: Target) -> None:
    flooder, others = await begin(target), [await begin(target) for _ in range(4)]
    target.dialogue.control(delay_seconds=0.05)
    seen: Counter[int] = Counter()
    kind: dict[str, Any] = {}

    async def flood() -> None:
        deadline, number = time.monotonic() + FLOOD_SECONDS, 0
        headers = {"Authorization": f"Bearer {flooder.token}"}
        while time.monotonic() < deadline:
            body = {"text": "可以領多少", "client_message_id": f"f{number}"}
            async with target.http.post(f"{flooder.path}/messages", json=body, headers=headers) as answer:
                seen[answer.status] += 1
                if answer.status == 429:
                    kind.update(await answer.json(), wait=answer.headers["Retry-After"])
            number += 1
            await asyncio.sleep(1 / FLOOD_PER_SECOND)

    async def ask(person: Person) -> int:
        answered = 0
        for number in range(6):
            status, body = await asyncio.to_thread(person.write, "可以領多少", f"m{number}", 20)
            assert (status, len(body["replies"])) == (200, 1)
            answered += 1
        return answered

    with flat(target):
        _, *answered = await asyncio.gather(flood(), *(ask(person) for person in others))
    assert answered == [6] * 4
    assert set(seen) == {202, 429}
    assert seen[202] <= BURST + (FLOOD_SECONDS + 2) * PER_SECOND
    assert seen[429] > seen[202]
    assert kind["error"]["code"] == "JS-IN-004"
    assert set(kind["error"]["message"]) == {"zh", "en"}
    assert 1 <= int(kind["wait"]) <= 5
    last = 1 + 2 * seen[202]
    assert len(await asyncio.to_thread(flooder.transcript, last)) == last  # all that was taken is answered


async def test_on_a_platform_they_are_told_so_once_and_a_cry_for_help_is_heard(target: Target) -> None:
    """The platform always gets its 200: it would only send everything again."""
    flooder, other = target.line.person(), target.line.person()
    with flat(target):
        for number in range(150):
            assert (await send(target, target.line.text(flooder, f"可以領多少 {number}")))[0] == 200
        assert (await send(target, target.line.text(flooder, "我想死")))[0] == 200
        assert (await send(target, target.line.text(other, "可以領多少")))[0] == 200
        await until(lambda: len(target.line.shown(other)) >= 2)
        await until(lambda: any("1925" in shown.text for shown in target.line.shown(flooder)))
    texts = [shown.text for shown in target.line.shown(flooder)]
    slow = [text for text in texts if "太快" in text or "慢" in text]
    assert 1 <= len(slow) <= 2, texts[-5:]  # once a minute
    assert target.dialogue.control()["requests"] <= BURST + 30


async def until(done: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for it."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def test_one_address_that_opens_conversations_without_end_is_limited(target: Target) -> None:
    seen: Counter[int] = Counter()
    with flat(target):
        for _ in range(400):
            async with target.http.post(f"{target.gateway.url}/api/v1/conversations", json={}) as answer:
                seen[answer.status] += 1
    assert set(seen) == {201, 429}
    assert seen[201] < CONVERSATIONS + 100  # two more each second
    async with target.http.get(f"{target.gateway.url}/healthz") as answer:
        assert answer.status == 200


# -- bodies ------------------------------------------------------------------------------------------------------------


async def chunks(total: int) -> AsyncIterator[bytes]:
    """A body whose length is told to nobody."""
    for _ in range(total // 65_536):
        yield b" " * 65_536


@pytest.mark.parametrize("told", [True, False])
async def test_a_body_that_is_too_large_is_not_taken_in(target: Target, told: bool) -> None:
    person = await begin(target)
    size = 64 * 1_048_576
    addresses = [
        f"{person.path}/messages",
        f"{target.gateway.url}/api/v1/conversations",
        f"{target.gateway.url}/webhooks/line",
    ]
    headers = {"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"}
    with flat(target):
        for address in addresses:
            refused = 0
            for _ in range(3):
                try:
                    body: Any = b" " * size if told else chunks(size)
                    async with target.http.post(address, data=body, headers=headers) as answer:
                        assert answer.status == 413
                        assert (await answer.json())["error"]["code"] == "JS-IN-001"
                        refused += 1
                except (aiohttp.ClientError, OSError):  # closed while we were still sending: as good
                    refused += 1
            assert refused == 3
    assert (await asyncio.to_thread(person.write, "謝謝", "m0", 20))[0] == 200


async def test_a_compressed_body_counts_by_what_it_holds(target: Target) -> None:
    person = await begin(target)
    small = gzip.compress(b" " * 256 * 1_048_576, 9)
    assert len(small) < 300_000
    headers = {
        "Authorization": f"Bearer {person.token}",
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
    }
    with flat(target):
        for address in (f"{person.path}/messages", f"{target.gateway.url}/webhooks/line"):
            try:
                async with target.http.post(address, data=small, headers=headers) as answer:
                    assert answer.status in (400, 413)
            except (aiohttp.ClientError, OSError):
                pass
    assert (await asyncio.to_thread(person.write, "謝謝", "m0", 20))[0] == 200


async def test_deep_json_is_not_followed(target: Target) -> None:
    person = await begin(target)
    headers = {"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"}
    deep = [b"[" * 60_000, b'{"a":' * 12_000, b"[" * 900 + b"]" * 900, b'{"text":' + b"[" * 50_000]
    with flat(target):
        for body in deep:
            async with target.http.post(f"{person.path}/messages", data=body, headers=headers) as answer:
                assert answer.status == 400
                assert (await answer.json())["error"]["code"] == "JS-IN-003"
        for body in (b"[" * 1_000_000, b'{"events":' + b"[" * 1_000_000, b'{"events":[' + b'{"a":' * 150_000):
            assert (await send(target, body))[0] == 400
        level = b'{"events":[' + b'{"source":' * 400 + b"1" + b"}" * 400 + b"]}"
        assert (await send(target, level))[0] == 200  # JSON, from which nothing follows
    assert (await asyncio.to_thread(person.write, "謝謝", "m0", 20))[0] == 200


# -- documents ---------------------------------------------------------------------------------------------------------


def zip_bomb(name: str, size: int) -> bytes:
    """A document whose text is `size` bytes long and some thousand times smaller when packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open(name, "w", force_zip64=True) as member:
            for _ in range(size // 1_048_576):
                member.write(b" " * 1_048_576)
    return out.getvalue()


def pdf_bomb(size: int) -> bytes:
    """One page whose content unpacks to `size` bytes."""
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(b" " * 1_048_576) for _ in range(size // 1_048_576)) + packer.flush()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table)


@pytest.mark.parametrize(
    ("name", "made", "codes"),
    [
        ("resume.docx", lambda: zip_bomb("word/document.xml", 1_000_000_000), {"JS-UPL-005", "JS-UPL-006"}),
        ("resume.xlsx", lambda: zip_bomb("xl/worksheets/sheet1.xml", 1_000_000_000), {"JS-UPL-002", "JS-UPL-006"}),
        ("resume.pdf", lambda: pdf_bomb(1_000_000_000), {"JS-UPL-004", "JS-UPL-005", "JS-UPL-006"}),
    ],
)
async def test_a_bomb_in_a_document_is_refused_and_others_are_answered_meanwhile(
    target: Target, name: str, made: Callable[[], bytes], codes: set[str]
) -> None:
    content = made()
    assert len(content) < 4_000_000
    person, other = await begin(target), await begin(target)

    with flat(target) as memory:
        uploading = asyncio.create_task(upload(target, person, name, content))
        for number in range(3):
            assert (await asyncio.to_thread(other.write, "可以領多少", f"m{number}", 20))[0] == 200
        status, body = await uploading
    assert status in (415, 422)
    assert body["error"]["code"] in codes
    assert memory.children < FILE_WORKER_MB
    assert not target.process.children(recursive=True)  # the process that read it is gone


# -- requests that never end -------------------------------------------------------------------------------------------

HEAD = b"POST /webhooks/line HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


async def drip(port: int, begin_with: bytes, drop: bytes, seconds: float) -> float:
    """A connection on which a little comes every now and then; the seconds until the gateway closed it, or `seconds`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    try:
        writer.write(begin_with)
        reading = asyncio.create_task(reader.read())
        while time.monotonic() - began < seconds:
            done, _ = await asyncio.wait({reading}, timeout=0.3)
            if done:
                break
            writer.write(drop)
        return time.monotonic() - began
    except OSError:
        return time.monotonic() - began
    finally:
        reading.cancel()
        writer.close()


async def test_requests_that_never_end_are_closed_and_others_are_answered(target: Target) -> None:
    """300 connections whose head never ends; 50 whose body never ends (that takes BODY_SECONDS)."""
    person = await begin(target)
    port, connections_before = target.gateway.port, len(target.process.net_connections())
    with flat(target):
        heads = [asyncio.create_task(drip(port, HEAD, b"X-A: b\r\n", IDLE_SECONDS + 30)) for _ in range(300)]
        body_head = HEAD + b"Content-Length: 1000000\r\n\r\n"
        bodies = [asyncio.create_task(drip(port, body_head, b" ", 40)) for _ in range(50)]
        for number in range(4):
            status, answer = await asyncio.to_thread(person.write, "可以領多少", f"m{number}", 20)
            assert (status, len(answer["replies"])) == (200, 1)
        took = await asyncio.gather(*heads)
        assert max(took) < IDLE_SECONDS + 20
        assert max(await asyncio.gather(*bodies)) < 40
    await asyncio.sleep(0.5)
    assert len(target.process.net_connections()) <= connections_before + 10


async def test_a_signed_flood_of_events_in_one_request_is_taken_in_a_bounded_way(target: Target) -> None:
    """A platform may put many events into one request; a thousand from one person are one person's flood."""
    person = target.line.person()
    one = json.loads(target.line.text(person, "可以領多少"))
    events = []
    for _ in range(1_000):
        event = json.loads(target.line.text(person, "可以領多少"))["events"][0]
        events.append({**event, "webhookEventId": os.urandom(13).hex()})
    body = json.dumps({**one, "events": events}).encode()
    assert len(body) < 1_048_576
    with flat(target):
        assert (await send(target, body))[0] == 200
    assert target.dialogue.control()["requests"] <= BURST + 30
