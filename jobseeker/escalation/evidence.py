"""What a rule may look at and what it found. Evidence explains a level to the people who keep the rules; never shown to the person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MASKED = "＿"


@dataclass(frozen=True)
class Evidence:
    """Why a rule fired: its reason and name, the pattern (or score) and the words it matched, folded."""

    reason: str
    name: str
    pattern: str
    matched: str


def blank_out(text: str, masks: Sequence[re.Pattern[str]]) -> str:
    """The text with everything the masks match replaced by as many blanks that no pattern knows."""
    for mask in masks:
        text = mask.sub(lambda match: _MASKED * len(match.group()), text)
    return text
