"""Effects of the vacancy dialogue: marks, alerts, the log of rankings, a contested ranking. The other effects are carry_out_effects.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobseeker.handoff_records import Deadline
from jobseeker.messages import Say
from jobseeker.storage_jobs import MARKS, JobAlert, Mark
from jobseeker.usecases.effect import Effected, Turn

CONTESTED, URGENCY_CONTESTED = "contested_result", 2


async def mark_vacancy(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"vacancy_id", "kind": "saved"|"not_for_me", "reason"?, "remove"?: true takes it back}."""
    kind, vacancy_id = params["kind"], int(params["vacancy_id"])
    if kind not in MARKS:
        raise ValueError(f"no mark is called {kind!r}")
    if params.get("remove"):
        await turn.work.marks.remove(turn.person, vacancy_id, kind)
    else:
        await turn.work.marks.put(turn.person, Mark(vacancy_id, kind, str(params.get("reason") or ""), turn.now))
    return Effected(turn.conversation)


async def set_alert(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"active", "query": Search.to_dict(), "seen_revision"}: vacancies above that revision are new to this person."""
    if params["active"]:
        alert = JobAlert(
            turn.person,
            turn.conversation.id,
            active=True,
            query=dict(params["query"]),
            seen_revision=int(params["seen_revision"]),
            next_check_at=turn.now,
        )
        await turn.work.job_alerts.put(alert, now=turn.now)
    else:
        await turn.work.job_alerts.stop(turn.person, now=turn.now)
    action = "alert.on" if params["active"] else "alert.off"
    await turn.note(action)
    return Effected(turn.conversation)


async def stop_alerts(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"notice_version"}: the stop word. It says what it did, since only here is known whether there was an alert."""
    reminded = await turn.work.reminders.stop(turn.person)
    stopped = await turn.work.job_alerts.stop(turn.person, now=turn.now)
    if reminded:
        await turn.consent("reminders", params, given=False)
    if stopped:
        await turn.consent("alerts", params, given=False)
        await turn.note("alert.off")
    if reminded and not stopped:
        return Effected(turn.conversation, (Say("utterance", "remind_off", {"count": reminded}),))
    return Effected(turn.conversation, (Say("cards", "alert_off" if stopped else "alert_was_off", {"items": []}),))


async def log_match(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"query", "result", "versions"}: an automated result that is shown with this message."""
    await turn.work.match_log.add(
        person_id=turn.person,
        conversation_id=turn.conversation.id,
        inbox_id=turn.inbox_id,
        query=dict(params["query"]),
        result=dict(params["result"]),
        versions=dict(params["versions"]),
        now=turn.now,
    )
    return Effected(turn.conversation)


async def open_review(turn: Turn, params: Mapping[str, Any]) -> Effected:
    """params {"list_inbox", "vacancy_id"|None, "words", "business_days"}: a case for a person, about the result that was shown
    in answer to the message `list_inbox`. Raises ValueError where nothing was logged for it."""
    logged = await turn.work.match_log.by_inbox(turn.conversation.id, int(params["list_inbox"]))
    if logged is None:
        raise ValueError("nothing was logged that could be contested")
    calendar = await turn.rules.calendar(turn.work, turn.now)
    due = calendar.business_days_after(calendar.day(turn.now), int(params["business_days"]))
    due_at = calendar.end_of_day(due)
    detail = {
        "match_log_id": logged.id,
        "vacancy_id": params["vacancy_id"],
        "versions": dict(logged.versions),
        "words": str(params["words"]),
        "due_on": due.isoformat(),
    }
    conversation, case = await turn.open_case(CONTESTED, URGENCY_CONTESTED, detail)
    await turn.work.cases.note(
        case.id, due_at=due_at, contested_rule=contested_rule(logged.result, params["vacancy_id"])
    )
    overdue = Deadline(f"review:{case.id}:{logged.id}", "review_overdue", due_at, case.id, turn.conversation.id)
    await turn.work.deadlines.put(overdue, now=turn.now)
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
