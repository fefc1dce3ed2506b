"""What an operator does to an installation from the command line: migrate, make accounts. The rules are in the use cases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.encryption import make_key_file
from app.settings import Settings
from app.wiring import Services, build_services
from store.migrate import upgrade

FIRST_LOGIN = "counsellor"
FIRST_NAME = "輔導員"


ACTOR = "command line"


async def prepare(settings: Settings) -> str:
    """Migrate the database, make the first counsellor account and, where no key is set, an encryption key.

    Returns the account's password, or "" when there are accounts already.
    """
    if not settings.encryption_key_list:
        make_key_file(settings.var_dir / "encryption.key")
    async with _services(settings) as services:
        if not await services.create_account.is_first():
            return ""
        password = services.secrets.password()
        await services.create_account(login=FIRST_LOGIN, name=FIRST_NAME, password=password, first_password=True)
        return password


async def add_account(settings: Settings, login: str, name: str, role: str) -> str:
    """Make an account and return its generated password. Raises MalformedRequest with what is wrong."""
    async with _services(settings) as services:
        password = services.secrets.password()
        await services.create_account(
            login=login, name=name, password=password, role=role, actor=ACTOR, first_password=True
        )
        return password


async def set_email(settings: Settings, login: str, email: str) -> None:
    """Whose verified e-mail at the provider this account is. Raises NoSuchAccount, MalformedRequest."""
    async with _services(settings) as services:
        await services.access.accounts.set_email(login, email, ACTOR)


async def reset_second_factor(settings: Settings, login: str) -> None:
    """Take it away. Raises NoSuchAccount."""
    async with _services(settings) as services:
        await services.access.second_factor.reset_by_login(login, ACTOR)


async def rotate_keys(settings: Settings) -> tuple[int, int]:
    """(encrypted values, of them encrypted anew). Raises NoEncryptionKey, SealBroken."""
    async with _services(settings) as services:
        return await services.access.rotate_keys(ACTOR)


@asynccontextmanager
async def _services(settings: Settings) -> AsyncIterator[Services]:
    services = build_services(settings)
    try:
        await upgrade(services.engines)
        yield services
    finally:
        await services.close()
