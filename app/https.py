"""Whether a browser speaks https with us: the one answer for cookies (console) and headers (gateway)."""

from __future__ import annotations

from aiohttp import web

from app.settings import Settings


def is_https(request: web.Request, settings: Settings) -> bool:
    """Also where a proxy ends it: one that we trust says so, or the address under which people reach us does."""
    if request.secure or settings.public_url.lower().startswith("https://"):
        return True
    return settings.trust_proxy and request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https"
