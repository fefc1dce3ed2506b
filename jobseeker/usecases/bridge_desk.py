"""A case is handled in another desk: the summary and every line go there, replies and the end come back. One owner all the same.

The other desk speaks through one account of ours, so claiming, replying and giving back are the very use cases of our own desk. A line may
arrive twice over there after a kill at the wrong moment; a reply never arrives twice here (its number is its idempotency key).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from jobseeker.clock import Clock
from jobseeker.errors import AlreadyClaimed, CaseNotFound, EmptyText, NotOwner, TextTooLong
from jobseeker.handoff_records import Bridged, Case, Deadline
from jobseeker.outgoing import Composer
from jobseeker.ports import Secrets
from jobseeker.records import Account, TranscriptLine
from jobseeker.rendering import Words
from jobseeker.rendering.phrases import text as phrase
from jobseeker.storage import Accounts, Store
from jobseeker.usecases.claim_case import ClaimCase
from jobseeker.usecases.create_account import CreateAccount
from jobseeker.usecases.reply_as_counsellor import ReplyAsCounsellor
from jobseeker.usecases.return_to_bot import ReturnToBot

log = logging.getLogger(__name__)
AGAIN_SECONDS = 3.0  # how often the lines of an open case are looked at
LINES_BEFORE = 40  # of the conversation before the case that go along
PAGE = 100


@dataclass(frozen=True)
class AgentReply:
    """Somebody over there has written to the person."""

    remote_id: str
    message_id: str
    name: str
    text: str


@dataclass(frozen=True)
class Resolved:
    """Over there it is over."""

    remote_id: str


class OtherDesk(Protocol):
    """The other desk. Raises where it has to be tried again."""

    name: str

    async def open(self, identifier: str, name: str, attributes: Mapping[str, str]) -> tuple[str, str]: ...

    async def say(self, contact: str, conversation: str, text: str, key: str) -> None: ...

    async def resolve(self, contact: str, conversation: str) -> None: ...


class BridgeDesk:
    """Out: jobseeker.ports.Outside for deadlines of kind "bridge". In: `take`."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        composer: Composer,
        secrets: Secrets,
        desk: OtherDesk,
        *,
        create_account: CreateAccount,
        claim: ClaimCase,
        reply: ReplyAsCounsellor,
        give_back: ReturnToBot,
    ) -> None:
        self.store, self.clock, self.composer, self.secrets, self.desk = store, clock, composer, secrets, desk
        self.create_account, self.claim, self.reply, self.give_back = create_account, claim, reply, give_back

    async def __call__(self, deadline: Deadline) -> datetime | None:
        """Bring over what is new; again until the case is closed."""
        async with self.store.read() as work:
            case = await work.cases.get(deadline.case_id or 0)
            bridged = await work.bridges.of_case(case.id) if case else None
        if case is None or (case.state == "closed" and bridged is None):
            return None
        if bridged is None:
            bridged = await self._open(case)
        await self._say_lines(case, bridged)
        if case.state != "closed":
            return self.clock.now() + timedelta(seconds=AGAIN_SECONDS)
        async with self.store.read() as work:
            account = await self._account_of(work.accounts)
        if account is None or case.claimed_by != account.id:  # else they closed it themselves
            await self.desk.resolve(bridged.contact, bridged.remote_id)
        return None

    async def _open(self, case: Case) -> Bridged:
        words = self._words(case)
        attributes = {
            "case": str(case.id),
            "office": case.office,
            "language": case.language,
            "urgency": str(case.urgency),
        }
        contact, remote = await self.desk.open(
            case.conversation_id, words.line("bridge_name", case_id=str(case.id)), attributes
        )
        async with self.store.write() as work:
            conversation = await work.conversations.get(case.conversation_id)
            begin = 0 if conversation is None else max(0, conversation.next_seq - 1 - LINES_BEFORE)
            bridged = Bridged(case.id, self.desk.name, contact, remote, begin)
            await work.bridges.add(bridged, now=self.clock.now())
        summary = case.summary or {}
        if summary.get("shared"):
            lines = [summary["words"]] if summary.get("words") else [phrase(line, words) for line in summary["lines"]]
            await self.desk.say(contact, remote, "\n".join(lines), f"{case.id}:summary")
        return bridged

    async def _say_lines(self, case: Case, bridged: Bridged) -> None:
        while True:
            async with self.store.read() as work:
                lines = await work.transcripts.lines(case.conversation_id, bridged.sent_seq, PAGE)
            for line in lines:
                if line.author != "counsellor":
                    await self.desk.say(
                        bridged.contact, bridged.remote_id, self._shown(case, line), f"{case.id}:{line.seq}"
                    )
                bridged = replace(bridged, sent_seq=line.seq)
                async with self.store.write() as work:
                    await work.bridges.note_sent(case.id, line.seq)
            if len(lines) < PAGE:
                return

    def _shown(self, case: Case, line: TranscriptLine) -> str:
        if line.author == "jobseeker":
            return line.text or "…"
        return f"【{self._words(case).line('sender_bot')}】 {line.text}"

    def _words(self, case: Case) -> Words:
        day = self.composer.rules.live.base.day(self.clock.now())
        return self.composer.answers.in_language(case.language, day)

    async def take(self, event: AgentReply | Resolved) -> bool:
        """A reply or the end. False: it concerns nothing of ours, or comes too late."""
        async with self.store.read() as work:
            bridged = await work.bridges.by_remote(self.desk.name, event.remote_id)
        if bridged is None:
            return False
        account = await self._account()
        try:
            if isinstance(event, Resolved):
                await self.give_back(account, bridged.case_id)
                return True
            speaker = replace(account, name=event.name or account.name)
            await self.claim(speaker, bridged.case_id)
            await self.reply(
                speaker, bridged.case_id, text=event.text, client_message_id=f"{self.desk.name}-{event.message_id}"
            )
        except (AlreadyClaimed, NotOwner, CaseNotFound, EmptyText, TextTooLong) as problem:
            log.warning("the other desk's event is not taken", extra={"problem": type(problem).__name__})
            return False
        return True

    async def _account(self) -> Account:
        """The other desk's account here; nobody can sign in with it."""
        async with self.store.read() as work:
            found = await self._account_of(work.accounts)
        return found or await self.create_account(
            login=self.desk.name, name=self.desk.name.title(), password=self.secrets.token()
        )

    async def _account_of(self, accounts: Accounts) -> Account | None:
        credentials = await accounts.credentials(self.desk.name)
        return credentials.account if credentials else None
