"""Signing in and out over HTTP, the second factor, one's password, and staff accounts (docs/contracts.md). What counts is decided in the use cases."""

from __future__ import annotations

import logging

from aiohttp import web

from console.bodies import (
    AccountBody,
    CodeBody,
    FinishBody,
    NewAccountBody,
    NewFactorBody,
    NewPasswordBody,
    SignInBody,
    TicketBody,
    case_id,
    json_response,
    read_body,
)
from console.sessions import SERVICES, SESSION, drop_cookie, refuse_other_sites, session_token, set_cookie, signed_in
from jobseeker.errors import AccessError, NotAllowed
from jobseeker.usecases.staff_sessions import HalfSignedIn, SignedIn

log = logging.getLogger(__name__)


def setup(app: web.Application, prefix: str) -> None:
    """Add these routes. The first four are for nobody in particular: they are how one comes in."""
    app.router.add_get(f"{prefix}/sign-in", ways)
    app.router.add_post(f"{prefix}/session", sign_in)
    app.router.add_post(f"{prefix}/session/enrolment", enrol)
    app.router.add_post(f"{prefix}/session/second-factor", finish)
    app.router.add_get(f"{prefix}/session", signed_in(who_am_i, first_password=True))
    app.router.add_delete(f"{prefix}/session", signed_in(sign_out, first_password=True))
    app.router.add_get(f"{prefix}/second-factor", signed_in(factor, first_password=True))
    app.router.add_post(f"{prefix}/second-factor", signed_in(new_factor))
    app.router.add_post(f"{prefix}/second-factor/confirmation", signed_in(confirm_factor))
    app.router.add_put(f"{prefix}/password", signed_in(new_password, first_password=True))
    app.router.add_get(f"{prefix}/accounts", signed_in(accounts))
    app.router.add_post(f"{prefix}/accounts", signed_in(add_account))
    app.router.add_put(f"{prefix}/accounts/{{id}}", signed_in(change_account))
    app.router.add_delete(f"{prefix}/accounts/{{id}}/second-factor", signed_in(reset_factor))


async def ways(request: web.Request) -> web.Response:
    """GET /console/api/sign-in: how one may sign in here."""
    services = request.app[SERVICES]
    return json_response({"provider": services.settings.oidc_name if services.access.elsewhere else None})


async def sign_in(request: web.Request) -> web.Response:
    """POST /console/api/session. The session a browser had before ends: signing in always makes a new one."""
    refuse_other_sites(request)
    body = await read_body(request, SignInBody)
    try:
        opened = await request.app[SERVICES].sign_in(body.login, body.password)
    except AccessError as problem:
        log.warning("sign-in refused", extra={"code": problem.code})  # of an account there is, its audit says more
        raise
    if isinstance(opened, HalfSignedIn):
        return json_response({"ticket": opened.ticket, "second_factor": opened.step}, status=202)
    return await welcome(request, opened)


async def enrol(request: web.Request) -> web.Response:
    """POST /console/api/session/enrolment: the secret for who must have a second factor and has none."""
    refuse_other_sites(request)
    body = await read_body(request, TicketBody)
    return json_response((await request.app[SERVICES].access.finish_sign_in.enrol(body.ticket)).to_dict())


async def finish(request: web.Request) -> web.Response:
    """POST /console/api/session/second-factor: the second step."""
    refuse_other_sites(request)
    body = await read_body(request, FinishBody)
    return await welcome(request, await request.app[SERVICES].access.finish_sign_in(body.ticket, body.code))


async def welcome(request: web.Request, opened: SignedIn) -> web.Response:
    """The answer to a finished sign-in, with the cookie."""
    await end_session_before(request)
    answer = {"account": opened.account.to_dict(), "csrf_token": opened.csrf_token}
    if opened.recovery_codes:
        answer["recovery_codes"] = list(opened.recovery_codes)
    response = json_response(answer)
    set_cookie(request, response, opened.session_token)
    return response


async def end_session_before(request: web.Request) -> None:
    """The session that this browser had until now is over."""
    before = session_token(request)
    if before:
        await request.app[SERVICES].sign_out(before)


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


async def factor(request: web.Request) -> web.Response:
    """GET /console/api/second-factor: one's own."""
    return json_response(await request.app[SERVICES].access.second_factor.status(request[SESSION].account))


async def new_factor(request: web.Request) -> web.Response:
    """POST /console/api/second-factor: a new secret, shown once; in force with the confirmation."""
    body = await read_body(request, NewFactorBody)
    made = await request.app[SERVICES].access.second_factor.begin(
        request[SESSION].account, password=body.password, code=body.code
    )
    return json_response(made.to_dict(), status=201)


async def confirm_factor(request: web.Request) -> web.Response:
    """POST /console/api/second-factor/confirmation: its first code; the recovery codes, shown once."""
    body = await read_body(request, CodeBody)
    made = await request.app[SERVICES].access.second_factor.confirm(
        request[SESSION].account, session_token(request), body.code
    )
    return json_response({"recovery_codes": list(made)})


async def new_password(request: web.Request) -> web.Response:
    """PUT /console/api/password: one's own. This session goes on, the others of the account are over."""
    body = await read_body(request, NewPasswordBody)
    ended = await request.app[SERVICES].access.change_password(
        request[SESSION].account,
        session_token(request),
        password=body.password,
        new_password=body.new_password,
        code=body.code,
    )
    return json_response({"sessions_ended": ended})


async def accounts(request: web.Request) -> web.Response:
    """GET /console/api/accounts; supervisors."""
    found = await request.app[SERVICES].access.accounts.list(request[SESSION].account)
    return json_response({"accounts": [member.to_dict() for member in found]})


async def add_account(request: web.Request) -> web.Response:
    """POST /console/api/accounts; supervisors. The password is generated and shown in this answer alone."""
    account = request[SESSION].account
    if account.role != "supervisor":
        raise NotAllowed
    body = await read_body(request, NewAccountBody)
    services = request.app[SERVICES]
    password = services.secrets.password()
    made = await services.create_account(
        login=body.login,
        name=body.name,
        password=password,
        role=body.role,
        languages=body.languages,
        actor=f"account:{account.id}",
        first_password=True,
    )
    return json_response({"account": made.to_dict(), "password": password}, status=201)


async def change_account(request: web.Request) -> web.Response:
    """PUT /console/api/accounts/{id}; supervisors."""
    body = await read_body(request, AccountBody)
    await request.app[SERVICES].access.accounts.change(
        request[SESSION].account, case_id(request), role=body.role, active=body.active, email=body.email
    )
    return web.Response(status=204)


async def reset_factor(request: web.Request) -> web.Response:
    """DELETE /console/api/accounts/{id}/second-factor; supervisors, of others."""
    await request.app[SERVICES].access.second_factor.reset(request[SESSION].account, case_id(request))
    return web.Response(status=204)
