"""What a button of the pre-check stands for: `/answer VALUE` as something said in answer to the open question. Values that do not fit are None."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from jobseeker.benefits.reading import Said
from jobseeker.benefits.records import EARLIER_CLAIMS, REASONS, STATUSES

CODES = {"reason": REASONS, "status": STATUSES, "earlier": EARLIER_CLAIMS}
COUNTS = frozenset({"insured_months", "contract_months", "dependants", "age"})


def chosen(question: str, argument: str) -> Said | None:
    """The answer, or None where the button belongs to another question."""
    if question in CODES:
        return Said(question, argument, argument) if argument in CODES[question] else None
    if question == "disability":
        return Said(question, argument == "yes", argument) if argument in ("yes", "no") else None
    if question == "registered_on" and argument == "no":
        return Said("registered", False, argument)
    try:
        return _valued(question, argument)
    except (ValueError, InvalidOperation):
        return None


def _valued(question: str, argument: str) -> Said | None:
    value: Any
    if question in ("left_on", "registered_on"):
        value = date.fromisoformat(argument)
    elif question == "age" and "-" in argument:
        return Said("birth_on", date.fromisoformat(argument), argument)
    elif question in COUNTS:
        value = int(argument)
    elif question in ("salary", "income"):
        value = Decimal(argument)
    else:
        return None
    return Said(question, value, argument)
