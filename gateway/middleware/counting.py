"""Counts and times every request for the metrics: by the pattern of its address, never by the address."""

from __future__ import annotations

import time

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.middleware.errors import route_of
from gateway.services_key import SERVICES

STREAM = "text/event-stream"


@web.middleware
async def counting(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost. A stream is counted when it ends; how long somebody listened is not a time of ours."""
    began = time.monotonic()
    meter = request.app[SERVICES].meter
    try:
        response = await handler(request)
    except web.HTTPException as redirected:
        meter.requested(route_of(request), redirected.status, time.monotonic() - began)
        raise
    seconds = None if response.content_type == STREAM else time.monotonic() - began
    meter.requested(route_of(request), response.status, seconds)
    return response
