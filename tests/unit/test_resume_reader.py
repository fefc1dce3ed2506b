"""Reading a résumé: sections, jobs with dates, what is wished for, what is somebody else's. On the real taxonomy."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.wiring_reading import load_reader
from language.resume_reader import ResumeReader, sections

pytestmark = pytest.mark.slow  # seconds each: with `make test`


CHINESE = """姓名：林大明　住址：台中市西屯區
【工作經歷】
2018/03-2022/03 好鄰居超市 門市人員
收銀、補貨、盤點
民國111年~113年 永發物流 倉管
堆高機操作、出貨
學歷
永春高中 餐飲管理科
證照：堆高機操作技術士、普通小型車駕照
語言能力
台語 流利
英文 略懂
求職條件
希望職務：會計
推薦人
王經理 會日文，電話 02-12345678
"""
ENGLISH = """Mary Lee
Work Experience
2019 - 2023 Sunrise Hotel, receptionist
Front desk, complaint handling
Skills: Excel, typing
Languages: fluent English, basic Japanese
Objective
bookkeeping in a small office
References
Mr Chen (speaks Korean)
"""


@pytest.fixture(scope="module")
def reader(root: Path) -> ResumeReader:
    return ResumeReader(load_reader(root)[0])


def test_sections_by_headings() -> None:
    assert [part.section for part in sections(CHINESE)] == [
        "start", "jobs", "education", "licences", "languages", "wishes", "references",
    ]  # fmt: skip
    assert [part.section for part in sections(ENGLISH)] == [
        "start",
        "jobs",
        "skills",
        "languages",
        "wishes",
        "references",
    ]
    assert [part.section for part in sections("只有一段話，經歷豐富")] == ["start"]


def test_a_chinese_resume(reader: ResumeReader) -> None:
    reading = reader.read(CHINESE)
    skills = {item.id: (item.status, item.years) for item in reading.skills}
    assert skills["cash_handling"] == ("held", 4.0)
    assert skills["forklift_driving"] == ("held", 2.0)
    assert skills["accounting"][0] == "wanted"
    assert {item.id for item in reading.licences} >= {"licence_forklift", "licence_car"}
    assert {item.id: item.level for item in reading.languages} == {"lang_taiwanese": "fluent", "lang_english": "basic"}
    assert [(item.id, item.status) for item in reading.places] == [("tw_taichung_xitun", "held")]
    found = [
        item for name in ("skills", "licences", "languages", "occupations", "places") for item in getattr(reading, name)
    ]
    assert all(CHINESE[item.start : item.end] == item.words for item in found)


def test_an_english_resume(reader: ResumeReader) -> None:
    reading = reader.read(ENGLISH)
    skills = {item.id: (item.status, item.years) for item in reading.skills}
    assert skills["complaint_handling"] == ("held", 4.0)
    assert skills["excel"] == ("held", None)
    assert skills["bookkeeping"][0] == "wanted"
    assert {item.id: item.level for item in reading.languages} == {"lang_english": "fluent", "lang_japanese": "basic"}
    assert any(item.years == 4.0 for item in reading.occupations)
