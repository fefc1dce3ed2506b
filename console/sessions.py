"""Who asks: the session cookie, the CSRF token, and which roles may touch cases. Passwords and lock-out are jobseeker/usecases/sign_in.py."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from app import https
from app.wiring import Services
from jobseeker.errors import FirstPassword, JobseekerError, NotAllowed, NotOwner, NotSignedIn
from jobseeker.records import StaffSession

log = logging.getLogger(__name__)
SERVICES = web.AppKey("console_services", Services)
SESSION = web.RequestKey("console_session", StaffSession)
COOKIE = "jobseeker_staff"
COOKIE_PATH = "/console"
CSRF_HEADER = "X-CSRF-Token"
CASE_ROLES = frozenset(
    {"counsellor", "supervisor"}
)  # editors, auditors and worker representatives read no conversations here
SAFE_METHODS = frozenset({"GET", "HEAD"})
LONGEST_TOKEN = 128

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def signed_in(handler: Handler, *, first_password: bool = False) -> Handler:
    """Let the request through for a signed-in member of staff; every change must carry the session's CSRF token.

    What is refused, here or by what the request leads to, is logged with who asked. first_password: also for who has yet to
    change the password their account was made with. Raises NotSignedIn, NotAllowed, FirstPassword.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        session = await current_session(request)
        try:
            if request.method not in SAFE_METHODS:
                refuse_other_sites(request)
                if not same_secret(request.headers.get(CSRF_HEADER, ""), session.csrf_token):
                    raise NotAllowed
            if session.account.must_change_password and not first_password:
                raise FirstPassword
            request[SESSION] = session
            return await handler(request)
        except (NotAllowed, NotOwner) as problem:
            _note_refusal(request, session, problem)
            raise

    return guarded


def _note_refusal(request: web.Request, session: StaffSession, problem: JobseekerError) -> None:
    resource = request.match_info.route.resource
    asked = {"method": request.method, "route": resource.canonical if resource else "", "code": problem.code}
    log.warning("access refused", extra={"account": session.account.id, "role": session.account.role, **asked})


def for_cases(handler: Handler) -> Handler:
    """As `signed_in`, and the account's role may touch cases. Raises NotAllowed."""

    async def with_role(request: web.Request) -> web.StreamResponse:
        if request[SESSION].account.role not in CASE_ROLES:
            raise NotAllowed
        return await handler(request)

    return signed_in(with_role)


async def current_session(request: web.Request) -> StaffSession:
    """The session of the cookie. Raises NotSignedIn."""
    token = session_token(request)
    if not token:
        raise NotSignedIn
    return await request.app[SERVICES].current_account(token)


def session_token(request: web.Request) -> str:
    """The cookie's value, "" where there is none that could be one of ours."""
    token = request.cookies.get(COOKIE, "")
    return token if len(token) <= LONGEST_TOKEN else ""


def refuse_other_sites(request: web.Request) -> None:
    """Refuse a change that another site's page asks for, before the CSRF token exists too (sign-in). Raises NotAllowed."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host and not _behind_proxy_as(request, origin):
        raise NotAllowed


def set_cookie(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """Give the browser its session: out of reach of scripts, never sent from another site, only over https where there is https.

    No lifetime: it ends with the browser, and on the server after JOBSEEKER_SESSION_HOURS.
    """
    response.set_cookie(COOKIE, token, path=COOKIE_PATH, httponly=True, samesite="Strict", secure=is_https(request))


def drop_cookie(request: web.Request, response: web.StreamResponse) -> None:
    """Make the browser forget its session."""
    response.del_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="Strict", secure=is_https(request))


def is_https(request: web.Request) -> bool:
    """Whether the browser speaks https."""
    return https.is_https(request, request.app[SERVICES].settings)


def same_secret(given: str, expected: str) -> bool:
    """Compare without telling by the time it takes how much of it was right."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())


def _behind_proxy_as(request: web.Request, origin: str) -> bool:
    trusted = request.app[SERVICES].settings.trust_proxy
    return trusted and urlsplit(origin).netloc == request.headers.get("X-Forwarded-Host", "")
