"""Turns what was raised into the error answer of docs/contracts.md. A mistake of ours is logged and told as 500, never hidden."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from connectors.web import CHANNEL
from gateway.services_key import SERVICES
from jobseeker.errors import (
    AccessError,
    AlreadyClaimed,
    CannedReplyNotFound,
    CaseNotFound,
    EmptyText,
    EncryptionError,
    FileTooLarge,
    HandoffError,
    InputError,
    JobseekerError,
    MalformedRequest,
    NoSuchAccount,
    NoSuchRelease,
    NotAcceptedHere,
    NotAllowed,
    NotOwner,
    NotSignedIn,
    NotVerified,
    PasswordRefused,
    ProviderUnavailable,
    ReleaseError,
    SignInExpired,
    SignInFailed,
    StoreUnavailable,
    TextTooLong,
    TooManyAttempts,
    TooManyMessages,
    UnknownConversation,
    UnknownFile,
    UnsupportedFile,
    UploadError,
    UploadWhilePerson,
    WrongCode,
)

log = logging.getLogger(__name__)
STATUS: Mapping[type[JobseekerError], HTTPStatus] = {
    TextTooLong: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    EmptyText: HTTPStatus.UNPROCESSABLE_ENTITY,
    MalformedRequest: HTTPStatus.BAD_REQUEST,
    TooManyMessages: HTTPStatus.TOO_MANY_REQUESTS,
    NotAcceptedHere: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UnknownConversation: HTTPStatus.NOT_FOUND,
    UnknownFile: HTTPStatus.NOT_FOUND,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotVerified: HTTPStatus.UNAUTHORIZED,
    SignInFailed: HTTPStatus.UNAUTHORIZED,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    WrongCode: HTTPStatus.UNAUTHORIZED,
    SignInExpired: HTTPStatus.UNAUTHORIZED,
    NoSuchAccount: HTTPStatus.NOT_FOUND,
    PasswordRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoSuchRelease: HTTPStatus.NOT_FOUND,
    ReleaseError: HTTPStatus.CONFLICT,
    ProviderUnavailable: HTTPStatus.BAD_GATEWAY,
    EncryptionError: HTTPStatus.SERVICE_UNAVAILABLE,
    NotAllowed: HTTPStatus.FORBIDDEN,
    CaseNotFound: HTTPStatus.NOT_FOUND,
    AlreadyClaimed: HTTPStatus.CONFLICT,
    NotOwner: HTTPStatus.FORBIDDEN,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedFile: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UploadWhilePerson: HTTPStatus.CONFLICT,
    UploadError: HTTPStatus.UNPROCESSABLE_ENTITY,
    InputError: HTTPStatus.BAD_REQUEST,
    AccessError: HTTPStatus.FORBIDDEN,
    CannedReplyNotFound: HTTPStatus.NOT_FOUND,
    HandoffError: HTTPStatus.CONFLICT,
}


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost but one: security headers are put on its answers, too."""
    try:
        return await handler(request)
    except JobseekerError as problem:
        if isinstance(problem, StoreUnavailable):
            # one line and no more: while a database is away this is written for every request
            log.error("the store does not answer", extra={"route": route_of(request), "problem": str(problem)})
        if isinstance(problem, TooManyMessages):
            request.app[SERVICES].meter.limited(
                CHANNEL
            )  # platforms are never answered so: receive_event.py counts them
        return error_response(problem, wording=_wording(request, problem))
    except web.HTTPException as problem:
        if problem.status < 400 or problem.content_type == "application/json":
            raise
        headers = {"Allow": problem.headers["Allow"]} if "Allow" in problem.headers else {}
        wrong: JobseekerError = (
            TextTooLong() if problem.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else NotAcceptedHere()
        )
        return error_response(wrong, status=problem.status, headers=headers)
    except (ConnectionError, TimeoutError) as problem:  # the client went away, or a database did
        log.warning(
            "request not finished",
            extra={"method": request.method, "route": route_of(request), "problem": type(problem).__name__},
        )
        return error_response(JobseekerError(), status=HTTPStatus.SERVICE_UNAVAILABLE)
    except Exception:
        log.exception("request failed", extra={"method": request.method, "route": route_of(request)})
        return error_response(JobseekerError(), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def error_response(
    problem: JobseekerError,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    wording: Mapping[str, str] | None = None,
) -> web.Response:
    """The answer for one error; `detail` is for the developer who calls the API."""
    body: dict[str, object] = {"code": problem.code, "message": dict(wording or {"zh": problem.zh, "en": problem.en})}
    if isinstance(problem, MalformedRequest) and problem.detail:
        body["detail"] = problem.detail
    extra = dict(headers or {})
    retry_after = getattr(problem, "retry_after_seconds", None)
    if retry_after is not None:
        extra["Retry-After"] = str(retry_after)
    return web.Response(
        body=orjson.dumps({"error": body}),
        status=status or status_of(problem),
        content_type="application/json",
        headers=extra,
    )


def status_of(problem: JobseekerError) -> HTTPStatus:
    """The most particular entry of STATUS for this kind of error; 500 for what no caller can help."""
    for kind in type(problem).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _wording(request: web.Request, problem: JobseekerError) -> Mapping[str, str] | None:
    """The pack's own words, where it has some for this."""
    if isinstance(problem, TooManyMessages):
        return request.app[SERVICES].composer.answers.pack.responses["rate_limited"].text
    return None


def route_of(request: web.Request) -> str:
    """The pattern of its address; "unknown" where there is none such."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"
