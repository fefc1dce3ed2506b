"""What a counsellor is given of a conversation at a glance: facts of the transcript, in fixed order, nothing made up. Wording is in data/responses.

The person sees the same lines and may put their own words in their place, or withhold them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobseeker.handoff_records import Case
from jobseeker.records import TranscriptLine

KNOWN_REASONS = frozenset(
    {
        "asked_for_human", "crisis", "contested_result", "failed_turns", "strong_anger", "own_trouble", "benefit_refused",
        "benefit_reclaimed", "dispute", "discrimination", "harassment", "unpaid_wages", "dismissal", "disability",
        "legal_deadline", "barriers", "on_behalf", "benefit_unclear",
    }
)  # fmt: skip
QUOTED_CHARACTERS = 160
LINES_LOOKED_AT = 200
TOPICS_NAMED = 5

Line = Mapping[str, Any]  # {"key": a response, "params": its values}


def summary_lines(case: Case, transcript: Sequence[TranscriptLine]) -> list[Line]:
    """Reason, the person's own words, what was answered, what is contested, language.

    Args:
        case: what it was opened for.
        transcript: the newest lines, in order.
    """
    lines: list[Line] = [_line("summary_reason", reasons=[reason_name(reason) for reason in case.reasons])]
    words = own_words(transcript)
    if words:
        lines.append(_line("summary_words", text=words))
    topics = list(dict.fromkeys(line.topic for line in reversed(transcript) if line.author == "bot" and line.topic))
    if topics:
        lines.append(_line("summary_topics", topics={"topics": list(reversed(topics[:TOPICS_NAMED]))}))
    if case.detail and case.detail.get("due_on"):
        lines.append(_line("summary_contested", until={"date": str(case.detail["due_on"])}))
    lines.append(_line("summary_language", language={"key": f"language_{case.language}"}))
    return lines


def own_words(transcript: Sequence[TranscriptLine]) -> str:
    """What the person wrote last that was not just the wish for a person or a button, cut to fit."""
    said = [line for line in transcript if line.author == "jobseeker" and not line.text.startswith("/")]
    told = [line for line in said if line.act not in ("", "talk_to_human", "greet", "thanks")] or said
    text = " ".join(told[-1].text.split()) if told else ""
    return text if len(text) <= QUOTED_CHARACTERS else text[: QUOTED_CHARACTERS - 1] + "…"


def reason_name(reason: str) -> Line:
    """A reason as a text of data/responses."""
    return {"key": f"case_reason_{reason}" if reason in KNOWN_REASONS else "case_reason_other"}


def _line(key: str, **params: Any) -> Line:
    return {"key": key, "params": params}
