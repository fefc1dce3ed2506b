"""The built web pages: the chat at /, the console at /console, the embeddable script at /job-chat.js."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from gateway.middleware.security import PAGE_POLICY
from gateway.services_key import SERVICES

PAGES = {"/": "index.html", "/console": "console.html"}
FRESH, FOREVER = "no-cache", "public, max-age=31536000, immutable"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".map": "application/json",
}


def setup(app: web.Application) -> None:
    """Add the pages. They may be built while the gateway runs."""
    for path in PAGES:
        app.router.add_get(path, page)
    app.router.add_get("/{file:[A-Za-z0-9_./-]+\\.[a-z0-9]+}", asset)


async def page(request: web.Request) -> web.StreamResponse:
    """A page; looked at anew each time."""
    return _file(request, PAGES[request.path], FRESH)


async def asset(request: web.Request) -> web.StreamResponse:
    """A script or style. What has its hash in the name never changes; other sites may load it."""
    name = request.match_info["file"]
    response = _file(request, name, FOREVER if name.startswith("assets/") else FRESH)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _file(request: web.Request, name: str, cache: str) -> web.StreamResponse:
    folder = request.app[SERVICES].settings.web_dist.resolve()
    path = Path(folder, name).resolve()
    if (
        not path.is_relative_to(folder)
        or path.suffix not in TYPES | {".woff2": "", ".png": "", ".ico": ""}
        or not path.is_file()
    ):
        raise web.HTTPNotFound
    response = web.FileResponse(path, headers={"Cache-Control": cache, "Content-Security-Policy": PAGE_POLICY})
    if path.suffix in TYPES:
        response.content_type = TYPES[path.suffix]
        response.charset = "utf-8"
    return response
