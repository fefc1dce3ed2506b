"""A capability is switched off or on, for all gateways at once: each reads the switches in the transaction in which it answers. Audited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobseeker.clock import Clock
from jobseeker.errors import MalformedRequest, NotAllowed
from jobseeker.records import Account
from jobseeker.storage import Store
from jobseeker.switches import CAPABILITIES, Switch

MAY_STOP = ("supervisor", "worker_representative")  # whoever stands for the people affected may stop it, too
MAY_START = ("supervisor",)
REASON_CHARACTERS = 500
COMMAND_LINE = "command line"


class SwitchCapability:
    """Reads and sets the switches."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    async def all(self) -> Sequence[Switch]:
        """How each of them stands."""
        async with self.store.read() as work:
            known = {switch.name: switch for switch in await work.switches.all()}
        return [known.get(name, Switch(name)) for name in CAPABILITIES]

    async def told(self) -> Sequence[dict[str, Any]]:
        """How each of them stands, for the console: with the name of who switched it ("" for the command line, or an account that is gone)."""
        async with self.store.read() as work:
            names = {f"account:{member.account.id}": member.account.name for member in await work.accounts.all()}
        return [{**one.to_dict(), "changed_by_name": names.get(one.changed_by, "")} for one in await self.all()]

    async def __call__(self, account: Account | None, name: str, *, off: bool, reason: str) -> Sequence[Switch]:
        """Set one; how all of them stand then.

        Args:
            account: who does it; None on the command line of the machine.
            reason: why, 1 to 500 characters; it goes into the audit.

        Raises:
            MalformedRequest: no such capability, or no reason.
            NotAllowed: a supervisor or the worker representative may switch off, a supervisor on.
        """
        if account is not None and account.role not in (MAY_STOP if off else MAY_START):
            raise NotAllowed
        reason = reason.strip()
        if name not in CAPABILITIES:
            raise MalformedRequest(f"capability: one of {', '.join(CAPABILITIES)}")
        if not 1 <= len(reason) <= REASON_CHARACTERS:
            raise MalformedRequest(f"reason: 1-{REASON_CHARACTERS} characters")
        actor, now = f"account:{account.id}" if account else COMMAND_LINE, self.clock.now()
        async with self.store.write() as work:
            await work.switches.put(Switch(name, off, reason, actor, now))
            detail = {"capability": name, "reason": reason}
            await work.ledger.record(
                at=now, actor=actor, action="capability.off" if off else "capability.on", detail=detail
            )
        return await self.all()
