"""Encryption of the few values that must be read again but never stand in clear in the database: jobseeker.ports.Vault with Fernet.

What a column holds is sealed in store/sealed.py, which gets this from app/database.py (docs/adr/0043-sealed-columns.md).

The keys come from outside (settings). What is sealed is bound to its purpose ("second_factor:3"): a value that was moved to another row does
not open there. Passwords and tokens are not here: those are only compared, and kept as hashes (passwords.py).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jobseeker.errors import NoEncryptionKey, SealBroken

KEY_BYTES = 32
_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")  # 32 bytes, as Fernet writes them


class FernetVault:
    """Seals with the first key (AES-128-CBC and HMAC-SHA256, the Fernet format), opens with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        """keys: as `new_key` makes them, the newest first. Raises ValueError: one is not of that form; says which, not what."""
        for place, key in enumerate(keys, start=1):
            if not _KEY.fullmatch(key):
                raise ValueError(
                    f"encryption key {place} is not one of {KEY_BYTES} bytes; make one with: jobseeker keys new"
                )
        self._index_keys = [_index_key(key) for key in keys]
        self._newest = Fernet(keys[0]) if keys else None
        self._all = MultiFernet([Fernet(key) for key in keys]) if keys else None

    def seal(self, purpose: str, text: str) -> str:
        """Encrypt. Raises NoEncryptionKey."""
        if self._newest is None:
            raise NoEncryptionKey
        return self._newest.encrypt(json.dumps([purpose, text]).encode()).decode()

    def open(self, purpose: str, sealed: str) -> str:
        """Decrypt. Raises NoEncryptionKey; SealBroken: another key, another purpose, or it was changed."""
        if self._all is None:
            raise NoEncryptionKey
        try:
            found = json.loads(self._all.decrypt(sealed.encode()))
        except InvalidToken:
            raise SealBroken(purpose) from None
        if found[0] != purpose:
            raise SealBroken(purpose)
        return str(found[1])

    def seal_bytes(self, purpose: str, content: bytes) -> bytes:
        """The same of a file. Raises NoEncryptionKey."""
        if self._newest is None:
            raise NoEncryptionKey
        return base64.urlsafe_b64decode(self._newest.encrypt(purpose.encode() + b"\0" + content))

    def open_bytes(self, purpose: str, sealed: bytes) -> bytes:
        """What `seal_bytes` sealed. Raises NoEncryptionKey, SealBroken."""
        if self._all is None:
            raise NoEncryptionKey
        try:
            found = self._all.decrypt(base64.urlsafe_b64encode(sealed))
        except InvalidToken:
            raise SealBroken(purpose) from None
        said, _, content = found.partition(b"\0")
        if said != purpose.encode():
            raise SealBroken(purpose)
        return content

    def digests(self, purpose: str, text: str) -> Sequence[str]:
        """What stands for the text where it must be looked up: HMAC-SHA256 under a key made from each key, the newest first.

        Equal texts of a purpose have equal digests; whoever has no key cannot try out texts. Raises NoEncryptionKey.
        """
        if not self._index_keys:
            raise NoEncryptionKey
        said = purpose.encode() + b"\0" + text.encode()
        return [hmac.new(key, said, hashlib.sha256).hexdigest() for key in self._index_keys]

    def is_outdated(self, sealed: str) -> bool:
        """Whether it was not sealed with the newest key. Raises NoEncryptionKey."""
        if self._newest is None:
            raise NoEncryptionKey
        try:
            self._newest.decrypt(sealed.encode())
        except InvalidToken:
            return True
        return False

    def is_outdated_bytes(self, sealed: bytes) -> bool:
        """The same of a file."""
        return self.is_outdated(base64.urlsafe_b64encode(sealed).decode())

    @property
    def has_key(self) -> bool:
        """Whether anything can be sealed."""
        return self._newest is not None


def _index_key(key: str) -> bytes:
    """Another key for another use, so that neither says anything about the other (HKDF)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"jobseeker blind index 1").derive(base64.urlsafe_b64decode(key))


def new_key() -> str:
    """A key of 32 random bytes, as the setting holds it."""
    return Fernet.generate_key().decode()


def read_keys(given: Sequence[str], file: Path) -> tuple[str, ...]:
    """The keys of the setting; where it is empty, of the file (one a line, the newest first); () where there is neither."""
    if given:
        return tuple(given)
    try:
        return tuple(line.strip() for line in file.read_text("ascii").splitlines() if line.strip())
    except FileNotFoundError:
        return ()


def make_key_file(file: Path) -> bool:
    """Make it with one new key, readable by its owner alone. False: it is there already."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as made:
        made.write(new_key() + "\n")
    return True
