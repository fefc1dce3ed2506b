"""`jobseeker <channel> setup`, for every channel that has something to set up on its platform. What it does is the connector's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from app.settings import Settings
from app.wiring import read_content
from connectors.base import Registration, Setup
from connectors.registry import discover
from jobseeker.answers import Answers
from jobseeker.clock import SystemClock, local_day
from language.detect import to_simplified


class CannotSetUpError(Exception):
    """The platform cannot be set up like this; the text says what to do."""


def add_channels(app: typer.Typer, fail: Callable[[str], typer.Exit]) -> None:
    """One group of commands for each channel that has a set-up."""
    for channel, registration in discover().items():
        if registration.setup is not None:
            app.add_typer(_commands(registration, fail), name=channel)


def _commands(registration: Registration, fail: Callable[[str], typer.Exit]) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help=f"The channel {registration.channel}.")

    @group.callback()
    def about() -> None:
        """Keeps `setup` a command of its own."""

    @group.command("setup")
    def setup(
        url: Annotated[
            str, typer.Option(help="Where the platform reaches the gateway: https://chat.example.gov.tw")
        ] = "",
        font: Annotated[Path | None, typer.Option(help="A font file for pictures with text.")] = None,
    ) -> None:
        """Set up menus, commands and the webhook on the platform. May be run again at any time."""
        try:
            done = asyncio.run(set_up(registration, url, font))
        except (CannotSetUpError, ValueError) as problem:
            raise fail(str(problem)) from problem
        for line in done:
            typer.echo(line)

    return group


async def set_up(registration: Registration, url: str, font: Path | None) -> Sequence[str]:
    """Do it; what was done, line by line. Raises CannotSetUpError."""
    assert registration.settings is not None, "a channel with a set-up has settings"
    assert registration.setup is not None, "it has a set-up"
    try:
        settings = registration.settings()
    except ValidationError as problem:
        raise CannotSetUpError(str(problem)) from problem
    missing = settings.missing()
    if missing:
        where = f"docs/connectors/{registration.channel}.md says where to find them"
        raise CannotSetUpError(f"set {', '.join(missing)} first; {where}")
    if url and not url.startswith("https://"):
        raise CannotSetUpError("--url: platforms call https addresses only")
    answers, day = Answers(read_content(Settings()).pack, to_simplified), local_day(SystemClock().now())
    return await registration.setup(
        settings, Setup(url, lambda key, variety: answers.words(key, variety, day), answers.choices, font)
    )
