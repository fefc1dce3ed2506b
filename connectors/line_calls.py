"""Calls of LINE's API by its SDK, and what the answers mean. What is sent in them is line.py, rich menus are line_menus.py."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson

from connectors.base import SEND_TIMEOUT_SECONDS, TAKEN, UNREADABLE
from connectors.reading import as_mapping, as_text, number
from jobseeker.ports import Delivered, Gone, Refused, RetryAfter, Sent

log = logging.getLogger(__name__)
QUOTA_SECONDS = 3_600.0  # the month's messages are used up: somebody has to buy more


def open_api(url: str, token: str) -> Any:
    """The SDK's client; it needs a running event loop. It notes in TAKEN when a call is taken, before its answer is read."""
    from linebot.v3.messaging import AsyncApiClient, AsyncMessagingApi, Configuration

    client = AsyncApiClient(Configuration(host=url.rstrip("/"), access_token=token))
    ask = client.request

    async def request(*given: Any, **named: Any) -> Any:
        answer = await ask(*given, **named)  # raises ApiException for every status but 2xx
        TAKEN.set(True)
        return answer

    client.request = request
    return AsyncMessagingApi(client)


def timeout() -> aiohttp.ClientTimeout:
    """Of one call."""
    return aiohttp.ClientTimeout(total=SEND_TIMEOUT_SECONDS)


async def call(api: Any, method: str, *arguments: Any, **options: Any) -> Sent:
    """Call a method of the SDK. What has been taken is delivered, whatever the body of the answer says."""
    from linebot.v3.messaging import ApiException

    TAKEN.set(False)
    try:
        await getattr(api, method)(*arguments, **options, _request_timeout=timeout())
    except ApiException as problem:
        return outcome(problem.status or 0, problem.body, problem.headers or {})
    except (aiohttp.ClientError, OSError) as problem:
        return RetryAfter(problem=type(problem).__name__)
    except UNREADABLE as problem:
        refusal = problem.__context__
        if isinstance(refusal, ApiException):  # the SDK could not decode the text of an error
            return _undecoded(refusal)
        if not TAKEN.get():
            raise
        log.error("taken, but its answer cannot be read", extra={"method": method, "problem": type(problem).__name__})
    return Delivered()


def _undecoded(refusal: Any) -> Sent:
    """An error whose text is not UTF-8 was written by something before the platform: it ends no reply for good."""
    sent = outcome(refusal.status or 0, refusal.body, refusal.headers or {})
    return RetryAfter(problem=f"{sent.problem} (not UTF-8)") if isinstance(sent, Refused | Gone) else sent


def outcome(status: int, body: Any, headers: Mapping[str, str]) -> Sent:
    """What an error answer means. Only the platform's own words and none of the person's go into `problem`."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body or "")
    try:
        said = as_text(as_mapping(orjson.loads(text)).get("message"))
    except orjson.JSONDecodeError:
        said = ""
    problem = f"status {status} {said}".strip()[:200]
    if status == 409:  # the same retry key: the earlier attempt was taken
        return Delivered()
    if status == 429 and "monthly limit" in said.lower():
        return RetryAfter(QUOTA_SECONDS, problem)
    if status == 429 or status >= 500 or status in (401, 403):
        return RetryAfter(number(headers.get("Retry-After")) or 0.0, problem)
    if status == 404 or "'to'" in said or "failed to send messages" in said.lower():
        return Gone(problem)
    return Refused(problem)
