"""What a ranking gives: matches with reasons that sum to the score, what is missing, what would change it. How is score.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reason:
    """One feature's part of the score. `points` = weight x value; all points of a match sum to its score exactly.

    feature: a row of packs/*/policy/ranking.yml; detail: facts for the sentence (skill ids, km, TWD), no words.
    """

    feature: str
    points: float
    weight: float
    value: float
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Missing:
    """Something the vacancy asks for that the profile does not show. kind: essential | optional | licence | language | experience."""

    kind: str
    id: str
    level: str = ""


@dataclass(frozen=True)
class Change:
    """A counterfactual: with `skill_id` added the score of this vacancy is exactly `score_after`, its rank `rank_after`
    (1-based), and `more_matches` further vacancies would no longer lack anything essential."""

    skill_id: str
    score_after: float
    rank_after: int
    more_matches: int


@dataclass(frozen=True)
class Match:
    """One vacancy in a ranking. `tied_with`: vacancies of the very same score; ties go by date, newest first, then by id."""

    vacancy_id: int
    rank: int
    score: float
    reasons: tuple[Reason, ...]
    missing: tuple[Missing, ...] = ()
    changes: tuple[Change, ...] = ()
    tied_with: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ranking:
    """The best vacancies for one profile on one day. `excluded`: hard limit -> how many it ruled out, each said openly.

    near_misses: where nothing fits the limits, the best that break one, with the limit's name.
    versions: policy rows, taxonomy, index revision: what is needed to run it again.
    """

    matches: tuple[Match, ...]
    considered: int
    excluded: Mapping[str, int] = field(default_factory=dict)
    near_misses: tuple[tuple[str, Match], ...] = ()
    versions: Mapping[str, Any] = field(default_factory=dict)
