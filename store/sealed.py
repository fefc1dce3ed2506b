"""The column types for contact data: sealed on the way into the database, opened on the way out. Which columns: store/classes.py.

The vault is the engine's (create_engines); a column knows its purpose alone. Without a key nothing is written and nothing sealed is
read: there is no way to plain text. A value without the mark is from before columns were sealed, and read as it is until
`store/sealing.py` has sealed it (docs/adr/0043-sealed-columns.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import TypeDecorator, TypeEngine

from jobseeker.errors import NoEncryptionKey
from jobseeker.ports import Vault

MARK, MARK_BYTES = "sealed1:", b"sealed1:"
_VAULT = "jobseeker_vault"


class SealedText(TypeDecorator[str]):
    """A text; "" stays "": it says that there is none."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str, was: int) -> None:
        """purpose: "<table>.<column>", part of the seal. was: the length it had in clear, still the declared one on SQLite."""
        super().__init__()
        self.purpose, self.was = purpose, was

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Text; SQLite keeps no lengths, and a column's type is not changed there without writing the table anew."""
        return String(self.was) if dialect.name == "sqlite" else Text()

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Seal. Raises NoEncryptionKey."""
        return MARK + vault_of(dialect).seal(self.purpose, value) if value else value

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """Open. Raises NoEncryptionKey, SealBroken."""
        if not value or not value.startswith(MARK):
            return value
        return vault_of(dialect).open(self.purpose, value.removeprefix(MARK))


class SealedBytes(TypeDecorator[bytes]):
    """A file."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        """purpose: "<table>.<column>", part of the seal."""
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: bytes | None, dialect: Any) -> bytes | None:
        """Seal. Raises NoEncryptionKey."""
        return value if value is None else MARK_BYTES + vault_of(dialect).seal_bytes(self.purpose, value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> bytes | None:
        """Open. Raises NoEncryptionKey, SealBroken."""
        if value is None or not value.startswith(MARK_BYTES):
            return value
        return vault_of(dialect).open_bytes(self.purpose, value.removeprefix(MARK_BYTES))


def equip(engine: AsyncEngine, vault: Vault) -> None:
    """Give the engine's columns the vault."""
    vars(engine.sync_engine.dialect)[_VAULT] = vault


def vault_of(dialect: Any) -> Vault:
    """The engine's. Raises NoEncryptionKey: it has none."""
    vault: Vault | None = vars(dialect).get(_VAULT)
    if vault is None:
        raise NoEncryptionKey
    return vault


def channel_digests(dialect: Any, channel: str, key: str) -> Sequence[str]:
    """To look up who somebody is on a channel, the newest key's first. Raises NoEncryptionKey."""
    return vault_of(dialect).digests("conversation.channel_key", f"{channel}\0{key}")


def email_digests(dialect: Any, email: str) -> Sequence[str]:
    """To look up an account by its e-mail. Raises NoEncryptionKey."""
    return vault_of(dialect).digests("account.email", email)
