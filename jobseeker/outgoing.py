"""From what is to be said to a row of the outbox. No sending (gateway/workers/outbox.py), no wording (answers.py).

A channel that reads its replies itself (the web page) is served the moment the row is committed, so its row is rendered
here, with the figures of that day. A channel that must be sent to is rendered when it is sent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from jobseeker.answers import Answers
from jobseeker.channels import ATTACHMENTS
from jobseeker.clock import local_day
from jobseeker.handoff_rules import HandoffRules
from jobseeker.messages import Author, Escalation, Reply, Say, Variety
from jobseeker.office_hours import closed_params
from jobseeker.privacy.identifiers import Identifiers
from jobseeker.records import Conversation, NewOutbound, Owner

REQUIRED_RESPONSES = (
    "greeting",
    "apology",
    "crisis",
    "bot_silent_crisis_note",
    "handoff_queued",
    "handoff_already_queued",
    "handoff_claimed",
    "handoff_returned",
    "handoff_closed",
    "handoff_closed_again",
    "offer_closed",
    "crisis_waiting",
    "language_switched",
    "rate_limited",
    "identifiers_masked",
    "offer_counsellor",
    "message_withdrawn",
    "attachment_unread",
    "button_too_old",
    "long_text_unread",
    "group_refused",
    "sender_bot",
    "sender_counsellor",
    *(f"placeholder_{kind}" for kind in ATTACHMENTS),
)  # what the gateway says by itself; without them it does not start
ALWAYS_OFFERS = frozenset(
    {
        "apology", "jobs_none", "jobs_none_near", "jobs_nearest", "jobs_no_more", "jobs_newest", "why_not_lead", "why_not_none",
        "training_none", "contest_opened", "contest_other", "barrier_several", "vacancy_gone", "course_gone",
    }
)  # fmt: skip  # never without a way to a person: nothing found, or contested


class Composer:
    """Makes outbox rows and renders them. Raises LookupError when a response is missing that must be there on the worst day."""

    def __init__(
        self, answers: Answers, self_reading_channels: Collection[str], rules: HandoffRules | None = None
    ) -> None:
        missing = [key for key in REQUIRED_RESPONSES if key not in answers.pack.responses]
        if missing:
            raise LookupError(f"data/responses has no {', '.join(missing)}")
        self.answers = answers
        self.identifiers = Identifiers([office.phone for office in answers.pack.offices.values() if office.phone])
        self.self_reading_channels = frozenset(self_reading_channels)
        self._rules = rules

    @property
    def rules(self) -> HandoffRules:
        """What the hand-off goes by. Raises LookupError where this composer was made without."""
        if self._rules is None:
            raise LookupError("this composer has no rules of the hand-off")
        return self._rules

    def render(
        self,
        say: Say,
        *,
        variety: Variety,
        now: datetime,
        author: Author,
        owner: Owner,
        act: str = "",
        topic: str = "",
        escalation: Escalation = Escalation(),
    ) -> Reply:
        """The reply as a person reads it at `now`. Raises LookupError when the say names something that is not there.

        A counsellor is offered only while none has been asked for (`owner` "bot").
        """
        offer: bool | None = True if say.kind in ("utterance", "cards") and say.key in ALWAYS_OFFERS else None
        if owner != "bot":
            offer = False
        return self.answers.render(
            say,
            variety=variety,
            day=local_day(now),
            author=author,
            act=act,
            topic=topic,
            escalation=escalation,
            offer=offer,
            closed=self._closed(now) if owner == "bot" else None,
        )

    def _closed(self, now: datetime) -> Mapping[str, Any] | None:
        """What must be said before a counsellor is offered while none is there; None where the default office is open."""
        if self._rules is None:
            return None
        calendar = self._rules.live.current
        return None if calendar.is_open(calendar.default, now) else closed_params(calendar, calendar.default, now)

    def words(self, key: str, variety: Variety, now: datetime, **params: str) -> str:
        """The text of a response alone, as of `now`."""
        return self.answers.words(key, variety, local_day(now), **params)

    def row(
        self,
        conversation: Conversation,
        say: Say,
        *,
        key: str,
        seq: int,
        now: datetime,
        author: Author = "bot",
        inbox_id: int | None = None,
        act: str = "",
        topic: str = "",
        escalation: Escalation = Escalation(),
        model: str = "",
    ) -> NewOutbound:
        """One row. A say that cannot be rendered stays pending: the outbox worker reports it and says sorry in its place."""
        rendered: Mapping[str, Any] | None = None
        versions: Mapping[str, Any] | None = None
        error = ""
        topic = say.key if say.kind == "faq" else topic
        if conversation.channel in self.self_reading_channels:
            try:
                reply = self.render(
                    say,
                    variety=conversation.variety,
                    now=now,
                    author=author,
                    owner=conversation.owner,
                    act=act,
                    topic=topic,
                    escalation=escalation,
                )
            except LookupError as problem:
                error = str(problem)
            else:
                rendered, versions = reply.to_dict(), {**reply.versions, "model": model}
        return NewOutbound(
            key=key,
            conversation_id=conversation.id,
            seq=seq,
            inbox_id=inbox_id,
            author=author,
            say=say,
            variety=conversation.variety,
            act=act,
            topic=topic,
            escalation=escalation,
            created_at=now,
            rendered=rendered,
            versions=versions,
            last_error=error,
        )
