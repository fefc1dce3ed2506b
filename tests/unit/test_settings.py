"""Settings and their documentation say the same; a wrong value is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from app.settings import PREFIX, Settings

FIELDS = {PREFIX + name.upper(): field for name, field in Settings.model_fields.items()}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own settings must not decide."""
    for name in FIELDS:
        monkeypatch.delenv(name, raising=False)


def documented(root: Path) -> dict[str, str]:
    """Variable -> default, as docs/settings.md has it."""
    rows = re.findall(
        r"^\| `(JOBSEEKER_\w+)` \| ([^|]+) \|", (root / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE
    )
    return {name: default.strip() for name, default in rows}


def test_every_setting_is_documented_and_nothing_else(root: Path) -> None:
    rows = documented(root)
    assert len(rows) > 20
    assert set(rows) == set(FIELDS)


def test_the_documented_defaults_are_the_real_ones(root: Path) -> None:
    compared = 0
    for name, shown in documented(root).items():
        value = FIELDS[name].default
        if isinstance(value, bool):
            assert shown == str(value).lower(), name
        elif isinstance(value, int | float):
            assert float(shown) == value, name
        elif isinstance(value, str) and value:
            assert shown == value, name
        else:
            continue
        compared += 1
    assert compared > 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("LEASE_SECONDS", "20"),
        ("WORKERS", "0"),
        ("POLL_SECONDS", "0"),
        ("COUNTRY", "../etc"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [PREFIX + str(error["loc"][0]).upper() for error in refused.value.errors()] == [PREFIX + name]


def test_children_get_the_same_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in (
        ("VAR_DIR", str(tmp_path)),
        ("PORT", "18199"),
        ("ALLOWED_ORIGINS", "https://a.tw/, https://b.tw"),
        ("INTERNAL_TOKEN", "s3"),
    ):
        monkeypatch.setenv(PREFIX + name, value)
    parent = Settings()
    assert parent.allowed_origins == ("https://a.tw", "https://b.tw")
    assert parent.database == f"sqlite+aiosqlite:///{tmp_path}/jobseeker.db"
    for name, value in parent.for_children().items():
        monkeypatch.setenv(name, value)
    child = Settings()
    assert child.actions == parent.actions
    assert child.tracker == parent.tracker
    assert child.model_copy(update={"actions_url": "", "tracker_url": SecretStr("")}) == parent
    assert "s3" not in repr(parent)
