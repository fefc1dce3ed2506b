"""An explained ranking, kept as a file: a change of weights or formulas shows as a diff that somebody reads.

To accept a change: ACCEPT_SNAPSHOTS=1 .venv/bin/python -m pytest -n 0 tests/unit/test_matching_snapshot.py, then read `git diff tests/data/matching`.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest

from app.match_input import read_vacancies
from content.ranking import load_ranking
from jobseeker.errors import CannotRepeat
from jobseeker.matching import Catalogue, Matcher, RankingPolicy, log_of, plain, rerun, rescore
from jobseeker.matching.policy import Requirement
from jobseeker.places import Place
from jobseeker.profile import Profile
from jobseeker.taxonomy import Occupation, Relation, Skill, Taxonomy

DATA = Path(__file__).resolve().parent.parent / "data" / "matching"
DAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def matcher(root: Path) -> Matcher:
    world = json.loads((DATA / "world.json").read_text("utf-8"))
    named = {"zh": "", "en": ""}
    taxonomy = Taxonomy(
        {name: Skill(name, kind, named) for name, kind in world["skills"].items()},
        {name: Occupation(name, isco, named) for name, isco in world["occupations"].items()},
        [Relation(*item) for item in world["relations"]],
        "fixture",
    )
    places = {name: Place(name, item[0], named, *item[1:]) for name, item in world["places"].items()}
    real = load_ranking(root)
    laws = tuple(Requirement(name, tuple(items), date(2026, 1, 1)) for name, items in world["licences_by_law"].items())
    policy = RankingPolicy(real.rows, laws, real.labels)
    return Matcher.over(Catalogue(taxonomy, places), policy, read_vacancies(DATA / "vacancies.jsonl"), DAY)


@pytest.fixture(scope="module")
def profile() -> Profile:
    return Profile.from_dict(json.loads((DATA / "profile.json").read_text("utf-8")))


def test_the_explained_ranking_is_as_accepted(matcher: Matcher, profile: Profile) -> None:
    ranking = plain(matcher.rank(profile, DAY, 10, changes=True)) | {"versions": "of the day"}
    written = json.dumps(ranking, ensure_ascii=False, indent=1) + "\n"
    kept = DATA / "ranking.json"
    if os.environ.get("ACCEPT_SNAPSHOTS"):
        kept.write_text(written, "utf-8")
    assert written == kept.read_text("utf-8"), "read the difference; how to accept it stands at the top of this test"


def test_the_ranking_says_what_a_reader_would_expect(matcher: Matcher, profile: Profile) -> None:
    """The same fixture by sense, so that nobody accepts nonsense."""
    ranking = matcher.rank(profile, DAY, 10, changes=True)
    by_id = {match.vacancy_id: match for match in ranking.matches}
    assert ranking.matches[0].vacancy_id == 1, "a forklift job next door for a forklift driver"
    assert ranking.considered == 8, "what has expired is not open"
    assert ranking.excluded == {"hours": 2, "licence_by_law": 1}
    assert not {3, 5, 7, 9} & set(by_id)
    assert by_id[2].tied_with == (8,)
    assert by_id[2].rank < by_id[8].rank
    assert {(item.kind, item.id, item.level) for item in by_id[6].missing} == {
        ("language", "english", "conversational")
    }
    leader = {(item.kind, item.id) for item in by_id[4].missing}
    assert leader == {("essential", "stocktaking"), ("essential", "leading"), ("experience", "warehouse_worker")}
    stocktaking = next(change for change in by_id[2].changes if change.skill_id == "stocktaking")
    assert stocktaking.more_matches == 3, "two for pickers, one for the forklift driver"
    assert stocktaking.score_after > by_id[2].score


def test_a_logged_ranking_runs_again_to_the_byte(matcher: Matcher, profile: Profile) -> None:
    first = matcher.rank(profile, DAY, 4, hidden=[6], changes=True)
    log = json.loads(json.dumps(log_of(matcher, first, profile, DAY, 4, hidden=[6], changes=True)))
    again = rerun(matcher, log["query"], log["versions"])
    assert json.dumps(plain(again)) == json.dumps(plain(first))
    scored = rescore(matcher, log)
    assert [item.score for item in scored] == [match.score for match in first.matches]
    assert [plain(item.reasons) for item in scored] == [plain(match.reasons) for match in first.matches]


def test_what_cannot_be_repeated_says_why(matcher: Matcher, profile: Profile) -> None:
    log = log_of(matcher, matcher.rank(profile, DAY, 2), profile, DAY, 2)
    newer = Matcher(
        matcher.catalogue,
        matcher.policy,
        matcher.snapshot.__class__(matcher.catalogue, matcher.snapshot.parts, matcher.snapshot.rarity, 5),
    )
    with pytest.raises(CannotRepeat, match="revision was 0, is 5"):
        rerun(newer, log["query"], log["versions"])
    assert [item.score for item in rescore(newer, log)] == [match["score"] for match in log["result"]["matches"]]
    older = {**log["versions"], "policy": {**log["versions"]["policy"], "weight.pay": "2020-01-01"}}
    with pytest.raises(CannotRepeat, match=r"weight\.pay"):
        rerun(matcher, log["query"], older)
    with pytest.raises(CannotRepeat, match="code was 0"):
        rescore(matcher, {**log, "versions": {**log["versions"], "code": "0"}})


def test_more_like_this_compare_and_opens_most(matcher: Matcher, profile: Profile) -> None:
    assert matcher.more_like(Profile(home="north_b"), DAY, 2).matches[0].vacancy_id == 8
    alike = {match.vacancy_id for match in matcher.more_like(profile, DAY, 2).matches}
    assert 8 in alike
    assert not {2, 3, 5} & alike, "not the vacancy itself, and the person's own limits and the law still count"
    assert matcher.like_last_job(profile, DAY).matches[0].vacancy_id in (2, 4, 8)
    comparison = matcher.compare(profile, DAY, [1, 7])
    rows = dict(comparison.rows)
    assert rows["distance"] == (
        {"place": "north_a", "remote": False, "km": 0.0},
        {"place": "", "remote": True, "km": None},
    )
    assert rows["essential"][0] == {"held": ["forklift"], "missing": ["stocktaking"]}
    assert "pay" in comparison.differs
    assert matcher.opens_most(profile, DAY)[0] == ("stocktaking", 3)
