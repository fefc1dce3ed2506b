"""The web page's channel: what it posts becomes an inbound message. It reads its replies itself (gateway/routes/events.py)."""

from __future__ import annotations

from connectors.base import Capabilities, Registration
from jobseeker.errors import MalformedRequest
from jobseeker.messages import InboundMessage, parse_command

CHANNEL = "web"
CAPABILITIES = Capabilities(reads_itself=True, buttons=13)
CONNECTOR = Registration(CHANNEL, CAPABILITIES)


def to_inbound(conversation_id: str, *, text: str, client_message_id: str, payload: str | None) -> InboundMessage:
    """One message. The page's own id makes it the same event when it is sent again.

    A button press has `payload`, which must be a command; a command may also be typed. Raises MalformedRequest.
    """
    if payload is None:
        command = parse_command(text)
    else:
        command = parse_command(payload)
        if command is None:
            raise MalformedRequest("payload: not a command of ours")
    return InboundMessage(CHANNEL, f"{conversation_id}:{client_message_id}", conversation_id, text, command)


def client_message_id(event_id: str) -> str:
    """The page's own id back out of the event's id."""
    return event_id.partition(":")[2]
