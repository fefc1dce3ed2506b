"""Passwords (argon2id) and unguessable strings: the adapters of jobseeker.ports.PasswordHasher and Secrets."""

from __future__ import annotations

import asyncio
import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError


class Argon2Hasher:
    """argon2id with the library's current parameters (RFC 9106, low memory), one at a time beside the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._one_at_a_time = asyncio.Lock()  # 64 MB each: many at once would take the memory of the conversations

    async def hash(self, password: str) -> str:
        """A new salted hash."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password_hash: str, password: str) -> bool:
        """Whether it fits. A hash that cannot be read fits nothing."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._fits, password_hash, password)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with older parameters."""
        return self._hasher.check_needs_rehash(password_hash)

    def _fits(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False


class SystemSecrets:
    """The operating system's randomness."""

    def token(self) -> str:
        """256 bits, URL-safe."""
        return secrets.token_urlsafe(32)

    def password(self) -> str:
        """120 bits that can be read out on the telephone."""
        letters = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look alike
        return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(4))

    def identifier(self) -> str:
        """128 bits in hex."""
        return secrets.token_hex(16)

    def code(self) -> str:
        """40 bits, for a person to type: no letter that looks like a digit."""
        return "".join(secrets.choice("ABCDEFGHJKMNPQRSTUVWXYZ23456789") for _ in range(8))

    def digest(self, token: str) -> str:
        """SHA-256 in hex: enough for a random token, which nobody can guess from a list."""
        return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
