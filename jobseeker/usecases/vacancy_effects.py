"""Effects of the vacancy dialogue: marks, alerts, the log of rankings, a contested ranking. The other effects are carry_out_effects.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobseeker.handoff_records import Deadline
from jobseeker.handoff_rules import HandoffRules
from jobseeker.messages import Say
from jobseeker.records import Conversation
from jobseeker.storage import UnitOfWork
from jobseeker.storage_jobs import MARKS, JobAlert, Mark
from jobseeker.usecases.effect import Effected
from jobseeker.usecases.open_case import open_or_raise_case

CONTESTED, URGENCY_CONTESTED = "contested_result", 2


async def mark_vacancy(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"vacancy_id", "kind": "saved"|"not_for_me", "reason"?, "remove"?: true takes it back}."""
    kind, vacancy_id = params["kind"], int(params["vacancy_id"])
    if kind not in MARKS:
        raise ValueError(f"no mark is called {kind!r}")
    if params.get("remove"):
        await work.marks.remove(conversation.person, vacancy_id, kind)
    else:
        await work.marks.put(conversation.person, Mark(vacancy_id, kind, str(params.get("reason") or ""), now))
    return Effected(conversation)


async def set_alert(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"active", "query": Search.to_dict(), "seen_revision"}: vacancies above that revision are new to this person."""
    if params["active"]:
        alert = JobAlert(
            conversation.person,
            conversation.id,
            active=True,
            query=dict(params["query"]),
            seen_revision=int(params["seen_revision"]),
            next_check_at=now,
        )
        await work.job_alerts.put(alert, now=now)
    else:
        await work.job_alerts.stop(conversation.person, now=now)
    action = "alert.on" if params["active"] else "alert.off"
    await work.ledger.record(
        at=now, actor="jobseeker", action=action, conversation_id=conversation.id, detail={"inbox_id": inbox_id}
    )
    return Effected(conversation)


async def stop_alerts(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"notice_version"}: the stop word. It says what it did, since only here is known whether there was an alert."""
    reminded = await work.reminders.stop(conversation.person)
    stopped = await work.job_alerts.stop(conversation.person, now=now)
    if reminded:
        notice = str(params["notice_version"])
        await work.profiles.note_consent(conversation.person, "reminders", given=False, notice_version=notice, now=now)
    if stopped:
        notice = str(params["notice_version"])
        await work.profiles.note_consent(conversation.person, "alerts", given=False, notice_version=notice, now=now)
        await work.ledger.record(
            at=now,
            actor="jobseeker",
            action="alert.off",
            conversation_id=conversation.id,
            detail={"inbox_id": inbox_id},
        )
    if reminded and not stopped:
        return Effected(conversation, (Say("utterance", "remind_off", {"count": reminded}),))
    return Effected(conversation, (Say("cards", "alert_off" if stopped else "alert_was_off", {"items": []}),))


async def log_match(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"query", "result", "versions"}: an automated result that is shown with this message."""
    await work.match_log.add(
        person_id=conversation.person,
        conversation_id=conversation.id,
        inbox_id=inbox_id,
        query=dict(params["query"]),
        result=dict(params["result"]),
        versions=dict(params["versions"]),
        now=now,
    )
    return Effected(conversation)


async def open_review(
    work: UnitOfWork,
    conversation: Conversation,
    inbox_id: int,
    params: Mapping[str, Any],
    now: datetime,
    rules: HandoffRules,
) -> Effected:
    """params {"list_inbox", "vacancy_id"|None, "words", "business_days"}: a case for a person, about the result that was shown
    in answer to the message `list_inbox`. Raises ValueError where nothing was logged for it."""
    logged = await work.match_log.by_inbox(conversation.id, int(params["list_inbox"]))
    if logged is None:
        raise ValueError("nothing was logged that could be contested")
    calendar = await rules.calendar(work, now)
    due = calendar.business_days_after(calendar.day(now), int(params["business_days"]))
    due_at = calendar.end_of_day(due)
    detail = {
        "match_log_id": logged.id,
        "vacancy_id": params["vacancy_id"],
        "versions": dict(logged.versions),
        "words": str(params["words"]),
        "due_on": due.isoformat(),
    }
    conversation, case = await open_or_raise_case(
        work, conversation, reasons=(CONTESTED,), urgency=URGENCY_CONTESTED, inbox_id=inbox_id, now=now, rules=rules
    )
    await work.cases.describe(case.id, {**(case.detail or {}), **detail})
    await work.cases.note(case.id, due_at=due_at, contested_rule=contested_rule(logged.result, params["vacancy_id"]))
    overdue = Deadline(f"review:{case.id}:{logged.id}", "review_overdue", due_at, case.id, conversation.id)
    await work.deadlines.put(overdue, now=now)
    say = Say("cards", "contest_case", {"items": [], "case": str(case.id), "until": {"date": due.isoformat()}})
    return Effected(conversation, (say,), queue_changed=True)


def contested_rule(result: Mapping[str, Any], vacancy_id: int | None) -> str:
    """The rule that a contest is counted under: the limit that keeps the contested vacancy out, else the feature that gives it least of
    what it could; "ranking" where the list as a whole is contested."""
    for limit, near, *_ in result.get("near_misses", ()):
        if near == vacancy_id:
            return f"limit.{limit}"
    for match in result.get("matches", ()):
        if match["vacancy_id"] == vacancy_id and match.get("reasons"):
            return str(min(match["reasons"], key=lambda one: (one["value"], one["feature"]))["feature"])
    return "ranking"
