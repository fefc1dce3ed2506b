"""How a reply looks in the public API."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from connectors.web import client_message_id
from jobseeker.records import Inbound, NewOutbound, Outbound


def reply_json(row: Outbound | NewOutbound) -> dict[str, Any]:
    """A reply: seq, what was rendered, when, and the counsellor's name where a person wrote it."""
    assert row.rendered is not None, "only what is rendered is shown"
    shown: dict[str, Any] = {"seq": row.seq, **row.rendered, "at": row.created_at.isoformat()}
    if row.author == "counsellor":
        shown["name"] = str(row.say.params.get("name", ""))
    return shown


def own_json(row: Inbound) -> dict[str, Any]:
    """One of the person's own messages."""
    return {
        "seq": row.seq,
        "author": "jobseeker",
        "text": row.text,
        "client_message_id": client_message_id(row.event_id),
        "at": row.received_at.isoformat(),
    }


def json_response(value: object, status: int = 200) -> web.Response:
    """JSON with orjson."""
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")
