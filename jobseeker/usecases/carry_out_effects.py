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
from jobseeker.usecases.effect import Effect, Effected, Turn


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
            after = await effect(Turn(work, done.conversation, inbox_id, now, rules), params)
        except (KeyError, TypeError, ValueError) as problem:
            raise DialogueProtocol(f"the effect {name!r} is not of its form ({type(problem).__name__})") from problem
        done = Effected(after.conversation, (*done.says, *after.says), done.queue_changed or after.queue_changed)
    return done


async def save_profile(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"profile": Profile.to_dict()}: one more row of the history, which is in force from now on."""
    version = await turn.work.profiles.newest_version(turn.person) + 1
    profile = replace(Profile.from_dict(params["profile"]), version=version)
    await turn.work.profiles.add(turn.person, profile, inbox_id=turn.inbox_id, now=turn.now)
    await turn.note("profile.saved", version=version)
    return Effected(turn.conversation)


async def undo_profile(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {}: the version before the one in force comes back, as a new row. Before the first there was an empty one."""
    version = await turn.work.profiles.newest_version(turn.person)
    if version:
        before = await turn.work.profiles.at(turn.person, version - 1) or Profile()
        await turn.work.profiles.add(
            turn.person, replace(before, version=version + 1), inbox_id=turn.inbox_id, now=turn.now
        )
        await turn.note("profile.undone", version=version + 1)
    return Effected(turn.conversation)


async def give_consent(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"purpose", "notice_version"}: the person agrees to it, as it was put to them in that version of the notice."""
    await turn.consent(params["purpose"], params, given=True)
    await turn.note("consent.given", purpose=params["purpose"])
    return Effected(turn.conversation)


async def withdraw_consent(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"purpose", "notice_version"}: the person does not agree (any more). What was kept is erased elsewhere."""
    await turn.consent(params["purpose"], params, given=False)
    await turn.note("consent.withdrawn", purpose=params["purpose"])
    return Effected(turn.conversation)


async def store_file(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """Keep a file that was made (jobseeker.records.MadeFile) and say where it is; say sorry where it could not be made.

    params {"format", "profile", "contact"} as the action sends it, with "made" and "url", which the preparation has added.
    """
    made = params["made"]
    if made is None:
        return Effected(turn.conversation, (Say("utterance", "resume_failed"),))
    await turn.keep_files(made)
    await turn.note("file.made", format=params["format"])
    item = {"type": "file", "title": f"file_title_{params['format']}", "url": params["url"]}
    ready = Say("cards", "resume_ready", {"items": [item]})
    missing = (Say("utterance", "resume_contact_missing"),) if params.get("contact_missing") else ()
    return Effected(turn.conversation, (ready, *missing))


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
