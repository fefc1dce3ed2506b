"""Who calls the action server: which trace a call belongs to, and, where it listens beyond loopback, that the caller has the internal token."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

HEADER, HEALTH = "x-internal-token", "/health"
SHORTEST = 16


CALLER: ContextVar[Mapping[str, str]] = ContextVar("caller", default=MappingProxyType({}))  # the request's headers


def remember_caller(app: Sanic[Any, Any]) -> None:
    """Let actions know the headers of the request they answer: the SDK hands on its body alone."""

    @app.on_request
    async def remember(request: Request) -> None:
        CALLER.set(request.headers)


def guard(app: Sanic[Any, Any], token: str) -> None:
    """Refuse every call without the token, but for its health, which an orchestrator asks for. Raises ValueError for a token that could be guessed."""
    if len(token) < SHORTEST:
        raise ValueError(f"JOBSEEKER_INTERNAL_TOKEN should hold the gateway's token, at least {SHORTEST} characters")
    expected = token.encode()

    @app.on_request
    async def refuse_strangers(request: Request) -> HTTPResponse | None:
        given = request.headers.get(HEADER, "").encode(errors="surrogateescape")
        if request.path == HEALTH or hmac.compare_digest(given, expected):
            return None
        return json({"error": "wrong token"}, status=401)
