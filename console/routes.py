"""The console's HTTP interface (docs/contracts.md, /console/api): requests in, use cases called, JSON out. No rules, no SQL, no words."""

from __future__ import annotations

from aiohttp import web

from app.wiring import Services
from console import access, canned, desk, figures, oidc, releases, switches
from console.bodies import ReplyBody, case_id, json_response, read_body
from console.live import events
from console.sessions import SERVICES, SESSION, for_cases

PREFIX = "/console/api"


def setup(app: web.Application, services: Services) -> None:
    """Add the console's routes to the gateway's application."""
    app[SERVICES] = services
    access.setup(app, PREFIX)
    oidc.setup(app, PREFIX)
    app.router.add_get(f"{PREFIX}/cases", for_cases(list_cases))
    app.router.add_get(f"{PREFIX}/cases/{{id}}", for_cases(show_case))
    app.router.add_post(f"{PREFIX}/cases/{{id}}/claim", for_cases(claim))
    app.router.add_post(f"{PREFIX}/cases/{{id}}/replies", for_cases(reply))
    app.router.add_post(f"{PREFIX}/cases/{{id}}/return", for_cases(give_back))
    app.router.add_get(f"{PREFIX}/events", for_cases(events), allow_head=False)  # a stream has no end
    desk.setup(app, PREFIX)
    figures.setup(app, PREFIX)
    canned.setup(app, PREFIX)
    switches.setup(app, PREFIX)
    releases.setup(app, PREFIX)


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
