"""Who may speak in a conversation, and how that changes: the transition table. Storing it is the use cases' work.

bot: the assistant answers. queued: a case waits for a counsellor, the assistant goes on answering. assigned: offered to one
counsellor, not yet taken. human: a counsellor speaks, the assistant is silent. wrap_up: the counsellor writes the notes,
the assistant is still silent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from jobseeker.errors import IllegalHandoff
from jobseeker.records import Owner

OWNERS: tuple[Owner, ...] = ("bot", "queued", "assigned", "human", "wrap_up")
URGENCY_CRISIS, URGENCY_AT_ONCE = 0, 1  # of a case; lower comes first
SILENT_OWNERS: frozenset[Owner] = frozenset({"human", "wrap_up"})
WAITING_COMMANDS = frozenset({"wait", "callback", "message", "summary", "leave", "rate", "comment"})
PHONE = re.compile(r"[+(]?\d[\d\s().#-]{5,22}\d")

TRANSITIONS: Mapping[str, Mapping[Owner, Owner]] = {
    "open": {"bot": "queued"},
    "assign": {"queued": "assigned"},
    "decline": {"assigned": "queued"},
    "claim": {"queued": "human", "assigned": "human"},
    "requeue": {"human": "queued", "wrap_up": "queued"},
    "finish": {"human": "wrap_up"},
    "resume": {"wrap_up": "human"},
    "return": {"human": "bot", "wrap_up": "bot", "queued": "bot", "assigned": "bot"},
}


def next_owner(owner: Owner, step: str) -> Owner:
    """The owner after `step`. Raises IllegalHandoff where the table has no such step from here."""
    try:
        return TRANSITIONS[step][owner]
    except KeyError:
        raise IllegalHandoff(f"no step {step!r} from {owner!r}") from None


def bot_speaks(owner: Owner) -> bool:
    """Whether the assistant answers messages."""
    return owner not in SILENT_OWNERS


def expected_step(expecting: str, text: str) -> tuple[str, str] | None:
    """What a free text is while something is expected: (step, argument), or None where it is nothing but a message."""
    kind, _, number = expecting.partition(":")
    if not number or (kind == "phone" and not PHONE.search(text)):
        return None
    return f"{kind}_text", f"{number} {text}"
