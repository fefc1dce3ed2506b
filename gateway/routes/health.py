"""Is it alive, is it ready."""

from __future__ import annotations

from aiohttp import web

from gateway.replies import json_response
from gateway.services_key import HEALTH


async def lives(_: web.Request) -> web.Response:
    """GET /livez: this process answers. Nothing else is asked: an orchestrator must not restart it for a database that is away."""
    return json_response({"status": "ok", "checks": {}})


async def alive(request: web.Request) -> web.Response:
    """GET /healthz: this process and its database. A supervisor restarts on 503."""
    return await _answer(request, "database")


async def ready(request: web.Request) -> web.Response:
    """GET /readyz: everything an answer needs."""
    return await _answer(request, "database", "rasa", "actions")


async def _answer(request: web.Request, *names: str) -> web.Response:
    checks = await request.app[HEALTH].of(*names)
    fine = all(state == "ok" for state in checks.values())
    return json_response({"status": "ok" if fine else "down", "checks": checks}, status=200 if fine else 503)
