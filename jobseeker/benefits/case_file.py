"""A case written as data (a file, an API) into Circumstances: every value is read like an answer, and what is doubtful is reported, never used. Opening files is app/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from jobseeker.benefits.choices import CODES
from jobseeker.benefits.plausible import Plausibility
from jobseeker.benefits.reading import CaseReader, Said
from jobseeker.benefits.records import AMOUNTS, DAYS, Circumstances

FIELDS = tuple(one.name for one in fields(Circumstances))
YES_OR_NO = frozenset({"disability", "registered"})
EARLIEST_FIRST = ("left_on", "birth_on")


@dataclass(frozen=True)
class CaseRead:
    """case: what could be used; doubts: (field, problem, what stood there) for everything that could not."""

    case: Circumstances
    doubts: tuple[tuple[str, str, str], ...]


def read_case(values: Mapping[str, Any], reader: CaseReader, plausible: Plausibility, today: date) -> CaseRead:
    """Read it. A field that is not known, and a value of the wrong kind, are doubts as well."""
    case, doubts = Circumstances(), list[tuple[str, str, str]]()
    for name in sorted(values, key=lambda one: (one not in EARLIEST_FIRST, str(one))):
        value = values[name]
        if name not in FIELDS:
            doubts.append((str(name), "unknown_field", str(value)))
            continue
        if value is None:
            continue
        judged = plausible(_said(name, value, reader, today), case)
        if judged.problem:
            doubts.append((name, judged.problem, str(value)))
        else:
            case = replace(case, **{name: judged.value})
    return CaseRead(case, tuple(doubts))


def _said(name: str, value: Any, reader: CaseReader, today: date) -> Said:
    if isinstance(value, str):
        if name in CODES:
            return _coded(name, value, reader, today)
        read = reader(value, asked="age" if name == "birth_on" else name, today=today, english=False)
        return next((one for one in read if one.name == name), Said(name, None, value, "not_understood"))
    if name in YES_OR_NO:
        return Said(name, value, str(value)) if isinstance(value, bool) else Said(name, None, str(value), "wrong_kind")
    if name in DAYS:
        return Said(name, value, str(value)) if type(value) is date else Said(name, None, str(value), "wrong_kind")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or name in CODES:
        return Said(name, None, str(value), "wrong_kind")
    if name in AMOUNTS:
        return Said(name, Decimal(str(value)), str(value))
    return Said(name, value, str(value)) if isinstance(value, int) else Said(name, None, str(value), "not_whole")


def _coded(name: str, value: str, reader: CaseReader, today: date) -> Said:
    if value in CODES[name]:
        return Said(name, value, value)
    read = reader(value, asked=name, today=today, english=False)
    return next((one for one in read if one.name == name), Said(name, None, value, "not_understood"))
