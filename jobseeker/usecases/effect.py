"""What one effect works on, what it gives back, and its form. The table of all of them is carry_out_effects.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobseeker.handoff_rules import HandoffRules
from jobseeker.messages import Say
from jobseeker.privacy import PURPOSES
from jobseeker.records import Case, Conversation, MadeFile
from jobseeker.storage import UnitOfWork
from jobseeker.usecases.open_case import open_or_raise_case


@dataclass(frozen=True)
class Turn:
    """The message that is being finished: the transaction, which has locked the conversation, the conversation as the effects before
    have left it, the message, the moment, and the rules of the hand-off."""

    work: UnitOfWork
    conversation: Conversation
    inbox_id: int
    now: datetime
    rules: HandoffRules

    @property
    def person(self) -> str:
        """Whose conversation it is."""
        return self.conversation.person

    async def note(self, action: str, **detail: Any) -> None:
        """One row in the ledger: the jobseeker did this, with this message."""
        await self.work.ledger.record(
            at=self.now,
            actor="jobseeker",
            action=action,
            conversation_id=self.conversation.id,
            detail={**detail, "inbox_id": self.inbox_id},
        )

    async def consent(self, purpose: str, params: Mapping[str, Any], *, given: bool) -> None:
        """Consent given or withdrawn, to the notice of version params["notice_version"]. Raises ValueError for a purpose nobody consents to."""
        if purpose not in PURPOSES:
            raise ValueError(f"nobody consents to {purpose!r}")
        notice = str(params["notice_version"])
        await self.work.profiles.note_consent(self.person, purpose, given=given, notice_version=notice, now=self.now)

    async def open_case(self, reason: str, urgency: int, detail: Mapping[str, Any]) -> tuple[Conversation, Case]:
        """A case for a counsellor, or the open one with this reason; `detail` is added to what it says. The conversation is not yet saved."""
        conversation, case = await open_or_raise_case(
            self.work,
            self.conversation,
            reasons=(reason,),
            urgency=urgency,
            inbox_id=self.inbox_id,
            now=self.now,
            rules=self.rules,
        )
        await self.work.cases.describe(case.id, {**(case.detail or {}), **detail})
        return conversation, case

    async def keep_files(self, *made: MadeFile) -> None:
        """Files for the person, for as long as their links work."""
        await self.work.files.drop_expired(self.now)
        for file in made:
            await self.work.files.add(self.person, file, now=self.now)


@dataclass(frozen=True)
class Effected:
    """The conversation afterwards (not yet saved), what is to be said because of it, and whether counsellors have a new case."""

    conversation: Conversation
    says: tuple[Say, ...] = ()
    queue_changed: bool = False


Effect = Callable[[Turn, Mapping[str, Any]], Awaitable[Effected]]
