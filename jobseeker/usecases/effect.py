"""What one effect gives back, and its form. The table of all of them is carry_out_effects.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobseeker.handoff_rules import HandoffRules
from jobseeker.messages import Say
from jobseeker.records import Conversation
from jobseeker.storage import UnitOfWork


@dataclass(frozen=True)
class Effected:
    """The conversation afterwards (not yet saved), what is to be said because of it, and whether counsellors have a new case."""

    conversation: Conversation
    says: tuple[Say, ...] = ()
    queue_changed: bool = False


Effect = Callable[[UnitOfWork, Conversation, int, Mapping[str, Any], datetime, HandoffRules], Awaitable[Effected]]
