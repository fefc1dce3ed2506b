"""The outbox worker's step: render what is due, as of today, and send it; in order per conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from jobseeker.channels import Choice
from jobseeker.clock import Clock
from jobseeker.messages import VARIETIES, Button, Reply, Say
from jobseeker.metering import Delivery as Outcome
from jobseeker.metering import Meter, NoMeter
from jobseeker.outgoing import Composer
from jobseeker.ports import CUT_OFF, Delivered, Delivery, Gone, Refused, RetryAfter, Secrets, Sender, Sent, Signals
from jobseeker.records import Outbound
from jobseeker.storage import Store, UnitOfWork

log = logging.getLogger(__name__)
LEASE_SECONDS = 40.0  # below a LINE reply token's minute: the next attempt can still tell whether this one was taken
SEND_SECONDS = 35.0  # below the lease: nobody else may take a reply that is still being sent
LANGUAGE_SECONDS = 3.0  # together with the send below the lease
LONGEST_WAIT_SECONDS = 60.0
GIVE_UP_SECONDS = 86_400.0  # a platform that is down for a day
GIVE_UP_ATTEMPTS = 20  # and was asked this often: a clock that was set a day ahead has waited for nobody
HANDLE_SECONDS = 50.0  # LINE promises about a minute
FIRST_ANSWER_SEQ = 2  # next_seq of a conversation in which there is only the greeting
TITLE_CHARACTERS, PAYLOAD_CHARACTERS = 80, 512  # what the store keeps of a button


class DeliverReplies:
    """Delivers replies. `senders`: by channel; a channel without one reads its replies itself."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        composer: Composer,
        secrets: Secrets,
        signals: Signals,
        senders: Mapping[str, Sender],
        meter: Meter = NoMeter(),
    ) -> None:
        self.store, self.clock, self.composer, self.secrets = store, clock, composer, secrets
        self.signals, self.senders, self.meter = signals, senders, meter

    async def __call__(self, limit: int = 50) -> int:
        """Deliver up to `limit` replies, one after the other; how many were looked at."""
        rows = await self.claim(limit)
        for row in rows:
            await self.deliver(row)
        return len(rows)

    async def claim(self, limit: int, *, busy: Collection[str] = ()) -> Sequence[Outbound]:
        """Up to `limit` replies that are due, of each conversation the next; ours alone for LEASE_SECONDS. `busy`: not of these channels."""
        now = self.clock.now()
        async with self.store.write() as work:
            until = now + timedelta(seconds=LEASE_SECONDS)
            return await work.outbox.claim_due(now=now, until=until, limit=limit, busy=busy)

    async def deliver(self, row: Outbound) -> None:
        """Send one claimed reply and write down what became of it."""
        row = await self._in_their_language(row)
        try:
            reply = self._rendered(row)
        except LookupError as problem:
            row, reply = await self._replaced(row, problem)
        sent = await self._send(row, reply)
        now = self.clock.now()
        old = (now - row.created_at).total_seconds() >= GIVE_UP_SECONDS and row.attempts + 1 >= GIVE_UP_ATTEMPTS
        if isinstance(sent, RetryAfter) and not old:
            wait = sent.seconds or min(2.0**row.attempts, LONGEST_WAIT_SECONDS)
            context = {
                "outbox_id": row.id,
                "channel": row.channel,
                "attempt": row.attempts + 1,
                "problem": sent.problem,
            }
            log.warning("reply not sent, tried again", extra={**context, "wait_seconds": wait})
            async with self.store.write(brief=True) as work:
                due_at = now + timedelta(seconds=wait)
                parts = max(row.parts_sent, sent.parts_sent)
                await work.outbox.put_off(row.id, due_at=due_at, error=sent.problem, parts_sent=parts)
            self.meter.delivered(row.channel, "retried", 0.0)
            return
        async with self.store.write(brief=True) as work:
            if isinstance(sent, Delivered):
                await work.outbox.deliver(row.id, rendered=reply.to_dict(), versions=reply.versions, now=now)
            else:
                await self._give_up(work, row, sent, now)
        outcome: Outcome = "delivered" if isinstance(sent, Delivered) else "gone" if isinstance(sent, Gone) else "dead"
        self.meter.delivered(row.channel, outcome, (now - row.created_at).total_seconds())
        self.signals.conversation_changed(row.conversation_id)
        self.signals.outbox_changed()  # the next reply of this conversation may go now

    async def _give_up(self, work: UnitOfWork, row: Outbound, sent: RetryAfter | Gone | Refused, now: datetime) -> None:
        state = "gone" if isinstance(sent, Gone) else "dead"
        log.error("reply not delivered", extra={"outbox_id": row.id, "channel": row.channel, "problem": sent.problem})
        await work.outbox.settle(row.id, state=state, error=sent.problem)
        if isinstance(sent, Gone) and row.unreachable_at is None:
            await work.channels.set_reachable(row.conversation_id, since=now)
        detail = {"outbox_id": row.id, "state": state, "problem": sent.problem}
        await work.ledger.alert(at=now, kind="undelivered", conversation_id=row.conversation_id, detail=detail)

    async def _send(self, row: Outbound, reply: Reply) -> Sent:
        sender = self.senders.get(row.channel)
        if sender is None:
            return Delivered()
        if row.unreachable_at is not None:
            return Gone("left the channel")
        delivery = await self._prepared(row, reply)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await sender.send(delivery)
        except TimeoutError:
            return RetryAfter(problem=CUT_OFF)
        except Exception as problem:
            log.exception("connector failed", extra={"outbox_id": row.id, "channel": row.channel})
            return RetryAfter(problem=type(problem).__name__)

    async def _in_their_language(self, row: Outbound) -> Outbound:
        """The greeting of somebody who has not written yet: in the language that the platform knows of them."""
        sender = self.senders.get(row.channel)
        if sender is None or row.seq != 1 or not row.key.startswith("greeting:"):
            return row
        async with self.store.read() as work:
            conversation = await work.conversations.get(row.conversation_id)
        if conversation is None or conversation.next_seq > FIRST_ANSWER_SEQ or conversation.variety_chosen:
            return row
        variety = await self._language_of(sender, row)
        if variety not in VARIETIES or variety == conversation.variety:
            return row
        async with self.store.write(brief=True) as work:
            locked = await work.conversations.lock(row.conversation_id)
            if locked is None or locked.next_seq > FIRST_ANSWER_SEQ:
                return row
            await work.conversations.save(replace(locked, variety=variety), now=self.clock.now())
        return replace(row, variety=variety)

    async def _language_of(self, sender: Sender, row: Outbound) -> str:
        """ "" where it is not known or not told in time: a greeting waits for nothing."""
        try:
            async with asyncio.timeout(LANGUAGE_SECONDS):
                return await sender.language_of(row.channel_key)
        except TimeoutError:
            log.warning("the platform does not tell the language", extra={"outbox_id": row.id, "channel": row.channel})
        except Exception:
            log.exception("connector failed", extra={"outbox_id": row.id, "channel": row.channel})
        return ""

    async def _prepared(self, row: Outbound, reply: Reply) -> Delivery:
        now = self.clock.now()
        async with self.store.write(brief=True) as work:
            fresh = now - timedelta(seconds=HANDLE_SECONDS)
            after = now if row.attempts else fresh  # a later attempt may only try again what the first one took
            handle = await work.channels.take_handle(row.conversation_id, row.id, after=after)
            reply = await self._with_ids(work, row.conversation_id, reply, now)
        if row.author == "counsellor":
            name = self.composer.words("sender_counsellor", row.variety, now, name=str(row.say.params.get("name", "")))
        else:
            name = self.composer.words("sender_bot", row.variety, now)
        return Delivery(
            channel_key=row.channel_key,
            reply=reply,
            key=row.key,
            attempt=row.attempts + 1,
            parts_sent=row.parts_sent,
            sender_name=name,
            handle=handle[0] if handle else "",
            handle_seconds=(now - handle[1]).total_seconds() if handle else 0.0,
            attended=row.owner in ("human", "wrap_up"),
            last_problem=row.last_error,
        )

    async def _with_ids(self, work: UnitOfWork, conversation_id: str, reply: Reply, now: datetime) -> Reply:
        """The reply with buttons that a platform can carry: an id instead of what it stands for."""
        wanted = [Choice(self.secrets.identifier(), title, payload) for title, payload in _buttons(reply)]
        if not wanted:
            return reply
        ids = await work.channels.offer(conversation_id, wanted, at=now)
        buttons = tuple(Button(button.title, ids[_kept(button.title, button.payload)]) for button in reply.buttons)
        return replace(reply, buttons=buttons, cards=tuple(_card_with_ids(card, ids) for card in reply.cards))

    def _rendered(self, row: Outbound) -> Reply:
        return self.composer.render(
            row.say,
            variety=row.variety,
            now=self.clock.now(),
            author=row.author,
            owner=row.owner,
            act=row.act,
            topic=row.topic,
            escalation=row.escalation,
        )

    async def _replaced(self, row: Outbound, problem: LookupError) -> tuple[Outbound, Reply]:
        """Content is missing: say sorry in its place and tell a supervisor. Trying again would not bring the content."""
        now = self.clock.now()
        log.error("reply cannot be rendered", extra={"outbox_id": row.id, "say": row.say.kind, "key": row.say.key})
        say = Say("utterance", "apology", {"text": ""})
        reply = self.composer.render(
            say, variety=row.variety, now=now, author="system", owner=row.owner, escalation=row.escalation
        )
        if row.attempts == 0:
            detail = {"outbox_id": row.id, "problem": str(problem)}
            async with self.store.write(brief=True) as work:
                await work.ledger.alert(at=now, kind="undelivered", conversation_id=row.conversation_id, detail=detail)
        return row, replace(reply, versions={**reply.versions, "instead_of": str(problem)})


def _kept(title: str, payload: str) -> tuple[str, str]:
    return title[:TITLE_CHARACTERS], payload[:PAYLOAD_CHARACTERS]


def _buttons(reply: Reply) -> list[tuple[str, str]]:
    """(title, payload) of all buttons of a reply and its cards; an entry of a profile is none: its name may be typed and mean itself."""
    found = [(button.title, button.payload) for button in reply.buttons]
    pending: list[Any] = list(reply.cards)
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            if isinstance(value.get("payload"), str) and value.get("title"):
                found.append((str(value["title"]), value["payload"]))
            pending.extend(value.values())
        elif isinstance(value, list | tuple):
            pending.extend(value)
    return [_kept(title, payload) for title, payload in found]


def _card_with_ids(card: Any, ids: Mapping[tuple[str, str], str]) -> Any:
    if isinstance(card, Mapping):
        made = {key: _card_with_ids(value, ids) for key, value in card.items()}
        if isinstance(card.get("payload"), str) and card.get("title"):
            made["payload"] = ids[_kept(str(card["title"]), card["payload"])]
        return made
    return [_card_with_ids(item, ids) for item in card] if isinstance(card, list | tuple) else card
