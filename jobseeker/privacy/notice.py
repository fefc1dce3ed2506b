"""The notice of how this service works: its version, and its parts, of which the factors are the code's own list. Wording is data/responses/notice.yml."""

from __future__ import annotations

from jobseeker.matching.policy import FEATURES
from jobseeker.messages import Say

NOTICE_VERSION = (
    "2026-11-28b"  # changed with any of its texts or factors (tests/unit/test_notice.py): then it is shown once more
)
NAMES_A_LINE = 5


def notice() -> Say:
    """The whole notice."""
    chunks = [FEATURES[begin : begin + NAMES_A_LINE] for begin in range(0, len(FEATURES), NAMES_A_LINE)]
    factors = [
        {"key": "notice_factors", "params": {"names": [{"key": f"feature_{name}"} for name in chunk]}}
        for chunk in chunks
    ]
    parts = ("automated", "never", "factors_lead", *factors, "data", "kept", "limits", "human", "version")
    lines = [
        part if isinstance(part, dict) else {"key": f"notice_{part}", "params": {"version": NOTICE_VERSION}}
        for part in parts
    ]
    return Say("cards", "act_how_you_work", {"items": [], "lines": lines})


def changed() -> Say:
    """Said once to whoever was shown an earlier version."""
    return Say("utterance", "notice_changed", {"version": NOTICE_VERSION})
