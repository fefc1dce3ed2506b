"""What came of a run of nothing_lost.py: the database and what people saw, compared with what was sent."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import create_async_engine

from app.encryption import FernetVault
from tests.doubles.platforms.standin import StandIn
from tests.stack import KEY

SETTLED_SECONDS = 1_800.0  # of a machine that does other things, too
AT_ONCE = ("crisis", "talk_to_human")  # answered before what was written earlier, by design


class Sent(Protocol):
    """What one person has sent and a gateway has taken, in order."""

    channel: str
    person: str
    sent: list[str]
    redelivered: int
    retried: int


class Ledger:
    """Reads the database afterwards."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(url)

    async def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        async with self.engine.connect() as connection:
            return [tuple(row) for row in (await connection.execute(sql(query), values)).all()]

    async def settle(self) -> None:
        """Until nothing waits any more."""
        query = "SELECT (SELECT count(*) FROM inbox WHERE state = 'pending') + (SELECT count(*) FROM outbox WHERE state = 'pending')"
        deadline = time.monotonic() + SETTLED_SECONDS
        while (left := (await self.rows(query))[0][0]) and time.monotonic() < deadline:  # noqa: ASYNC110 - the rows tell
            await asyncio.sleep(0.5)
        why = await self.rows("SELECT last_error, count(*) FROM outbox WHERE state = 'pending' GROUP BY last_error")
        assert not left, f"{left} rows still wait after {SETTLED_SECONDS:.0f} s: {why}"


@dataclass(frozen=True)
class Outcome:
    """What was counted. Every list names what is wrong and should be empty."""

    messages: int
    lost: list[str]
    doubled: list[str]
    unanswered: list[str]
    out_of_order: list[str]
    unseen: list[str]
    dead: int
    kills: int
    retried: int
    redelivered: int
    platform_faults: int
    shown_again: int  # replies a platform showed twice: it took one, and we were killed before we knew
    seconds: float = 0.0

    def problems(self) -> list[str]:
        """All that is wrong, by kind."""
        kinds = ("lost", "doubled", "unanswered", "out_of_order", "unseen")
        found = [f"{kind}: {item}" for kind in kinds for item in getattr(self, kind)[:5]]
        return found + ([f"{self.dead} dead letters"] if self.dead else [])


def _digest(writer: Sent) -> str:
    """Under which a platform's person is kept."""
    return FernetVault([KEY]).digests("conversation.channel_key", f"{writer.channel}\0{writer.person}")[0]


async def count(ledger: Ledger, writers: Sequence[Sent], platforms: Mapping[str, StandIn], kills: int) -> Outcome:
    """Compare what was sent with what is stored and what people saw."""
    lost: list[str] = []
    doubled: list[str] = []
    unanswered: list[str] = []
    out_of_order: list[str] = []
    unseen: list[str] = []
    again = 0
    for writer in writers:
        [(conversation,)] = await ledger.rows(
            "SELECT id FROM conversation WHERE channel = :channel AND (channel_key = :key OR channel_key_index = :digest)",
            channel=writer.channel, key=writer.person, digest=_digest(writer),
        )  # fmt: skip
        got = await ledger.rows(
            "SELECT id, text FROM inbox WHERE conversation_id = :id AND text <> '' ORDER BY seq", id=conversation
        )
        texts = [text for _, text in got]
        lost += sorted(set(writer.sent) - set(texts))
        doubled += sorted({text for text in texts if texts.count(text) > 1})
        out_of_order += [] if texts == writer.sent else [f"{writer.channel}: {texts[:3]} … {writer.sent[:3]}"]
        said = await ledger.rows(
            "SELECT inbox_id, seq, state, rendered, act FROM outbox WHERE conversation_id = :id AND inbox_id IS NOT NULL ORDER BY seq",
            id=conversation,
        )
        answered = [inbox_id for inbox_id, *_ in said]
        unanswered += [text for number, text in got if number not in answered]
        unanswered += [f"{state}: {number}" for number, _, state, *_ in said if state != "delivered"]
        waiting = [inbox_id for inbox_id, *_, act in said if act not in AT_ONCE]
        out_of_order += [] if waiting == sorted(waiting) else [f"{writer.channel} {writer.person}: {waiting[:10]}"]
        if writer.channel in platforms:
            missing, repeated = _seen(platforms[writer.channel].shown(writer.person), [row[3] for row in said])
            unseen += [f"{writer.channel} {writer.person}: {beginning}" for beginning in missing]
            again += repeated
    [(dead,)] = await ledger.rows("SELECT count(*) FROM inbox WHERE state = 'dead'")
    [(gone,)] = await ledger.rows("SELECT count(*) FROM outbox WHERE state IN ('dead', 'gone')")
    return Outcome(
        messages=sum(len(writer.sent) for writer in writers),
        lost=lost,
        doubled=doubled,
        unanswered=unanswered,
        out_of_order=out_of_order,
        unseen=unseen,
        dead=dead + gone,
        kills=kills,
        retried=sum(writer.retried for writer in writers),
        redelivered=sum(writer.redelivered for writer in writers),
        platform_faults=sum(platform.tally.faults for platform in platforms.values()),
        shown_again=again,
    )


def _seen(shown: Iterable[Any], rendered: Sequence[Any]) -> tuple[list[str], int]:
    """(replies that never came on the screen in their order, how many came once more than needed)."""
    screen = [_plain(each.text) for each in shown]
    missing, place, used = [], 0, 0
    for value in rendered:
        reply = json.loads(value) if isinstance(value, str) else value
        beginning = _plain(reply["text"])[:24]
        found = next((number for number in range(place, len(screen)) if beginning in screen[number]), None)
        if found is None:
            missing.append(beginning)
        else:
            place, used = found + 1, used + 1
    openings = [_plain((json.loads(v) if isinstance(v, str) else v)["text"])[:24] for v in rendered]
    total = sum(any(opening in line for opening in set(openings)) for line in screen)
    return missing, max(0, total - used)


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
