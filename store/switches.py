"""The switches of capabilities. What each of them stops is jobseeker/switches.py."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.switches import Switch
from store.tables import capability_switch

_COLUMNS = (
    capability_switch.c.name,
    capability_switch.c.off,
    capability_switch.c.reason,
    capability_switch.c.changed_by,
    capability_switch.c.changed_at,
)  # in the order of jobseeker.switches.Switch
_OFF = select(capability_switch.c.name).where(capability_switch.c.off.is_(True))


class SwitchRepository:
    """jobseeker.storage_switches.Switches on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def off(self) -> frozenset[str]:
        """What is off now."""
        return frozenset((await self.connection.execute(_OFF)).scalars())

    async def all(self) -> Sequence[Switch]:
        """Those that were ever set."""
        return [Switch(*row) for row in (await self.connection.execute(select(*_COLUMNS))).all()]

    async def put(self, switch: Switch) -> None:
        """Set one."""
        await self.connection.execute(delete(capability_switch).where(capability_switch.c.name == switch.name))
        await self.connection.execute(insert(capability_switch).values(**vars(switch)))
