"""Rasa's tracker store: whole history append-only, a bounded window for Rasa, writes and reads off the event loop.

store.py is what Rasa sees, window.py decides what of a conversation Rasa gets, database.py is SQL (SQLAlchemy 1.4 of
Rasa's environment) and lane.py the threads it runs on. What is said in a turn is not decided here.
"""

from bot.tracker_store.store import TurnTrackerStore

__all__ = ["TurnTrackerStore"]
