"""What a rule found: for explaining a level to the people who keep the rules. Never shown to the person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Evidence:
    """Why a rule fired: its reason and name, the pattern (or score) and the words it matched, folded."""

    reason: str
    name: str
    pattern: str
    matched: str
