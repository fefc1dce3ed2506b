"""Reading JSON that anybody may have sent: a value of the wrong type is as good as none. Nothing here raises.

Strings lose U+0000: PostgreSQL stores none and refuses to look one up, and the platform would bring the event again for ever.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

LONGEST_KEY = 100  # characters; `inbox.event_id` holds 128, and a connector may add to it


def as_mapping(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> Sequence[Any]:
    """An array, or an empty one."""
    return value if isinstance(value, list) else ()


def as_text(value: Any) -> str:
    """A string, without U+0000, or an empty one."""
    return value.replace("\0", "") if isinstance(value, str) else ""


def identifier(value: Any) -> str:
    """A whole number or a string as a string; "" for anything else."""
    if isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, int) else as_text(value)


def event_key(value: Any) -> str:
    """The platform's own id of an event or a message, to compare with others of its kind only: a longer one than `LONGEST_KEY` as its digest."""
    key = identifier(value)
    return key if len(key) <= LONGEST_KEY else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def point(value: Mapping[str, Any]) -> tuple[float, float] | None:
    """`latitude` and `longitude` in degrees; None where they are no point on the earth."""
    lat, lon = number(value.get("latitude")), number(value.get("longitude"))
    return (lat, lon) if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180 else None


def number(value: Any) -> float | None:
    """A finite number, also written as a string; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
