"""Files made for people, fetched by their link. Making them is the effect `store_file`."""

from __future__ import annotations

from aiohttp import web

from gateway.services_key import SERVICES


async def fetch(request: web.Request) -> web.Response:
    """GET /api/v1/files/{token}."""
    found = await request.app[SERVICES].fetch_file(request.match_info["token"])
    headers = {
        "Content-Disposition": f'attachment; filename="{found.name}"',
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex",
    }
    return web.Response(body=found.content, content_type=found.media_type, headers=headers)
