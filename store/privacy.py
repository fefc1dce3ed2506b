"""What is kept of one person, in every table: for an export, and for erasing it. When that happens is decided in the use cases.

`TREATMENT` names every table of the schema; a test fails for one that is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.audit_chain import ERASURE
from jobseeker.handoff import URGENCY_CRISIS
from jobseeker.storage_privacy import Tombstone
from store.benefit_tables import reminder
from store.channel_tables import choice, link_attempt, link_code, reply_handle
from store.fairness_tables import self_declaration
from store.handoff_tables import bridge_conversation, callback_request, case_note, crisis_flag, deadline
from store.matching_tables import consent, job_alert, job_alert_sent, match_log, profile, stored_file, vacancy_mark
from store.privacy_tables import tombstone
from store.tables import audit, conversation, handoff_case, inbox, outbox, person

OF_PERSON, OF_CONVERSATION, OF_CASE, SHELL, IDS_ONLY, NOT_OF_PERSONS = (
    "of the person", "of their conversations", "of their cases", "emptied, deleted later", "numbers and codes only", "not of jobseekers",
)  # fmt: skip
TREATMENT: Mapping[str, str] = {
    "profile": OF_PERSON,
    "consent": OF_PERSON,
    "vacancy_mark": OF_PERSON,
    "job_alert": OF_PERSON,
    "job_alert_sent": OF_PERSON,
    "match_log": OF_PERSON,
    "stored_file": OF_PERSON,
    "reminder": OF_PERSON,
    "self_declaration": OF_PERSON,
    "inbox": OF_CONVERSATION,
    "outbox": OF_CONVERSATION,
    "reply_handle": OF_CONVERSATION,
    "choice": OF_CONVERSATION,
    "link_code": OF_CONVERSATION,
    "link_attempt": OF_CONVERSATION,
    "crisis_flag": OF_CONVERSATION,
    "handoff_case": OF_CONVERSATION,
    "case_note": OF_CASE,
    "callback_request": OF_CASE,
    "bridge_conversation": OF_CASE,
    "deadline": OF_CASE,
    "conversation": SHELL,
    "person": SHELL,
    "audit": IDS_ONLY,
    "audit_head": IDS_ONLY,
    "alert": IDS_ONLY,
    "tombstone": IDS_ONLY,
    "account": NOT_OF_PERSONS,
    "account_presence": NOT_OF_PERSONS,
    "staff_session": NOT_OF_PERSONS,
    "second_factor": NOT_OF_PERSONS,
    "recovery_code": NOT_OF_PERSONS,
    "sign_in_ticket": NOT_OF_PERSONS,
    "provider_attempt": NOT_OF_PERSONS,
    "office_exception": NOT_OF_PERSONS,
    "canned_reply": NOT_OF_PERSONS,
    "capability_switch": NOT_OF_PERSONS,
    "service_release": NOT_OF_PERSONS,
    "release_signature": NOT_OF_PERSONS,
    "release_activation": NOT_OF_PERSONS,
    "vacancy": NOT_OF_PERSONS,
    "course": NOT_OF_PERSONS,
}
_PERSON = (
    job_alert_sent,
    job_alert,
    vacancy_mark,
    match_log,
    stored_file,
    reminder,
    self_declaration,
    consent,
    profile,
)
_CASE = (case_note, callback_request, bridge_conversation)
_CONVERSATION = (crisis_flag, reply_handle, choice, link_code, link_attempt)
_SECRET = frozenset(
    {"token_hash", "code_hash", "lease_token", "leased_until", "handle", "content", "channel_key_index"}
)  # of no use to a person


class PrivacyRepository:
    """jobseeker.storage_privacy.Privacy on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def conversations(self, person_id: str) -> Sequence[tuple[str, str]]:
        """(id, channel) of all conversations of the person, the oldest first."""
        query = (
            select(conversation.c.id, conversation.c.channel).where(_of(person_id)).order_by(conversation.c.created_at)
        )
        return [(row.id, row.channel) for row in await self.connection.execute(query)]

    async def crisis_is_open(self, person_id: str) -> bool:
        """Whether a crisis of theirs waits for a person, or is with one."""
        query = select(
            exists().where(
                handoff_case.c.conversation_id.in_(_conversations(person_id)),
                handoff_case.c.state != "closed",
                handoff_case.c.urgency == URGENCY_CRISIS,
            )
        )
        return bool((await self.connection.execute(query)).scalar_one())

    async def export(self, person_id: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Every row of every table that is of this person, by table; secrets and contents of files left out.

        A channel that was connected was a person of its own before, with the id of its conversation: what was kept then is theirs, too.
        """
        ids, cases = _conversations(person_id), _cases(person_id)
        found: dict[str, Sequence[Mapping[str, Any]]] = {}
        for table, where in (
            *((table, or_(table.c.person_id == person_id, table.c.person_id.in_(ids))) for table in _PERSON),
            *((table, table.c.conversation_id.in_(ids)) for table in (inbox, outbox, handoff_case, *_CONVERSATION)),
            *((table, table.c.case_id.in_(cases)) for table in _CASE),
            (deadline, or_(deadline.c.case_id.in_(cases), deadline.c.conversation_id.in_(ids))),
            (conversation, _of(person_id)),
        ):
            rows = (await self.connection.execute(select(table).where(where))).mappings().all()
            found[table.name] = [_plain(table, row) for row in rows]
        return found

    async def erase(self, person_id: str, *, keep_inbox: int | None, now: datetime) -> Mapping[str, int]:
        """Delete it and note that it was deleted. How many rows of each table went.

        What stays until `delete_shells`: the person's and the conversations' rows, emptied, and the message `keep_inbox` with
        what is answered to it.
        """
        ids = [key for key, _ in await self.conversations(person_id)]
        cases = list((await self.connection.execute(_cases(person_id))).scalars())
        counts: dict[str, int] = {}
        for table in _PERSON:
            counts[table.name] = await self._delete(table, table.c.person_id.in_([person_id, *ids]))
        for table in _CASE:
            counts[table.name] = await self._delete(table, table.c.case_id.in_(cases))
        due = or_(deadline.c.case_id.in_(cases), deadline.c.conversation_id.in_(ids))
        counts["deadline"] = await self._delete(deadline, due)
        counts["handoff_case"] = await self._delete(handoff_case, handoff_case.c.id.in_(cases))
        for table in _CONVERSATION:
            counts[table.name] = await self._delete(table, table.c.conversation_id.in_(ids))
        counts["outbox"] = await self._delete(outbox, outbox.c.conversation_id.in_(ids))
        others = inbox.c.id != keep_inbox if keep_inbox is not None else inbox.c.id.is_not(None)
        counts["inbox"] = await self._delete(inbox, inbox.c.conversation_id.in_(ids), others)
        emptied = {
            "owner": "bot",
            "counsellor_id": None,
            "last_topic": "",
            "last_act": "",
            "failed_turns": 0,
            "expecting": "",
            "crisis_at": None,
            "erased_at": now,
        }
        await self.connection.execute(update(conversation).where(conversation.c.id.in_(ids)).values(**emptied))
        await self._bury([person_id, *ids], now)
        counts["audit"] = await self._unlink(ids, cases)
        return counts

    async def _unlink(self, ids: Sequence[str], cases: Sequence[int]) -> int:
        """Audit rows lose conversation and detail, and the salt without which their digest says nothing; how many.

        What says that somebody was erased stays: it accounts for the rows that lost theirs.
        """
        theirs = or_(audit.c.conversation_id.in_(ids), audit.c.case_id.in_(cases))
        emptied = update(audit).where(theirs, audit.c.salt.is_not(None), audit.c.action != ERASURE)
        return int((await self.connection.execute(emptied.values(conversation_id=None, detail={}, salt=None))).rowcount)

    async def _delete(self, table: Table, *where: ColumnElement[bool]) -> int:
        return int((await self.connection.execute(delete(table).where(*where))).rowcount)

    async def _bury(self, ids: Sequence[str], now: datetime) -> None:
        hashes = {buried(one) for one in ids}
        again = update(tombstone).where(tombstone.c.id_hash.in_(hashes)).values(at=now).returning(tombstone.c.id_hash)
        known = set((await self.connection.execute(again)).scalars())  # erased before, and wrote again since
        rows = [{"id_hash": one, "at": now} for one in sorted(hashes - known)]
        if rows:
            await self.connection.execute(insert(tombstone), rows)

    async def delete_shells(self, before: datetime) -> int:
        """Delete what an erasure before this moment has left, where nothing was written since; how many conversations."""
        later = exists().where(
            inbox.c.conversation_id == conversation.c.id,
            inbox.c.received_at > conversation.c.erased_at,
            inbox.c.command.not_like("/erased%"),
        )
        waiting = exists().where(inbox.c.conversation_id == conversation.c.id, inbox.c.state == "pending")
        query = select(conversation.c.id, conversation.c.person_id).where(
            conversation.c.erased_at < before, ~later, ~waiting
        )
        shells = (await self.connection.execute(query)).all()
        ids = [row.id for row in shells]
        for table in (outbox, inbox, *_CONVERSATION):
            await self._delete(table, table.c.conversation_id.in_(ids))
        await self._delete(conversation, conversation.c.id.in_(ids))
        left = exists().where(conversation.c.person_id == person.c.id)
        people = {row.person_id or row.id for row in shells}
        await self._delete(person, person.c.id.in_(people), ~left)
        return len(ids)

    async def idle_since(self, before: datetime, limit: int) -> Sequence[str]:
        """Persons nobody of whom has written since, and no case of whom is open."""
        active = exists().where(
            conversation.c.person_id == person.c.id,
            or_(
                conversation.c.updated_at >= before,
                conversation.c.owner != "bot",
                conversation.c.erased_at.is_not(None),
            ),
        )
        query = select(person.c.id).where(person.c.created_at < before, ~active).order_by(person.c.id).limit(limit)
        return list((await self.connection.execute(query)).scalars())

    async def drop_results(self, before: datetime) -> int:
        """Logged results older than this."""
        return await self._delete(match_log, match_log.c.at < before)

    async def tombstones(self) -> Sequence[Tombstone]:
        """Of all that was erased, so that a restored backup is erased again."""
        rows = await self.connection.execute(select(tombstone.c.id_hash, tombstone.c.at).order_by(tombstone.c.at))
        return [Tombstone(*row) for row in rows]

    async def take_in(self, found: Sequence[Tombstone]) -> Sequence[str]:
        """Keep tombstones from elsewhere; the hashes of those that say something new: an erasure unknown here, or a later one."""
        done = {one.id_hash: one.at for one in await self.tombstones()}
        new = {
            one.id_hash: one.at
            for one in sorted(found, key=lambda one: one.at)
            if one.id_hash not in done or done[one.id_hash] < one.at
        }
        for id_hash, at in new.items():
            if id_hash in done:
                again = update(tombstone).where(tombstone.c.id_hash == id_hash)
                await self.connection.execute(again.values(at=at))
            else:
                await self.connection.execute(insert(tombstone), {"id_hash": id_hash, "at": at})
        return list(new)

    async def persons_among(self, hashes: Sequence[str]) -> Sequence[str]:
        """Persons in this database of whom a tombstone says that they were erased."""
        wanted = set(hashes)
        ids = (await self.connection.execute(select(person.c.id))).scalars()
        return [one for one in ids if buried(one) in wanted]


def buried(key: str) -> str:
    """What a tombstone holds in place of an id."""
    return hashlib.sha256(f"erased:{key}".encode()).hexdigest()


def _of(person_id: str) -> ColumnElement[bool]:
    return or_(conversation.c.person_id == person_id, conversation.c.id == person_id)


def _conversations(person_id: str) -> Any:
    return select(conversation.c.id).where(_of(person_id))


def _cases(person_id: str) -> Any:
    return select(handoff_case.c.id).where(handoff_case.c.conversation_id.in_(_conversations(person_id)))


def _plain(table: Table, row: Mapping[Any, Any]) -> Mapping[str, Any]:
    secret = _SECRET if table.name != "profile" else _SECRET - {"content"}
    return {name: _json(value) for name, value in row.items() if name not in secret and value is not None}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (datetime, date)) else value
