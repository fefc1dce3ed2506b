"""Starting a conversation, writing in it, looking at it. Live replies are events.py."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from app.signals import Listener, conversation_topic
from app.wiring import Services
from connectors.web import CHANNEL, to_inbound
from gateway.client_address import client_address
from gateway.replies import json_response, reply_json
from gateway.requests import LONGEST_WAIT_SECONDS, MessageBody, StartBody, bearer_token, query_number, read_body
from gateway.services_key import ADMISSION, LIMITS, SERVICES
from jobseeker.records import Outbound
from jobseeker.usecases.receive_message import Received

RECHECK_SECONDS = 10.0  # a safety net: this process calls out what it answers, watch.py what others do


async def start(request: web.Request) -> web.Response:
    """POST /api/v1/conversations."""
    services = request.app[SERVICES]
    request.app[LIMITS].conversations.take(client_address(request, services.settings.trust_proxy))
    body = await read_body(request, StartBody, optional=True)
    async with request.app[ADMISSION].enter():
        started = await services.start_conversation(channel=CHANNEL, variety=body.language)
    replies = [reply_json(started.greeting)] if started.greeting.rendered is not None else []
    conversation = started.conversation
    return json_response(
        {"id": conversation.id, "token": started.token, "language": conversation.variety, "replies": replies},
        status=201,
    )


async def show(request: web.Request) -> web.Response:
    """GET /api/v1/conversations/{id}."""
    conversation = await request.app[SERVICES].read_conversation(request.match_info["id"], bearer_token(request))
    return json_response(
        {
            "id": conversation.id,
            "language": conversation.variety,
            "chosen": conversation.variety_chosen,
            "owner": conversation.owner,
            "last_seq": conversation.next_seq - 1,
        }
    )


async def write(request: web.Request) -> web.Response:
    """POST /api/v1/conversations/{id}/messages[?wait=SECONDS]."""
    services = request.app[SERVICES]
    conversation_id, token = request.match_info["id"], bearer_token(request)
    wait = query_number(request, "wait", default=0, most=LONGEST_WAIT_SECONDS)
    # By token too: who only knows the id must not use up the limit of the person who has the token.
    request.app[LIMITS].messages.take(f"{conversation_id}:{services.secrets.digest(token)}")
    body = await read_body(request, MessageBody)
    message = to_inbound(
        conversation_id, text=body.text, client_message_id=body.client_message_id, payload=body.payload
    )
    with services.signals.listen(conversation_topic(conversation_id)) as listener:
        async with request.app[ADMISSION].enter(conversation_id):
            received = await services.receive_message(message, token=token)
        answer = {"inbox_id": received.inbox_id, "seq": received.seq, "duplicate": received.duplicate}
        if not wait:
            return json_response(answer, status=202)
        replies = await _replies(services, listener, received, wait)
    if replies is None:
        return json_response({**answer, "replies": []}, status=202)
    return json_response({**answer, "replies": [reply_json(row) for row in replies if row.rendered is not None]})


async def _replies(
    services: Services, listener: Listener, received: Received, seconds: int
) -> Sequence[Outbound] | None:
    """All replies to this message, or None when they are not there in time."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    await listener.wait(0)  # our own message is what was just called out
    if not received.settled:
        await listener.wait(min(RECHECK_SECONDS, seconds))
    while (left := deadline - loop.time()) > 0:
        replies = await services.read_conversation.replies_to(received.inbox_id)
        if replies is not None:
            return replies
        await listener.wait(min(RECHECK_SECONDS, left))
    return None
