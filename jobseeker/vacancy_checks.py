"""What is doubtful about a vacancy's pay. It is shown to whoever looks after the data; nothing is changed and nothing is ranked by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from jobseeker.vacancies import Vacancy

TYPICAL_TWD: Mapping[str, tuple[int, int]] = {  # outside of these a figure and its unit hardly belong together
    "hour": (100, 3_000),
    "day": (600, 20_000),
    "month": (5_000, 500_000),
    "year": (200_000, 10_000_000),
}


@dataclass(frozen=True)
class MinimumWage:
    """In force on one day, in TWD."""

    hourly: Decimal
    monthly: Decimal


@dataclass(frozen=True)
class PayDoubt:
    """`code`: a reason in packs/<country>/vacancy_files.yml. `value`: what is offered; `expected`: the unit or the minimum."""

    code: str
    value: Decimal
    expected: str


def doubts_about_pay(vacancy: Vacancy, minimum: MinimumWage) -> tuple[PayDoubt, ...]:
    """A unit that does not fit the amount, else pay below the minimum wage (Minimum Wage Act): per hour always, per month for full time."""
    pay = vacancy.pay
    if pay.low is None:
        return ()
    low, high = TYPICAL_TWD.get(pay.period, (0, 10**9))
    for amount in (pay.low, pay.high or pay.low):
        if not low <= amount <= high:
            return (PayDoubt("pay_unit_doubtful", amount, pay.period),)
    if vacancy.contract == "contractor":
        return ()  # no employment: the minimum wage does not bind
    floor = {"hour": minimum.hourly, "month": minimum.monthly if vacancy.hours == "full_time" else None}.get(pay.period)
    if floor is not None and pay.low < floor:
        return (PayDoubt("pay_below_minimum", pay.low, f"{floor:f}"),)
    return ()
