"""What an action asked to keep, written inside the transaction that finishes its message. Replies and cases are carry_out_plan.py.

An effect is a command of an action (docs/contracts.md, "Effects") that changes the store. It runs once: a message is
finished once, and a turn that is asked for again gives the same commands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from jobseeker.errors import DialogueProtocol
from jobseeker.handoff_rules import HandoffRules
from jobseeker.messages import Say
from jobseeker.profile import Profile
from jobseeker.records import Conversation
from jobseeker.storage import UnitOfWork
from jobseeker.usecases import benefit_effects, privacy_effects, vacancy_effects
from jobseeker.usecases.effect import Effect, Effected

PURPOSES = frozenset({"profile", "alerts", "link", "research", "reminders"})  # what a person may consent to


async def carry_out_effects(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    effects: Sequence[tuple[str, Mapping[str, Any]]],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """Carry them out in order. `work` has locked `conversation`.

    Raises:
        DialogueProtocol: an effect that is not known, or its params are not of its form. Nothing of the message is kept.
    """
    done = Effected(conversation)
    for name, params in effects:
        effect = EFFECTS.get(name)
        if effect is None:
            raise DialogueProtocol(f"the effect {name!r} is not known")
        try:
            after = await effect(work, done.conversation, inbox_id, params, now, rules)
        except (KeyError, TypeError, ValueError) as problem:
            raise DialogueProtocol(f"the effect {name!r} is not of its form ({type(problem).__name__})") from problem
        done = Effected(after.conversation, (*done.says, *after.says), done.queue_changed or after.queue_changed)
    return done


async def save_profile(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"profile": Profile.to_dict()}: one more row of the history, which is in force from now on."""
    version = await work.profiles.newest_version(conversation.person) + 1
    profile = replace(Profile.from_dict(params["profile"]), version=version)
    await work.profiles.add(conversation.person, profile, inbox_id=inbox_id, now=now)
    await _note(work, conversation, inbox_id, "profile.saved", now, version=version)
    return Effected(conversation)


async def undo_profile(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {}: the version before the one in force comes back, as a new row. Before the first there was an empty one."""
    version = await work.profiles.newest_version(conversation.person)
    if version:
        before = await work.profiles.at(conversation.person, version - 1) or Profile()
        await work.profiles.add(conversation.person, replace(before, version=version + 1), inbox_id=inbox_id, now=now)
        await _note(work, conversation, inbox_id, "profile.undone", now, version=version + 1)
    return Effected(conversation)


async def give_consent(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"purpose", "notice_version"}: the person agrees to it, as it was put to them in that version of the notice."""
    await _consent(work, conversation, params, given=True, now=now)
    await _note(work, conversation, inbox_id, "consent.given", now, purpose=params["purpose"])
    return Effected(conversation)


async def withdraw_consent(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"purpose", "notice_version"}: the person does not agree (any more). What was kept is erased elsewhere."""
    await _consent(work, conversation, params, given=False, now=now)
    await _note(work, conversation, inbox_id, "consent.withdrawn", now, purpose=params["purpose"])
    return Effected(conversation)


async def store_file(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """Keep a file that was made (jobseeker.records.MadeFile) and say where it is; say sorry where it could not be made.

    params {"format", "profile", "contact"} as the action sends it, with "made" and "url", which the preparation has added.
    """
    made = params["made"]
    if made is None:
        return Effected(conversation, (Say("utterance", "resume_failed"),))
    await work.files.drop_expired(now)
    await work.files.add(conversation.person, made, now=now)
    await _note(work, conversation, inbox_id, "file.made", now, format=params["format"])
    item = {"type": "file", "title": f"file_title_{params['format']}", "url": params["url"]}
    return Effected(conversation, (Say("cards", "resume_ready", {"items": [item]}),))


async def _consent(
    work: UnitOfWork, conversation: Conversation, params: Mapping[str, Any], *, given: bool, now: datetime
) -> None:
    purpose = params["purpose"]
    if purpose not in PURPOSES:
        raise ValueError(f"nobody consents to {purpose!r}")
    notice = str(params["notice_version"])
    await work.profiles.note_consent(conversation.person, purpose, given=given, notice_version=notice, now=now)


async def _note(
    work: UnitOfWork, conversation: Conversation, inbox_id: int, action: str, now: datetime, **detail: Any
) -> None:
    detail = {**detail, "inbox_id": inbox_id}
    await work.ledger.record(at=now, actor="jobseeker", action=action, conversation_id=conversation.id, detail=detail)


EFFECTS: Mapping[str, Effect] = {
    "save_profile": save_profile,
    "undo_profile": undo_profile,
    "give_consent": give_consent,
    "withdraw_consent": withdraw_consent,
    "store_file": store_file,
    "mark_vacancy": vacancy_effects.mark_vacancy,
    "set_alert": vacancy_effects.set_alert,
    "stop_alerts": vacancy_effects.stop_alerts,
    "log_match": vacancy_effects.log_match,
    "open_review": vacancy_effects.open_review,
    "open_benefit_case": benefit_effects.open_benefit_case,
    "erase_person": privacy_effects.erase_person,
    "set_consent": privacy_effects.set_consent,
    "store_export": privacy_effects.store_export,
    "set_reminders": benefit_effects.set_reminders,
    "store_calendar": benefit_effects.store_calendar,
}
