"""The outbox worker's step: render what is due, as of today, and send it; in order per conversation."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from jobseeker.clock import Clock
from jobseeker.messages import Reply, Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Delivered, RetryAfter, Sender, Signals
from jobseeker.records import Outbound
from jobseeker.storage import Store

log = logging.getLogger(__name__)
LEASE_SECONDS = 60.0
ATTEMPTS = 8


class DeliverReplies:
    """Delivers a batch: of each conversation the next reply. `senders`: by channel; a channel without one reads its replies itself."""

    def __init__(
        self, store: Store, clock: Clock, composer: Composer, signals: Signals, senders: Mapping[str, Sender]
    ) -> None:
        self.store, self.clock, self.composer, self.signals, self.senders = store, clock, composer, signals, senders

    async def __call__(self, limit: int = 50) -> int:
        """Deliver up to `limit` replies; how many were looked at."""
        now = self.clock.now()
        async with self.store.write() as work:
            rows = await work.outbox.claim_due(now=now, until=now + timedelta(seconds=LEASE_SECONDS), limit=limit)
        for row in rows:
            await self._deliver(row)
        return len(rows)

    async def _deliver(self, row: Outbound) -> None:
        now = self.clock.now()
        try:
            reply = self._rendered(row)
        except LookupError as problem:
            await self._replace_unrenderable(row, problem)
            return
        sender = self.senders.get(row.channel)
        sent = await sender.send(row.channel_key, reply, row.key) if sender else Delivered()
        if isinstance(sent, RetryAfter) and row.attempts + 1 < ATTEMPTS:
            wait = sent.seconds or min(2.0**row.attempts, 300.0)
            async with self.store.write() as work:
                await work.outbox.put_off(row.id, due_at=now + timedelta(seconds=wait), error=sent.problem)
            return
        async with self.store.write() as work:
            if isinstance(sent, Delivered):
                await work.outbox.deliver(row.id, rendered=reply.to_dict(), versions=reply.versions, now=now)
            else:
                state = "dead" if isinstance(sent, RetryAfter) else "gone"
                await work.outbox.settle(row.id, state=state, error=sent.problem)
                detail = {"outbox_id": row.id, "state": state, "problem": sent.problem}
                await work.ledger.alert(at=now, kind="undelivered", conversation_id=row.conversation_id, detail=detail)
        self.signals.conversation_changed(row.conversation_id)

    def _rendered(self, row: Outbound) -> Reply:
        now = self.clock.now()
        return self.composer.render(
            row.say,
            variety=row.variety,
            now=now,
            author=row.author,
            owner=row.owner,
            act=row.act,
            topic=row.topic,
            escalation=row.escalation,
        )

    async def _replace_unrenderable(self, row: Outbound, problem: LookupError) -> None:
        """Content is missing: say sorry in its place and tell a supervisor. Trying again would not bring the content."""
        now = self.clock.now()
        log.error("reply cannot be rendered", extra={"outbox_id": row.id, "say": row.say.kind, "key": row.say.key})
        say = Say("utterance", "apology", {"text": ""})
        reply = self.composer.render(
            say, variety=row.variety, now=now, author="system", owner=row.owner, escalation=row.escalation
        )
        async with self.store.write() as work:
            await work.outbox.deliver(
                row.id, rendered=reply.to_dict(), versions={**reply.versions, "instead_of": str(problem)}, now=now
            )
            await work.ledger.alert(
                at=now,
                kind="undelivered",
                conversation_id=row.conversation_id,
                detail={"outbox_id": row.id, "problem": str(problem)},
            )
        self.signals.conversation_changed(row.conversation_id)
