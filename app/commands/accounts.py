"""The commands `jobseeker account` and `jobseeker keys`: staff accounts, lost second factors, encryption keys. The rules are in the use cases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from app import administration
from app.encryption import new_key
from app.settings import Settings
from jobseeker.errors import EncryptionError, MalformedRequest, NoSuchAccount

accounts = typer.Typer(no_args_is_help=True, help="Accounts of counsellors and other staff.")
keys = typer.Typer(no_args_is_help=True, help="Keys for what must not stand in clear in the database.")
Login = Annotated[str, typer.Argument(help="What they sign in with.")]
Found = TypeVar("Found")


@accounts.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Argument(help="What jobseekers see.")],
    role: Annotated[
        str, typer.Option(help="counsellor, supervisor, editor, auditor or worker_representative.")
    ] = "counsellor",
) -> None:
    """Make an account; its generated password is shown once."""
    password = _run(lambda: administration.add_account(Settings(), login, name, role))
    typer.echo(f"login {login}, password {password} (shown once)")


@accounts.command("email")
def email(
    login: Login, address: Annotated[str, typer.Argument(help="As the sign-in provider has it; empty takes it away.")]
) -> None:
    """Whose verified e-mail at the sign-in provider (OpenID Connect) this account is."""
    _run(lambda: administration.set_email(Settings(), login, address))
    typer.echo(f"{login}: {address or 'no e-mail'}")


@accounts.command("reset-second-factor")
def reset_second_factor(login: Login) -> None:
    """Take a lost second factor away and end the sessions; audited. Supervisors do this at the desk for others."""
    _run(lambda: administration.reset_second_factor(Settings(), login))
    typer.echo(f"{login}: the second factor is gone; all sessions are ended")


@keys.command("new")
def new() -> None:
    """Print a new key. It goes first into JOBSEEKER_ENCRYPTION_KEYS, before those that are there."""
    typer.echo(new_key())


@keys.command("rotate")
def rotate() -> None:
    """Encrypt anew, with the first key, what older ones encrypted; afterwards those can be taken away."""
    seen, changed = _run(lambda: administration.rotate_keys(Settings()))
    typer.echo(f"{seen} encrypted values, {changed} encrypted anew")


def _run(work: Callable[[], Awaitable[Found]]) -> Found:
    """Do it, or say what is wrong and leave with 1."""

    async def run() -> Found:
        return await work()

    try:
        return asyncio.run(run())
    except MalformedRequest as problem:
        said = problem.detail
    except (NoSuchAccount, EncryptionError) as problem:
        said = f"{problem.code} {problem.en}"
    except ValueError as problem:  # a setting
        said = str(problem)
    typer.echo(said, err=True)
    raise typer.Exit(1)
