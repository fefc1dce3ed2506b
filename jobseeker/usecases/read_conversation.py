"""What the person's own page reads: replies, own messages, who speaks. The counsellor's view is read_case.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jobseeker.ports import Secrets
from jobseeker.records import Conversation, Inbound, Outbound
from jobseeker.storage import Store, UnitOfWork
from jobseeker.usecases.receive_message import check_token

PAGE = 100


@dataclass(frozen=True)
class State:
    """Who speaks, and in which language. `case_id`: the case that is waiting or claimed, if any."""

    owner: str
    counsellor_name: str
    case_id: int | None
    variety: str
    chosen: bool

    def to_dict(self) -> dict[str, object]:
        """JSON form, as the page gets it."""
        return {
            "owner": self.owner,
            "counsellor_name": self.counsellor_name,
            "case_id": self.case_id,
            "variety": self.variety,
            "chosen": self.chosen,
        }


@dataclass(frozen=True)
class News:
    """What is new above a seq: in order, without gaps. `more`: read again at once."""

    lines: Sequence[Outbound | Inbound]
    conversation: Conversation
    more: bool


class ReadConversation:
    """Reads one conversation for the holder of its token."""

    def __init__(self, store: Store, secrets: Secrets) -> None:
        self.store, self.secrets = store, secrets

    async def __call__(self, conversation_id: str, token: str) -> Conversation:
        """The conversation. Raises UnknownConversation, also for a token that is not its own."""
        async with self.store.read() as work:
            conversation = await work.conversations.get(conversation_id)
        check_token(conversation, self.secrets.digest(token))
        assert conversation is not None, "check_token has refused it"
        return conversation

    async def state(self, conversation: Conversation) -> State:
        """Who speaks now."""
        if conversation.owner == "bot":
            return State("bot", "", None, conversation.variety, conversation.variety_chosen)
        async with self.store.read() as work:
            case = await work.cases.open_for(conversation.id)
        name = case.claimed_by_name if case else ""
        return State(
            conversation.owner, name, case.id if case else None, conversation.variety, conversation.variety_chosen
        )

    async def news(self, conversation_id: str, after: int, *, own: bool) -> News | None:
        """Replies (and with `own` the person's own messages) above this seq; None when the conversation is gone."""
        async with self.store.read() as work:
            conversation = await work.conversations.get(conversation_id)
            if conversation is None:
                return None
            if conversation.next_seq - 1 <= after:
                return News((), conversation, more=False)
            return await self._news(work, conversation, after, own=own)

    async def _news(self, work: UnitOfWork, conversation: Conversation, after: int, *, own: bool) -> News:
        said = await work.outbox.after(conversation.id, after, PAGE)
        heard = await work.transcripts.own(conversation.id, after, PAGE) if own else ()
        # Nothing may be shown beyond a reply that is still to be rendered, nor beyond the end of a full page: the reader
        # goes on from the last seq it has seen.
        waiting = [row.seq for row in said if row.state == "pending"][:1]
        full = [rows[-1].seq + 1 for rows in (said, heard) if len(rows) == PAGE]
        end = min([*waiting, *full], default=conversation.next_seq)
        shown: list[Outbound | Inbound] = [row for row in said if row.seq < end and row.rendered is not None]
        shown += [row for row in heard if row.seq < end]
        return News(sorted(shown, key=lambda row: row.seq), conversation, more=bool(full) and not waiting)

    async def replies_to(self, inbox_id: int) -> Sequence[Outbound] | None:
        """All replies to this message once it is settled and they are all there; None before."""
        # The message first: its replies come to be in the transaction that settles it, and each question may see a newer state than the one before.
        async with self.store.read(brief=True) as work:
            row = await work.inbox.get(inbox_id)
            if row is None or row.state == "pending":
                return None
            replies = await work.outbox.for_inbox(inbox_id)
        return None if any(reply.state == "pending" for reply in replies) else replies
