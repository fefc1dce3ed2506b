"""Canned replies: texts in one language that staff insert into what they write, and who may edit them. Nothing here sends anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jobseeker.clock import Clock
from jobseeker.errors import CannedReplyNotFound, MalformedRequest, NotAllowed
from jobseeker.handoff_records import CannedReply
from jobseeker.inbound_text import clean_text
from jobseeker.messages import VARIETIES
from jobseeker.outgoing import Composer
from jobseeker.records import Account
from jobseeker.storage import Store, UnitOfWork

EDITS = ("editor", "supervisor")
READS = ("counsellor", *EDITS)
TITLE_CHARACTERS, MOST_REPLIES = 64, 500


class CannedReplies:
    """Lists them for who writes to people; adds, changes and removes them for who edits. Every change is audited with what was before."""

    def __init__(self, store: Store, clock: Clock, composer: Composer) -> None:
        self.store, self.clock, self.composer = store, clock, composer

    async def list(self, account: Account, variety: str | None = None, office: str | None = None) -> list[CannedReply]:
        """Those in use; with `variety` of that language alone, with `office` those of it and of all. Raises NotAllowed, MalformedRequest."""
        _only(account, READS)
        if variety is not None and variety not in VARIETIES:
            raise MalformedRequest(f"variety: one of {', '.join(VARIETIES)}")
        async with self.store.read() as work:
            found = await work.canned_replies.all(variety)
        return [reply for reply in found if office is None or reply.office in ("", office)]

    async def add(self, account: Account, reply: CannedReply) -> CannedReply:
        """One more. Raises NotAllowed, MalformedRequest, EmptyText, TextTooLong."""
        _only(account, EDITS)
        reply, now = self._checked(reply), self.clock.now()
        async with self.store.write() as work:
            others = await work.canned_replies.all(None)
            if len(others) >= MOST_REPLIES:
                raise MalformedRequest(f"at most {MOST_REPLIES} replies: remove some first")
            _refuse_same_title(reply, others)
            number = await work.canned_replies.add(reply, account_id=account.id, now=now)
            await self._note(work, account, "canned_reply.added", replace(reply, id=number))
            return await _read(work, number)

    async def change(self, account: Account, reply: CannedReply) -> CannedReply:
        """Write `reply.id` anew. Raises NotAllowed, CannedReplyNotFound, MalformedRequest, EmptyText, TextTooLong."""
        _only(account, EDITS)
        reply, now = self._checked(reply), self.clock.now()
        async with self.store.write() as work:
            before = await _read(work, reply.id)
            _refuse_same_title(reply, await work.canned_replies.all(None))
            await work.canned_replies.change(reply, account_id=account.id, now=now)
            await self._note(work, account, "canned_reply.changed", reply, before)
            return await _read(work, reply.id)

    async def remove(self, account: Account, reply_id: int) -> None:
        """No longer in use. Raises NotAllowed, CannedReplyNotFound."""
        _only(account, EDITS)
        async with self.store.write() as work:
            before = await _read(work, reply_id)
            await work.canned_replies.remove(reply_id, account_id=account.id, now=self.clock.now())
            await self._note(work, account, "canned_reply.removed", before)

    def _checked(self, reply: CannedReply) -> CannedReply:
        if reply.variety not in VARIETIES:
            raise MalformedRequest(f"variety: one of {', '.join(VARIETIES)}")
        title, text = clean_text(reply.title), clean_text(reply.text)
        if len(title) > TITLE_CHARACTERS or "\n" in title:
            raise MalformedRequest(f"title: one line of 1-{TITLE_CHARACTERS} characters")
        offices = self.composer.rules.live.base.offices
        if reply.office and reply.office not in offices:
            raise MalformedRequest(f"office: one of {', '.join(offices)}, or empty for all")
        return replace(reply, title=title, text=text)

    async def _note(
        self, work: UnitOfWork, account: Account, action: str, reply: CannedReply, before: CannedReply | None = None
    ) -> None:
        detail = {"id": reply.id, "variety": reply.variety, "title": reply.title, "text": reply.text}
        if before is not None:
            detail |= {"before": {"variety": before.variety, "title": before.title, "text": before.text}}
        await work.ledger.record(at=self.clock.now(), actor=f"account:{account.id}", action=action, detail=detail)


def _only(account: Account, roles: Sequence[str]) -> None:
    if account.role not in roles:
        raise NotAllowed


def _refuse_same_title(reply: CannedReply, others: Sequence[CannedReply]) -> None:
    """Two of one title in one language could not be told apart in a list."""
    taken = {(other.variety, other.office, other.title) for other in others if other.id != reply.id}
    if (reply.variety, reply.office, reply.title) in taken:
        raise MalformedRequest("title: there is one of this title in this language")


async def _read(work: UnitOfWork, reply_id: int) -> CannedReply:
    found = await work.canned_replies.get(reply_id)
    if found is None:
        raise CannedReplyNotFound
    return found
