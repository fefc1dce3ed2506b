"""Headers for every answer, and who may call the API from another site. Access to a conversation is by its token, not here."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from app.https import is_https
from gateway.services_key import SERVICES

PAGE_POLICY = "; ".join(  # of the built pages; set by routes/pages.py
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # a style element inside a shadow root
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
NO_PAGE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": NO_PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STRICT_TRANSPORT_SECURITY = "max-age=31536000"  # a year; not for subdomains, which are not ours to speak for
API = "/api/"
ALLOWED_METHODS, ALLOWED_HEADERS = "GET, POST, OPTIONS", "Authorization, Content-Type, Last-Event-ID"


@web.middleware
async def security(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost: answers a preflight of an allowed origin itself."""
    origin = _allowed_origin(request)
    if request.method == "OPTIONS" and origin and "Access-Control-Request-Method" in request.headers:
        preflight = {"Access-Control-Allow-Methods": ALLOWED_METHODS, "Access-Control-Allow-Headers": ALLOWED_HEADERS}
        return web.Response(status=204, headers={**headers_for(request), **preflight, "Access-Control-Max-Age": "600"})
    return await handler(request)


async def put_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Just before an answer's head is written, whatever kind of answer it is. What a handler has set stays: a page's policy and caching."""
    for name, value in headers_for(request).items():
        response.headers.setdefault(name, value)
    response.headers.popall("Server", None)  # nobody needs to know which version of what answers


def headers_for(request: web.Request) -> dict[str, str]:
    """Security and cross-origin headers for the answer to this request."""
    headers = dict(HEADERS)
    if is_https(request, request.app[SERVICES].settings):
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
    if request.path.startswith(API):
        headers["Vary"] = "Origin"
        origin = _allowed_origin(request)
        if origin:
            headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Retry-After"}
    return headers


def _allowed_origin(request: web.Request) -> str | None:
    """The other site that asks, if the settings allow it; the console's API is for its own page alone."""
    origin = request.headers.get("Origin", "")
    allowed = request.app[SERVICES].settings.allowed_origins
    return origin if request.path.startswith(API) and origin and (origin in allowed or "*" in allowed) else None
