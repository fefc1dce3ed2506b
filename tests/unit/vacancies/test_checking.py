"""Wording that the Employment Service Act does not allow, and pay that cannot be: found, and nothing else taken for it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.vacancies.checking import minimum_wage
from app.vacancies.workbench import Workbench
from jobseeker.knowledge import Pack
from jobseeker.vacancies import Contract, Hours, Pay, PayPeriod, Vacancy
from jobseeker.vacancy_checks import doubts_about_pay
from tests.unit.vacancies.conftest import TODAY


def vacancy(
    text: str = "x",
    low: int | None = None,
    period: PayPeriod = "month",
    hours: Hours = "full_time",
    contract: Contract = "unknown",
) -> Vacancy:
    pay = Pay(None if low is None else Decimal(low), None, period)
    return Vacancy(0, "s", "1", "作業員", "某行", text, "zh-Hant", TODAY, pay=pay, hours=hours, contract=contract)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("限女性", "sex"), ("徵男", "sex"), ("女性尤佳", "sex"), ("誠徵女作業員", "sex"), ("Female only", "sex"), ("males preferred", "sex"),
        ("35歲以下", "age"), ("限45歲以內", "age"), ("年齡：20~40歲", "age"), ("18-35歲", "age"), ("under 35", "age"), ("aged 20-30", "age"),
        ("未婚佳", "marriage"), ("限已婚", "marriage"), ("single applicants", "marriage"),
        ("五官端正", "looks"), ("身高165以上", "looks"), ("good-looking", "looks"),
        ("限本省籍", "birth"), ("天蠍座勿試", "sign"), ("限O型血", "sign"), ("身心障礙者勿試", "health"), ("未曾參加工會", "union"),
    ],
)  # fmt: skip
def test_unlawful_wording_is_found(bench: Workbench, text: str, kind: str) -> None:
    found = [note.values["kind"] for note in bench.checker.notes(vacancy(f"包裝作業，{text}，供餐。"))]
    assert kind in found


@pytest.mark.parametrize(
    "text",
    [
        "性別不拘，年齡不限", "歡迎二度就業婦女", "需滿18歲", "有女性宿舍，限女宿住滿為止", "工作3年以上", "負重20公斤以下", "客戶以女性為主",
        "公司成立35年", "under 30 minutes from the station", "服務男女裝", "Team of 25-40 people", "具原住民身分保障名額", "血液採檢",
        "需輪值，35人以下小班", "照顧0到3歲幼兒", "陪伴65歲以上長者", "Ages 3-6 kindergarten class", "銷售女裝",
    ],
)  # fmt: skip
def test_lawful_wording_is_left_alone(bench: Workbench, text: str) -> None:
    assert bench.checker.notes(vacancy(text)) == ()


def test_pay_is_held_against_the_figures_in_force(pack: Pack) -> None:
    now = minimum_wage(pack, TODAY)
    assert now.monthly > now.hourly * 100
    below = int(now.hourly) - 1
    cases: list[tuple[Vacancy, list[str]]] = [
        (vacancy(low=below, period="hour"), ["pay_below_minimum"]),
        (vacancy(low=int(now.hourly), period="hour"), []),
        (vacancy(low=int(now.monthly) - 1), ["pay_below_minimum"]),
        (vacancy(low=int(now.monthly)), []),
        (vacancy(low=15_000, hours="part_time"), []),
        (vacancy(low=15_000, contract="contractor"), []),
        (vacancy(low=196), ["pay_unit_doubtful"]),
        (vacancy(low=36_000, period="hour"), ["pay_unit_doubtful"]),
        (vacancy(low=36_000, period="year"), ["pay_unit_doubtful"]),
        (vacancy(low=3, period="piece"), []),
        (vacancy(), []),
    ]
    assert [[doubt.code for doubt in doubts_about_pay(item, now)] for item, _ in cases] == [codes for _, codes in cases]
