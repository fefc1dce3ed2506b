"""Events of another desk that handles the cases: a secret in the address, read, taken, 200. What becomes of them is jobseeker/usecases/bridge_desk.py."""

from __future__ import annotations

import hmac

from aiohttp import web

from gateway.services_key import SERVICES
from jobseeker.errors import NotVerified


def setup(app: web.Application) -> None:
    """The address, where a bridge is on."""
    if app[SERVICES].bridge is not None:
        app.router.add_post("/webhooks/desk/chatwoot/{secret}", take)


async def take(request: web.Request) -> web.Response:
    """POST /webhooks/desk/chatwoot/{secret}: what concerns nothing of ours is 200, too, or it would be sent again for ever."""
    services = request.app[SERVICES]
    bridge, secret = services.bridge, services.settings.chatwoot_secret.get_secret_value()
    given = request.match_info["secret"].encode("utf-8", "surrogateescape")
    if bridge is None or not hmac.compare_digest(given, secret.encode()):
        raise NotVerified
    event = bridge.read(await request.read())
    taken = event is not None and await bridge.desk.take(event)
    return web.json_response({"taken": taken})
