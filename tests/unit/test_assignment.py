"""Who a waiting case is offered to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobseeker.assignment import able, choose
from jobseeker.handoff_records import Case, Counsellor

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)
CASE = Case(1, "c", ("asked_for_human",), 1, "zh-Hant", "waiting", None, NOW, None, None, 0, office="national")
MEI = Counsellor(1, "mei", ("zh", "en"), (), "", 3, "online", NOW, 1)
ANN = Counsellor(2, "ann", ("zh",), ("matching",), "", 3, "online", NOW, 1)
FRESH = NOW - timedelta(seconds=90)


def pick(case: Case, *counsellors: Counsellor) -> int | None:
    """Whom it goes to."""
    chosen = choose(case, counsellors, fresh_since=FRESH)
    return chosen.id if chosen else None


def test_language_presence_office_and_room_are_needed() -> None:
    assert pick(replace(CASE, variety="en"), ANN) is None
    assert pick(replace(CASE, variety="en"), ANN, MEI) == 1
    assert pick(CASE, replace(MEI, state="away")) is None
    assert pick(CASE, replace(MEI, seen_at=NOW - timedelta(seconds=91))) is None
    assert pick(CASE, replace(MEI, seen_at=None)) is None
    assert pick(CASE, replace(MEI, office="north")) is None
    assert pick(CASE, replace(MEI, office="national")) == 1
    assert pick(CASE, replace(MEI, load=3)) is None
    assert pick(replace(CASE, urgency=0), replace(MEI, load=3)) == 1, "for a crisis everybody has room"


def test_who_had_it_before_then_skill_then_load() -> None:
    assert pick(replace(CASE, preferred_account=2), MEI, replace(ANN, load=2)) == 2
    assert pick(replace(CASE, skill="matching"), MEI, replace(ANN, load=2)) == 2
    assert pick(CASE, MEI, replace(ANN, load=0)) == 2
    assert pick(CASE, MEI, ANN) == 1, "equal: the lower id, every time"
    assert pick(replace(CASE, passed_over=(1,)), MEI, ANN) == 2
    assert pick(replace(CASE, passed_over=(1, 2)), MEI, ANN) == 1, "when all let it pass it goes round again"


counsellor = st.builds(
    Counsellor,
    st.integers(1, 9),
    st.just("x"),
    st.sampled_from([("zh",), ("en",), ("zh", "en")]),
    st.sampled_from([(), ("matching",)]),
    st.sampled_from(["", "national", "north"]),
    st.integers(1, 4),
    st.sampled_from(["online", "away", "offline"]),
    st.sampled_from([None, NOW, NOW - timedelta(hours=1)]),
    st.integers(0, 5),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(counsellor, max_size=6, unique_by=lambda one: one.id),
    st.sampled_from(["zh-Hant", "zh-Hans", "en"]),
    st.integers(0, 2),
    st.permutations(range(6)),
)
@pytest.mark.slow
def test_whoever_is_chosen_is_able_and_the_order_does_not_matter(
    counsellors: list[Counsellor], variety: str, urgency: int, order: list[int]
) -> None:
    case = replace(CASE, variety=variety, urgency=urgency)
    chosen = choose(case, counsellors, fresh_since=FRESH)
    shuffled = [counsellors[index] for index in order if index < len(counsellors)]
    assert choose(case, shuffled, fresh_since=FRESH) == chosen
    found = able(case, counsellors, fresh_since=FRESH)
    assert (chosen is None) == (not found)
    assert chosen is None or chosen in found
