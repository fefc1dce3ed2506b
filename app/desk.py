"""What the actions work with: read access to the store, the clock, and what is loaded once at start. No writing, no wording."""

from __future__ import annotations

from dataclasses import dataclass

from app.settings import Settings
from jobseeker.clock import Clock, SystemClock
from store.engine import Engines, create_engines
from store.unit_of_work import SqlStore

CONNECTIONS = 4  # actions are short, and one server process answers


@dataclass(frozen=True)
class Desk:
    """Given to every action (actions/serve.py). What must be kept is sent to the gateway as a command, never written here."""

    settings: Settings
    clock: Clock
    engines: Engines
    store: SqlStore

    async def close(self) -> None:
        """Close the database."""
        await self.engines.dispose()


def build_desk(settings: Settings, *, clock: Clock | None = None) -> Desk:
    """Build it; opens no connection yet.

    Raises:
        ContentError: a file is wrong.
        ValueError: the database URL is of a kind we do not serve.
    """
    engines = create_engines(settings.database, pool_size=CONNECTIONS)
    return Desk(settings, clock or SystemClock(), engines, SqlStore(engines))
