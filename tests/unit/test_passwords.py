"""The real argon2id, once."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from app.passwords import Argon2Hasher, SystemSecrets


async def test_argon2id() -> None:
    hasher = Argon2Hasher()
    made = await hasher.hash("密碼 long enough")
    assert made.startswith("$argon2id$")
    assert len(made) <= 256
    assert await hasher.verify(made, "密碼 long enough")
    assert not await hasher.verify(made, "密碼 long enougH")
    assert not hasher.is_outdated(made)


@pytest.mark.parametrize("kept", ["", "plain", "$argon2id$broken", "quick:x"])
async def test_what_is_no_hash_fits_nothing(kept: str) -> None:
    assert not await Argon2Hasher().verify(kept, kept)


async def test_a_weaker_hash_is_noticed() -> None:
    weak = Argon2Hasher(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    assert Argon2Hasher().is_outdated(await weak.hash("a long password"))


def test_secrets() -> None:
    secrets = SystemSecrets()
    assert len({secrets.token() for _ in range(100)}) == 100
    assert len(secrets.token()) >= 43
    assert len(secrets.identifier()) == 32
    assert secrets.digest("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert len(secrets.digest("\ud800")) == 64  # whatever a client sends as a token can be compared
