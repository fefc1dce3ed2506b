"""Hides identifiers in a text: what somebody who has not claimed a case must not read. The stored text stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "●"
KEPT_AT_ENDS = 1
_IDENTIFIERS = re.compile(
    r"""
    [A-Za-z][A-Da-d1289]\d{8}(?!\d)                      # national or resident certificate number
    | [A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+  # e-mail
    | (?<!\d)(?:\d[ -]?){8,18}\d(?!\d)                    # telephone, account or card number
    """,
    re.VERBOSE,
)


def masked(text: str) -> str:
    """The text with everything that may be an identifier hidden but for its ends."""
    return _IDENTIFIERS.sub(lambda found: _hidden(found[0]), text)


def masked_value(value: Any) -> Any:
    """The same for all texts of a JSON value, however deep they lie."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {key: masked_value(item) for key, item in value.items()}
    return [masked_value(item) for item in value] if isinstance(value, (list, tuple)) else value


def _hidden(identifier: str) -> str:
    middle = len(identifier) - 2 * KEPT_AT_ENDS
    return identifier[:KEPT_AT_ENDS] + MASK * middle + identifier[-KEPT_AT_ENDS:]
