"""A conversation of thousands of lines, written straight into the tables: for opening it at the desk. What the assistant says is not its business."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from store.engine import Engines
from store.tables import conversation, inbox, outbox

CHUNK = 500


async def make_long(engines: Engines, conversation_id: str, first: int, lines: int, at: datetime) -> None:
    """Write `lines` lines from seq `first` on, the person's and the assistant's by turns; `at`: of the last one."""
    for start in range(0, lines, CHUNK):
        heard, said = [], []
        for number in range(start, min(start + CHUNK, lines)):
            seq, when = first + number, at - timedelta(seconds=lines - number)
            (heard if number % 2 == 0 else said).append(
                _heard(conversation_id, seq, when) if number % 2 == 0 else _said(conversation_id, seq, when)
            )
        async with engines.writer.begin() as connection:
            await connection.execute(insert(inbox), heard)
            if said:
                await connection.execute(insert(outbox), said)
    async with engines.writer.begin() as connection:
        mine = update(conversation).where(conversation.c.id == conversation_id)
        await connection.execute(mine.values(next_seq=first + lines))


def _heard(conversation_id: str, seq: int, at: datetime) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "channel": "web",
        "event_id": f"{conversation_id}:{seq}",
        "seq": seq,
        "text": f"第 {seq} 句：我上個月被資遣，想問失業給付可以領多少、要準備什麼文件。",
        "command": "",
        "state": "done",
        "attempts": 1,
        "due_at": at,
        "last_error": "",
        "understanding": {"label": "faq/ui_amount", "confidence": 0.9},
        "escalation": {"level": "none", "reasons": []},
        "received_at": at,
        "done_at": at,
    }


def _said(conversation_id: str, seq: int, at: datetime) -> dict[str, Any]:
    return {
        "key": f"long:{conversation_id}:{seq}",
        "conversation_id": conversation_id,
        "seq": seq,
        "author": "bot",
        "say": {"kind": "faq", "key": "ui_amount", "params": {}},
        "variety": "zh-Hant",
        "act": "faq",
        "topic": "ui_amount",
        "escalation": {"level": "none", "reasons": []},
        "rendered": {"text": f"第 {seq} 句：失業給付每月按平均月投保薪資的百分之六十發給。" * 3},
        "versions": {"knowledge": "x", "figures": "y"},
        "state": "delivered",
        "attempts": 1,
        "due_at": at,
        "last_error": "",
        "created_at": at,
        "delivered_at": at,
    }
