"""Inbox and outbox as one sequence: what both sides said. Writing them is messages.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.records import Inbound, TranscriptLine
from store.messages import INBOUND, read_escalation
from store.tables import inbox, outbox

_NOT_KEPT = ("sticker", "image", "audio", "video", "file", "location", "contact")
_SAID_BY_THEM = inbox.c.command.not_like("/erased%")  # the order to forget is nobody's line
_OWN = (
    select(*INBOUND)
    .where(inbox.c.conversation_id == bindparam("key"), inbox.c.seq > bindparam("after"), _SAID_BY_THEM)
    .order_by(inbox.c.seq)
    .limit(bindparam("most"))
)
_LINES_IN = (
    select(inbox.c.seq, inbox.c.text, inbox.c.command, inbox.c.received_at, inbox.c.understanding, inbox.c.escalation)
    .where(inbox.c.conversation_id == bindparam("key"), inbox.c.seq > bindparam("after"), _SAID_BY_THEM)
    .order_by(inbox.c.seq)
    .limit(bindparam("most"))
)
_LINES_OUT = (
    select(
        outbox.c.seq,
        outbox.c.key,
        outbox.c.author,
        outbox.c.say,
        outbox.c.rendered,
        outbox.c.versions,
        outbox.c.created_at,
        outbox.c.topic,
        outbox.c.act,
        outbox.c.escalation,
    )
    .where(outbox.c.conversation_id == bindparam("key"), outbox.c.seq > bindparam("after"))
    .where(or_(outbox.c.rendered.is_not(None), outbox.c.author == "counsellor"))
    .order_by(outbox.c.seq)
    .limit(bindparam("most"))
)


class TranscriptRepository:
    """jobseeker.storage.Transcripts on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def lines(self, conversation_id: str, after: int = 0, limit: int = 1_000) -> Sequence[TranscriptLine]:
        """What both sides said above `after`, in order."""
        values = {"key": conversation_id, "after": after, "most": limit}
        heard = [_heard(row) for row in (await self.connection.execute(_LINES_IN, values)).all()]
        said = [_said(row) for row in (await self.connection.execute(_LINES_OUT, values)).all()]
        return sorted([*heard, *said], key=lambda line: line.seq)[:limit]

    async def own(self, conversation_id: str, after: int, limit: int) -> Sequence[Inbound]:
        """The person's own messages above `after`."""
        rows = (await self.connection.execute(_OWN, {"key": conversation_id, "after": after, "most": limit})).all()
        return [Inbound(*row) for row in rows]


def _heard(row: Any) -> TranscriptLine:
    understanding = row.understanding or {}
    act, _, topic = str(understanding.get("label", "")).partition("/")
    read = read_escalation(row.escalation)
    line = TranscriptLine(row.seq, "jobseeker", row.text, row.received_at, topic, act, read)
    return replace(line, attachment=_attachment(row.command))


def _attachment(command: str) -> str:
    """What the line stands for where it is not the person's own words; "" for words, buttons and parts of a long text."""
    name, _, argument = command.removeprefix("/").partition(" ")
    if name == "upload":
        return "file"
    return argument if name == "attachment" and argument in _NOT_KEPT else ""


def _said(row: Any) -> TranscriptLine:
    params = row.say.get("params") or {}
    text = row.rendered["text"] if row.rendered else str(params.get("text", ""))
    name, sent_as = "", ""
    if row.author == "counsellor":
        name, sent_as = str(params.get("name", "")), row.key.rpartition(":")[2]
    return TranscriptLine(
        row.seq,
        row.author,
        text,
        row.created_at,
        row.topic,
        row.act,
        read_escalation(row.escalation),
        name,
        sent_as,
        row.versions or {},
    )
