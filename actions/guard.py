"""Who may call the action server where it listens beyond loopback: whoever has the internal token. Its health is open: an orchestrator asks for it."""

from __future__ import annotations

import hmac
from typing import Any

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

HEADER, HEALTH = "x-internal-token", "/health"
SHORTEST = 16


def guard(app: Sanic[Any, Any], token: str) -> None:
    """Refuse every call without the token. Raises ValueError for a token that could be guessed."""
    if len(token) < SHORTEST:
        raise ValueError(f"JOBSEEKER_INTERNAL_TOKEN should hold the gateway's token, at least {SHORTEST} characters")
    expected = token.encode()

    @app.on_request
    async def refuse_strangers(request: Request) -> HTTPResponse | None:
        given = request.headers.get(HEADER, "").encode(errors="surrogateescape")
        if request.path == HEALTH or hmac.compare_digest(given, expected):
            return None
        return json({"error": "wrong token"}, status=401)
