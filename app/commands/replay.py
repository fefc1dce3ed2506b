"""The command `jobseeker replay`: an automated result or an answer, worked out again from what was kept. Working it out is app/replaying.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from app.database import open_database
from app.releases.contents import settings_of
from app.replaying import PRECHECK, Outcome, replay_answer, replay_estimate, replay_ranking
from app.settings import Settings
from app.wiring import build_services
from jobseeker.errors import CannotRepeat
from store.unit_of_work import SqlStore


class NothingThereError(Exception):
    """The log has nothing under this number, or nothing that can be worked out again; says so."""


def register(app: typer.Typer, fail: Callable[[str], typer.Exit]) -> None:
    """Add the command."""

    @app.command("replay")
    def replay(
        number: Annotated[int, typer.Argument(help="The number of the result in the log (match_log).")],
        answer: Annotated[
            bool, typer.Option("--answer", help="The number is that of an answer that was given (outbox) instead.")
        ] = False,
    ) -> None:
        """Work a logged result (estimate, ranking, alert) or an answer out again and compare it byte for byte with what was shown."""
        what = f"{'answer' if answer else 'result'} {number}"
        try:
            outcome = asyncio.run(answered(Settings(), number) if answer else worked_out(Settings(), number))
        except NothingThereError as problem:
            raise fail(str(problem)) from problem
        except CannotRepeat as problem:
            raise fail(f"{what} cannot be worked out again here: {problem.detail or problem}") from problem
        told(what, outcome)
        if not outcome.same:
            raise fail(
                f"{what}: NOT the same" if outcome.parts else f"{what}: {outcome.remark or 'nothing to compare'}"
            )


def told(what: str, outcome: Outcome) -> None:
    """One line for each part; of one that differs, both."""
    for part in outcome.parts:
        if part.same:
            typer.echo(f"{what}, {part.part}: the same, {len(part.now)} bytes")
        else:
            typer.echo(f"{part.part}, kept: {part.kept.decode()}\n{part.part}, now:  {part.now.decode()}", err=True)
    if outcome.remark and outcome.parts:
        typer.echo(outcome.remark)


async def worked_out(settings: Settings, number: int) -> Outcome:
    """The result of this number. Raises NothingThereError, CannotRepeat."""
    engines = open_database(settings)
    store = SqlStore(engines)
    try:
        async with store.read() as work:
            logged = await work.match_log.get(number)
        if logged is None:
            raise NothingThereError(f"the log has no result {number}")
        settings = await settings_of(settings, store, logged.versions.get("knowledge"))
        if logged.query.get("kind") == PRECHECK:
            return replay_estimate(settings, logged)
        if "search" not in logged.query or "matches" not in logged.result:
            raise NothingThereError(
                f"result {number} ({logged.query.get('kind')}) is neither an estimate nor a ranking"
            )
        return await replay_ranking(settings, store, logged)
    finally:
        await engines.dispose()


async def answered(settings: Settings, number: int) -> Outcome:
    """The answer of this number. Raises NothingThereError."""
    engines = open_database(settings)
    store = SqlStore(engines)
    try:
        async with store.read() as work:
            found = await work.outbox.by_id(number)
        if found is None:
            raise NothingThereError(f"no answer has the number {number}")
        settings = await settings_of(settings, store, found[1].get("knowledge"))
    finally:
        await engines.dispose()
    services = build_services(settings)
    try:
        return await replay_answer(services, *found)
    finally:
        await services.close()
