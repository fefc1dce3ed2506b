"""The rules of escalation. The words and thresholds they work on are in packs/*/policy/escalation.yml; what follows from a level is not here.

Order: a command, then signals in the raw text (idioms masked first), then the label and the topic's risk, then failed
turns. The highest level wins; every rule that fired gives its reason. Source of the levels: docs/escalation.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from jobseeker.escalation.evidence import Evidence, blank_out
from jobseeker.escalation.folding import Folding
from jobseeker.escalation.terms import ScoredRule
from jobseeker.messages import Command, Escalation, Level, Understanding

_RANK: Mapping[str, int] = {"none": 0, "offer": 1, "immediate": 2}
_RISK_REASONS: Mapping[str, str] = {"adverse": "adverse_topic", "crisis": "sensitive_topic"}
REMEMBERED = 1_024  # texts whose signals are known, by their digests: a message is assessed three times within seconds
REASONS_OF_CODE = ("asked_for_human", "failed_turns", *_RISK_REASONS.values())


@dataclass(frozen=True)
class SignalRule:
    """A reason, its level, and what raises it.

    Attributes:
        patterns: each alone raises it.
        masks: found first and blanked out (idioms, negations).
        cues: groups of weaker signs; `cues_needed` different groups in one message raise it.
        tight: search the text without any punctuation as well; only for words that cannot arise across two sentences.
        name: tells rules of the same reason apart.
    """

    reason: str
    level: Level
    patterns: tuple[re.Pattern[str], ...]
    masks: tuple[re.Pattern[str], ...] = ()
    cues: Mapping[str, tuple[re.Pattern[str], ...]] = field(default_factory=dict)
    cues_needed: int = 2
    tight: tuple[re.Pattern[str], ...] = ()
    name: str = ""

    def evidence(self, plain: str, tight: str) -> Iterator[Evidence]:
        """Everything in a folded text that makes the rule fire, the first thing first; nothing if it does not."""
        plain = blank_out(plain, self.masks)
        for pattern in self.patterns:
            if match := pattern.search(plain):
                yield Evidence(self.reason, self.name, pattern.pattern, match.group())
        if self.tight and tight != plain:
            masked = blank_out(tight, self.masks)
            for pattern in self.tight:
                if match := pattern.search(masked):
                    yield Evidence(self.reason, self.name, pattern.pattern, match.group())
        yield from self._cues(plain)

    def _cues(self, plain: str) -> Iterator[Evidence]:
        found = []
        for group, patterns in self.cues.items():
            match = next((match for pattern in patterns if (match := pattern.search(plain))), None)
            if match:
                found.append(Evidence(self.reason, f"{self.name}/{group}", match.re.pattern, match.group()))
        if len(found) >= self.cues_needed:
            yield from found


@dataclass(frozen=True)
class LabelRule:
    """A dialogue act that raises a level by itself.

    Attributes:
        from_confidence: it counts from there on even where another label is likelier.
        seconded: the scored rule that can second it: two weak signs from two different readers are one good one.
        seconded_confidence, seconded_score: from which confidence and which score on the two together count.
    """

    reason: str
    level: Level
    from_confidence: float = 1.0
    seconded: str = ""
    seconded_confidence: float = 1.0
    seconded_score: float = 0.0


@dataclass(frozen=True)
class EscalationPolicy:
    """All rules in force. Deterministic: the same message in the same state gives the same result."""

    signals: tuple[SignalRule | ScoredRule, ...]
    labels: Mapping[str, LabelRule] = field(default_factory=dict)
    failed_turns_limit: int = 2
    version: str = ""
    folding: Folding = field(default_factory=Folding)
    _known: dict[bytes, tuple[tuple[Level, str], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

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
            found += self._signalled(text)
        if label in self.labels:
            found.append((self.labels[label].level, self.labels[label].reason))
        if topic_risk in _RISK_REASONS and label.startswith("faq/"):
            found.append(("offer", _RISK_REASONS[topic_risk]))
        if failed_turns >= self.failed_turns_limit:
            found.append(("immediate", "failed_turns"))
        return combine(found)

    def decisive_label(self, understanding: Understanding, text: str) -> str:
        """The label that counts for escalation: what the message was answered as, or a rarer one that must not be missed."""
        for label, confidence in ((understanding.label, understanding.confidence), *understanding.alternatives):
            rule = self.labels.get(label)
            if rule is not None and (confidence >= rule.from_confidence or self._seconded(rule, confidence, text)):
                return label
        return understanding.label if understanding.outcome == "answer" else ""

    def _seconded(self, rule: LabelRule, confidence: float, text: str) -> bool:
        if not rule.seconded or confidence < rule.seconded_confidence:
            return False
        plain, _ = self._folded(text)
        return any(
            signal.score(plain) > rule.seconded_score
            for signal in self.signals
            if isinstance(signal, ScoredRule) and signal.name == rule.seconded
        )

    def explain(self, text: str) -> tuple[Evidence, ...]:
        """Which patterns a text sets off, and on which words: for the people who keep the rules."""
        plain, tight = self._folded(text)
        return tuple(evidence for rule in self.signals for evidence in rule.evidence(plain, tight))

    def _signalled(self, text: str) -> Sequence[tuple[Level, str]]:
        """Level and reason of each signal in the text. A message is assessed on its way in, when it is answered and after the turn."""
        key = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()  # nobody's words are kept
        if (found := self._known.get(key)) is None:
            plain, tight = self._folded(text)
            found = tuple((rule.level, rule.reason) for rule in self.signals if next(rule.evidence(plain, tight), None))
            while len(self._known) >= REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[key] = found
        return found

    def _folded(self, text: str) -> tuple[str, str]:
        plain = self.folding.plain(text)
        return plain, self.folding.tight(plain)


def combine(found: Sequence[tuple[Level, str]]) -> Escalation:
    """The highest level, with all reasons in the order they were found, each once, the highest level's first."""
    if not found:
        return Escalation()
    level = max((level for level, _ in found), key=lambda value: _RANK[value])
    ordered = sorted(found, key=lambda item: -_RANK[item[0]])
    return Escalation(level, tuple(dict.fromkeys(reason for _, reason in ordered)))
