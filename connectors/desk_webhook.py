"""Tells another system by a signed HTTP call that a case waits. What is told is jobseeker/usecases/announce_case.py."""

from __future__ import annotations

import hashlib
import hmac
import time

import aiohttp
import orjson

from jobseeker.usecases.announce_case import Notice

SECONDS = 15.0
SIGNATURE, STAMP, DELIVERY = "X-Jobseeker-Signature", "X-Jobseeker-Timestamp", "X-Jobseeker-Delivery"


class WebhookRefusedError(Exception):
    """The other side did not take it: tried again."""


class DeskWebhook:
    """POST {"event": "case.waiting"|"case.crisis", "delivery", "case", "subject"}; signed as HMAC-SHA256 over "<timestamp>.<body>".

    The delivery id is the same on every attempt: who has it already drops it.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret.encode()

    async def __call__(self, notice: Notice) -> None:
        """Send it. Raises WebhookRefusedError, aiohttp.ClientError, TimeoutError: it is tried again."""
        delivery = hashlib.sha256(notice.key.encode()).hexdigest()[:32]
        event = "case.crisis" if notice.crisis else "case.waiting"
        body = orjson.dumps(
            {"event": event, "delivery": delivery, "case": dict(notice.case), "subject": dict(notice.subject)}
        )
        stamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            STAMP: stamp,
            DELIVERY: delivery,
            SIGNATURE: "sha256=" + signature(self._secret, stamp, body),
        }
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            if answer.status >= 300:
                raise WebhookRefusedError(f"HTTP {answer.status}")


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """What the receiver works out, too."""
    return hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
