"""Rasa's tracker with the same results for less work: it knows what is stored, and computes only states that are looked at.

Rasa's policies ask five times a turn for the states of the whole conversation and then look at the last few. No event and
no result differs from Rasa's own class (tests/bot/test_tracker.py compares them on random conversations).
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.trackers import DialogueStateTracker

_BEGINNING = frozenset((Restarted.type_name, SessionStarted.type_name))  # what came before them no longer applies
_REWRITING = frozenset((ActionReverted.type_name, UserUtteranceReverted.type_name, ActiveLoop.type_name))
_ACTION = ActionExecuted.type_name


@dataclasses.dataclass(frozen=True)
class Position:
    """Where in the stored history a tracker stands: the latest turn when it was read, and how many events it got."""

    last_turn: int
    events: int
    window: Any = None  # the Window it was made from; None for a tracker that holds the whole history


class StoredTracker(DialogueStateTracker):
    """A tracker that knows which of its events are stored already."""

    position: Position | None = None
    states_needed: int | None = None  # how far back the policies look; None: they get all states
    _applied: tuple[int, Event | None, list[Event]] | None = None

    def applied_events(self) -> list[Event]:
        """The events that still count, as Rasa defines them; computed once for the same events."""
        last = self.events[-1] if self.events else None
        known = self._applied
        if known is None or known[0] != len(self.events) or known[1] is not last:
            known = self._applied = (len(self.events), last, self._applied_now())
        return list(known[2])

    def _applied_now(self) -> list[Event]:
        names = [event.type_name for event in self.events]  # not isinstance: Event is an ABC, which makes that slow
        if not _REWRITING.isdisjoint(names):
            return super().applied_events()
        start = max((number for number, name in enumerate(names, 1) if name in _BEGINNING), default=0)
        return list(self.events)[start:]

    def copy(self) -> DialogueStateTracker:
        """A tracker in the same state that may go its own way."""
        other = StoredTracker.__new__(StoredTracker)
        other.__dict__.update(self.__dict__)
        other.events = self.events.copy()
        other.slots = {name: copy.copy(slot) for name, slot in self.slots.items()}
        other.active_loop = dataclasses.replace(self.active_loop) if self.active_loop else None
        other.model_id = other.assistant_id = None
        return other

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """The last `states_needed` states at least, as Rasa computes them."""
        events = self.applied_events()
        first = self._first_needed(events, ignore_rule_only_turns) if self.states_needed else 0
        tail: Any = _Tail(self, events, first)
        return domain.states_for_tracker_history(tail, omit_unset_slots, ignore_rule_only_turns, rule_only_data)

    def _first_needed(self, events: list[Event], ignore_rule_only_turns: bool) -> int:
        """Number of the state to begin with, so that enough states follow and each of them comes out the same.

        Where rule-only turns are left out, a state depends on the one kept before it (`_substitute_rule_only_user_input`
        and the remembered last action), except a kept one that follows action_listen and a kept state: it starts afresh.
        """
        needed = self.states_needed or 0
        if not ignore_rule_only_turns:
            return max(0, sum(event.type_name == _ACTION for event in events) + 1 - needed)
        kept, starts, hidden = 0, [], False
        for number, (tracker, hide_rule_turn) in enumerate(_replay(self, events)):
            afresh = not hidden and tracker.latest_action_name == ACTION_LISTEN_NAME
            if not tracker.followup_action and tracker.latest_action_name != tracker.active_loop_name:
                hidden = hide_rule_turn
            if afresh and not hidden:
                starts.append((number, kept))
            kept += not hidden
        return max((number for number, before in starts if kept - before >= needed), default=0)


class _Tail:
    """What Domain.states_for_tracker_history reads of a tracker, from a certain state on."""

    def __init__(self, tracker: DialogueStateTracker, events: list[Event], first: int) -> None:
        self._tracker, self._events, self._first = tracker, events, first

    def generate_all_prior_trackers(self) -> Iterator[tuple[DialogueStateTracker, bool]]:
        for number, item in enumerate(_replay(self._tracker, self._events)):
            if number >= self._first:
                yield item


def _replay(tracker: DialogueStateTracker, events: list[Event]) -> Iterator[tuple[DialogueStateTracker, bool]]:
    """The tracker before each action, and whether the action's turn is hidden from learned policies (as Rasa's own)."""
    running = tracker.init_copy()
    for event in events:
        if event.type_name == _ACTION:
            yield running, event.hide_rule_turn  # type: ignore[attr-defined]
        event.apply_to(running)
    yield running, False
