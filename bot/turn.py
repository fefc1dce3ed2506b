"""One turn as docs/contracts.md defines it: reading the request, composing the reply. No HTTP, no Rasa, no storage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobseeker.errors import DialogueUnavailable, MalformedRequest
from jobseeker.messages import MAX_TEXT_CHARACTERS, VARIETIES, Command, Context, Say, Understanding, parse_command

MAX_ID_CHARACTERS = 64
CLARIFY_CHOICES = 3
LARGEST_ID = 2**63 - 1  # what a BIGINT holds


class TurnFailed(DialogueUnavailable):
    """Something in the turn went wrong: nothing of it may be kept. `str()` says what, for the log and the gateway."""


@dataclass(frozen=True)
class TurnRequest:
    """What the gateway asks: answer this message of this conversation."""

    inbox_id: int
    conversation_id: str
    text: str
    command: Command | None
    variety: str
    channel: str
    trace_id: str
    context: Context
    reading: dict[str, Any] | None = None

    @classmethod
    def parse(cls, body: Any) -> TurnRequest:
        """Read a request's JSON. Raises MalformedRequest naming the field."""
        if not isinstance(body, dict):
            raise MalformedRequest("the body should be a JSON object")
        inbox_id = body.get("inbox_id")
        if not isinstance(inbox_id, int) or isinstance(inbox_id, bool) or not 0 < inbox_id <= LARGEST_ID:
            raise MalformedRequest("inbox_id should be a positive integer")
        command = _command(_text(body, "command", "", 128))
        text = _text(body, "text", None, MAX_TEXT_CHARACTERS)
        if not text.strip() and command is None:
            raise MalformedRequest("text should not be empty where there is no command")
        variety = _text(body, "variety", None, 16)
        if variety not in VARIETIES:
            raise MalformedRequest(f"variety should be one of {', '.join(VARIETIES)}")
        conversation_id = _text(body, "conversation_id", None, MAX_ID_CHARACTERS)
        if not conversation_id:
            raise MalformedRequest("conversation_id should not be empty")
        return cls(
            inbox_id, conversation_id, text, command, variety,
            _text(body, "channel", "", 32), _text(body, "trace_id", "", 128), _context(body.get("context")), _reading(body),
        )  # fmt: skip

    @property
    def spoken(self) -> str:
        """The text as Rasa gets it: a leading "/" would be taken for an intent that was typed."""
        return re.sub(r"^[/\s]+", "", self.text).rstrip()

    def metadata(self) -> dict[str, Any]:
        """What the components and actions need besides the text."""
        return {
            "inbox_id": self.inbox_id,
            "variety": self.variety,
            "command": self.command.to_payload() if self.command else "",
            "trace_id": self.trace_id,
            "context": self.context.to_dict(),
            **({} if self.reading is None else {"reading": self.reading}),
        }


WHOLE = 0  # in place of a message's id: the whole conversation


def forgettable(body: Any) -> tuple[str, int]:
    """(conversation_id, inbox_id) of a request to forget a message, or WHOLE for the conversation. Raises MalformedRequest naming the field."""
    if not isinstance(body, dict):
        raise MalformedRequest("the body should be a JSON object")
    if body.get("whole") is True and "inbox_id" not in body:
        return _text(body, "conversation_id", None, MAX_ID_CHARACTERS), WHOLE
    inbox_id = body.get("inbox_id")
    if not isinstance(inbox_id, int) or isinstance(inbox_id, bool) or not 0 < inbox_id <= LARGEST_ID:
        raise MalformedRequest("inbox_id should be a positive integer")
    return _text(body, "conversation_id", None, MAX_ID_CHARACTERS), inbox_id


def _reading(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was read in an uploaded file; its form is the action's business."""
    value = body.get("reading")
    if value is not None and not isinstance(value, dict):
        raise MalformedRequest("reading should be an object")
    return value


def _text(body: Mapping[str, Any], name: str, default: str | None, longest: int) -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise MalformedRequest(f"{name} should be a string")
    if len(value) > longest:
        raise MalformedRequest(f"{name} should have at most {longest} characters")
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair: JSON can carry it, no database can
        raise MalformedRequest(f"{name} is not valid Unicode") from None
    return value


def _command(payload: str) -> Command | None:
    if not payload:
        return None
    command = parse_command(payload)
    if command is None:
        raise MalformedRequest("command is not one that jobseeker.messages.parse_command knows")
    return command


def _context(value: Any) -> Context:
    if value is None:
        return Context()
    if not isinstance(value, dict):
        raise MalformedRequest("context should be an object")
    topic, act, failed = value.get("last_topic") or "", value.get("last_act") or "", value.get("failed_turns") or 0
    if not isinstance(topic, str) or not isinstance(act, str) or not isinstance(failed, int):
        raise MalformedRequest("context should hold last_topic and last_act as strings and failed_turns as an integer")
    return Context(topic, act, failed)


def compose(
    understanding: Understanding, messages: Sequence[Mapping[str, Any]], again: Say | None = None
) -> dict[str, Any]:
    """What was understood and said, as the reply holds it (without inbox_id, replayed and model).

    Args:
        understanding: how the message was read.
        messages: what Rasa's actions and responses uttered, in order; only `custom` payloads are allowed.
        again: an open question, put once more at the end.

    Raises:
        TurnFailed: nothing was said, or something that is not of the contract.
    """
    says: list[dict[str, Any]] = []
    commands: list[dict[str, Any]] = []
    for message in messages:
        payload = message.get("custom")
        if not isinstance(payload, dict) or len(payload) != 1:
            raise TurnFailed(f"an utterance is not one `say` or `command`: {sorted(message)}")
        if "say" in payload:
            says += [say.to_dict() for say in _complete(payload["say"], understanding)]
        elif "command" in payload:
            commands.append(_checked_command(payload["command"]))
        else:
            raise TurnFailed(f"an utterance is neither a `say` nor a `command`: {sorted(payload)}")
    if not says and not commands:
        raise TurnFailed(f"nothing was said to {understanding.label!r}")
    if again is not None:
        says.append(again.to_dict())
    return {"understanding": understanding.to_dict(), "says": says, "commands": commands}


def _complete(value: Any, understanding: Understanding) -> list[Say]:
    if not isinstance(value, dict):
        raise TurnFailed("a `say` is not an object")
    try:
        say = Say.from_dict(value)
    except ValueError as problem:
        raise TurnFailed(str(problem)) from None
    if say.kind == "faq" and not say.key:
        if not understanding.topics:
            raise TurnFailed(f"a topic is to be answered, but none was understood ({understanding.label!r})")
        return [Say("faq", topic, say.params) for topic in understanding.topics]
    if say.kind == "clarify" and not say.params.get("topics"):
        labels = [understanding.label, *(label for label, _ in understanding.alternatives)]
        return [Say("clarify", say.key, {**say.params, "topics": labels[:CLARIFY_CHOICES]})]
    if say.kind in ("utterance", "cards") and not say.key:
        raise TurnFailed("an utterance has no key")
    return [say]


def _checked_command(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not value["name"]:
        raise TurnFailed("a `command` has no name")
    params = value.get("params") or {}
    if not isinstance(params, dict):
        raise TurnFailed(f"the params of the command {value['name']!r} are not an object")
    return {"name": value["name"], "params": params}
