"""Signing in at another provider: the two addresses that a browser visits. What counts is jobseeker/usecases/sign_in_elsewhere.py."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from aiohttp import web

from console.access import end_session_before
from console.sessions import LONGEST_TOKEN, SERVICES, is_https, refuse_other_sites, set_cookie
from jobseeker.errors import AccessError, IdentityRefused, ProviderUnavailable, SignInExpired
from jobseeker.usecases.sign_in_elsewhere import ATTEMPT_SECONDS, SignInElsewhere
from jobseeker.usecases.staff_sessions import HalfSignedIn

log = logging.getLogger(__name__)
COOKIE, PAGE = "jobseeker_provider", "/console"
LONGEST_CODE = 4_096


def setup(app: web.Application, prefix: str) -> None:
    """Add these routes; both answer 404 where no provider is set."""
    app.router.add_get(f"{prefix}/oidc/start", start)
    app.router.add_get(f"{prefix}/oidc/return", come_back)


async def start(request: web.Request) -> web.Response:
    """GET /console/api/oidc/start: to the provider."""
    refuse_other_sites(request)
    try:
        begun = await _provider(request).begin()
    except ProviderUnavailable as problem:
        return _refused(request, problem)
    response = _to(begun.address)
    # Lax: the provider's page sends the browser back, and this cookie must come along (the session's never does).
    response.set_cookie(
        COOKIE,
        begun.browser_token,
        path=f"{PAGE}/api/oidc",
        max_age=ATTEMPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=is_https(request),
    )
    return response


async def come_back(request: web.Request) -> web.Response:
    """GET /console/api/oidc/return?code=…&state=…[&iss=…]: back to the console's page, signed in or told why not."""
    elsewhere, query = _provider(request), request.query
    browser = request.cookies.get(COOKIE, "")
    state, code = query.get("state", ""), query.get("code", "")
    try:
        if query.get("iss", request.app[SERVICES].settings.oidc_issuer) != request.app[SERVICES].settings.oidc_issuer:
            raise IdentityRefused("answer of another issuer (RFC 9207)")
        if not state or not browser or len(state) > LONGEST_TOKEN or len(browser) > LONGEST_TOKEN:
            raise SignInExpired
        if not 1 <= len(code) <= LONGEST_CODE:
            raise IdentityRefused(f"the provider answers {query.get('error', 'nothing')[:64]}")
        opened = await elsewhere.finish(state=state, code=code, browser_token=browser)
    except AccessError as problem:
        return _refused(request, problem)
    if isinstance(opened, HalfSignedIn):
        return _forget(request, _to(f"{PAGE}#{urlencode({'second_factor': opened.step, 'ticket': opened.ticket})}"))
    await end_session_before(request)
    response = _forget(request, _to(PAGE))
    set_cookie(request, response, opened.session_token)
    return response


def _provider(request: web.Request) -> SignInElsewhere:
    found = request.app[SERVICES].access.elsewhere
    if found is None:
        raise web.HTTPNotFound
    return found


def _refused(request: web.Request, problem: AccessError) -> web.Response:
    """Why is for the log; the page gets the code, which says what to do."""
    detail = getattr(problem, "detail", "")
    log.warning("sign-in at the provider failed", extra={"code": problem.code, "detail": detail})
    return _forget(request, _to(f"{PAGE}#{urlencode({'problem': problem.code})}"))


def _to(address: str) -> web.Response:
    return web.Response(status=302, headers={"Location": address})


def _forget(request: web.Request, response: web.Response) -> web.Response:
    response.del_cookie(COOKIE, path=f"{PAGE}/api/oidc", httponly=True, samesite="Lax", secure=is_https(request))
    return response
