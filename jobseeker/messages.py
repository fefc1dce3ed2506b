"""What travels between the person, the dialogue engine and the channels. Data only; no wording, no behaviour beyond parsing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

VARIETIES = ("zh-Hant", "zh-Hans", "en")
Variety = str  # one of VARIETIES: what the person reads
Outcome = Literal["answer", "clarify", "unsure"]
Author = Literal["jobseeker", "bot", "counsellor", "system"]
Level = Literal["none", "offer", "immediate"]

MAX_TEXT_CHARACTERS = 4_000
MAX_COMMAND_CHARACTERS = 120  # anybody may type one; what is longer are words like any other


@dataclass(frozen=True)
class Escalation:
    """Whether a person should take over, and why (`reasons`: stable codes such as "crisis", "asked_for_human")."""

    level: Level = "none"
    reasons: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the API shows it."""
        return {"level": self.level, "reasons": list(self.reasons)}


@dataclass(frozen=True)
class Command:
    """A button press, or the same typed: `/human`, `/topic ui_amount`, `/language en`, `/remove forklift_driving`, …

    What only a connector says (`INTERNAL_COMMANDS`) cannot be typed.
    """

    name: str
    argument: str = ""

    def to_payload(self) -> str:
        """The text form that `parse_command` reads back."""
        return f"/{self.name} {self.argument}".rstrip()


COMMANDS: Mapping[str, bool | None] = {  # takes an argument: yes, no, None: as you like
    "human": False,
    "topic": True,
    "more": True,
    "language": True,
    "restart": False,
    "help": False,
    "link": None,
    "unlink": False,
    # the profile
    "profile": False,
    "fill": False,
    "skip": False,
    "confirm": False,
    "discard": False,
    "remove": True,
    "undo": False,
    "live": True,  # the id of a place: what a location that was sent stands for
    "upload": False,
    "resume": True,
    # vacancies and courses
    "jobs": False,
    "next": False,
    "why": True,
    "like": True,
    "not": True,
    "because": True,
    "save": True,
    "saved": False,
    "compare": False,
    "gap": True,
    "with": True,
    "courses": True,
    "course": True,
    "explore": False,
    "alert": True,
    "contest": True,
    "nearby": True,
    "weigh": True,
    "lift": True,
    "barrier": True,
    # my own case
    "estimate": False,
    "answer": True,
    # waiting for a counsellor, and after one has left (jobseeker/usecases/person_steps.py)
    "wait": False,
    "callback": None,
    "message": False,
    "summary": None,
    "leave": False,
    "rate": True,
    "comment": False,
    "deadlines": False,
    "calendar": False,
    "remind": True,
    # how it works
    "notice": False,
    "basis": False,
    # my own data
    "erase": None,
    "export": False,
    "consent": None,
    "fairness": None,  # an answer is taken out of it before anything is stored (jobseeker/fairness/declared.py)
}
INTERNAL_COMMANDS: Mapping[str, bool | None] = {
    "attachment": True,  # a kind of jobseeker.channels.ATTACHMENTS
    "erased": True,  # "all": the dialogue engine forgets the conversation
    "withdrawn": True,  # the inbox id of the message that was taken back
}
ACT_OF_COMMAND: Mapping[str, str] = {
    "profile": "show_profile",
    "fill": "build_profile",
    "upload": "build_profile",
    "skip": "update_profile",
    "confirm": "update_profile",
    "discard": "update_profile",
    "remove": "update_profile",
    "undo": "update_profile",
    "live": "update_profile",
    "resume": "make_resume",
    "jobs": "find_jobs",
    "next": "find_jobs",
    "not": "find_jobs",
    "because": "find_jobs",
    "save": "find_jobs",
    "saved": "find_jobs",
    "compare": "find_jobs",
    "nearby": "find_jobs",
    "weigh": "find_jobs",
    "lift": "find_jobs",
    "why": "explain_match",
    "like": "more_like_this",
    "gap": "skill_gap",
    "with": "skill_gap",
    "courses": "find_training",
    "course": "find_training",
    "explore": "explore_occupations",
    "alert on": "job_alert_on",
    "alert off": "job_alert_off",
    "alert": "job_alert_on",
    "contest": "contest_decision",
    "barrier": "barrier_support",
    "estimate": "benefit_precheck",
    "answer": "benefit_precheck",
    "deadlines": "benefit_deadlines",
    "calendar": "benefit_deadlines",
    "remind": "benefit_deadlines",
    "notice": "how_you_work",
    "erase": "privacy_erase",
    "export": "privacy_export",
    "consent": "consent_change",
    "fairness": "consent_change",
}  # what a button stands for, by its name or by name and argument; the actions read the rest


def act_of_command(command: Command) -> str:
    """The act a command stands for, "" where the classifier's own table knows it (`/human`, `/topic` …)."""
    return ACT_OF_COMMAND.get(command.to_payload()[1:]) or ACT_OF_COMMAND.get(command.name, "")


def parse_command(text: str) -> Command | None:
    """The command a text stands for, or None. `COMMANDS` tells which take an argument."""
    return _parse_command(text, COMMANDS)


def read_command(stored: str) -> Command | None:
    """The command of a stored message, which a connector may have given."""
    return _parse_command(stored, {**COMMANDS, **INTERNAL_COMMANDS})


def _parse_command(text: str, known: Mapping[str, bool | None]) -> Command | None:
    words = text.strip().split()
    if not words or not words[0].startswith("/") or words[0][1:].lower() not in known:
        return None
    if len(" ".join(words)) > MAX_COMMAND_CHARACTERS:
        return None
    name = words[0][1:].lower()
    if known[name] not in (len(words) == 2, None) or len(words) > 2:
        return None
    return Command(name, words[1] if len(words) == 2 else "")


@dataclass(frozen=True)
class InboundMessage:
    """One thing a person did on a channel. `event_id` is the channel's own id for it: the key for deduplication.

    `text` is what the person sees as their own words (a button's title); `command` what it stands for, if anything.

    The rest is for platforms. attachment: a kind of jobseeker.channels.ATTACHMENTS for what is not text; attachment_name: a
    file's name or a place's address. choice: the id of a pressed button. message_key: the platform's id of the message;
    replaces: that of the message this is a new wording of. handle: a ticket for answering;
    handle_since: since when it counts, where the channel says so. language: a variety, as a hint.
    place: latitude and longitude in degrees. reading: what was read in a file that was uploaded (jobseeker.profile.Reading).
    """

    channel: str
    event_id: str
    conversation_key: str
    text: str
    command: Command | None = None
    attachment: str = ""
    attachment_name: str = ""
    choice: str = ""
    message_key: str = ""
    replaces: str = ""
    handle: str = ""
    handle_since: datetime | None = None
    language: str = ""
    place: tuple[float, float] | None = None
    reading: Mapping[str, Any] | None = None


SayKind = Literal["faq", "utterance", "clarify", "text", "cards"]
SAY_KINDS: tuple[SayKind, ...] = ("faq", "utterance", "clarify", "text", "cards")


@dataclass(frozen=True)
class Say:
    """What is to be said, without words and without figures; those are put in when it is sent.

    kind "faq": `key` is a topic id; params {"form": "short"|"full"}.
    kind "utterance": `key` names a response of data/responses; params fill its placeholders.
    kind "clarify": params {"topics": [labels]} -> "did you mean" with buttons.
    kind "text": a human wrote it; params {"text": …, "name": …}.
    kind "cards": `key` names the response that leads in; params {"items": [facts], …}, each fact {"type": a name of
    jobseeker.rendering.RENDERERS, …} becomes a card; "lines" come below the lead, each a text with its own "buttons"; "buttons"
    {"title" or "topic", "payload"}; "sources" {"title", "url"}; the other params fill the lead's placeholders. What a value may be:
    jobseeker/rendering/phrases.py.
    """

    kind: SayKind
    key: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as stored in the outbox."""
        return {"kind": self.kind, "key": self.key, "params": dict(self.params)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Say:
        """Read the JSON form back. Raises ValueError on an unknown kind."""
        if value.get("kind") not in SAY_KINDS:
            raise ValueError(f"unknown kind of reply: {value.get('kind')!r}")
        return cls(value["kind"], value.get("key") or "", value.get("params") or {})


@dataclass(frozen=True)
class Button:
    """A choice. `payload` is a command in text form; `title` is what is shown (<= 20 characters, the narrowest channel)."""

    title: str
    payload: str

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return {"title": self.title, "payload": self.payload}


@dataclass(frozen=True)
class Source:
    """Where an answer comes from: law or programme, with a link where there is one."""

    title: str
    url: str = ""

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return {"title": self.title, "url": self.url}


@dataclass(frozen=True)
class Reply:
    """What a person reads, rendered for one variety on one day.

    `versions` says which knowledge and which figure rows it was made from (`{"knowledge": hash, "figures": {name: valid_from}}`).
    """

    author: Author
    language: Variety
    text: str
    buttons: tuple[Button, ...] = ()
    cards: tuple[Mapping[str, Any], ...] = ()
    sources: tuple[Source, ...] = ()
    act: str = ""
    topic: str = ""
    escalation: Escalation = Escalation()
    versions: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the API shows it (without `seq`, which the outbox gives)."""
        return {
            "author": self.author,
            "language": self.language,
            "text": self.text,
            "buttons": [button.to_dict() for button in self.buttons],
            "cards": [dict(card) for card in self.cards],
            "sources": [source.to_dict() for source in self.sources],
            "act": self.act,
            "topic": self.topic,
            "escalation": self.escalation.to_dict(),
        }


@dataclass(frozen=True)
class Understanding:
    """What a text was taken to mean.

    label: "faq/<topic>" or an act; confidence in [0, 1], calibrated; alternatives: (label, confidence), best first, without `label`.
    outcome: "answer" | "clarify" (two are close) | "unsure" (too weak to act on).
    topics: FAQ topics to answer, in the order asked (more than one for a compound question).
    """

    label: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    outcome: Outcome = "answer"
    topics: tuple[str, ...] = ()

    @property
    def act(self) -> str:
        """The act: "faq" for every topic."""
        return self.label.partition("/")[0]

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as it travels through the dialogue engine."""
        return {
            "label": self.label,
            "confidence": round(self.confidence, 4),
            "alternatives": [{"label": label, "confidence": round(value, 4)} for label, value in self.alternatives],
            "outcome": self.outcome,
            "topics": list(self.topics),
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Understanding:
        """Read the JSON form back."""
        return cls(
            value["label"],
            float(value["confidence"]),
            tuple((item["label"], float(item["confidence"])) for item in value.get("alternatives", ())),
            value.get("outcome", "answer"),
            tuple(value.get("topics", ())),
        )


@dataclass(frozen=True)
class Context:
    """What of the conversation so far matters to understand the next message."""

    last_topic: str = ""
    last_act: str = ""
    failed_turns: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as sent to the dialogue engine."""
        return {"last_topic": self.last_topic, "last_act": self.last_act, "failed_turns": self.failed_turns}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Context:
        """Read the JSON form back; missing parts are empty."""
        return cls(value.get("last_topic") or "", value.get("last_act") or "", int(value.get("failed_turns") or 0))
