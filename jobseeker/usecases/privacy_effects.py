"""Erasing, exporting and changing consent, as effects of a message. The table of all effects is carry_out_effects.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobseeker.audit_chain import ERASURE, UNLINKED
from jobseeker.messages import Say
from jobseeker.privacy import CHANGEABLE, ERASED, GROUPS
from jobseeker.records import Conversation, NewInbound
from jobseeker.storage import UnitOfWork
from jobseeker.usecases.effect import Effected, Turn


async def erase_person(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {}: everything of this person goes, on all channels; a receipt says how much. Not while a crisis is open."""
    person = turn.person
    if await turn.work.privacy.crisis_is_open(person):
        return Effected(turn.conversation, (Say("utterance", "erase_after_crisis"),))
    counts = await erase(turn.work, person, turn.now, keep=(turn.conversation, turn.inbox_id))
    emptied = replace(
        turn.conversation,
        owner="bot",
        counsellor_id=None,
        expecting="",
        crisis_at=None,
        last_topic="",
        last_act="",
        next_seq=turn.conversation.next_seq + 1,
    )
    lines = [
        {"key": f"erase_count_{group}", "params": {"count": count}}
        for group, tables in GROUPS.items()
        if (count := sum(counts.get(table, 0) for table in tables))
    ]
    return Effected(emptied, (Say("cards", "erase_receipt", {"items": [], "lines": lines}),), queue_changed=True)


async def erase(
    work: UnitOfWork, person: str, now: datetime, *, keep: tuple[Conversation, int] | None = None
) -> Mapping[str, int]:
    """Erase in the store and have the dialogue engine forget each conversation, by a message of its own that is tried until done.

    Args:
        keep: the locked conversation, whose next number its order to forget takes, and its message that is being answered.
    """
    conversations = await work.privacy.conversations(person)
    counts = await work.privacy.erase(person, keep_inbox=keep[1] if keep else None, now=now)
    for key, channel in conversations:
        if keep is not None and key == keep[0].id:
            seq = keep[0].next_seq
        else:
            current = await work.conversations.take_seq(key)
            assert current is not None, "its shell is still there"
            seq = current.next_seq - 1
        event = f"erased:{key}:{now.isoformat()}"[:128]
        await work.inbox.add(NewInbound(key, channel, event, seq, "", f"/{ERASED} all", now, ""))
        first = key == conversations[0][0]
        detail = {"rows": sum(counts.values()) - counts["audit"], UNLINKED: counts["audit"]} if first else {}
        await work.ledger.record(
            at=now, actor="jobseeker" if keep else "system", action=ERASURE, conversation_id=key, detail=detail
        )
    return counts


async def set_consent(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"purpose", "given", "notice_version"}: what was kept for a purpose that is withdrawn ends with it."""
    purpose, given, person = params["purpose"], bool(params["given"]), turn.person
    if purpose not in CHANGEABLE:
        raise ValueError(f"consent to {purpose!r} is not changed here")
    await turn.consent(purpose, params, given=given)
    if not given and purpose == "profile":
        await turn.work.profiles.erase(person)
    elif not given and purpose == "alerts":
        await turn.work.job_alerts.stop(person, now=turn.now)
    elif not given and purpose == "reminders":
        await turn.work.reminders.stop(person)
    elif not given and purpose == "fairness":
        await turn.work.declarations.remove(person)
    action = "consent.given" if given else "consent.withdrawn"
    await turn.note(action, purpose=purpose)
    key = f"consent_{'given' if given else 'withdrawn'}_{purpose}"
    return Effected(turn.conversation, (Say("utterance", key),))


async def store_export(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """Keep the files that the preparation (app/export_files.py) has made of the person's data, and say where they are.

    params {} as the action sends it, with "made": [(MadeFile, url, kind)].
    """
    await turn.keep_files(*(made for made, _, _ in params["made"]))
    items = [{"type": "file", "title": f"file_title_export_{kind}", "url": url} for _, url, kind in params["made"]]
    await turn.note("person.exported")
    return Effected(turn.conversation, (Say("cards", "export_ready", {"items": items}),))
