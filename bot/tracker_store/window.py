"""What of a long conversation Rasa gets to see: a head that sums up the past, and the last turns. No storage here.

Rasa's policies rebuild the states of all events at every prediction, so a turn costs more the longer the conversation
is. The head replaces the turns that no rule or story reaches back to: it sets every slot, the active loop and the pause
as those turns left them. `UserUtteranceReverted` cannot undo more turns than the window holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    ConversationPaused,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from bot.tracker_store.tracker import Position, StoredTracker

KEEP_EVENTS = 40  # Memoization looks back 3 turns, rules one: 40 events are about 8 turns
SLACK_EVENTS = 15  # the head moves when the window has grown by this much, not in every turn


@dataclass(frozen=True)
class Window:
    """A conversation as Rasa sees it between two turns.

    head: events that stand for the turns up to and including `head_turn`; empty where nothing was cut.
    turns: the events of each turn after `head_turn`, oldest first.
    """

    head: tuple[Event, ...] = ()
    head_turn: int = 0
    turns: tuple[tuple[Event, ...], ...] = ()

    @property
    def last_turn(self) -> int:
        """Number of the latest turn; 0 for a conversation that has none."""
        return self.head_turn + len(self.turns)

    def events(self) -> list[Event]:
        """Head and turns in order."""
        return [*self.head, *(event for turn in self.turns for event in turn)]

    def followed_by(self, events: Iterable[Event]) -> Window:
        """The window after one more turn."""
        return Window(self.head, self.head_turn, (*self.turns, tuple(events)))

    def trimmed(self, domain: Domain, keep: int = KEEP_EVENTS, slack: int = SLACK_EVENTS) -> Window:
        """This window, or a smaller one with a new head where it holds more than `keep + slack` events.

        At least `keep` events of whole turns stay, if there are as many.
        """
        if sum(map(len, self.turns)) <= keep + slack:
            return self
        cut, held = len(self.turns), 0
        while cut and held < keep:
            cut -= 1
            held += len(self.turns[cut])
        if not cut:  # one turn alone is longer than the window
            return self
        past = Window(self.head, self.head_turn, self.turns[:cut])
        return Window(tuple(head_for(past, domain)), past.last_turn, self.turns[cut:])


def tracker_for(sender_id: str, window: Window, domain: Domain, states_needed: int | None = None) -> StoredTracker:
    """The tracker Rasa works on in one turn. Its events are shared with the window, its state is its own."""
    tracker = StoredTracker(sender_id, domain.slots)
    for event in window.events():
        tracker.update(event)
    tracker.states_needed = states_needed
    tracker.position = Position(window.last_turn, len(tracker.events), window)
    return tracker


def head_for(past: Window, domain: Domain) -> list[Event]:
    """The fewest events that leave a tracker in the state in which `past` leaves it, ending in action_listen."""
    tracker = tracker_for("", past, domain)
    if not tracker.applied_events():  # restarted: whatever comes next begins a session
        return []
    at = tracker.events[-1].timestamp
    head: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at), SessionStarted(timestamp=at)]
    head += [SlotSet(slot.name, slot.value, timestamp=at) for slot in tracker.slots.values() if slot.has_been_set]
    head += _loop_events(tracker, at)
    if tracker.is_paused():
        head.append(ConversationPaused(timestamp=at))
    head.append(ActionExecuted(ACTION_LISTEN_NAME, timestamp=at))
    return head


def _loop_events(tracker: DialogueStateTracker, at: float) -> list[Event]:
    """An active form: what triggered it, that it ran, and whether it was interrupted or refused."""
    loop = tracker.active_loop
    if loop is None or not loop.name:
        return []
    events: list[Event] = []
    if loop.trigger_message:
        trigger = loop.trigger_message
        text, intent, entities = trigger.get("text"), trigger.get("intent"), trigger.get("entities")
        events.append(ActionExecuted(ACTION_LISTEN_NAME, timestamp=at))
        events.append(UserUttered(text, intent, entities, trigger, timestamp=at))
    events.append(ActionExecuted(loop.name, timestamp=at))
    events.append(ActiveLoop(loop.name, timestamp=at))
    if loop.is_interrupted:
        events.append(LoopInterrupted(True, timestamp=at))
    if loop.rejected:
        events.append(ActionExecutionRejected(loop.name, timestamp=at))
    return events


_EVENT_TYPES: dict[str, type[Event]] = {}


def event_from(parameters: dict[str, Any]) -> Event:
    """Read an event back. Rasa's own way searches all subclasses of Event, for every single event (26 % of a long turn).

    Raises:
        ValueError: no event has this name.
    """
    name = parameters.get("event") or ""
    kind = _EVENT_TYPES.get(name)
    if kind is None:
        _EVENT_TYPES.update({cls.type_name: cls for cls in reversed(all_subclasses(Event)) if cls.type_name})
        kind = _EVENT_TYPES.get(name)
    event = kind._from_parameters(parameters) if kind else None
    if event is None:
        raise ValueError(f"the tracker store holds an event that this Rasa does not know: {name!r}")
    return event


def events_from(stored: Sequence[dict[str, Any]]) -> tuple[Event, ...]:
    """Read events back, in order."""
    return tuple(event_from(parameters) for parameters in stored)
