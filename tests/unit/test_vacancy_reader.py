"""Reading a vacancy's text: required and optional, pay, hours, shifts, contract, years."""

from __future__ import annotations

from decimal import Decimal

import pytest

from jobseeker.places import Place
from jobseeker.taxonomy import Occupation, Skill, Taxonomy
from jobseeker.vacancies import Pay
from language.skills import SkillReader
from language.vacancy_reader import VacancyFacts, VacancyReader


def _skill(identifier: str, kind: str, zh: str, en: str) -> Skill:
    return Skill(
        identifier,
        kind,
        {"zh": zh.split("|")[0], "en": en.split("|")[0]},
        {"zh": tuple(zh.split("|")), "en": tuple(en.split("|"))},
    )  # type: ignore[arg-type]


SKILLS = [
    _skill("cash", "hard", "收銀", "cash handling|till"),
    _skill("stocking", "hard", "補貨", "shelf stocking"),
    _skill("pos", "digital", "POS機", "POS system"),
    _skill("excel", "digital", "Excel", "Excel"),
    _skill("forklift", "hard", "堆高機", "forklift|forklift driving"),
    _skill("patience", "soft", "耐心|有耐心", "patience"),
    _skill("en", "language", "英文", "English"),
    _skill("ja", "language", "日文", "Japanese"),
    _skill("lic_forklift", "licence", "堆高機證照", "forklift licence"),
    _skill("lic_car", "licence", "駕照|汽車駕照", "driving licence"),
]
JOBS = [Occupation("sales_clerk", "5223", {"zh": "門市人員", "en": "shop assistant"}, {"zh": (), "en": ()})]
PLACES = [
    Place("tw_taichung", "county", {"zh": "臺中市", "en": "Taichung City"}, "tw_taichung", 24.1, 120.6),
    Place("tw_taichung_xitun", "district", {"zh": "西屯區", "en": "Xitun District"}, "tw_taichung", 24.2, 120.6),
]


@pytest.fixture(scope="module")
def reader() -> VacancyReader:
    taxonomy = Taxonomy({skill.id: skill for skill in SKILLS}, {job.id: job for job in JOBS}, ())
    return VacancyReader(SkillReader(taxonomy, {place.id: place for place in PLACES}))


def test_a_whole_advertisement(reader: VacancyReader) -> None:
    facts = reader.read_vacancy(
        "工作內容：收銀、補貨。條件：需會操作POS機，有耐心，具堆高機證照尤佳，略懂英文，需一年以上門市經驗。"
        "月薪30,000~34,000元，正職，早班，上班地點：台中市西屯區。",
        "門市人員",
    )
    assert facts == VacancyFacts(
        occupation_id="sales_clerk",
        essential_skills=("cash", "stocking", "pos"),
        optional_skills=("patience",),
        languages={"en": "basic"},
        years_of_experience=1.0,
        pay=Pay(Decimal(30_000), Decimal(34_000), "month"),
        hours="full_time",
        shifts=("day",),
        contract="permanent",
        place_id="tw_taichung_xitun",
    )
    assert "licences" not in facts.found()


def test_english(reader: VacancyReader) -> None:
    facts = reader.read_vacancy(
        "Responsibilities: forklift driving. Requirements: forklift licence, fluent English, at least 2 years of experience.\n"
        "Excel is a plus. Part-time, night shift, NT$220 an hour, no driving licence needed."
    )
    assert (facts.essential_skills, facts.optional_skills, facts.licences) == (
        ("forklift",),
        ("excel",),
        ("lic_forklift",),
    )
    assert (facts.languages, facts.years_of_experience) == ({"en": "fluent"}, 2.0)
    assert (facts.hours, facts.shifts, facts.pay) == ("part_time", ("night",), Pay(Decimal(220), None, "hour"))


@pytest.mark.parametrize(
    "text",
    [
        "薪資：待遇面議",
        "面議（經常性薪資達4萬元或以上）",
        "Salary negotiable",
        "薪優，供午餐，員工100人",
        "聯絡電話 04-23456789",
    ],
)
def test_pay_that_is_not_disclosed(reader: VacancyReader, text: str) -> None:
    assert not reader.read_vacancy(text).pay.disclosed


@pytest.mark.parametrize(
    ("text", "shifts"),
    [
        ("09:00-18:00", ("day",)),
        ("上班時間 22:00~06:00", ("night",)),
        ("週末休假", ()),
        ("需輪班", ("rotating",)),
        ("免輪班，日班", ("day",)),
    ],
)
def test_shifts(reader: VacancyReader, text: str, shifts: tuple[str, ...]) -> None:
    assert reader.read_vacancy(text).shifts == shifts


@pytest.mark.parametrize(
    ("text", "years"),
    [("無經驗可", 0.0), ("本公司成立20年", None), ("需3年以上經驗", 3.0), ("no experience needed", 0.0)],
)
def test_years(reader: VacancyReader, text: str, years: float | None) -> None:
    assert reader.read_vacancy(text).years_of_experience == years


def test_below_a_heading_of_extras(reader: VacancyReader) -> None:
    facts = reader.read_vacancy("必備：收銀\n加分條件：\nExcel\n日文")
    assert (facts.essential_skills, facts.optional_skills, facts.languages) == (("cash",), ("excel",), {})
