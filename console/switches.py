"""The kill-switch over HTTP (docs/contracts.md). Who may is the use case's to say."""

from __future__ import annotations

from aiohttp import web

from app.wiring import Services
from console.bodies import SwitchBody, json_response, read_body
from console.sessions import SERVICES, SESSION, signed_in


def setup(app: web.Application, prefix: str) -> None:
    """Add these routes."""
    app.router.add_get(f"{prefix}/switches", signed_in(shown))
    app.router.add_put(f"{prefix}/switches/{{name}}", signed_in(put))


async def shown(request: web.Request) -> web.Response:
    """GET /console/api/switches: how each capability stands, who switched it and why; for everybody who is signed in."""
    services: Services = request.app[SERVICES]
    return json_response({"switches": await services.switch_capability.told()})


async def put(request: web.Request) -> web.Response:
    """PUT /console/api/switches/{name} {"off", "reason"}: in force for the next answer of every gateway; audited."""
    body = await read_body(request, SwitchBody)
    switch = request.app[SERVICES].switch_capability
    await switch(request[SESSION].account, request.match_info["name"], off=body.off, reason=body.reason)
    return json_response({"switches": await switch.told()})
