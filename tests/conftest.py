"""What all tests share: where things are, and the real pack. Fixtures of one folder stay in that folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from content import load_escalation, load_pack
from jobseeker.answers import Answers
from jobseeker.escalation import EscalationPolicy
from jobseeker.knowledge import Pack
from language.detect import to_simplified

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of researched facts and specifications beside the checkout; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The real pack of Taiwan."""
    return load_pack(ROOT)


@pytest.fixture(scope="session")
def policy() -> EscalationPolicy:
    """The real escalation policy."""
    return load_escalation(ROOT)


@pytest.fixture(scope="session")
def answers(pack: Pack) -> Answers:
    """The real renderer."""
    return Answers(pack, to_simplified)
