"""Every channel has a page that says what is true: all its settings with their defaults, its webhook, and the whole quality list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors.registry import discover

CHANNELS = sorted(discover())
QUALITY = [
    "signature over raw bytes, constant time",
    "duplicates",
    "buttons",
    "cards",
    "attachments",
    "location",
    "sender shown",
    "typing shown",
    "menus",
    "language from profile",
    "edits and withdrawals",
    "blocked people",
    "groups",
    "faults of the platform",
    "exactly once",
    "tried with the real platform",
]
ROW = re.compile(r"^\| ([^|]+?) \| ([^|]+?) \|", re.MULTILINE)


def page(root: Path, channel: str) -> str:
    """The channel's page."""
    return (root / "docs" / "connectors" / f"{channel}.md").read_text("utf-8")


def test_there_are_channels_and_no_page_without_one(root: Path) -> None:
    assert {"web", "line", "telegram"} <= set(CHANNELS)
    pages = {path.stem for path in (root / "docs" / "connectors").glob("*.md")} - {"README"}
    assert pages == set(CHANNELS)


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_setting_is_on_the_page_with_its_default(root: Path, channel: str) -> None:
    settings = discover()[channel].settings
    documented = dict(re.findall(r"^\| `(JOBSEEKER_\w+)` \| ([^|]+?) \|", page(root, channel), re.MULTILINE))
    fields = (
        {} if settings is None else {settings.variable(name): field for name, field in settings.model_fields.items()}
    )
    assert set(documented) == set(fields)
    for name, field in fields.items():
        value = field.default.get_secret_value() if hasattr(field.default, "get_secret_value") else field.default
        shown = {True: "true", False: "false", "": "none"}.get(value, str(value))
        assert documented[name] == shown, name


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_quality_list_is_whole(root: Path, channel: str) -> None:
    text = page(root, channel)
    rows = [row for row in ROW.findall(text[text.index("## Quality list") :]) if row[0] not in ("what", "---")]
    assert [what for what, _ in rows] == QUALITY
    assert [state for _, state in rows if not re.match(r"done|todo|exempt: .", state)] == []


@pytest.mark.parametrize("channel", [name for name in CHANNELS if discover()[name].path])
def test_the_webhook_is_named(root: Path, channel: str) -> None:
    assert discover()[channel].path in page(root, channel)
