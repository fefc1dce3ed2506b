"""The supervisor's figures over HTTP (docs/contracts.md): board, history, CSV. Who may is the use case's to say."""

from __future__ import annotations

from datetime import date

from aiohttp import web

from console.bodies import json_response
from console.sessions import SERVICES, SESSION, for_cases
from jobseeker.errors import MalformedRequest


def setup(app: web.Application, prefix: str) -> None:
    """Add these routes."""
    app.router.add_get(f"{prefix}/board", for_cases(board))
    app.router.add_get(f"{prefix}/history", for_cases(history))
    app.router.add_get(f"{prefix}/history.csv", for_cases(export))


async def board(request: web.Request) -> web.Response:
    """GET /console/api/board."""
    return json_response(await request.app[SERVICES].supervise.board(request[SESSION].account))


async def history(request: web.Request) -> web.Response:
    """GET /console/api/history?from=2026-11-01&to=2026-11-30."""
    first, last = _days(request)
    return json_response(await request.app[SERVICES].supervise.history(request[SESSION].account, first, last))


async def export(request: web.Request) -> web.Response:
    """GET /console/api/history.csv?from=…&to=…: an attachment; audited."""
    first, last = _days(request)
    text = await request.app[SERVICES].supervise.export(request[SESSION].account, first, last)
    name = f"history-{first.isoformat()}-{last.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


def _days(request: web.Request) -> tuple[date, date]:
    try:
        return date.fromisoformat(request.query.get("from", "")), date.fromisoformat(request.query.get("to", ""))
    except ValueError:
        raise MalformedRequest("from, to: days like 2026-11-30") from None
