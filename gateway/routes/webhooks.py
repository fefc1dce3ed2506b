"""The platforms' webhooks: raw bytes, verify, read, keep, 200. Nothing else happens before the answer."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from connectors.base import Connector, NotVerifiedError
from connectors.registry import discover
from gateway.requests import BODY_SECONDS
from gateway.services_key import INTAKE, SERVICES
from jobseeker.errors import MalformedRequest, NotVerified, TextTooLong

log = logging.getLogger(__name__)
LARGEST_BYTES = 1_048_576  # a platform may put many events into one request


def setup(app: web.Application) -> None:
    """One address for each channel that is on and waits for its events."""
    registered = discover()
    for channel, connector in app[SERVICES].connectors.items():
        path = registered[channel].path
        if path and not connector.polls:
            app.router.add_post(path, receiver(connector))
            app.router.add_get(path, challenger(connector), allow_head=False)


def receiver(connector: Connector) -> Handler:
    """POST: the events."""

    async def receive(request: web.Request) -> web.StreamResponse:
        body = await _raw(request)
        try:
            connector.verify(request.headers, body)
        except NotVerifiedError:
            log.warning("a request is not the platform's", extra={"channel": connector.channel})
            raise NotVerified from None
        parsed = connector.parse(body)
        await request.app[INTAKE].take(connector, parsed)
        return web.Response(text="ok")

    return receive


def challenger(connector: Connector) -> Handler:
    """GET: the platform asks whether the address is ours."""

    async def challenge(request: web.Request) -> web.StreamResponse:
        try:
            return web.Response(text=connector.challenge(request.query))
        except NotVerifiedError:
            raise NotVerified from None

    return challenge


async def _raw(request: web.Request) -> bytes:
    """The bytes as they came. Raises TextTooLong, MalformedRequest when they do not come."""
    if (request.content_length or 0) > LARGEST_BYTES:
        raise TextTooLong
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_chunked(65_536):
                body += chunk
                if len(body) > LARGEST_BYTES:
                    raise TextTooLong
    except TimeoutError:
        raise MalformedRequest("body: not complete in time") from None
    return bytes(body)
