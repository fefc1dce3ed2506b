"""A counsellor writes to the person, by the same outbox as the assistant; sent again under the same id it is said once."""

from __future__ import annotations

from dataclasses import replace

from jobseeker.clock import Clock
from jobseeker.errors import CaseNotFound, NotOwner
from jobseeker.inbound_text import clean_text
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.privacy.identifiers import IDENTITY
from jobseeker.records import Account
from jobseeker.storage import Store


class ReplyAsCounsellor:
    """One reply in a case that the counsellor has claimed."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, signals: Signals) -> None:
        self.store, self.clock, self.composer, self.signals = store, clock, composer, signals

    async def __call__(self, account: Account, case_id: int, *, text: str, client_message_id: str) -> int:
        """The seq of the reply. `client_message_id` (1-64 characters) makes it idempotent.

        Raises:
            EmptyText, TextTooLong: the text cannot be sent.
            CaseNotFound: there is no such case.
            NotOwner: it is not this counsellor's at the moment.
        """
        text = self.composer.identifiers.mask(clean_text(text), IDENTITY).text
        now = self.clock.now()
        key = f"counsellor:{account.id}:{client_message_id}"
        async with self.store.write() as work:
            case = await work.cases.get(case_id)
            if case is None:
                raise CaseNotFound
            conversation = await work.conversations.lock(case.conversation_id)
            said = await work.outbox.by_key(key)
            if said is not None and said.conversation_id == case.conversation_id:
                return said.seq
            case = await work.cases.get(case_id)
            if conversation is None or case is None:
                raise CaseNotFound
            if case.state != "claimed" or case.claimed_by != account.id or conversation.owner != "human":
                raise NotOwner
            seq = conversation.next_seq
            say = Say("text", params={"text": text, "name": account.name})
            await work.outbox.add(
                [self.composer.row(conversation, say, key=key, seq=seq, now=now, author="counsellor")]
            )
            await work.conversations.save(replace(conversation, next_seq=seq + 1), now=now)
            await work.presences.touch(account.id, now=now)
            detail = {"seq": seq}
            await work.ledger.record(
                at=now,
                actor=f"account:{account.id}",
                action="case.replied",
                conversation_id=conversation.id,
                case_id=case.id,
                detail=detail,
            )
        self.signals.conversation_changed(case.conversation_id)
        self.signals.outbox_changed()
        return seq
