"""A message comes in: kept in one transaction before anything else happens, once per event id.

What must not wait behind an earlier message that is still being answered is answered in the same transaction: a crisis,
the wish for a person, and a message that a counsellor will read. So they work with the dialogue engine down, too.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from jobseeker.answering import Plan, Planner
from jobseeker.clock import Clock
from jobseeker.errors import UnknownConversation
from jobseeker.inbound_text import clean_text
from jobseeker.messages import InboundMessage
from jobseeker.metering import Meter, NoMeter
from jobseeker.outgoing import Composer
from jobseeker.ports import Secrets, Signals
from jobseeker.privacy.in_hand import InHand
from jobseeker.records import Conversation, NewInbound
from jobseeker.storage import Store, UnitOfWork
from jobseeker.usecases.carry_out_plan import CarriedOut, carry_out_plan, tell
from jobseeker.usecases.declare_for_audit import taken_apart


@dataclass(frozen=True)
class Received:
    """Where the message is kept. `duplicate`: it was there already. `settled`: nothing more will come of it."""

    inbox_id: int
    seq: int
    duplicate: bool
    settled: bool = False


class AlreadyThereError(Exception):
    """This event has been kept before. Ends the transaction without a trace."""


class ReceiveMessage:
    """Takes one message of a known conversation."""

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

    async def __call__(self, message: InboundMessage, *, token: str) -> Received:
        """Keep it. `message.conversation_key` is the conversation's id.

        Raises:
            EmptyText, TextTooLong: the text cannot be taken.
            UnknownConversation: no such conversation, or the token is not its own.
        """
        message = replace(
            message, text=clean_text(message.text), command=self.planner.readable(message.command, message.text)
        )
        try:
            async with self.store.write(brief=True) as work:
                conversation = await work.conversations.take_seq(message.conversation_key)
                check_token(conversation, self.secrets.digest(token))
                assert conversation is not None, "check_token has refused it"
                received, plan, done = await keep_message(
                    work,
                    self.composer,
                    self.planner,
                    conversation,
                    message,
                    now=self.clock.now(),
                    in_hand=self.in_hand,
                )
        except AlreadyThereError:
            return await self._first(message)
        tell_received(self.signals, message.conversation_key, plan, done)
        count_received(self.meter, message.channel, plan)
        return received

    async def _first(self, message: InboundMessage) -> Received:
        async with self.store.read() as work:
            row = await work.inbox.by_event(message.channel, message.event_id)
        if row is None or row.conversation_id != message.conversation_key:
            raise UnknownConversation
        return Received(row.id, row.seq, duplicate=True, settled=row.state != "pending")


async def keep_message(
    work: UnitOfWork,
    composer: Composer,
    planner: Planner,
    conversation: Conversation,
    message: InboundMessage,
    *,
    now: datetime,
    in_hand: InHand,
) -> tuple[Received, Plan | None, CarriedOut | None]:
    """Write the inbox row, and settle it at once where it must not wait. `conversation` has just given out its last seq.

    Identifiers are hidden in all that is written. What must not wait is decided on the text as it was sent. An answer for the audit of
    fairness is taken out before anything is written or decided, and is settled here: it never stands in a message.

    Returns what was kept, the plan that was carried out (None: a worker answers), and what came of it.
    Raises AlreadyThereError.
    """
    seq = conversation.next_seq - 1
    message, declared = taken_apart(message, lambda key: composer.words(key, conversation.variety, now))
    masked = composer.identifiers.mask(message.text)
    row = NewInbound(
        conversation.id,
        message.channel,
        message.event_id,
        seq,
        masked.text,
        composer.identifiers.mask(message.command.to_payload()).text if message.command else "",
        now,
        message.message_key,
        None if message.reading is None else composer.identifiers.mask_value(message.reading),
        masked.kinds,
    )
    inbox_id = await work.inbox.add(row)
    if inbox_id is None:
        raise AlreadyThereError
    plan = planner.without_dialogue(conversation, message.text, message.command)
    if declared and plan is not None and plan.step is not None:
        plan = replace(plan, step=(plan.step[0], declared))
    if plan is None or not (declared or planner.is_urgent(plan)):
        if masked.kinds:
            in_hand.hold(inbox_id, message.text, now)
        return Received(inbox_id, seq, duplicate=False), None, None
    done = await carry_out_plan(
        work, composer, conversation, inbox_id, plan, now=now, release=False, masked=masked.kinds
    )
    return Received(inbox_id, seq, duplicate=False, settled=True), plan, done


def tell_received(signals: Signals, conversation_id: str, plan: Plan | None, done: CarriedOut | None) -> None:
    """After the commit: wake the worker that answers it, or whoever shows or sends what was answered at once."""
    if plan is None or done is None:
        signals.message_received(conversation_id)
    else:
        tell(signals, conversation_id, plan, done)
    signals.conversation_changed(conversation_id)


def count_received(meter: Meter, channel: str, plan: Plan | None) -> None:
    """After the commit: one more message, settled at once where there is a plan."""
    meter.received(channel)
    if plan is not None:
        meter.answered(channel, plan, 0.0)


def check_token(conversation: Conversation | None, token_hash: str) -> None:
    """Raises UnknownConversation for a missing conversation and for a token that is not its own, with the same words."""
    if (
        conversation is None
        or conversation.token_hash is None
        or not hmac.compare_digest(conversation.token_hash, token_hash)
    ):
        raise UnknownConversation
