"""The command `jobseeker replay`: an estimate that was shown, worked out again from its log and compared byte for byte. Working it out is jobseeker/benefits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any

import typer

from app.settings import Settings
from content import load_pack
from jobseeker.benefits import Circumstances, estimate
from jobseeker.knowledge import Figure
from jobseeker.storage_jobs import LoggedRanking
from store.engine import create_engines
from store.unit_of_work import SqlStore

PRECHECK = "precheck"


def register(app: typer.Typer, fail: Callable[[str], typer.Exit]) -> None:
    """Add the command."""

    @app.command("replay")
    def replay(log_id: Annotated[int, typer.Argument(help="The number of the result in the log (match_log).")]) -> None:
        """Work a logged estimate out again and compare it byte for byte with what was shown."""
        settings = Settings()
        logged = asyncio.run(read(settings, log_id))
        if logged is None:
            raise fail(f"the log has no result {log_id}")
        if logged.query.get("kind") != PRECHECK:
            raise fail(f"result {log_id} is no estimate; a ranking is run again at the desk, where it is contested")
        pack = load_pack(settings.content_dir, settings.country)
        again = worked_out(logged.query, pack.figures)
        if again == written(logged.result):
            typer.echo(f"result {log_id}: the same, {len(again)} bytes; contents {logged.versions.get('knowledge')}")
            return
        typer.echo(f"logged: {written(logged.result).decode()}\nnow:    {again.decode()}", err=True)
        logged_with, now = logged.versions.get("knowledge"), pack.version
        raise fail(f"result {log_id}: NOT the same. It was made from contents {logged_with}; here are {now}")


async def read(settings: Settings, log_id: int) -> LoggedRanking | None:
    """The row of the log."""
    engines = create_engines(settings.database)
    try:
        async with SqlStore(engines).read() as work:
            return await work.match_log.get(log_id)
    finally:
        await engines.dispose()


def worked_out(query: Mapping[str, Any], figures: Mapping[str, Figure]) -> bytes:
    """The result of this input, as `written` writes it."""
    found = estimate(Circumstances.from_dict(query["case"]), figures, date.fromisoformat(query["on"]))
    return written(found.to_dict())


def written(result: Mapping[str, Any]) -> bytes:
    """A result as bytes that are the same for the same result."""
    return json.dumps(result, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
