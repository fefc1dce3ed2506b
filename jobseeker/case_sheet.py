"""The case note, pre-filled: facts of the transcript, the profile and the log in a fixed order, nothing generated. How it looks is the desk's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobseeker.handoff import URGENCY_CRISIS
from jobseeker.handoff_records import Callback, Case
from jobseeker.handoff_summary import own_words
from jobseeker.profile import Profile
from jobseeker.records import Conversation, TranscriptLine
from jobseeker.storage_jobs import LoggedRanking

ANSWERS_SHOWN = 12
FIELDS = (
    "reason", "trigger", "words", "language", "channel", "contact", "stated_unverified", "answered", "matches", "contested",
    "barriers", "consent", "risk", "next_step",
)  # fmt: skip  # the order on the page


def case_sheet(
    case: Case,
    conversation: Conversation,
    transcript: Sequence[TranscriptLine],
    profile: Profile,
    matches: Sequence[LoggedRanking],
    callbacks: Sequence[Callback],
    consents: Sequence[str],
) -> list[dict[str, Any]]:
    """[{"field", "value"}] for each of FIELDS; an empty value where nothing is known."""
    triggers = [line for line in transcript if line.author == "jobseeker" and line.escalation.level != "none"]
    values: Mapping[str, Any] = {
        "reason": list(case.reasons),
        "trigger": _quoted(triggers[-1:]),
        "words": (case.summary or {}).get("words") or own_words(transcript),
        "language": conversation.variety,
        "channel": conversation.channel,
        "contact": [asked.contact for asked in callbacks if asked.contact and asked.state == "open"],
        "stated_unverified": _stated(profile),
        "answered": [
            {"topic": line.topic, "at": line.at.isoformat(), "versions": dict(line.versions)}
            for line in transcript
            if line.author == "bot" and line.topic
        ][-ANSWERS_SHOWN:],
        "matches": [
            {
                "match_log_id": logged.id,
                "at": logged.at.isoformat(),
                "shown": list(logged.query.get("shown", ())),
                "versions": dict(logged.versions),
            }
            for logged in matches
        ],
        "contested": None if case.detail is None else dict(case.detail),
        "barriers": _quoted([line for line in transcript if line.act == "barrier_support"]),
        "consent": list(consents),
        "risk": "crisis" if case.urgency == URGENCY_CRISIS else "none",
        "next_step": _next_step(case, callbacks),
    }
    return [{"field": field, "value": values[field]} for field in FIELDS]


def _quoted(lines: Sequence[TranscriptLine]) -> list[dict[str, Any]]:
    return [{"seq": line.seq, "text": line.text} for line in lines if line.author == "jobseeker"]


def _stated(profile: Profile) -> Mapping[str, Any]:
    """What the person has said of themselves and confirmed; nobody has checked it."""
    return {} if profile.version == 0 else profile.to_dict()


def _next_step(case: Case, callbacks: Sequence[Callback]) -> Mapping[str, Any]:
    waiting = [asked for asked in callbacks if asked.state == "open"]
    if waiting:
        return waiting[-1].to_dict()
    return {} if case.due_at is None else {"kind": "review", "due_at": case.due_at.isoformat()}
