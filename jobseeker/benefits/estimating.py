"""The pre-check: which benefits a case would bring and how much, each with its rule and its rows. Pure; no wording.

Only what is favourable becomes a line. Whatever speaks against it, or is not known, becomes an unclear point for a
counsellor: no result here says that somebody is not eligible. Sources of the rules: the rows of packs/*/policy they name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from jobseeker.benefits.calendar import months_after, years_after
from jobseeker.benefits.parameters import NoFigureError, Parameters
from jobseeker.benefits.records import (
    UNIT_DAY,
    UNIT_MONTHS,
    UNIT_PERCENT,
    UNIT_TWD,
    Circumstances,
    Estimate,
    Line,
    Unclear,
)
from jobseeker.knowledge import Figure

INVOLUNTARY = frozenset({"laid_off", "employer_breach"})  # Employment Insurance Act, Article 11, paragraph 3
MONTHS_A_YEAR = 12


def estimate(case: Circumstances, figures: Mapping[str, Figure], on: date) -> Estimate:
    """Work it out.

    Args:
        case: what is known of the person.
        figures: all figures of the country's pack.
        on: the day it is asked for. The rows in force on the day of leaving count; for income those of `on`.
    """
    if case.left_on is None:
        return Estimate(on, None, (), (Unclear("left_on_unknown"),))
    law = Parameters(figures, case.left_on)
    try:
        unclear = _entitlement(case, law, on)
        lines: list[Line] = []
        if not unclear:
            lines, unclear = _results(case, law, Parameters(figures, max(on, case.left_on)))
    except NoFigureError:
        return Estimate(on, case.left_on, (), (Unclear("no_figures_for_date"),))
    return Estimate(on, case.left_on, tuple(lines), tuple(unclear))


def money(value: Decimal) -> Decimal:
    """Whole NT$, half a dollar up."""
    return value.quantize(Decimal(1), rounding=ROUND_HALF_UP)


# -- whether the general conditions are met ------------------------------------------------------------------------------


def _entitlement(case: Circumstances, law: Parameters, on: date) -> list[Unclear]:
    """What stands in the way of stating anything; empty where all conditions that can be checked beforehand are met."""
    checks = (_reason(case, law, on), _status(case, law), _age(case, law), _insured(case, law), _in_time(case, law, on))
    return [point for point in checks if point is not None]


def _reason(case: Circumstances, law: Parameters, on: date) -> Unclear | None:
    if case.reason in INVOLUNTARY:
        return None
    if case.reason == "fixed_term_ended":
        return _fixed_term(case, law, on)
    return Unclear("reason_unknown" if case.reason in (None, "unsure") else "reason_not_involuntary")


def _fixed_term(case: Circumstances, law: Parameters, on: date) -> Unclear | None:
    """Article 11, paragraph 2: contracts of six months in the year before, and more than a month without work since."""
    assert case.left_on is not None, "checked before"
    used = law.rows("fixed_term.gap", "fixed_term.contract_months", "fixed_term.lookback")
    if case.contract_months is None or case.contract_months < law.whole("fixed_term.contract_months"):
        return Unclear("fixed_term_contracts", used=used)
    if on <= months_after(case.left_on, law.whole("fixed_term.gap")):
        return Unclear("fixed_term_too_early", used=used)
    return None


def _status(case: Circumstances, law: Parameters) -> Unclear | None:
    if case.status in ("national", "spouse"):
        return None
    if case.status != "permanent_resident":
        return Unclear("status_unknown" if case.status is None else "status_other")
    assert case.left_on is not None, "checked before"
    needed = law.whole("unemployment.insured_min") * MONTHS_A_YEAR
    if months_after(law.since("foreign_professional.insured_since"), needed) > case.left_on:
        return Unclear("status_insured_since")
    return None


def _age(case: Circumstances, law: Parameters) -> Unclear | None:
    age, used = case.age_on_leaving(), law.rows("unemployment.age_min", "unemployment.age_max")
    if age is None:
        return Unclear("age_unknown", used=used)
    if age >= law.whole("unemployment.age_max"):
        return Unclear("age_from_65", used=used)
    return Unclear("age_under_15", used=used) if age < law.whole("unemployment.age_min") else None


def _insured(case: Circumstances, law: Parameters) -> Unclear | None:
    used = law.rows("unemployment.insured_min", "unemployment.lookback")
    if case.earlier is None:
        return Unclear("earlier_unknown", used=used)
    if case.insured_months is None:
        return Unclear("insured_unknown", used=used)
    short = case.insured_months < law.whole("unemployment.insured_min") * MONTHS_A_YEAR
    return Unclear("insured_short", used=used) if short else None


def _in_time(case: Circumstances, law: Parameters, on: date) -> Unclear | None:
    assert case.left_on is not None, "checked before"
    if case.registered_on is not None and case.registered_on < case.left_on:
        return Unclear("registered_before_leaving")
    last = years_after(case.left_on, law.whole("unemployment.apply_within"))
    if (case.registered_on or on) > last:
        return Unclear("late", used=law.rows("unemployment.apply_within"))
    return None


# -- what it brings ----------------------------------------------------------------------------------------------------


def _results(case: Circumstances, law: Parameters, now: Parameters) -> tuple[list[Line], list[Unclear]]:
    lines: list[Line] = []
    unclear: list[Unclear] = []
    months, open_points = _months(case, law)
    unclear += open_points
    if case.salary is None or case.salary <= 0:
        unclear.append(Unclear("salary_unknown", blocks=False, used=law.rows("unemployment.average_months")))
    else:
        salary = min(case.salary, law.number("insured_salary.cap"))
        base = _base(case.salary, salary, law)
        addon = _addon(case, salary, law, unclear)
        lines += [base, *addon]
        total = _value(base) + sum((_value(line) for line in addon), Decimal(0))
        if addon:
            lines.append(_total(base, addon[0], total))
        lines += _income(case, salary, _value(base), total, law, now, unclear)
        lines += _award(_value(base), months, law)
        lines.append(_training(salary, addon, law))
    if months is not None:
        lines.append(months)
    if case.registered_on is not None:
        lines.append(_first_day(case.registered_on, law))
    share = law.rows("nhi_subsidy.share")
    lines.append(Line("health_premium", law.number("nhi_subsidy.share"), UNIT_PERCENT, "", share))
    return lines, unclear


def _value(line: Line) -> Decimal:
    assert isinstance(line.value, Decimal), "an amount"
    return line.value


def _base(said: Decimal, salary: Decimal, law: Parameters) -> Line:
    """Article 16: 60 % of the average insured salary, which the table of insured salaries caps."""
    value = money(salary * law.share("unemployment.rate"))
    working = f"{salary:,} × {law.whole('unemployment.rate')}% = {value:,}"
    used = law.rows("unemployment.rate", "unemployment.average_months", "insured_salary.cap")
    return Line("monthly", value, UNIT_TWD, working, used, {"cap": salary} if salary < said else None)


def _addon(case: Circumstances, salary: Decimal, law: Parameters, unclear: list[Unclear]) -> list[Line]:
    """Article 19-1: 10 % for each dependant, 20 % at most. Parents count from 18 January 2022 on."""
    if case.dependants is None:
        unclear.append(Unclear("dependants_unknown", blocks=False, used=law.rows("dependants.each", "dependants.max")))
        return []
    counted = case.dependants
    assert case.left_on is not None, "checked before"
    if case.parents and case.left_on < law.since("dependants.parents_since"):
        unclear.append(Unclear("parents_before_2022", blocks=False))
        counted -= case.parents
    share = min(counted * law.number("dependants.each"), law.number("dependants.max"))
    if share <= 0:
        return []
    value = money(salary * share / 100)
    used = law.rows("dependants.each", "dependants.max")
    return [Line("addon", value, UNIT_TWD, f"{salary:,} × {share}% = {value:,}", used, {"people": Decimal(counted)})]


def _total(base: Line, addon: Line, total: Decimal) -> Line:
    return Line(
        "total", total, UNIT_TWD, f"{base.value:,} + {addon.value:,} = {total:,}", (*base.used[:1], *addon.used)
    )


def _months(case: Circumstances, law: Parameters) -> tuple[Line | None, list[Unclear]]:
    """Article 16: 6 months, 9 from 45 or with a disability; half where the last claim was used up within two years."""
    age = case.age_on_leaving()
    assert age is not None, "checked before"
    longer = age >= law.whole("unemployment.age_longer") or case.disability is True
    name = "unemployment.months_longer" if longer else "unemployment.months"
    months, used = law.number(name), law.rows(name, "unemployment.age_longer")
    unclear = [] if longer or case.disability is not None else [Unclear("disability_unknown", blocks=False, used=used)]
    if case.earlier == "used_up":
        half = months * law.share("unemployment.reclaim_share")
        working = f"{months} × {law.whole('unemployment.reclaim_share')}% = {half.normalize():f}"
        rows = (*used, *law.rows("unemployment.reclaim_share", "unemployment.reclaim_window"))
        return Line("months_again", half.normalize(), UNIT_MONTHS, working, rows), unclear
    if case.earlier == "partly":
        if case.paid_months is None or not 0 <= case.paid_months < months:
            return None, [*unclear, Unclear("months_left_unknown", blocks=False, used=used)]
        left = months - case.paid_months
        return Line("months_left", left, UNIT_MONTHS, f"{months} − {case.paid_months} = {left}", used), unclear
    return Line("months", months, UNIT_MONTHS, "", used), unclear


def _first_day(registered_on: date, law: Parameters) -> Line:
    """Article 20: the 15th day of registration; the day of registration is the first."""
    first = registered_on + timedelta(days=law.whole("unemployment.first_paid_day") - 1)
    used = law.rows("unemployment.first_paid_day", "unemployment.waiting")
    return Line("first_paid_day", first, UNIT_DAY, f"{registered_on} + {(first - registered_on).days}", used)


def _income(
    case: Circumstances,
    salary: Decimal,
    base: Decimal,
    total: Decimal,
    law: Parameters,
    now: Parameters,
    unclear: list[Unclear],
) -> list[Line]:
    """Article 17: income and benefit together above 80 % of the average insured salary are taken off, unless below the minimum wage."""
    if case.income is None:
        unclear.append(Unclear("income_unknown", blocks=False))
        return []
    if case.income <= 0:
        return []
    minimum, limit = now.number("minimum_wage.monthly"), law.number("part_time.total_limit")
    used = (*law.rows("part_time.total_limit"), *now.rows("minimum_wage.monthly"))
    if case.income > minimum:
        unclear.append(Unclear("income_above_minimum", blocks=False, used=used))
        return []
    ceiling = salary * limit / 100
    without, with_addon = (_deduction(benefit, case.income, ceiling, minimum) for benefit in (base, total))
    if without != with_addon:  # whether the add-on counts towards the limit is not said in Article 17
        unclear.append(Unclear("income_with_addon", blocks=False, used=used))
        return []
    left = total - without
    working = f"{case.income:,} + {base:,} − {salary:,} × {limit}% → −{without:,}; {total:,} − {without:,} = {left:,}"
    return [Line("with_income", left, UNIT_TWD, working, used, {"income": case.income, "deduction": without})]


def _deduction(benefit: Decimal, income: Decimal, ceiling: Decimal, minimum: Decimal) -> Decimal:
    if benefit + income < minimum:
        return Decimal(0)
    return min(benefit, max(Decimal(0), money(benefit + income - ceiling)))


def _award(base: Decimal, months: Line | None, law: Parameters) -> list[Line]:
    """Article 18: half of what is not drawn, in one payment. Stated without the add-on, which the article does not name."""
    share = law.whole("early_award.share")
    each = money(base * share / 100)
    used = law.rows("early_award.share", "early_award.insured_months", "early_award.claim_within")
    more = {"most": money(base * _value(months) * share / 100)} if months is not None else {}
    return [Line("early_award", each, UNIT_TWD, f"{base:,} × {share}% = {each:,}", used, more)]


def _training(salary: Decimal, addon: list[Line], law: Parameters) -> Line:
    """Articles 19 and 19-1: the rate of the benefit and the same add-on while in full-time training, for up to six months."""
    base = money(salary * law.share("training_allowance.rate"))
    extra = sum((_value(line) for line in addon), Decimal(0))
    used = law.rows("training_allowance.rate", "training_allowance.months", "dependants.each")
    working = f"{salary:,} × {law.whole('training_allowance.rate')}% = {base:,}"
    if extra:
        working += f"; {base:,} + {extra:,} = {base + extra:,}"
    months = law.number("training_allowance.months")
    return Line("training_allowance", base + extra, UNIT_TWD, working, used, {"months": months})
