"""What a request must look like. Bodies are checked here, before anything reads them; meaning is the use cases'."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Literal, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError

from jobseeker.errors import MalformedRequest, NotAcceptedHere, TextTooLong, UnknownConversation

BODY_SECONDS = 15.0
LONGEST_WAIT_SECONDS = 60
MAX_SEQ = 2**31 - 1
MESSAGE_ID = re.compile("[A-Za-z0-9._:-]{1,64}")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StartBody(_Body):
    """POST /api/v1/conversations."""

    language: Literal["zh-Hant", "zh-Hans", "en"] = "zh-Hant"


class MessageBody(_Body):
    """POST /api/v1/conversations/{id}/messages."""

    text: StrictStr
    client_message_id: Annotated[StrictStr, Field(pattern=f"^{MESSAGE_ID.pattern}$")]
    payload: Annotated[StrictStr, Field(max_length=128)] | None = None


Body = TypeVar("Body", bound=BaseModel)


async def read_body(request: web.Request, model: type[Body], *, optional: bool = False) -> Body:
    """The body as `model`.

    Raises:
        NotAcceptedHere: it is not application/json.
        TextTooLong: it is larger than the limit.
        MalformedRequest: it is not JSON or not of this form; says where, not what was written.
    """
    raw = await read_raw(request)
    if optional and not raw:
        return model()
    if request.content_type != "application/json":
        raise NotAcceptedHere
    try:
        return model.model_validate(orjson.loads(raw))
    except orjson.JSONDecodeError as problem:
        raise MalformedRequest(f"body: not JSON ({problem.msg})") from problem
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise MalformedRequest(f"{place}: {first['msg']}") from None


async def read_raw(request: web.Request) -> bytes:
    """The bytes of the body. Raises TextTooLong above the application's limit, MalformedRequest when they do not come."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise TextTooLong from None
    except TimeoutError:
        raise MalformedRequest("body: not complete in time") from None


def bearer_token(request: web.Request, *, in_query: bool = False) -> str:
    """The client's secret. Raises UnknownConversation where there is none, as for a wrong one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    if in_query and request.query.get("token"):
        return request.query["token"]
    raise UnknownConversation


def query_number(request: web.Request, name: str, *, default: int, most: int) -> int:
    """A whole number from the query. Raises MalformedRequest."""
    value = request.query.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= 10 and int(value) <= most):
        raise MalformedRequest(f"{name}: a whole number from 0 to {most}")
    return int(value)
