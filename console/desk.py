"""The desk's HTTP interface beyond claiming and replying (docs/contracts.md): offers, wrap-up, transfer, notes, reviews, presence, hours, flags."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from aiohttp import web

from app.wiring import Services
from console.bodies import (
    BehalfBody,
    CallbackBody,
    ChangeBody,
    DecisionBody,
    EquipmentBody,
    NoteBody,
    OfficeDayBody,
    PresenceBody,
    TagsBody,
    TransferBody,
    WrapUpBody,
    case_id,
    json_response,
    number,
    read_body,
)
from console.sessions import SERVICES, SESSION, for_cases, signed_in
from jobseeker.errors import MalformedRequest
from jobseeker.handoff_records import Case, OfficeDay
from jobseeker.records import Account
from jobseeker.rendering.phrases import text as phrase


def setup(app: web.Application, prefix: str) -> None:
    """Add these routes."""
    case = f"{prefix}/cases/{{id}}"
    app.router.add_get(f"{case}/transcript", for_cases(earlier))
    app.router.add_get(f"{case}/suggestions", for_cases(suggestions))
    app.router.add_post(f"{case}/decline", for_cases(decline))
    app.router.add_post(f"{case}/wrap-up", for_cases(wrap_up))
    app.router.add_post(f"{case}/resume", for_cases(resume))
    app.router.add_post(f"{case}/transfer", for_cases(transfer))
    app.router.add_post(f"{case}/notes", for_cases(note))
    app.router.add_put(f"{case}/tags", for_cases(tag))
    app.router.add_get(f"{case}/rerun", for_cases(rerun))
    app.router.add_post(f"{case}/decision", for_cases(decide))
    app.router.add_put(f"{case}/change", for_cases(note_change))
    app.router.add_get(f"{prefix}/reviews", for_cases(reviews))
    app.router.add_get(f"{prefix}/callbacks", for_cases(callbacks))
    app.router.add_post(f"{prefix}/callbacks/{{id}}", for_cases(settle_callback))
    app.router.add_put(f"{prefix}/presence", for_cases(set_presence))
    app.router.add_get(f"{prefix}/colleagues", for_cases(colleagues))
    app.router.add_put(f"{prefix}/accounts/{{id}}/equipment", for_cases(equip))
    app.router.add_get(f"{prefix}/offices", for_cases(offices))
    app.router.add_post(f"{prefix}/offices/days", for_cases(add_day))
    app.router.add_delete(f"{prefix}/offices/days/{{id}}", for_cases(remove_day))
    app.router.add_get(f"{prefix}/flags", signed_in(flags))
    app.router.add_post(f"{prefix}/conversations", for_cases(open_on_behalf))


def summary_of(services: Services, case: Case) -> Mapping[str, Any]:
    """The summary in both languages; no lines where the person does not want it to go along."""
    summary = case.summary or {"lines": [], "words": "", "shared": False}
    shared = bool(summary.get("shared"))
    answers, day = services.composer.answers, services.composer.rules.live.base.day(services.clock.now())
    lines = {
        language: [phrase(line, answers.in_language(language, day)) for line in summary["lines"]] if shared else []
        for language in ("zh", "en")
    }
    return {"shared": shared, "words": summary.get("words", "") if shared else "", "lines": lines}


async def earlier(request: web.Request) -> web.Response:
    """GET /console/api/cases/{id}/transcript?before=SEQ: the page of lines before that."""
    before = request.query.get("before", "")
    if not (before.isascii() and before.isdigit() and len(before) <= 10):
        raise MalformedRequest("before: a seq")
    lines = await request.app[SERVICES].read_case.earlier(_account(request), case_id(request), int(before))
    return json_response(
        {"transcript": [line.to_dict() for line in lines], "earlier": bool(lines and lines[0].seq > 1)}
    )


async def suggestions(request: web.Request) -> web.Response:
    """GET /console/api/cases/{id}/suggestions: FAQ answers to insert; nothing is sent."""
    found = await request.app[SERVICES].suggest_answers(_account(request), case_id(request))
    return json_response({"suggestions": list(found)})


async def decline(request: web.Request) -> web.Response:
    """POST /console/api/cases/{id}/decline."""
    case = await request.app[SERVICES].handle_case.decline(_account(request), case_id(request))
    return _case(request, case)


async def wrap_up(request: web.Request) -> web.Response:
    """POST /console/api/cases/{id}/wrap-up."""
    body = await read_body(request, WrapUpBody)
    case = await request.app[SERVICES].handle_case.wrap_up(
        _account(request),
        case_id(request),
        outcome=body.outcome,
        note=body.note,
        tags=None if body.tags is None else tuple(body.tags),
    )
    return _case(request, case)


async def resume(request: web.Request) -> web.Response:
    """POST /console/api/cases/{id}/resume."""
    return _case(request, await request.app[SERVICES].handle_case.resume(_account(request), case_id(request)))


async def transfer(request: web.Request) -> web.Response:
    """POST /console/api/cases/{id}/transfer."""
    body = await read_body(request, TransferBody)
    case = await request.app[SERVICES].handle_case.transfer(
        _account(request), case_id(request), to_account=body.to_account, office=body.office, note=body.note
    )
    return _case(request, case)


async def note(request: web.Request) -> web.Response:
    """POST /console/api/cases/{id}/notes."""
    body = await read_body(request, NoteBody)
    made = await request.app[SERVICES].handle_case.note(_account(request), case_id(request), body.text)
    return json_response({"id": made}, status=201)


async def tag(request: web.Request) -> web.Response:
    """PUT /console/api/cases/{id}/tags."""
    body = await read_body(request, TagsBody)
    return _case(
        request, await request.app[SERVICES].handle_case.tag(_account(request), case_id(request), tuple(body.tags))
    )


async def rerun(request: web.Request) -> web.Response:
    """GET /console/api/cases/{id}/rerun: the contested ranking worked out again."""
    found = await request.app[SERVICES].review_result.rerun(_account(request), case_id(request))
    return json_response(found.to_dict())


async def decide(request: web.Request) -> web.Response:
    """POST /console/api/cases/{id}/decision."""
    body = await read_body(request, DecisionBody)
    case = await request.app[SERVICES].review_result.decide(
        _account(request), case_id(request), decision=body.decision, text=body.text, change_made=body.change_made
    )
    return _case(request, case)


async def note_change(request: web.Request) -> web.Response:
    """PUT /console/api/cases/{id}/change."""
    body = await read_body(request, ChangeBody)
    await request.app[SERVICES].review_result.note_change(_account(request), case_id(request), body.change_made)
    return web.Response(status=204)


async def reviews(request: web.Request) -> web.Response:
    """GET /console/api/reviews?month=2026-11: contested results of a month by rule."""
    try:
        first = date.fromisoformat(request.query.get("month", "") + "-01")
    except ValueError:
        raise MalformedRequest("month: like 2026-11") from None
    return json_response(await request.app[SERVICES].review_result.month(first))


async def callbacks(request: web.Request) -> web.Response:
    """GET /console/api/callbacks: all that nobody has dealt with; numbers only for who has the case."""
    found = await request.app[SERVICES].list_cases.callbacks(_account(request))
    return json_response({"callbacks": [asked.to_dict() for asked in found]})


async def settle_callback(request: web.Request) -> web.Response:
    """POST /console/api/callbacks/{id}."""
    body = await read_body(request, CallbackBody)
    await request.app[SERVICES].handle_case.settle_callback(_account(request), case_id(request), done=body.done)
    return web.Response(status=204)


async def set_presence(request: web.Request) -> web.Response:
    """PUT /console/api/presence."""
    body = await read_body(request, PresenceBody)
    await request.app[SERVICES].staff_presence.set(_account(request), body.state)
    return web.Response(status=204)


async def colleagues(request: web.Request) -> web.Response:
    """GET /console/api/colleagues."""
    found = await request.app[SERVICES].staff_presence.colleagues(_account(request))
    return json_response({"colleagues": [one.to_dict() for one in found]})


async def equip(request: web.Request) -> web.Response:
    """PUT /console/api/accounts/{id}/equipment."""
    body = await read_body(request, EquipmentBody)
    await request.app[SERVICES].staff_presence.equip(
        _account(request), case_id(request), skills=body.skills, office=body.office, capacity=body.capacity
    )
    return web.Response(status=204)


async def offices(request: web.Request) -> web.Response:
    """GET /console/api/offices."""
    return json_response({"offices": await request.app[SERVICES].staff_presence.offices()})


async def add_day(request: web.Request) -> web.Response:
    """POST /console/api/offices/days."""
    body = await read_body(request, OfficeDayBody)
    try:
        day = date.fromisoformat(body.day)
    except ValueError:
        raise MalformedRequest("day: there is none like this") from None
    made = OfficeDay(day, body.opens, body.closes, body.reason, body.office)
    return json_response(
        {"id": await request.app[SERVICES].staff_presence.add_day(_account(request), made)}, status=201
    )


async def remove_day(request: web.Request) -> web.Response:
    """DELETE /console/api/offices/days/{id}."""
    await request.app[SERVICES].staff_presence.remove_day(_account(request), case_id(request))
    return web.Response(status=204)


async def flags(request: web.Request) -> web.Response:
    """GET /console/api/flags[?before=ID]: the log of crises; audited."""
    before = request.query.get("before")
    found = await request.app[SERVICES].staff_presence.flags(_account(request), number(before) if before else None)
    return json_response({"flags": [flag.to_dict() for flag in found]})


async def open_on_behalf(request: web.Request) -> web.Response:
    """POST /console/api/conversations: for somebody at the counter or on the telephone."""
    body = await read_body(request, BehalfBody)
    opened = await request.app[SERVICES].open_on_behalf(
        _account(request), variety=body.variety, place=body.channel, note=body.note
    )
    now = request.app[SERVICES].clock.now()
    made = {"conversation_id": opened.conversation_id, "token": opened.token, "case": opened.case.to_dict(now)}
    return json_response(made, status=201)


def _account(request: web.Request) -> Account:
    return request[SESSION].account


def _case(request: web.Request, case: Case) -> web.Response:
    return json_response(case.to_dict(request.app[SERVICES].clock.now()))
