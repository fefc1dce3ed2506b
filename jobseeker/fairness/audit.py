"""The bias audit: rates of each group for each outcome, compared with the best group, small groups hidden. Reading data is the store's, wording app/fairness/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from jobseeker.fairness.declared import AGE_BANDS, SEXES
from jobseeker.fairness.measures import Rate, difference_p, holm, impact_ratio, median, rate_of
from jobseeker.fairness.suppression import hidden_groups

UNKNOWN = "unknown"  # did not say
DIMENSIONS: Mapping[
    str, tuple[str, ...]
] = {  # known groups, in the order shown; a channel that is not here comes after them
    "variety": ("zh-Hant", "zh-Hans", "en"),
    "channel": ("web", "line", "telegram"),
    "age_band": AGE_BANDS,
    "sex": SEXES,
}
OUTCOMES: Mapping[str, bool] = {  # name -> whether it is bad for the person
    "matches_shown": False,  # of the rankings asked for: at least one vacancy was shown
    "match_points": False,  # of the people with a ranking: the best vacancy's points are above the sample's median (scoring rate)
    "handoff_offered": False,  # of the conversations: a counsellor was offered, or called at once
    "handoff_made": False,  # of the conversations with an offer: a case was opened
    "case_taken": False,  # of the cases: a counsellor has taken it
    "waited_short": False,  # of the cases taken: the wait was not above the sample's median
    "turn_failed": True,  # of the messages read by the classifier: not understood, or taken for out of scope
}
BEST, ALIKE, FLAGGED, WATCH, DIFFERS, FEW, HIDDEN, ALONE, NOT_SAID = (
    "best", "alike", "flagged", "watch", "differs", "few", "hidden", "alone", "not_said",
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """One conversation, for counting. `person` only says which of them are the same person; it goes into no result.

    groups: dimension -> group; counts: outcome -> (yes, of how many); best_points: of the best vacancy shown; waits: seconds from
    opening to the first claim.
    """

    person: str
    groups: Mapping[str, str]
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    best_points: float | None = None
    waits: tuple[float, ...] = ()


class FairnessSource(Protocol):
    """store.fairness_audit: groups and outcomes, read by the audit command alone."""

    async def subjects(self, *, since: datetime, until: datetime) -> Sequence[Subject]:
        """One for each conversation in which somebody wrote in [since, until)."""
        ...


@dataclass(frozen=True)
class Rules:
    """Numbers of packs/*/policy/fairness.yml; shares in [0, 1]."""

    smallest_group: int
    four_fifths: float
    confidence: float
    least_difference: float
    least_share: float


@dataclass(frozen=True)
class Cell:
    """One group in one table. None: hidden, or not compared. p: adjusted for all comparisons of the audit (Holm)."""

    dimension: str
    outcome: str
    group: str
    verdict: str
    people: int | None = None
    yes: int | None = None
    total: int | None = None
    rate: float | None = None
    interval: tuple[float, float] | None = None
    ratio: float | None = None
    ratio_interval: tuple[float, float] | None = None
    p: float | None = None
    median_wait_seconds: float | None = None


@dataclass(frozen=True)
class Audit:
    """All cells, in the order of DIMENSIONS and OUTCOMES. people: all, None where they are too few to be told."""

    cells: tuple[Cell, ...]
    people: int | None
    comparisons: int

    @property
    def flagged(self) -> tuple[Cell, ...]:
        """What needs somebody to look at it."""
        return tuple(cell for cell in self.cells if cell.verdict == FLAGGED)


def audit(subjects: Sequence[Subject], rules: Rules) -> Audit:
    """Count, compare, hide.

    A group is flagged where its impact ratio is below four fifths, the difference is significant after adjustment for all comparisons, and
    it is at least `least_difference`. "watch": below four fifths, but it may be chance; "differs": significant, but above the line.
    """
    scored = _with_medians(subjects)
    rates = {
        (dimension, outcome): _rates(scored, dimension, outcome) for dimension in DIMENSIONS for outcome in OUTCOMES
    }
    best = {key: _best(found, OUTCOMES[key[1]], rules) for key, found in rates.items()}
    tests: dict[tuple[str, ...], float] = {
        (*key, group): difference_p(rate, found[best[key]])
        for key, found in rates.items()
        for group, rate in found.items()
        if best[key] and group != best[key] and group in _comparable(found, rules)
    }
    adjusted = holm(tests)
    cells = [
        cell
        for (dimension, outcome), found in rates.items()
        for cell in _cells(dimension, outcome, found, best[dimension, outcome], adjusted, rules)
    ]
    waits = {(dimension, group): _waits(scored, dimension, group) for dimension in DIMENSIONS for group in _groups(scored, dimension)}  # fmt: skip
    people = len({subject.person for subject in subjects})
    return Audit(
        tuple(_with_wait(cell, waits) for cell in cells),
        people if people >= rules.smallest_group or not people else None,
        len(tests),
    )


def _with_medians(subjects: Sequence[Subject]) -> list[Subject]:
    """Subjects with the outcomes that compare with the middle of the whole sample."""
    points: dict[str, float] = {}
    for subject in subjects:
        if subject.best_points is not None:
            points[subject.person] = max(points.get(subject.person, subject.best_points), subject.best_points)
    waits = [wait for subject in subjects for wait in subject.waits]
    middle_points, middle_wait = median(list(points.values()) or [0.0]), median(waits or [0.0])
    found, done = [], set()
    for subject in subjects:
        counts = dict(subject.counts)
        if subject.best_points is not None and subject.person not in done:
            done.add(subject.person)
            counts["match_points"] = (int(points[subject.person] > middle_points), 1)
        if subject.waits:
            counts["waited_short"] = (sum(wait <= middle_wait for wait in subject.waits), len(subject.waits))
        found.append(Subject(subject.person, subject.groups, counts, subject.best_points, subject.waits))
    return found


def _groups(subjects: Iterable[Subject], dimension: str) -> list[str]:
    there = {subject.groups.get(dimension) or UNKNOWN for subject in subjects}
    known = [group for group in DIMENSIONS[dimension] if group in there]
    return [*known, *sorted(there - {*known, UNKNOWN}), *([UNKNOWN] if UNKNOWN in there else [])]


def _rates(subjects: Sequence[Subject], dimension: str, outcome: str) -> dict[str, Rate]:
    found = {}
    for group in _groups(subjects, dimension):
        counts = (
            (subject.person, *subject.counts[outcome])
            for subject in subjects
            if outcome in subject.counts and (subject.groups.get(dimension) or UNKNOWN) == group
        )
        rate = rate_of(counts)
        if rate is not None:
            found[group] = rate
    return found


def _comparable(found: Mapping[str, Rate], rules: Rules) -> list[str]:
    """Known groups that are neither hidden nor below the least share (6 RCNY 5-301(d))."""
    hidden = hidden_groups({group: rate.clusters for group, rate in found.items()}, rules.smallest_group)
    everybody = sum(rate.clusters for rate in found.values())
    return [
        group
        for group, rate in found.items()
        if group not in hidden and group != UNKNOWN and rate.clusters >= rules.least_share * everybody
    ]


def _best(found: Mapping[str, Rate], adverse: bool, rules: Rules) -> str:
    """The group with the best rate, "" where there are not two to compare."""
    groups = _comparable(found, rules)
    if len(groups) < 2:
        return ""
    return max(groups, key=lambda group: (-found[group].value if adverse else found[group].value, found[group].clusters))  # fmt: skip


def _cells(
    dimension: str,
    outcome: str,
    found: Mapping[str, Rate],
    best: str,
    adjusted: Mapping[tuple[str, ...], float],
    rules: Rules,
) -> list[Cell]:
    hidden = hidden_groups({group: rate.clusters for group, rate in found.items()}, rules.smallest_group)
    comparable, cells = _comparable(found, rules), []
    for group, rate in found.items():
        if group in hidden:
            cells.append(Cell(dimension, outcome, group, HIDDEN))
            continue
        shown = (rate.clusters, rate.yes, rate.total, rate.value, rate.interval(rules.confidence))
        if group not in comparable or not best:
            verdict = NOT_SAID if group == UNKNOWN else ALONE if group in comparable else FEW
            cells.append(Cell(dimension, outcome, group, verdict, *shown))
        elif group == best:
            cells.append(Cell(dimension, outcome, group, BEST, *shown, ratio=1.0))
        else:
            adverse = OUTCOMES[outcome]
            ratio, low, high = impact_ratio(rate, found[best], adverse=adverse, confidence=rules.confidence)
            p = adjusted[dimension, outcome, group]
            verdict = _verdict(ratio, p, abs(rate.value - found[best].value), rules)
            cells.append(Cell(dimension, outcome, group, verdict, *shown, ratio=ratio, ratio_interval=(low, high), p=p))
    return cells


def _verdict(ratio: float, p: float, difference: float, rules: Rules) -> str:
    significant, large = p < 1 - rules.confidence, ratio < rules.four_fifths and difference >= rules.least_difference
    if large:
        return FLAGGED if significant else WATCH
    return DIFFERS if significant and difference >= rules.least_difference else ALIKE


def _waits(subjects: Iterable[Subject], dimension: str, group: str) -> list[float]:
    return [
        wait
        for subject in subjects
        if (subject.groups.get(dimension) or UNKNOWN) == group
        for wait in subject.waits
    ]  # fmt: skip


def _with_wait(cell: Cell, waits: Mapping[tuple[str, str], Sequence[float]]) -> Cell:
    """The table of waits also tells each group's median."""
    if cell.outcome != "waited_short" or cell.verdict == HIDDEN:
        return cell
    middle = median(waits[cell.dimension, cell.group])
    return Cell(**{**vars(cell), "median_wait_seconds": middle})
