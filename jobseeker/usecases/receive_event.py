"""Something happened on a platform: kept in one transaction, once per event id, the person's conversation made at the first.

A message takes the way of receive_message.py from there. Verifying and reading what the platform sent is the connector's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobseeker.answering import Planner
from jobseeker.channels import Presence, Withdrawal, file_key
from jobseeker.clock import Clock
from jobseeker.errors import EmptyText
from jobseeker.inbound_text import clean_text, text_parts
from jobseeker.messages import MAX_TEXT_CHARACTERS, VARIETIES, Command, InboundMessage, Say, parse_command
from jobseeker.metering import Meter, NoMeter
from jobseeker.outgoing import Composer
from jobseeker.ports import Secrets, Signals
from jobseeker.privacy.in_hand import InHand
from jobseeker.records import Conversation, NewInbound
from jobseeker.storage import Store, UnitOfWork
from jobseeker.usecases.receive_message import AlreadyThereError, count_received, keep_message, tell_received
from jobseeker.usecases.start_conversation import greet, new_conversation

NOTICE_SECONDS = 60  # that somebody writes too fast is said once in this time
NAME_CHARACTERS = 80
TITLE_CHARACTERS = 80


@dataclass(frozen=True)
class Taken:
    """What became of an event. `thinking`: the person waits for an answer that takes a moment."""

    conversation_id: str = ""
    duplicate: bool = False
    thinking: bool = False


class _StartedElsewhereError(Exception):
    """Another transaction made this person's conversation at the same moment: do it again, with that one."""


class ReceiveEvent:
    """Takes one event of one person."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        composer: Composer,
        planner: Planner,
        secrets: Secrets,
        signals: Signals,
        in_hand: InHand,
        meter: Meter = NoMeter(),
    ) -> None:
        self.store, self.clock, self.composer, self.planner = store, clock, composer, planner
        self.secrets, self.signals, self.in_hand, self.meter = secrets, signals, in_hand, meter

    async def __call__(self, event: InboundMessage | Withdrawal | Presence, *, too_fast: bool = False) -> Taken:
        """Keep it.

        Args:
            event: as the connector read it.
            too_fast: this person is over the limit. Their words are not kept and they are told so, once a minute; what must
                not wait (a crisis, the wish for a person) is kept all the same.
        """
        while True:
            try:
                if isinstance(event, Withdrawal):
                    return await self._withdraw(event)
                if isinstance(event, Presence):
                    return await self._presence(event)
                return await self._message(event, too_fast)
            except AlreadyThereError:
                return Taken(duplicate=True)
            except _StartedElsewhereError:
                continue

    # -- messages ------------------------------------------------------------------------------------------------------

    async def _message(self, message: InboundMessage, too_fast: bool) -> Taken:
        now, told = self.clock.now(), []
        async with self.store.write(brief=True) as work:
            conversation = await self._conversation(work, message, now)
            taken = await self._already(work, conversation, message)
            if taken is not None:
                return taken
            if message.replaces:
                await self._replace(work, conversation, message, now)
            parts = await self._read(work, conversation, message)
            if too_fast and not any(self._must_be_kept(conversation, part) for part in parts):
                await self._slow_down(work, conversation, now)
                self.meter.limited(message.channel)
                return Taken(conversation.id)
            if message.handle:
                await work.channels.add_handle(conversation.id, message.handle, _since(message, now))
            for part in parts:
                current = await work.conversations.take_seq(conversation.id)
                assert current is not None, "it was found or made in this transaction"
                _, plan, done = await keep_message(
                    work, self.composer, self.planner, current, part, now=now, in_hand=self.in_hand
                )
                told.append((plan, done))
        for plan, done in told:
            tell_received(self.signals, conversation.id, plan, done)
            count_received(self.meter, message.channel, plan)
        self.signals.outbox_changed()
        return Taken(conversation.id, thinking=any(plan is None for plan, _ in told))

    async def _already(self, work: UnitOfWork, conversation: Conversation, message: InboundMessage) -> Taken | None:
        if await work.inbox.by_event(message.channel, message.event_id) is not None:
            raise AlreadyThereError
        if message.message_key and not message.replaces:
            earlier = await work.channels.by_message(conversation.id, message.message_key)
            if any(row.command.startswith("/withdrawn") for row in earlier):  # taken back before it came
                return Taken(conversation.id)
        return None

    async def _conversation(
        self, work: UnitOfWork, event: InboundMessage | Presence | Withdrawal, now: datetime
    ) -> Conversation:
        """The person's conversation, locked; made, with its greeting, at their first event."""
        found = await work.conversations.find(event.channel, event.conversation_key)
        if found is not None:
            locked = await work.conversations.lock(found.id)
            assert locked is not None, "conversations are not deleted while their person writes"
            await work.channels.set_reachable(locked.id, since=None)
            return locked
        language = "" if isinstance(event, Withdrawal) else event.language
        variety = language if language in VARIETIES else VARIETIES[0]
        if isinstance(event, InboundMessage) and event.text and not event.text.startswith("/"):  # in their own words
            variety = self.planner.detect_variety(event.text, variety, False)
        made, _ = new_conversation(
            self.secrets, channel=event.channel, channel_key=event.conversation_key, variety=variety, now=now
        )
        made = replace(made, token_hash=None)  # the platform says who it is
        if not await work.conversations.add_if_new(made):
            raise _StartedElsewhereError
        await work.outbox.add([greet(self.composer, made)])
        return made

    async def _read(
        self, work: UnitOfWork, conversation: Conversation, message: InboundMessage
    ) -> Sequence[InboundMessage]:
        """The message as it is kept: cleaned, a button as what it stands for, what is not text as a placeholder."""
        if message.choice:
            return [await self._press(work, conversation, message)]
        if message.attachment:
            return [self._placeholder(conversation, message)]
        try:
            parts = text_parts(message.text, MAX_TEXT_CHARACTERS)
        except EmptyText:
            return [self._placeholder(conversation, replace(message, attachment="other"))]
        if len(parts) > 1:
            last = Command("attachment", "long_text")
            return [
                replace(
                    message,
                    text=part,
                    event_id=message.event_id if number == 0 else f"{message.event_id}:{number}",
                    command=last if number == len(parts) - 1 else Command("attachment", "part"),
                )
                for number, part in enumerate(parts)
            ]
        command = message.command or parse_command(parts[0])
        if command is None and len(parts[0]) <= TITLE_CHARACTERS:  # a button that this channel shows as text
            titled = await work.channels.choice_titled(conversation.id, self.composer.identifiers.mask(parts[0]).text)
            command = parse_command(titled.payload) if titled else None
        return [replace(message, text=parts[0], command=self.planner.readable(command, parts[0]))]

    async def _press(self, work: UnitOfWork, conversation: Conversation, message: InboundMessage) -> InboundMessage:
        pressed = await work.channels.choice(conversation.id, message.choice)
        command = self.planner.readable(parse_command(pressed.payload)) if pressed else None
        if pressed is None or command is None:
            return self._placeholder(conversation, replace(message, attachment="old_button"))
        return replace(message, text=clean_text(pressed.title), command=command)

    def _placeholder(self, conversation: Conversation, message: InboundMessage) -> InboundMessage:
        name = message.attachment_name[:NAME_CHARACTERS]
        near = self.planner.place_near(*message.place, conversation.variety) if message.place is not None else None
        name = near[1] if near else name
        key, now = f"placeholder_{message.attachment}", self.clock.now()
        text = clean_text(self.composer.words(key, conversation.variety, now, name=name).replace(" )", ")"))
        command = Command("attachment", message.attachment)
        if near:  # goes into the profile, once its person has said that it is right
            command = Command("live", near[0])
        return replace(message, text=text.replace(" ）", "）"), command=command)

    # -- too fast ------------------------------------------------------------------------------------------------------

    def _must_be_kept(self, conversation: Conversation, message: InboundMessage) -> bool:
        plan = self.planner.without_dialogue(conversation, message.text, message.command)
        return plan is not None and plan.urgency is not None

    async def _slow_down(self, work: UnitOfWork, conversation: Conversation, now: datetime) -> None:
        key = f"slow:{conversation.id}:{int(now.timestamp()) // NOTICE_SECONDS}"
        if await work.outbox.by_key(key) is None:
            await self._say(work, conversation, Say("utterance", "rate_limited"), key=key, now=now)

    async def _say(self, work: UnitOfWork, conversation: Conversation, say: Say, *, key: str, now: datetime) -> None:
        current = await work.conversations.take_seq(conversation.id)
        assert current is not None, "it was found or made in this transaction"
        seq = current.next_seq - 1
        await work.outbox.add([self.composer.row(current, say, key=key, seq=seq, now=now, author="system")])

    # -- taken back, edited ----------------------------------------------------------------------------------------------

    async def _withdraw(self, event: Withdrawal) -> Taken:
        """The words go at once; a worker then makes the dialogue engine forget them, in the order of the conversation."""
        now = self.clock.now()
        async with self.store.write(brief=True) as work:
            found = await work.conversations.find(event.channel, event.conversation_key)
            if found is None:  # it has overtaken their first message, which must not be kept when it comes
                found = await self._conversation(work, event, now)
            if await work.inbox.by_event(event.channel, event.event_id) is not None:
                raise AlreadyThereError
            await self._blank(work, found, event.message_key, event.event_id, now)
        self.signals.message_received(found.id)
        self.signals.conversation_changed(found.id)
        self.signals.outbox_changed()
        return Taken(found.id)

    async def _replace(
        self, work: UnitOfWork, conversation: Conversation, message: InboundMessage, now: datetime
    ) -> None:
        """A new wording: the old one is taken back, the new one is a message of its own."""
        await self._blank(work, conversation, message.replaces, f"{message.event_id}:old", now)

    async def _blank(
        self, work: UnitOfWork, conversation: Conversation, message_key: str, event_id: str, now: datetime
    ) -> None:
        """Every row of the message, once. Nothing of it has come: that it was taken back is kept, for when it comes."""
        words = self.composer.words("message_withdrawn", conversation.variety, now)
        earlier = await work.channels.by_message(conversation.id, message_key)
        done = {row.command for row in earlier if row.command.startswith("/withdrawn")}
        rows = [row for row in earlier if row.command not in done and f"/withdrawn {row.id}" not in done]
        if not rows and (earlier or await work.channels.by_message(conversation.id, file_key(message_key))):
            return  # taken back before, or a file without words
        for number, row in enumerate(rows or [None]):
            if row is not None:
                await work.channels.blank(row.id, text=words, now=now)
            current = await work.conversations.take_seq(conversation.id)
            assert current is not None, "it was found in this transaction"
            await work.inbox.add(
                NewInbound(
                    conversation.id,
                    conversation.channel,
                    event_id if number == 0 else f"{event_id}:{number}",
                    current.next_seq - 1,
                    words,
                    f"/withdrawn {row.id if row else 0}",
                    now,
                    message_key,
                )
            )
            detail = {"inbox_id": row.id if row else None}
            await work.ledger.record(
                at=now, actor="jobseeker", action="message.withdrawn", conversation_id=conversation.id, detail=detail
            )

    # -- here or gone ----------------------------------------------------------------------------------------------------

    async def _presence(self, event: Presence) -> Taken:
        now = self.clock.now()
        async with self.store.write(brief=True) as work:
            if not event.here:
                return await self._gone(work, event, now)
            before = await work.conversations.find(event.channel, event.conversation_key)
            conversation = await self._conversation(work, event, now)
            if event.handle:
                await work.channels.add_handle(conversation.id, event.handle, _since(event, now))
            key = f"greeting:{event.channel}:{event.event_id}"[:96]
            if before is not None and event.greet and await work.outbox.by_key(key) is None:
                await self._say(work, conversation, Say("utterance", "greeting"), key=key, now=now)
        self.signals.outbox_changed()
        return Taken(conversation.id)

    async def _gone(self, work: UnitOfWork, event: Presence, now: datetime) -> Taken:
        found = await work.conversations.find(event.channel, event.conversation_key)
        if found is None:
            return Taken()
        await work.channels.set_reachable(found.id, since=now)
        await work.ledger.record(at=now, actor="jobseeker", action="channel.left", conversation_id=found.id)
        if found.owner != "bot":  # somebody waits for them, or speaks with them
            detail = {"problem": "left the channel"}
            await work.ledger.alert(at=now, kind="undelivered", conversation_id=found.id, detail=detail)
        return Taken(found.id)


def _since(event: InboundMessage | Presence, now: datetime) -> datetime:
    """When the ticket's time began: a message may reach us long after the channel took it (it tried while we were away)."""
    return min(now, event.handle_since) if event.handle_since else now
