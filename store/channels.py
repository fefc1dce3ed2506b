"""What only platforms need: tickets for answering, buttons behind opaque ids, withdrawn messages, connected channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.channels import Choice, LinkCode
from jobseeker.records import Conversation, Inbound
from store.channel_tables import choice, link_attempt, link_code, reply_handle
from store.conversations import FIELDS
from store.messages import INBOUND
from store.statements import insert_if_new
from store.tables import conversation, inbox, outbox

KEPT = timedelta(hours=1)  # a ticket is good for a minute

_CODE = ("code_hash", "conversation_id", "created_at", "expires_at", "used_by")  # in the order of LinkCode
_FIRST_HANDLE = (
    select(reply_handle.c.id, reply_handle.c.handle, reply_handle.c.received_at)
    .where(
        reply_handle.c.conversation_id == bindparam("key"),
        or_(
            reply_handle.c.outbox_id == bindparam("outbox"),
            and_(reply_handle.c.outbox_id.is_(None), reply_handle.c.received_at > bindparam("after")),
        ),
    )
    .order_by(reply_handle.c.outbox_id.is_(None), reply_handle.c.id)
    .limit(1)
)
_BY_MESSAGE = (
    select(*INBOUND)
    .where(inbox.c.conversation_id == bindparam("key"), inbox.c.message_key == bindparam("message"))
    .order_by(inbox.c.id)
)


class ChannelRepository:
    """jobseeker.storage.Channels on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    # -- tickets for answering ---------------------------------------------------------------------------------------

    async def add_handle(self, conversation_id: str, handle: str, at: datetime) -> None:
        """Keep a ticket; those that are long over go."""
        mine = reply_handle.c.conversation_id == conversation_id
        await self.connection.execute(delete(reply_handle).where(mine, reply_handle.c.received_at < at - KEPT))
        values = {"conversation_id": conversation_id, "handle": handle, "received_at": at}
        await self.connection.execute(insert(reply_handle), values)

    async def take_handle(
        self, conversation_id: str, outbox_id: int, *, after: datetime
    ) -> tuple[str, datetime] | None:
        """The ticket this reply has taken before, or the oldest free one received after `after`."""
        values = {"key": conversation_id, "outbox": outbox_id, "after": after}
        row = (await self.connection.execute(_FIRST_HANDLE, values)).first()
        if row is None:
            return None
        taken = update(reply_handle).where(reply_handle.c.id == row.id).values(outbox_id=outbox_id)
        await self.connection.execute(taken)
        return row.handle, row.received_at

    # -- buttons -----------------------------------------------------------------------------------------------------

    async def offer(
        self, conversation_id: str, buttons: Sequence[Choice], *, at: datetime
    ) -> Mapping[tuple[str, str], str]:
        """(title, payload) -> id. A button that was offered before keeps its id."""
        found: dict[tuple[str, str], str] = {}
        statement = insert_if_new(self.connection.dialect.name, choice, "conversation_id", "payload", "title")
        for button in buttons:
            if (button.title, button.payload) in found:
                continue
            values = {**vars(button), "conversation_id": conversation_id, "offered_at": at}
            made = (await self.connection.execute(statement, values)).scalar_one_or_none()
            if made is None:
                same = and_(
                    choice.c.conversation_id == conversation_id,
                    choice.c.payload == button.payload,
                    choice.c.title == button.title,
                )
                again = update(choice).where(same).values(offered_at=at).returning(choice.c.id)
                made = (await self.connection.execute(again)).scalar_one()
            found[button.title, button.payload] = made
        return found

    async def choice(self, conversation_id: str, choice_id: str) -> Choice | None:
        """The button with this id, if it was offered in this conversation."""
        mine = choice.c.conversation_id == conversation_id
        query = select(choice.c.id, choice.c.title, choice.c.payload).where(mine, choice.c.id == choice_id)
        row = (await self.connection.execute(query)).first()
        return Choice(*row) if row else None

    async def choice_titled(self, conversation_id: str, title: str) -> Choice | None:
        """The button last offered under exactly this title."""
        mine = choice.c.conversation_id == conversation_id
        query = select(choice.c.id, choice.c.title, choice.c.payload).where(mine, choice.c.title == title)
        row = (await self.connection.execute(query.order_by(choice.c.offered_at.desc()).limit(1))).first()
        return Choice(*row) if row else None

    # -- withdrawn messages ------------------------------------------------------------------------------------------

    async def by_message(self, conversation_id: str, message_key: str) -> Sequence[Inbound]:
        """The rows of one of the platform's messages, a withdrawal of it among them."""
        values = {"key": conversation_id, "message": message_key}
        return [Inbound(*row) for row in (await self.connection.execute(_BY_MESSAGE, values)).all()]

    async def blank(self, inbox_id: int, *, text: str, now: datetime) -> None:
        """Put `text` in the place of what the person wrote, here and where replies quote it; not answered any more."""
        mine = inbox.c.id == inbox_id
        await self.connection.execute(update(inbox).where(mine).values(text=text, understanding=None, command=""))
        unanswered = update(inbox).where(mine, inbox.c.state == "pending").values(state="done", done_at=now)
        await self.connection.execute(unanswered)
        query = select(outbox.c.id, outbox.c.say, outbox.c.rendered).where(outbox.c.inbox_id == inbox_id)
        for row in (await self.connection.execute(query)).all():
            params = dict(row.say.get("params") or {})
            if "text" not in params or row.say.get("kind") == "text":
                continue
            quoted = str(params["text"])
            say = {**row.say, "params": {**params, "text": text}}
            rendered = row.rendered
            if rendered and quoted:
                rendered = {**rendered, "text": str(rendered.get("text", "")).replace(quoted, text)}
            values = {"say": say, "rendered": rendered} if rendered else {"say": say}
            await self.connection.execute(update(outbox).where(outbox.c.id == row.id).values(values))

    # -- people who cannot be reached --------------------------------------------------------------------------------

    async def set_reachable(self, conversation_id: str, *, since: datetime | None) -> None:
        """`since`: not reachable since then; None: reachable."""
        mine = [conversation.c.id == conversation_id]
        if since is None:
            mine.append(conversation.c.unreachable_at.is_not(None))
        await self.connection.execute(update(conversation).where(*mine).values(unreachable_at=since))

    # -- connected channels ------------------------------------------------------------------------------------------

    async def add_code(self, code: LinkCode) -> None:
        """A new code; earlier unused ones of this conversation end."""
        unused = (link_code.c.conversation_id == code.conversation_id, link_code.c.used_at.is_(None))
        await self.connection.execute(delete(link_code).where(*unused))
        await self.connection.execute(insert(link_code), vars(code))

    async def code(self, code_hash: str) -> LinkCode | None:
        """A code, whether it is still in force or not."""
        columns = [link_code.c[name] for name in _CODE]
        row = (await self.connection.execute(select(*columns).where(link_code.c.code_hash == code_hash))).first()
        return LinkCode(*row) if row else None

    async def use_code(self, code_hash: str, *, by: str, now: datetime) -> LinkCode | None:
        """Use up a code that is in force; None: there is none (any more). Of two who try, one gets it."""
        good = (link_code.c.code_hash == code_hash, link_code.c.used_at.is_(None), link_code.c.expires_at > now)
        columns = [link_code.c[name] for name in _CODE]
        statement = update(link_code).where(*good).values(used_at=now, used_by=by).returning(*columns)
        row = (await self.connection.execute(statement)).first()
        return LinkCode(*row) if row else None

    async def attempts(self, conversation_id: str) -> tuple[int, datetime | None]:
        """Wrong codes in a row, and until when no more are taken."""
        query = select(link_attempt.c.wrong, link_attempt.c.locked_until)
        row = (await self.connection.execute(query.where(link_attempt.c.conversation_id == conversation_id))).first()
        return (row.wrong, row.locked_until) if row else (0, None)

    async def note_attempts(self, conversation_id: str, wrong: int, locked_until: datetime | None) -> None:
        """Write them."""
        mine = link_attempt.c.conversation_id == conversation_id
        values = {"wrong": wrong, "locked_until": locked_until}
        done = await self.connection.execute(update(link_attempt).where(mine).values(values))
        if not done.rowcount:
            await self.connection.execute(insert(link_attempt), values | {"conversation_id": conversation_id})

    async def of_person(self, person_id: str) -> Sequence[Conversation]:
        """All conversations of a person, the oldest first."""
        query = select(*FIELDS).where(conversation.c.person_id == person_id)
        rows = (await self.connection.execute(query.order_by(conversation.c.created_at, conversation.c.id))).all()
        return [Conversation(*row) for row in rows]

    async def set_person(self, conversation_id: str, person_id: str) -> None:
        """Whose conversation it is."""
        mine = conversation.c.id == conversation_id
        await self.connection.execute(update(conversation).where(mine).values(person_id=person_id))
