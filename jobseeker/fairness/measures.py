"""Arithmetic of a bias audit: rates with intervals, impact ratios, tests of significance. Plain numbers; what is counted is audit.py's.

Sources: selection rate, scoring rate (the share above the sample's median) and impact ratio as in the Rules of the City of New York, 6 RCNY
5-300 and 5-301 (Local Law 144 of 2021); the four-fifths rule and that a difference should be significant, too, 29 CFR 1607.4(D); intervals
of rates, Wilson 1927; of ratios, Katz et al. 1978; the exact test, Fisher 1935; several tests together, Holm 1979; counts of the same person
are one cluster, Kish 1965 (design effect).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True)
class Rate:
    """A share of clustered yes/no counts.

    yes, total: counts; clusters: people; effective: how many independent counts they are worth, at most `total`.
    """

    yes: int
    total: int
    clusters: int
    effective: float

    @property
    def value(self) -> float:
        """The share in [0, 1]."""
        return self.yes / self.total

    def interval(self, confidence: float) -> tuple[float, float]:
        """Wilson's interval of the share, on the effective counts. confidence: in (0, 1)."""
        z, n, p = _z(confidence), self.effective, self.value
        middle, wide = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = (middle - wide) / (1 + z * z / n), (middle + wide) / (1 + z * z / n)
        return max(0.0, low), min(1.0, high)


def rate_of(counts: Iterable[tuple[str, int, int]]) -> Rate | None:
    """The rate of (person, yes, total) counts; None where nothing was counted.

    The variance is that of a ratio of cluster totals (linearised): m / (m - 1) x sum((yes - p x total)^2) / sum(total)^2 over m people.
    """
    people: dict[str, tuple[int, int]] = {}
    for person, yes, total in counts:
        had = people.get(person, (0, 0))
        people[person] = (had[0] + yes, had[1] + total)
    people = {person: pair for person, pair in people.items() if pair[1]}
    yes, total = sum(pair[0] for pair in people.values()), sum(pair[1] for pair in people.values())
    if not total:
        return None
    p, m = yes / total, len(people)
    spread = sum((one - p * of) ** 2 for one, of in people.values())
    if m < 2 or spread <= 0:  # nobody differs: each person is worth one count
        return Rate(yes, total, m, float(m))
    variance = m / (m - 1) * spread / total**2
    return Rate(yes, total, m, min(float(total), p * (1 - p) / variance))


def impact_ratio(group: Rate, best: Rate, *, adverse: bool, confidence: float) -> tuple[float, float, float]:
    """The group's rate over the best group's, with its interval; for an adverse outcome the lowest rate over the group's.

    1.0 where neither has any. The interval is Katz's on the logarithm, with half a count added where there is none.
    """
    upper, lower = (best, group) if adverse else (group, best)
    ratio = 1.0 if not upper.yes and not lower.yes else (upper.value / lower.value if lower.yes else math.inf)
    (p1, n1), (p2, n2) = _smoothed(upper), _smoothed(lower)
    deviation = _z(confidence) * math.sqrt((1 - p1) / (n1 * p1) + (1 - p2) / (n2 * p2))
    centre = math.log(p1 / p2)
    return ratio, math.exp(centre - deviation), math.exp(centre + deviation)


def difference_p(one: Rate, other: Rate) -> float:
    """Fisher's exact test, two-sided, on the effective counts, rounded: how likely so great a difference is where there is none."""
    n1, n2 = max(1, round(one.effective)), max(1, round(other.effective))
    return fisher_exact(round(one.value * n1), n1, round(other.value * n2), n2)


def fisher_exact(yes1: int, n1: int, yes2: int, n2: int) -> float:
    """p of the table [[yes1, n1 - yes1], [yes2, n2 - yes2]]: all tables with these margins that are no likelier, together."""
    yes, total = yes1 + yes2, n1 + n2
    low, high = max(0, yes - n2), min(n1, yes)

    def log_probability(count: int) -> float:
        return _log_choose(n1, count) + _log_choose(n2, yes - count) - _log_choose(total, yes)

    seen = log_probability(yes1)
    found = (log_probability(count) for count in range(low, high + 1))
    return min(1.0, sum(math.exp(one) for one in found if one <= seen + 1e-7))


def holm(values: Mapping[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    """p values adjusted for being several (Holm's step-down): with them, one wrong alarm in all is as unlikely as the level says."""
    adjusted, highest = {}, 0.0
    ordered = sorted(values.items(), key=lambda item: (item[1], item[0]))
    for number, (name, value) in enumerate(ordered):
        highest = max(highest, min(1.0, value * (len(ordered) - number)))
        adjusted[name] = highest
    return adjusted


def median(values: Sequence[float]) -> float:
    """The middle of all. Raises ValueError on nothing."""
    if not values:
        raise ValueError("nothing to take a median of")
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _smoothed(rate: Rate) -> tuple[float, float]:
    """Share and effective count; half a count is added on both sides where the share is 0 or 1."""
    n, p = rate.effective, rate.value
    return (p, n) if 0 < p < 1 else ((p * n + 0.5) / (n + 1), n + 1)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)
