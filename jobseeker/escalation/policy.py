"""The rules of escalation. The words and thresholds they work on are in packs/*/policy/escalation.yml; what follows from a level is not here.

Order: a command, then signals in the raw text (idioms masked first), then the label and the topic's risk, then failed
turns. The highest level wins; every rule that fired gives its reason. Source of the levels: docs/escalation.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jobseeker.messages import Command, Escalation, Level

_RANK: Mapping[str, int] = {"none": 0, "offer": 1, "immediate": 2}
_RISK_REASONS: Mapping[str, str] = {"adverse": "adverse_topic", "crisis": "sensitive_topic"}
_IGNORED = re.compile("[​-‏⁠﻿]")
_SPACED_HAN = re.compile(r"(?<=[㐀-鿿])[\s.．。、,，~～*＊_\-]+(?=[㐀-鿿])")


@dataclass(frozen=True)
class SignalRule:
    """A reason, its level, the patterns that raise it and the ones that, found first, are blanked out (idioms, negations)."""

    reason: str
    level: Level
    patterns: tuple[re.Pattern[str], ...]
    masks: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True)
class LabelRule:
    """A dialogue act that raises a level by itself."""

    reason: str
    level: Level


@dataclass(frozen=True)
class EscalationPolicy:
    """All rules in force. Deterministic: the same message in the same state gives the same result."""

    signals: tuple[SignalRule, ...]
    labels: Mapping[str, LabelRule] = field(default_factory=dict)
    failed_turns_limit: int = 2
    version: str = ""

    def assess(
        self, text: str, *, label: str = "", topic_risk: str = "", failed_turns: int = 0, command: Command | None = None
    ) -> Escalation:
        """Level and reasons for one message.

        Args:
            text: the raw message; any script, width or spacing.
            label: what it was taken to mean, where that is known ("faq/…" or an act).
            topic_risk: risk of the topic it asks about: none, complex, adverse or crisis.
            failed_turns: failed turns in a row, this one included.
            command: a button press.
        """
        found: list[tuple[Level, str]] = []
        if command is not None and command.name == "human":
            found.append(("immediate", "asked_for_human"))
        if command is None:
            found += [(rule.level, rule.reason) for rule in self._fired(text)]
        if label in self.labels:
            found.append((self.labels[label].level, self.labels[label].reason))
        if topic_risk in _RISK_REASONS and label.startswith("faq/"):
            found.append(("offer", _RISK_REASONS[topic_risk]))
        if failed_turns >= self.failed_turns_limit:
            found.append(("immediate", "failed_turns"))
        return combine(found)

    def _fired(self, text: str) -> Sequence[SignalRule]:
        plain = fold(text)
        fired = []
        for rule in self.signals:
            masked = plain
            for mask in rule.masks:
                masked = mask.sub(lambda match: "＿" * len(match.group()), masked)
            if any(pattern.search(masked) for pattern in rule.patterns):
                fired.append(rule)
        return fired


def combine(found: Sequence[tuple[Level, str]]) -> Escalation:
    """The highest level, with all reasons in the order they were found, each once, the highest level's first."""
    if not found:
        return Escalation()
    level = max((level for level, _ in found), key=lambda value: _RANK[value])
    ordered = sorted(found, key=lambda item: -_RANK[item[0]])
    return Escalation(level, tuple(dict.fromkeys(reason for _, reason in ordered)))


def fold(text: str) -> str:
    """Width and case folded, invisible characters dropped, blanks and dots between Han characters closed ("想 死" -> "想死")."""
    text = _IGNORED.sub("", unicodedata.normalize("NFKC", text)).lower().replace("’", "'")
    return _SPACED_HAN.sub("", " ".join(text.split()))
