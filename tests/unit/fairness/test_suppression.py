"""Small groups are hidden, and with them what would let them be worked out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobseeker.fairness.suppression import hidden_groups

tables = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 40), min_size=1)


@given(tables, st.integers(2, 15))
def test_nothing_below_the_threshold_can_be_worked_out(people: dict[str, int], smallest: int) -> None:
    hidden = hidden_groups(people, smallest)
    there = {name for name, count in people.items() if count}
    assert {name for name in there if people[name] < smallest} <= hidden <= there
    if not hidden:
        return
    remainder = sum(people[name] for name in hidden)  # what total minus everything shown gives
    assert len(hidden) > 1 or hidden == there, "one hidden group is the remainder itself"
    assert remainder >= smallest or hidden == there, "all that is left is hidden with its total"


def test_examples() -> None:
    assert hidden_groups({"a": 30, "b": 40}, 10) == frozenset()
    assert hidden_groups({"a": 30, "b": 4, "c": 50}, 10) == {"b", "a"}, "the next larger goes with it"
    assert hidden_groups({"a": 30, "b": 4, "c": 5, "d": 50}, 10) == {"b", "c", "a"}, "nine together are still too few"
    assert hidden_groups({"a": 30, "b": 6, "c": 5, "d": 50}, 10) == {"b", "c"}
    assert hidden_groups({"a": 30, "b": 0}, 10) == frozenset()
