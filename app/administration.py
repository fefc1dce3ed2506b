"""What an operator does to an installation from the command line: migrate, make accounts. The rules are in the use cases."""

from __future__ import annotations

import secrets

from app.settings import Settings
from app.wiring import build_services
from store.migrate import upgrade

FIRST_LOGIN = "counsellor"
FIRST_NAME = "輔導員"


async def prepare(settings: Settings) -> str:
    """Migrate the database and make the first counsellor account. Returns its password, or "" when there are accounts already."""
    services = build_services(settings)
    try:
        await upgrade(services.engines)
        if not await services.create_account.is_first():
            return ""
        password = new_password()
        await services.create_account(login=FIRST_LOGIN, name=FIRST_NAME, password=password)
        return password
    finally:
        await services.close()


async def add_account(settings: Settings, login: str, name: str, role: str) -> str:
    """Make an account and return its generated password. Raises MalformedRequest with what is wrong."""
    services = build_services(settings)
    try:
        await upgrade(services.engines)
        password = new_password()
        await services.create_account(login=login, name=name, password=password, role=role, actor="command line")
        return password
    finally:
        await services.close()


def new_password() -> str:
    """A password of 120 bits that can be read out on the telephone."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look alike
    return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(4))
