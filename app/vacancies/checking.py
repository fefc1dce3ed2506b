"""What is doubtful about a finished vacancy: pay and unlawful wording, as reasons of the pack. Nothing is changed and nothing ranked by it."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

from app.vacancies.rows import Reason
from content.vacancy_files import VacancyFiles
from jobseeker.knowledge import Pack
from jobseeker.vacancies import Vacancy
from jobseeker.vacancy_checks import MinimumWage, doubts_about_pay


def minimum_wage(pack: Pack, day: date) -> MinimumWage:
    """The figures in force on a day."""
    hourly, monthly = (
        Decimal(str(pack.figures[f"minimum_wage.{unit}"].on(day).value)) for unit in ("hourly", "monthly")
    )
    return MinimumWage(hourly, monthly)


_EXPECTED = {"pay_unit_doubtful": "per_"}  # names of units of pay begin so in the pack


class VacancyChecker:
    """Finds what whoever looks after the data should see."""

    def __init__(self, words: VacancyFiles, minimum: MinimumWage) -> None:
        self._words, self._minimum = words, minimum

    def notes(self, vacancy: Vacancy) -> tuple[Reason, ...]:
        """Doubts about pay, then wording that the law does not allow."""
        found = [
            Reason(
                doubt.code, {"value": f"{doubt.value:f}", "expected": _EXPECTED.get(doubt.code, "") + doubt.expected}
            )
            for doubt in doubts_about_pay(vacancy, self._minimum)
        ]
        text = unicodedata.normalize("NFKC", f"{vacancy.title}\n{vacancy.text}").casefold().replace("台", "臺")
        for rule in self._words.unlawful:
            rest = rule.unless.sub(" ", text) if rule.unless else text
            if hit := rule.pattern.search(rest):
                found.append(
                    Reason("unlawful_wording", {"value": hit.group(0).strip(), "label": rule.label, "kind": rule.kind})
                )
        return tuple(found)
