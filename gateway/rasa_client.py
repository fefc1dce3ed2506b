"""Talks to the dialogue engine by docs/contracts.md and refuses everything that is not that contract. Retries are the worker's."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import aiohttp
import orjson

from jobseeker.errors import DialogueError, DialogueProtocol, DialogueUnavailable
from jobseeker.messages import Say, Understanding
from jobseeker.metering import Engine, Meter, NoMeter
from jobseeker.ports import Turn, TurnRequest
from telemetry.tracing import NoTracing, Tracing

TURN_PATH = "/webhooks/jobseeker/turn"
FORGET_PATH = "/webhooks/jobseeker/forget"
HEALTH_PATH = "/webhooks/jobseeker/health"
MAX_ANSWER_BYTES = 1_000_000


class RasaClient:
    """jobseeker.ports.Dialogue over HTTP, with connections that are kept open."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout_seconds: float,
        connections: int = 32,
        meter: Meter = NoMeter(),
        tracing: Tracing = NoTracing(),
    ) -> None:
        self._url, self._headers = url, {"X-Internal-Token": token, "Content-Type": "application/json"}
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=min(timeout_seconds, 3.0))
        self._connections, self._meter, self._tracing = connections, meter, tracing
        self._session: aiohttp.ClientSession | None = None

    async def turn(self, request: TurnRequest) -> Turn:
        """One turn.

        Raises:
            DialogueUnavailable: it is down, slow or failed; the same request may be sent again.
            DialogueProtocol: it refused our request or answered something that is not the contract.
        """
        began = time.monotonic()
        try:
            with self._tracing.span("rasa turn"):
                turn = await self._turn(request)
        except DialogueError as problem:
            outcome: Engine = "protocol" if isinstance(problem, DialogueProtocol) else "unavailable"
            self._meter.asked_engine(outcome, time.monotonic() - began)
            raise
        self._meter.asked_engine("ok", time.monotonic() - began)
        return turn

    async def _turn(self, request: TurnRequest) -> Turn:
        try:
            async with self._open().post(
                self._url + TURN_PATH,
                data=orjson.dumps(request.to_dict()),
                headers={**self._headers, **self._tracing.headers()},
            ) as answer:
                if answer.status >= 500:
                    raise DialogueUnavailable(f"status {answer.status}")
                if answer.status != 200:
                    raise DialogueProtocol(f"status {answer.status}")
                body = await answer.content.read(MAX_ANSWER_BYTES + 1)
                while len(body) <= MAX_ANSWER_BYTES and (more := await answer.content.read(MAX_ANSWER_BYTES)):
                    body += more
        except TimeoutError as problem:
            raise DialogueUnavailable("timeout") from problem
        except aiohttp.ClientError as problem:
            raise DialogueUnavailable(type(problem).__name__) from problem
        if len(body) > MAX_ANSWER_BYTES:
            raise DialogueProtocol("answer too large")
        return parse_turn(body, request.inbox_id)

    async def forget(self, conversation_id: str, inbox_id: int) -> None:
        """Take one message's words out of the tracker. Raises DialogueUnavailable, DialogueProtocol."""
        await self._forget({"conversation_id": conversation_id, "inbox_id": inbox_id})

    async def _forget(self, what: Mapping[str, object]) -> None:
        body = orjson.dumps(what)
        try:
            async with self._open().post(self._url + FORGET_PATH, data=body, headers=self._headers) as answer:
                if answer.status >= 500:
                    raise DialogueUnavailable(f"status {answer.status}")
                if answer.status != 200:
                    raise DialogueProtocol(f"status {answer.status}")
        except TimeoutError as problem:
            raise DialogueUnavailable("timeout") from problem
        except aiohttp.ClientError as problem:
            raise DialogueUnavailable(type(problem).__name__) from problem

    async def forget_all(self, conversation_id: str) -> None:
        """Delete all of a conversation from the tracker. Raises DialogueUnavailable, DialogueProtocol."""
        await self._forget({"conversation_id": conversation_id, "whole": True})

    async def is_healthy(self) -> bool:
        """Whether it is up with a model loaded."""
        return await answers_ok(self._open(), self._url + HEALTH_PATH)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        return self._session


async def answers_ok(session: aiohttp.ClientSession, url: str) -> bool:
    """Whether a health address answers 200 within two seconds."""
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=2)) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


def parse_turn(body: bytes, inbox_id: int) -> Turn:
    """The answer as the contract has it. Raises DialogueProtocol; its text names the place, never a person's words."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise DialogueProtocol("not JSON") from problem
    if not isinstance(value, dict) or value.get("inbox_id") != inbox_id:
        raise DialogueProtocol("answer to another message")
    try:
        says = tuple(_say(item) for item in value["says"])
        commands = tuple((str(item["name"]), dict(item.get("params") or {})) for item in value.get("commands") or ())
        return Turn(
            Understanding.from_dict(value["understanding"]),
            says,
            commands,
            str(value.get("model") or ""),
            value.get("replayed") is True,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise DialogueProtocol(f"answer not as in docs/contracts.md ({type(problem).__name__})") from problem


def _say(value: Any) -> Say:
    say = Say.from_dict(value)
    if (
        not isinstance(say.key, str)
        or not isinstance(say.params, dict)
        or (say.kind in ("faq", "utterance", "cards") and not say.key)
    ):
        raise ValueError("say without key")
    return say
