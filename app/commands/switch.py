"""The commands `jobseeker switch`: a capability off or on for all gateways, from the machine itself. What each stops: jobseeker/switches.py."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from app.database import open_database
from app.settings import Settings
from jobseeker.clock import SystemClock
from jobseeker.errors import MalformedRequest, StoreUnavailable
from jobseeker.switches import CAPABILITIES, Switch
from jobseeker.usecases.switch_capability import SwitchCapability
from store.unit_of_work import SqlStore

switch = typer.Typer(no_args_is_help=True, help=f"Switch capabilities off and on: {', '.join(CAPABILITIES)}.")
NAME = Annotated[str, typer.Argument(help=f"One of {', '.join(CAPABILITIES)}.")]
REASON = Annotated[str, typer.Option(help="Why; it goes into the audit.")]


@switch.command("list")
def shown() -> None:
    """How each of them stands."""
    _tell(_run(None))


@switch.command("off")
def switch_off(name: NAME, reason: REASON) -> None:
    """Stop it, from the next answer of every gateway on. FAQ, the crisis check and counsellors go on."""
    _tell(_run((name, True, reason)))


@switch.command("on")
def switch_on(name: NAME, reason: REASON) -> None:
    """Let it go on."""
    _tell(_run((name, False, reason)))


def _run(change: tuple[str, bool, str] | None) -> Sequence[Switch]:
    try:
        return asyncio.run(_done(Settings(), change))
    except (MalformedRequest, StoreUnavailable) as problem:
        typer.echo(getattr(problem, "detail", "") or str(problem), err=True)
        raise typer.Exit(1) from problem


async def _done(settings: Settings, change: tuple[str, bool, str] | None) -> Sequence[Switch]:
    engines = open_database(settings)
    try:
        use_case = SwitchCapability(SqlStore(engines), SystemClock())
        if change is None:
            return await use_case.all()
        name, off, reason = change
        return await use_case(None, name, off=off, reason=reason)
    finally:
        await engines.dispose()


def _tell(switches: Sequence[Switch]) -> None:
    for one in switches:
        since = (
            f"  since {one.changed_at:%Y-%m-%d %H:%M} UTC by {one.changed_by}: {one.reason}" if one.changed_at else ""
        )
        typer.echo(f"{one.name:10} {'OFF' if one.off else 'on '}{since}")
