"""A résumé is uploaded. The file is read and thrown away (jobseeker/usecases/receive_resume.py)."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from connectors.web import to_inbound
from gateway.replies import json_response
from gateway.requests import MESSAGE_ID, bearer_token
from gateway.services_key import LIMITS, SERVICES
from jobseeker.errors import FileTooLarge, MalformedRequest, NotAcceptedHere, UnsupportedFile

UPLOAD_SECONDS = 60.0
CHUNK_BYTES = 65_536
MAX_PARTS = 4
MAX_NAME_BYTES = 400
MALFORMED = (ValueError, AssertionError, LookupError, HttpProcessingError)  # what reading strange parts can raise


async def upload(request: web.Request) -> web.Response:
    """POST /api/v1/conversations/{id}/files: multipart/form-data with `client_message_id` and `file`, in this order."""
    services = request.app[SERVICES]
    conversation_id, token = request.match_info["id"], bearer_token(request)
    request.app[LIMITS].messages.take(f"{conversation_id}:{services.secrets.digest(token)}")
    await services.read_conversation(
        conversation_id, token
    )  # nobody's file is taken in before the token is known to fit
    if request.content_type != "multipart/form-data":
        raise NotAcceptedHere
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            client_id, name, content = await _read(request, services.receive_resume.max_bytes)
    except TimeoutError:
        raise MalformedRequest("body: not complete in time") from None
    except MALFORMED as problem:
        raise MalformedRequest("body: not multipart/form-data") from problem
    message = to_inbound(conversation_id, text=name, client_message_id=client_id, payload="/upload")
    received = await services.receive_resume(message, content, token=token)
    return json_response(
        {"inbox_id": received.inbox_id, "seq": received.seq, "duplicate": received.duplicate}, status=202
    )


async def _read(request: web.Request, max_bytes: int) -> tuple[str, str, bytes]:
    """(the page's id of the message, the file's name, its bytes). Stops reading at `max_bytes`."""
    client_id, reader = "", await request.multipart()
    for _ in range(MAX_PARTS):
        part: Any = await reader.next()
        if part is None:
            break
        if not isinstance(part, BodyPartReader):
            raise MalformedRequest("body: parts within parts")
        if part.name == "client_message_id":
            client_id = (await _at_most(part, 64, MalformedRequest("client_message_id: too long"))).decode(
                "ascii", "replace"
            )
        elif part.name == "file":
            if not MESSAGE_ID.fullmatch(client_id):
                raise MalformedRequest("client_message_id: 1 to 64 of A-Z a-z 0-9 . _ : - before the file")
            content = await _at_most(part, max_bytes, FileTooLarge())
            if not content:
                raise UnsupportedFile
            return client_id, (part.filename or "")[-MAX_NAME_BYTES:], content
        else:
            raise MalformedRequest("body: only client_message_id and file")
    raise MalformedRequest("file: missing")


async def _at_most(part: BodyPartReader, limit: int, problem: Exception) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(CHUNK_BYTES):
        content += chunk
        if len(content) > limit:
            raise problem
    return bytes(content)
