"""The tracker store as Rasa and the channel use it. SQL is in database.py, the choice of events in window.py."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Iterable
from contextvars import ContextVar
from functools import partial
from itertools import islice
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.tracker_store.database import (
    DeleteJob,
    Reader,
    ReadJob,
    RewriteJob,
    Stored,
    WriteJob,
    Writer,
    count_events,
    open_engine,
    senders,
)
from bot.tracker_store.forgetting import Forgetting
from bot.tracker_store.lane import Lane
from bot.tracker_store.tracker import Position, StoredTracker
from bot.tracker_store.window import Window, events_from, tracker_for

CACHED_CONVERSATIONS = 2_000
_looked_up: ContextVar[tuple[str, Window] | None] = ContextVar("looked_up", default=None)  # by begin_turn, for retrieve
URL_VARIABLE = "JOBSEEKER_TRACKER_URL"

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class TurnTrackerStore(TrackerStore):
    """Keeps every turn for good; gives Rasa a window of it.

    `endpoints.yml` names it as `type: bot.tracker_store.TurnTrackerStore` with a `url`, which the environment variable
    JOBSEEKER_TRACKER_URL overrides. Several Rasa servers may share one PostgreSQL database: what a server remembers of
    a conversation is checked against its latest turn before it is used, and a turn that another server has added in
    the meantime makes `save` raise TrackerConflict instead of writing a second one.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        url: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        address = os.environ.get(URL_VARIABLE) or url or host
        if not address:
            raise ValueError(f"the tracker store needs a `url` in endpoints.yml or {URL_VARIABLE}")
        self._engine = open_engine(address)
        self._reading: Lane[Any, Any] = Lane("tracker-read", Reader(self._engine).work)
        self._writing: Lane[Any, Any] = Lane("tracker-write", Writer(self._engine).work)
        self.states_needed: int | None = None  # set when a model is loaded: how far back its policies look
        self._windows: OrderedDict[str, Window] = OrderedDict()

    # -- the channel's way ---------------------------------------------------------------------------------------------

    async def begin_turn(self, sender_id: str, inbox_id: int) -> dict[str, Any] | None:
        """The recorded reply where this message was answered before, else None; then `retrieve` needs no second look-up."""
        window, reply = await self._look(sender_id, inbox_id)
        if reply is None:
            _looked_up.set((sender_id, window))
            return None
        recorded: dict[str, Any] = json.loads(reply)
        return recorded

    async def finish_turn(self, tracker: DialogueStateTracker, inbox_id: int, reply: dict[str, Any]) -> None:
        """Store a turn's events together with the reply. It is durable when this returns.

        Raises:
            TrackerConflict: the conversation has moved on since it was read; nothing was written.
            SQLAlchemyError: the database did not take it; nothing was written.
        """
        await self._append(tracker, inbox_id, _dumps(reply))

    async def forget_turn(self, sender_id: str, inbox_id: int) -> bool:
        """Take the words of a message out of what is stored, and out of this server's memory. Whether there was such a turn.

        Raises SQLAlchemyError: the database did not take it; nothing was changed.
        """
        found: bool = await self._writing.do(RewriteJob(sender_id, inbox_id, Forgetting(str(inbox_id))))
        self._windows.pop(sender_id, None)
        return found

    async def forget_all(self, sender_id: str) -> bool:
        """Delete a conversation from what is stored, and from this server's memory. Whether there was one.

        Raises SQLAlchemyError: the database did not take it; nothing was changed.
        """
        found: bool = await self._writing.do(DeleteJob(sender_id))
        self._windows.pop(sender_id, None)
        return found

    # -- Rasa's way ----------------------------------------------------------------------------------------------------

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation's window, or None where there is no conversation."""
        found = _looked_up.get()
        _looked_up.set(None)
        window = found[1] if found and found[0] == sender_id else (await self._look(sender_id, None))[0]
        return tracker_for(sender_id, window, self.domain, self.states_needed) if window.last_turn else None

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> DialogueStateTracker:
        """A tracker for a conversation that `retrieve` did not find. It is stored with its first turn."""
        tracker = tracker_for(sender_id, Window(), self.domain, self.states_needed)
        if append_action_listen:
            tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The whole conversation, or None."""
        stored = await self._reading.do(ReadJob(conversation_id, whole=True))
        if not stored.last_turn:
            return None
        tracker = tracker_for(conversation_id, _window_of(stored), self.domain)
        tracker.position = Position(stored.last_turn, len(tracker.events))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store what is new in a tracker as one turn (Rasa's own ways: reminders, the command line)."""
        await self._append(tracker, None, None)

    async def keys(self) -> Iterable[str]:
        """All conversations' ids."""
        found: list[str] = await self._reading.do(senders)
        return found

    def close(self) -> None:
        """Finish the writes that were handed in and stop the threads."""
        self._writing.close()
        self._reading.close()
        self._engine.dispose()

    # -- in between ----------------------------------------------------------------------------------------------------

    async def _append(self, tracker: DialogueStateTracker, inbox_id: int | None, reply: str | None) -> None:
        position = await self._position(tracker)
        new: list[Event] = list(islice(tracker.events, position.events, None))
        if not new:
            return
        number = position.last_turn + 1
        events = _dumps([event.as_dict() for event in new])
        window, moved = position.window, None
        if window is not None:
            grown = window.followed_by(new)
            window = grown.trimmed(self.domain)
            moved = window if window is not grown else None
        await self._writing.do(
            WriteJob(
                tracker.sender_id, number, inbox_id, len(new), events, reply,
                moved.head_turn if moved else None,
                _dumps([event.as_dict() for event in moved.head]) if moved else None,
            )
        )  # fmt: skip
        if isinstance(tracker, StoredTracker):
            tracker.position = Position(number, len(tracker.events), window)
        if window is not None:
            self._keep(tracker.sender_id, window)
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def _position(self, tracker: DialogueStateTracker) -> Position:
        if isinstance(tracker, StoredTracker) and tracker.position is not None:
            return tracker.position
        # made by someone else, with the whole history: what is stored is its beginning
        stored: Stored = await self._reading.do(ReadJob(tracker.sender_id))
        if not stored.last_turn:
            return Position(0, 0, Window())
        count: int = await self._reading.do(partial(count_events, sender_id=tracker.sender_id))
        return Position(stored.last_turn, count)

    async def _look(self, sender_id: str, inbox_id: int | None) -> tuple[Window, str | None]:
        """The window as of now, and the reply recorded for a message."""
        known = self._windows.get(sender_id)
        stored: Stored = await self._reading.do(ReadJob(sender_id, inbox_id, known.last_turn if known else None))
        window = known if known and stored.turns is None else _window_of(stored).trimmed(self.domain)
        self._keep(sender_id, window)
        return window, stored.reply

    def _keep(self, sender_id: str, window: Window) -> None:
        if not window.last_turn:
            return
        self._windows[sender_id] = window
        self._windows.move_to_end(sender_id)
        while len(self._windows) > CACHED_CONVERSATIONS:
            self._windows.popitem(last=False)


def _window_of(stored: Stored) -> Window:
    head = events_from(json.loads(stored.head)) if stored.head else ()
    return Window(head, stored.head_turn, tuple(events_from(json.loads(events)) for events in stored.turns or ()))
