"""Canned replies over HTTP (docs/contracts.md). A page inserts one into what is being written; there is no call that sends one."""

from __future__ import annotations

from aiohttp import web

from console.bodies import CannedReplyBody, case_id, json_response, read_body
from console.sessions import SERVICES, SESSION, signed_in
from jobseeker.handoff_records import CannedReply


def setup(app: web.Application, prefix: str) -> None:
    """Add these routes. Which roles may is the use case's to say."""
    app.router.add_get(f"{prefix}/canned-replies", signed_in(list_replies))
    app.router.add_post(f"{prefix}/canned-replies", signed_in(add))
    app.router.add_put(f"{prefix}/canned-replies/{{id}}", signed_in(change))
    app.router.add_delete(f"{prefix}/canned-replies/{{id}}", signed_in(remove))


async def list_replies(request: web.Request) -> web.Response:
    """GET /console/api/canned-replies[?variety=zh-Hant|zh-Hans|en][&office=…]."""
    query = request.query
    found = await request.app[SERVICES].canned_replies.list(
        request[SESSION].account, query.get("variety"), query.get("office")
    )
    return json_response({"canned_replies": [reply.to_dict() for reply in found]})


async def add(request: web.Request) -> web.Response:
    """POST /console/api/canned-replies."""
    made = await request.app[SERVICES].canned_replies.add(request[SESSION].account, await _reply(request, 0))
    return json_response(made.to_dict(), status=201)


async def change(request: web.Request) -> web.Response:
    """PUT /console/api/canned-replies/{id}."""
    reply = await _reply(request, case_id(request))
    return json_response((await request.app[SERVICES].canned_replies.change(request[SESSION].account, reply)).to_dict())


async def remove(request: web.Request) -> web.Response:
    """DELETE /console/api/canned-replies/{id}."""
    await request.app[SERVICES].canned_replies.remove(request[SESSION].account, case_id(request))
    return web.Response(status=204)


async def _reply(request: web.Request, number: int) -> CannedReply:
    body = await read_body(request, CannedReplyBody)
    return CannedReply(body.variety, body.title, body.text, body.office, number)
