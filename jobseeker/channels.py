"""What happens on a platform besides messages, and what is kept for it: plain records. Handling them is usecases/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jobseeker.messages import InboundMessage

ATTACHMENTS = ("sticker", "image", "audio", "video", "file", "location", "contact", "long_text", "old_button", "other")


@dataclass(frozen=True)
class Withdrawal:
    """The person took a message back (LINE: unsend). `message_key`: the platform's id of that message."""

    channel: str
    event_id: str
    conversation_key: str
    message_key: str


def file_key(message_key: str) -> str:
    """The key of what came with the words of a message (a photo with a caption). The words may be edited or taken back while it stays."""
    return f"{message_key}:file"


@dataclass(frozen=True)
class Presence:
    """The person can be reached from now on, or not any more (blocked us, unfollowed). `greet`: they have just come in. handle, handle_since: as of InboundMessage."""

    channel: str
    event_id: str
    conversation_key: str
    here: bool
    greet: bool = False
    handle: str = ""
    handle_since: datetime | None = None
    language: str = ""


@dataclass(frozen=True)
class GroupCall:
    """Somebody brought us into a group, where no one may talk about their case. `kind`: the platform's word for it."""

    channel: str
    group_key: str
    kind: str = "group"
    handle: str = ""


Event = InboundMessage | Withdrawal | Presence | GroupCall


@dataclass(frozen=True)
class Choice:
    """A button as it travels on a platform: `id` is all that the platform carries."""

    id: str
    title: str
    payload: str


@dataclass(frozen=True)
class LinkCode:
    """A one-time code that connects another channel with the person of this conversation. used_by: the one it was used in."""

    code_hash: str
    conversation_id: str
    created_at: datetime
    expires_at: datetime
    used_by: str | None = None
