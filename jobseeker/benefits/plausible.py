"""Which readings of a case are asked back instead of used: a salary in the wrong unit, 200 dependants, an age of 3. Bounds are rows of packs/*/policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from jobseeker.benefits.calendar import months_after, years_after
from jobseeker.benefits.parameters import Parameters
from jobseeker.benefits.reading import Said
from jobseeker.benefits.records import Circumstances
from jobseeker.knowledge import Figure

UNITS = (1_000, 10_000)  # 34.8 thousand, 3.48 ten thousand
MONTHS_A_YEAR = 12


class Plausibility:
    """Looks at what was read, as of today."""

    def __init__(self, figures: Mapping[str, Figure], today: date) -> None:
        self.law, self.today = Parameters(figures, today), today

    def __call__(self, said: Said, case: Circumstances) -> Said:
        """The same, or without its value and with the reason why it is asked back."""
        if said.problem or said.value is None:
            return said
        check = getattr(self, f"_{said.name}", None)
        if said.name in ("salary", "income"):
            return self._money(said)
        if isinstance(said.value, (int, Decimal)) and not isinstance(said.value, bool) and said.value < 0:
            return _doubt(said, "negative")
        found: Said = check(said, case) if check else said
        return found

    def _money(self, said: Said) -> Said:
        value: Decimal = said.value
        least, most = self.law.number(f"precheck.{said.name}_min"), self.law.number(f"precheck.{said.name}_max")
        if value < 0 or (value == 0 and said.name == "salary"):
            return _doubt(said, "negative")
        if value == 0 or least <= value <= most:
            return said
        if value > most:
            return _doubt(said, "too_much")
        likely = [value * unit for unit in UNITS if self.law.number("precheck.salary_min") <= value * unit <= most]
        options = tuple(f"{one.normalize():f}" for one in likely)
        return replace(_doubt(said, "unit"), options=options if said.name == "salary" else ())

    def _left_on(self, said: Said, case: Circumstances) -> Said:
        if said.value > months_after(self.today, self.law.whole("precheck.future")):
            return _doubt(said, "day_future")
        if said.value < years_after(self.today, -self.law.whole("precheck.past")):
            return _doubt(said, "day_past")
        return said

    def _registered_on(self, said: Said, case: Circumstances) -> Said:
        if said.value > self.today:
            return _doubt(said, "day_future")
        return _doubt(said, "registered_early") if case.left_on and said.value < case.left_on else said

    def _past_day(self, said: Said, case: Circumstances) -> Said:
        return _doubt(said, "day_future") if said.value > self.today else said

    _certified_on = _referred_on = _decided_on = _reviewed_on = _past_day

    def _started_on(self, said: Said, case: Circumstances) -> Said:
        return self._left_on(said, case)

    def _age(self, said: Said, case: Circumstances) -> Said:
        fits = self.law.whole("unemployment.age_min") <= said.value <= self.law.whole("precheck.age_max")
        return said if fits else _doubt(said, "age")

    def _birth_on(self, said: Said, case: Circumstances) -> Said:
        on = replace(Circumstances(), birth_on=said.value, left_on=case.left_on or self.today)
        age = on.age_on_leaving()
        assert age is not None, "both days are there"
        return replace(self._age(replace(said, value=age), case), value=None if self._is_odd(age) else said.value)

    def _is_odd(self, age: int) -> bool:
        return not self.law.whole("unemployment.age_min") <= age <= self.law.whole("precheck.age_max")

    def _dependants(self, said: Said, case: Circumstances) -> Said:
        return _doubt(said, "too_many") if said.value > self.law.whole("precheck.dependants_max") else said

    def _insured_months(self, said: Said, case: Circumstances) -> Said:
        if said.value > self.law.whole("precheck.insured_max"):
            return _doubt(said, "too_long")
        return replace(said, value=min(said.value, MONTHS_A_YEAR * self.law.whole("unemployment.lookback")))

    def _contract_months(self, said: Said, case: Circumstances) -> Said:
        return _doubt(said, "too_long") if said.value > self.law.whole("precheck.insured_max") else said

    def _paid_months(self, said: Said, case: Circumstances) -> Said:
        return _doubt(said, "too_long") if said.value > self.law.whole("unemployment.months_max") else said


def _doubt(said: Said, problem: str) -> Said:
    return replace(said, value=None, problem=problem)
