"""Sealing: what stands in the database cannot be read, moved or changed; keys come from outside and change."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.encryption import FernetVault, make_key_file, new_key, read_keys
from jobseeker.errors import NoEncryptionKey, SealBroken

OLD, NEW = new_key(), new_key()


@pytest.mark.parametrize("text", ["", "0912-345-678", "王小明\n\u0000", "x" * 10_000])
def test_what_is_sealed_opens_again_and_is_not_readable(text: str) -> None:
    vault = FernetVault([OLD])
    one, two = vault.seal("contact:1", text), vault.seal("contact:1", text)
    assert one != two  # equal values do not show as equal
    assert not text or text not in one
    assert vault.open("contact:1", one) == vault.open("contact:1", two) == text


@pytest.mark.parametrize("purpose", ["contact:2", "second_factor:1", ""])
def test_it_opens_for_its_own_purpose_alone(purpose: str) -> None:
    vault = FernetVault([OLD])
    with pytest.raises(SealBroken):
        vault.open(purpose, vault.seal("contact:1", "secret"))


def test_a_changed_byte_is_noticed() -> None:
    vault = FernetVault([OLD])
    sealed = vault.seal("contact:1", "secret")
    for place in range(0, len(sealed), 7):
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises(SealBroken):
            vault.open("contact:1", sealed[:place] + other + sealed[place + 1 :])


def test_a_new_key_comes_first_and_the_old_one_still_opens() -> None:
    sealed = FernetVault([OLD]).seal("contact:1", "secret")
    both = FernetVault([NEW, OLD])
    assert both.open("contact:1", sealed) == "secret"
    assert both.is_outdated(sealed)
    assert not both.is_outdated(both.seal("contact:1", "secret"))
    with pytest.raises(SealBroken):
        FernetVault([NEW]).open("contact:1", sealed)


def test_without_a_key_nothing_is_sealed_or_opened() -> None:
    vault = FernetVault([])
    assert not vault.has_key
    for attempt in (lambda: vault.seal("a", "b"), lambda: vault.open("a", "b"), lambda: vault.is_outdated("b")):
        with pytest.raises(NoEncryptionKey):
            attempt()


@pytest.mark.parametrize(
    "key", ["", "short", "ä" * 44, OLD[:-4], OLD + OLD], ids=["none", "short", "other letters", "cut", "twice"]
)
def test_what_is_no_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match="encryption key 2") as problem:
        FernetVault([OLD, key])
    assert not key or key not in str(problem.value)


def test_the_key_file_is_its_owners_alone_and_made_once(tmp_path: Path) -> None:
    file = tmp_path / "var" / "encryption.key"
    assert read_keys((), file) == ()
    assert make_key_file(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first = read_keys((), file)
    assert not make_key_file(file)
    assert read_keys((), file) == first
    assert FernetVault(first).has_key
    assert read_keys((NEW,), file) == (NEW,)  # the setting goes before
