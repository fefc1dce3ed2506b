"""What the console's requests must look like. Meaning is the use cases'; who may ask is sessions.py."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from jobseeker.errors import CaseNotFound, MalformedRequest, NotAcceptedHere, TextTooLong

BODY_SECONDS = 15.0
LARGEST_CASE_ID = 2**31 - 1


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignInBody(_Body):
    """POST /console/api/session."""

    login: Annotated[StrictStr, Field(min_length=1, max_length=64)]
    password: Annotated[StrictStr, Field(min_length=1, max_length=256)]


Token = Annotated[StrictStr, Field(min_length=1, max_length=128)]
Code = Annotated[StrictStr, Field(min_length=1, max_length=32)]


class TicketBody(_Body):
    """POST /console/api/session/enrolment."""

    ticket: Token


class FinishBody(TicketBody):
    """POST /console/api/session/second-factor."""

    code: Code


class CodeBody(_Body):
    """POST /console/api/second-factor/confirmation."""

    code: Code


class NewFactorBody(_Body):
    """POST /console/api/second-factor."""

    password: Annotated[StrictStr, Field(min_length=1, max_length=256)]
    code: Annotated[StrictStr, Field(max_length=32)] = ""


class NewPasswordBody(NewFactorBody):
    """PUT /console/api/password. Whether the new one is long enough the use case says."""

    new_password: StrictStr


class NewAccountBody(_Body):
    """POST /console/api/accounts."""

    login: StrictStr
    name: StrictStr
    role: StrictStr = "counsellor"
    languages: list[Literal["zh", "en"]] = ["zh", "en"]


class AccountBody(_Body):
    """PUT /console/api/accounts/{id}."""

    role: StrictStr | None = None
    active: StrictBool | None = None
    email: StrictStr | None = None


class ReplyBody(_Body):
    """POST /console/api/cases/{id}/replies."""

    text: StrictStr
    client_message_id: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class SwitchBody(_Body):
    """PUT /console/api/switches/{name}."""

    off: StrictBool
    reason: StrictStr


class SignatureBody(_Body):
    """POST /console/api/releases/{number}/signature."""

    digest: Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]


class NoteBody(_Body):
    """POST /console/api/cases/{id}/notes."""

    text: StrictStr


class TagsBody(_Body):
    """PUT /console/api/cases/{id}/tags."""

    tags: list[StrictStr]


class TransferBody(_Body):
    """POST /console/api/cases/{id}/transfer."""

    to_account: StrictInt | None = None
    office: StrictStr | None = None
    note: StrictStr = ""


class WrapUpBody(_Body):
    """POST /console/api/cases/{id}/wrap-up."""

    outcome: StrictStr
    note: StrictStr = ""
    tags: list[StrictStr] | None = None


class DecisionBody(_Body):
    """POST /console/api/cases/{id}/decision."""

    decision: StrictStr
    text: StrictStr
    change_made: StrictStr = ""


class ChangeBody(_Body):
    """PUT /console/api/cases/{id}/change."""

    change_made: StrictStr


class PresenceBody(_Body):
    """PUT /console/api/presence."""

    state: StrictStr


class EquipmentBody(_Body):
    """PUT /console/api/accounts/{id}/equipment."""

    skills: list[StrictStr]
    office: StrictStr = ""
    capacity: StrictInt


class CallbackBody(_Body):
    """POST /console/api/callbacks/{id}."""

    done: StrictBool


class OfficeDayBody(_Body):
    """POST /console/api/offices/days."""

    day: Annotated[StrictStr, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    office: StrictStr = ""
    opens: Annotated[StrictStr, Field(pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d$")] = ""
    closes: Annotated[StrictStr, Field(pattern=r"^$|^(([01]\d|2[0-3]):[0-5]\d|24:00)$")] = ""
    reason: dict[StrictStr, StrictStr]


class BehalfBody(_Body):
    """POST /console/api/conversations."""

    variety: StrictStr
    channel: StrictStr
    note: StrictStr = ""


class CannedReplyBody(_Body):
    """POST /console/api/canned-replies, PUT …/{id}."""

    variety: StrictStr
    title: StrictStr
    text: StrictStr
    office: StrictStr = ""


Body = TypeVar("Body", bound=_Body)


async def read_body(request: web.Request, model: type[Body]) -> Body:
    """The body as `model`.

    Raises:
        NotAcceptedHere: it is not application/json (which a form of another site could send without being asked).
        TextTooLong: it is larger than the application's limit.
        MalformedRequest: it is not JSON or not of this form; says where, not what was written.
    """
    if request.content_type != "application/json":
        raise NotAcceptedHere
    try:
        async with asyncio.timeout(BODY_SECONDS):
            raw = await request.read()
        return model.model_validate(orjson.loads(raw))
    except web.HTTPRequestEntityTooLarge:
        raise TextTooLong from None
    except TimeoutError:
        raise MalformedRequest("body: not complete in time") from None
    except orjson.JSONDecodeError as problem:
        raise MalformedRequest(f"body: not JSON ({problem.msg})") from None
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise MalformedRequest(f"{place}: {first['msg']}") from None


def case_id(request: web.Request) -> int:
    """The case of the address. Raises CaseNotFound: what is no number is no case either."""
    return number(request.match_info["id"])


def number(text: str) -> int:
    """A case's number. Raises CaseNotFound."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= LARGEST_CASE_ID):
        raise CaseNotFound
    return int(text)


def json_response(value: object, status: int = 200) -> web.Response:
    """JSON with orjson."""
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")
