"""Releases over HTTP (docs/contracts.md): what is served, what changes, the second signature. Who may is the use case's to say; serving is the machine's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from app.wiring import Services
from console.bodies import LARGEST_CASE_ID, SignatureBody, json_response, read_body
from console.sessions import SERVICES, SESSION, signed_in
from jobseeker.errors import NoSuchRelease
from jobseeker.releases import Standing


def setup(app: web.Application, prefix: str) -> None:
    """Add these routes."""
    app.router.add_get(f"{prefix}/releases", signed_in(shown))
    app.router.add_get(f"{prefix}/releases/{{number}}/differences", signed_in(differences))
    app.router.add_post(f"{prefix}/releases/{{number}}/signature", signed_in(sign))


async def shown(request: web.Request) -> web.Response:
    """GET /console/api/releases: the newest first."""
    return _listed(await request.app[SERVICES].releases.all(request[SESSION].account))


async def differences(request: web.Request) -> web.Response:
    """GET /console/api/releases/{number}/differences: what changes if it took the place of the one in use."""
    services: Services = request.app[SERVICES]
    standings = await services.releases.all(request[SESSION].account)
    number = _number(request)
    after = next((one.release for one in standings if one.release.number == number), None)
    if after is None:
        raise NoSuchRelease
    before = next((one.release for one in standings if one.active), None)
    found = await asyncio.to_thread(services.release_folders.differences, before, after)
    return json_response(
        {
            "release": number,
            "digest": after.digest,
            "differences": [{**vars(one), "lines": list(one.lines)} for one in found],
        }
    )


async def sign(request: web.Request) -> web.Response:
    """POST /console/api/releases/{number}/signature {"digest"}: a worker representative agrees to what was shown; audited."""
    body = await read_body(request, SignatureBody)
    return _listed(await request.app[SERVICES].releases.sign(request[SESSION].account, _number(request), body.digest))


def _listed(standings: Sequence[Standing]) -> web.Response:
    return json_response({"releases": [one.to_dict() for one in standings]})


def _number(request: web.Request) -> int:
    """Of the address. Raises NoSuchRelease: what is no number is no release either."""
    text = request.match_info["number"]
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= LARGEST_CASE_ID):
        raise NoSuchRelease
    return int(text)
