"""Whole imports into a real store: what is kept, reported, changed, withdrawn; the same file twice changes nothing."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest

from app.vacancies.report import safe_cell
from app.vacancies.workbench import Workbench
from jobseeker.errors import UnreadableFile
from store.unit_of_work import SqlStore
from tests.unit.vacancies.conftest import TODAY

pytestmark = pytest.mark.slow  # with `make test`: the whole taxonomy is read


HEAD = "職缺編號,職稱,公司名稱,工作內容,薪資,上班地點,刊登日期,截止日期\n"
FORKLIFT = "A1,堆高機司機,安穩物流股份有限公司,進出貨、盤點，需有堆高機證照,月薪36000-42000元,桃園市中壢區,115/11/20,115/12/31\n"
SHOP = "A2,門市人員,好日子茶飲,收銀、清潔，無經驗可，須輪班,時薪200元,台北市大安區,2026-11-25,\n"


async def test_rows_become_vacancies_and_gaps_are_read_from_the_text(load, kept) -> None:  # type: ignore[no-untyped-def]
    done = await load("a.csv", HEAD + FORKLIFT + SHOP)
    assert (done.summary.rows, done.summary.bad, dict(done.summary.outcomes)) == (2, 0, {"new": 2})
    item = (await kept("A1")).vacancy
    assert (item.place_id, item.pay.low, item.pay.high, item.pay.period) == (
        "tw_taoyuan_zhongli",
        36000,
        42000,
        "month",
    )
    assert (item.posted_on, item.expires_on) == (date(2026, 11, 20), date(2026, 12, 31))
    assert "licence_forklift" in item.licences
    assert set(item.read_from_text) >= {"licences", "essential_skills"}
    assert "pay" not in item.read_from_text, "it was given"
    assert "rotating" in (await kept("A2")).vacancy.shifts


async def test_what_the_source_gives_is_never_overwritten_by_the_text(load, kept) -> None:  # type: ignore[no-untyped-def]
    record = {
        "source_id": "1", "title": "會計", "employer": "清算事務所", "text": "帳務、Excel、英文。月薪5萬，全職，高雄市。",
        "pay": {"low": "40000", "high": None, "period": "month"}, "hours": "part_time", "place_id": "tw_tainan",
        "essential_skills": ["accounting"], "languages": {}, "occupation_id": "accounting_clerk",
    }  # fmt: skip
    await load("a.jsonl", json.dumps(record, ensure_ascii=False))
    item = (await kept("1")).vacancy
    assert (item.pay.low, item.hours, item.place_id) == (Decimal(40000), "part_time", "tw_tainan")
    assert (item.essential_skills, item.occupation_id) == (("accounting",), "accounting_clerk")
    assert {"pay", "hours", "place_id", "essential_skills", "occupation_id"}.isdisjoint(item.read_from_text)
    assert item.languages == {"lang_english": "basic"}, "this was not given"


async def test_what_show_prints_can_be_imported_again(load, kept) -> None:  # type: ignore[no-untyped-def]
    await load("a.csv", HEAD + FORKLIFT)
    stored = await kept("A1")
    value = {**stored.vacancy.to_dict(), "state": stored.state, "revision": stored.revision, "duplicate_of": None}
    again = await load("b.json", json.dumps(value), source="")
    assert dict(again.summary.outcomes) == {"changed": 1}, "only what was read from the text is known as given now"
    assert (await kept("A1")).vacancy.essential_skills == stored.vacancy.essential_skills
    assert dict((await load("b.json", json.dumps(value), source="")).summary.outcomes) == {"unchanged": 1}


async def test_twice_the_same_changes_nothing_and_a_changed_row_is_one_update(load, store: SqlStore) -> None:  # type: ignore[no-untyped-def]
    text = HEAD + FORKLIFT + SHOP + "A3,木工,,裝潢,面議,,,\n"
    await load("a.csv", text)
    async with store.read() as work:
        before = await work.vacancies.revision()
    for name, content in (("a.csv", text), ("b.csv", text.encode("cp950")), ("c.tsv", text.replace(",", "\t"))):
        done = await load(name, content)
        assert dict(done.summary.outcomes) == {"unchanged": 3}
    done = await load("a.csv", text.replace("時薪200", "時薪210"))
    assert dict(done.summary.outcomes) == {"unchanged": 2, "changed": 1}
    async with store.read() as work:
        (changed,) = await work.vacancies.changed_since(before, 10)
    assert (changed.vacancy.source_id, changed.vacancy.pay.low, changed.revision) == ("A2", 210, before + 1)


async def test_an_undated_posting_keeps_the_day_it_was_first_seen(load, kept, bench: Workbench) -> None:  # type: ignore[no-untyped-def]
    text = HEAD + "A3,木工,某行,裝潢,面議,宜蘭縣,,\n"
    await load("a.csv", text)
    assert (await kept("A3")).vacancy.posted_on == TODAY
    first = bench.today
    try:
        bench.today = date(2026, 12, 9)
        done = await load("a.csv", text)
    finally:
        bench.today = first
    assert dict(done.summary.outcomes) == {"unchanged": 1}


async def test_without_ids_a_posting_is_known_by_employer_title_and_place(load, store: SqlStore) -> None:  # type: ignore[no-untyped-def]
    text = "職稱,公司名稱,工作內容,上班地點\n木工,某行,裝潢,宜蘭縣\n木工,另一行,裝潢,宜蘭縣\n"
    await load("a.csv", text)
    done = await load("a.csv", text.replace("木工,某行,裝潢", "木工,某行,裝潢與家具"))
    assert dict(done.summary.outcomes) == {"unchanged": 1, "changed": 1}


async def test_bad_rows_are_reported_with_line_and_reason_and_good_ones_kept(load) -> None:  # type: ignore[no-untyped-def]
    bad = [
        "B1,,某行,裝潢,面議,,,",
        "B2,木工,某行,,面議,,,",
        "B3,木工,某行,裝潢,很多,,,",
        "B4,木工,某行,裝潢,面議,,11/12/2026,",
        "B5,木工,某行,裝潢,面議,,2026-11-20,2026-11-19",
        "A1,木工,某行,裝潢,面議,,,",
        "B7,木工,某行,裝潢,面議,,,,多,的,格",
        f"B8,{'長' * 201},某行,裝潢,面議,,,",
    ]
    done = await load("a.csv", HEAD + FORKLIFT + "\n".join(bad) + "\n" + SHOP)
    assert (done.summary.bad, dict(done.summary.outcomes)) == (8, {"new": 2})
    rows = list(csv.reader(io.StringIO("\n".join(done.lines))))
    refused = {row[1]: (row[5], row[6]) for row in rows if row[4] == "no"}
    assert {number: code for number, (code, _) in refused.items()} == {
        "3": "no_title", "4": "no_text", "5": "pay_unknown", "6": "date_unknown", "7": "dates_reversed",
        "8": "same_id_twice", "9": "too_many_cells", "10": "too_long",
    }  # fmt: skip
    assert refused["6"][1] == "「刊登日期」的日期「11/12/2026」看不懂。請寫成 2026-11-28 或 115/11/28。"


async def test_doubts_are_reported_and_nothing_is_changed_by_them(load, kept) -> None:  # type: ignore[no-untyped-def]
    rows = [
        "C1,作業員,甲,組裝,時薪150元,桃園市,,",
        "C2,作業員,乙,組裝,月薪196元,桃園市,,",
        "C3,作業員,丙,組裝，限女性，35歲以下,35000,火星,,",
        "C4,作業員,丁,組裝,待遇面議（經常性薪資達4萬元或以上）,桃園市,,2026-11-27",
    ]
    done = await load("a.csv", HEAD + "\n".join(rows))
    assert done.summary.bad == 0
    assert done.report.counts == {
        "pay_below_minimum": 1, "pay_unit_doubtful": 1, "unlawful_wording": 2, "pay_period_assumed": 1, "place_unknown": 1,
        "already_closed": 1,
    }  # fmt: skip
    assert (await kept("C2")).vacancy.pay.low == 196
    assert not (await kept("C4")).vacancy.pay.disclosed, "what the law says is not what the employer pays"
    assert (await kept("C4")).state == "expired"
    assert "每月 196 元不太可能" in "\n".join(done.lines)


async def test_only_a_whole_file_withdraws_and_never_by_mistake(load, kept) -> None:  # type: ignore[no-untyped-def]
    await load("a.csv", HEAD + FORKLIFT + SHOP)
    assert (await load("a.csv", HEAD + FORKLIFT)).summary.withdrawn == 0
    named = await load("a.csv", HEAD + FORKLIFT + "A2,,,,,,,\n", full=True)
    assert (named.summary.withdrawn, named.summary.kept_open) == (0, ""), "a bad row is still there"
    unnamed = await load("a.csv", HEAD + FORKLIFT + ",,某行,裝潢,,,,\n", full=True)
    assert (unnamed.summary.withdrawn, unnamed.summary.kept_open) == (0, "bad_rows")
    assert (await load("a.csv", HEAD + FORKLIFT, full=True, dry_run=True)).summary.withdrawn == 1
    assert (await kept("A2")).state == "open"
    assert (await load("a.csv", HEAD + FORKLIFT, full=True)).summary.withdrawn == 1
    assert (await kept("A2")).state == "withdrawn"
    assert dict((await load("a.csv", HEAD + SHOP)).summary.outcomes) == {"changed": 1}
    assert (await kept("A2")).state == "open"


async def test_what_jobtech_says_is_removed_is_withdrawn(load, kept) -> None:  # type: ignore[no-untyped-def]
    ad = {"id": "7", "headline": "Svetsare", "description": {"text": "Vi söker"}, "employer": {"name": "AB"}}
    await load("a.json", json.dumps([ad]))
    assert (await kept("7")).vacancy.language == "sv"
    done = await load("a.json", json.dumps([{"id": "7", "removed": True}]))
    assert done.summary.withdrawn == 1
    assert (await kept("7")).state == "withdrawn"


async def test_a_dry_run_writes_nothing(load, store: SqlStore) -> None:  # type: ignore[no-untyped-def]
    done = await load("a.csv", HEAD + FORKLIFT + SHOP, dry_run=True)
    assert dict(done.summary.outcomes) == {"new": 2}
    async with store.read() as work:
        assert await work.vacancies.counts() == {}


async def test_real_data_replaces_the_samples(load, store: SqlStore, bench: Workbench) -> None:  # type: ignore[no-untyped-def]
    sample = bench.words.sample_source
    await load("s.csv", HEAD + SHOP, source=sample)
    async with store.read() as work:
        assert await work.vacancies.counts() == {(sample, "open"): 1}
    done = await load("a.csv", HEAD + FORKLIFT)
    assert done.summary.samples_removed == 1
    async with store.read() as work:
        assert await work.vacancies.counts() == {(sample, "withdrawn"): 1, ("板", "open"): 1}


async def test_the_same_job_of_two_boards_is_one(load, kept) -> None:  # type: ignore[no-untyped-def]
    await load("a.csv", HEAD + FORKLIFT, source="甲板")
    other = FORKLIFT.replace("A1", "Z9").replace("堆高機司機", "【急徵】堆高機司機").replace("股份有限公司", "(股)公司")
    await load("b.csv", HEAD + other.replace("(股)公司", ""), source="乙板")
    second = await kept("Z9", "乙板")
    assert (second.state, second.duplicate_of) == ("duplicate", (await kept("A1", "甲板")).vacancy.id)


def test_no_cell_of_a_report_is_a_formula() -> None:
    for text in ("=1+1", "+cmd", "-2+3", "@x", "\t=1", " =1", "\n=1"):
        assert safe_cell(text).startswith("'"), text
    assert [safe_cell(value) for value in ("-5", "+3.5", 7, None, "職稱")] == ["-5", "+3.5", "7", "", "職稱"]


async def test_a_title_like_a_formula_is_safe_in_the_report(load) -> None:  # type: ignore[no-untyped-def]
    done = await load("a.csv", HEAD + '=x1,"=HYPERLINK(""http://x"")",某行,裝潢,時薪100元,宜蘭縣,,\n')
    (row,) = csv.reader(io.StringIO("\n".join(done.lines)))
    assert (row[2], row[3]) == ("'=x1", '\'=HYPERLINK("http://x")')


async def test_an_unreadable_file_says_so_and_leaves_the_store_alone(load, store: SqlStore) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UnreadableFile, match="no column is known"):
        await load("a.csv", "甲,乙\n1,2\n")
    async with store.read() as work:
        assert await work.vacancies.counts() == {}


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [("月薪四萬五~五萬", 45_000, 50_000), ("三萬二起", 32_000, None), ("時薪兩百", 200, None)],
)
async def test_pay_in_chinese_numerals(load, kept, written: str, low: int, high: int | None) -> None:  # type: ignore[no-untyped-def]
    await load("a.csv", HEAD + f"A1,廚師,海口,中餐備料,{written},屏東縣恆春鎮,115/11/20,115/12/31\n")
    pay = (await kept("A1")).vacancy.pay
    assert (pay.low, pay.high) == (low, high)
