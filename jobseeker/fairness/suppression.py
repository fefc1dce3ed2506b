"""Which groups of a table are too small to be shown, and which others must be hidden with them. No counting, no wording."""

from __future__ import annotations

from collections.abc import Mapping


def hidden_groups(people: Mapping[str, int], smallest: int) -> frozenset[str]:
    """The groups that are not shown.

    A group of 1 to `smallest` - 1 people is hidden. With the total of the table known, a hidden group could be worked out by subtraction:
    so the next larger ones are hidden, too, until at least two are, and they hold at least `smallest` people together (complementary
    suppression, as official statistics do it; SDC handbook, Hundepool et al. 2012, ch. 4). Empty groups tell nothing and stay.

    Args:
        people: group -> how many people; all groups of the table, "unknown" among them.
        smallest: fewest people of a group that is shown.
    """
    there = sorted((count, name) for name, count in people.items() if count)
    hidden = {name for count, name in there if count < smallest}
    if not hidden:
        return frozenset()
    for count, name in there:
        together = sum(people[one] for one in hidden)
        if len(hidden) >= 2 and together >= smallest:
            break
        if count >= smallest:
            hidden.add(name)
    return frozenset(hidden)
