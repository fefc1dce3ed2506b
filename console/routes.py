"""The console's HTTP interface (docs/contracts.md, /console/api): requests in, use cases called, JSON out. No rules, no SQL, no words."""

from __future__ import annotations

from aiohttp import web

from app.wiring import Services
from console import canned, desk, figures
from console.bodies import ReplyBody, SignInBody, case_id, json_response, read_body
from console.live import events
from console.sessions import (
    SERVICES,
    SESSION,
    drop_cookie,
    for_cases,
    refuse_other_sites,
    session_token,
    set_cookie,
    signed_in,
)

PREFIX = "/console/api"


def setup(app: web.Application, services: Services) -> None:
    """Add the console's routes to the gateway's application."""
    app[SERVICES] = services
    app.router.add_post(f"{PREFIX}/session", sign_in)
    app.router.add_get(f"{PREFIX}/session", signed_in(who_am_i))
    app.router.add_delete(f"{PREFIX}/session", signed_in(sign_out))
    app.router.add_get(f"{PREFIX}/cases", for_cases(list_cases))
    app.router.add_get(f"{PREFIX}/cases/{{id}}", for_cases(show_case))
    app.router.add_post(f"{PREFIX}/cases/{{id}}/claim", for_cases(claim))
    app.router.add_post(f"{PREFIX}/cases/{{id}}/replies", for_cases(reply))
    app.router.add_post(f"{PREFIX}/cases/{{id}}/return", for_cases(give_back))
    app.router.add_get(f"{PREFIX}/events", for_cases(events))
    desk.setup(app, PREFIX)
    figures.setup(app, PREFIX)
    canned.setup(app, PREFIX)


async def sign_in(request: web.Request) -> web.Response:
    """POST /console/api/session. The session a browser had before ends: signing in always makes a new one."""
    services = request.app[SERVICES]
    refuse_other_sites(request)
    body = await read_body(request, SignInBody)
    opened = await services.sign_in(body.login, body.password)
    before = session_token(request)
    if before:
        await services.sign_out(before)
    response = json_response({"account": opened.account.to_dict(), "csrf_token": opened.csrf_token})
    set_cookie(request, response, opened.session_token)
    return response


async def who_am_i(request: web.Request) -> web.Response:
    """GET /console/api/session."""
    session = request[SESSION]
    return json_response({"account": session.account.to_dict(), "csrf_token": session.csrf_token})


async def sign_out(request: web.Request) -> web.Response:
    """DELETE /console/api/session."""
    await request.app[SERVICES].sign_out(session_token(request))
    response = web.Response(status=204)
    drop_cookie(request, response)
    return response


async def list_cases(request: web.Request) -> web.Response:
    """GET /console/api/cases?state=waiting|offered|mine[&office=…][&language=zh|en][&reason=…]."""
    services = request.app[SERVICES]
    query = request.query
    cases = await services.list_cases(
        request[SESSION].account,
        query.get("state", "waiting"),
        office=query.get("office"),
        language=query.get("language"),
        reason=query.get("reason"),
    )
    now = services.clock.now()
    return json_response({"cases": [case.to_dict(now) for case in cases]})


async def show_case(request: web.Request) -> web.Response:
    """GET /console/api/cases/{id}: the case with all that was said; audited."""
    services = request.app[SERVICES]
    file = await services.read_case(request[SESSION].account, case_id(request))
    return json_response(
        {
            **file.case.to_dict(services.clock.now()),
            "transcript": [line.to_dict() for line in file.transcript],
            "earlier": file.earlier,
            "masked": file.masked,
            "owner": file.owner,
            "summary": desk.summary_of(services, file.case),
            "sheet": [dict(entry) for entry in file.sheet],
            "notes": [each.to_dict() for each in file.notes],
            "callbacks": [each.to_dict() for each in file.callbacks],
            "linked": [each.to_dict() for each in file.linked],
        }
    )


async def claim(request: web.Request) -> web.Response:
    """POST /console/api/cases/{id}/claim."""
    services = request.app[SERVICES]
    case = await services.claim_case(request[SESSION].account, case_id(request))
    return json_response(case.to_dict(services.clock.now()))


async def reply(request: web.Request) -> web.Response:
    """POST /console/api/cases/{id}/replies."""
    body = await read_body(request, ReplyBody)
    seq = await request.app[SERVICES].reply_as_counsellor(
        request[SESSION].account, case_id(request), text=body.text, client_message_id=body.client_message_id
    )
    return json_response({"seq": seq}, status=201)


async def give_back(request: web.Request) -> web.Response:
    """POST /console/api/cases/{id}/return."""
    services = request.app[SERVICES]
    case = await services.return_to_bot(request[SESSION].account, case_id(request))
    return json_response(case.to_dict(services.clock.now()))
