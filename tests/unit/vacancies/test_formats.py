"""Each format, good and bad, as files that are written here; encodings found and named."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.vacancies.encodings import find_encoding
from app.vacancies.rows import BadRow, RawPosting
from app.vacancies.workbench import Workbench
from jobseeker.errors import ContentError, UnreadableFile
from tests.unit.vacancies.conftest import read_rows

HEADER = ["職缺編號", "職稱", "公司名稱", "工作內容", "薪資", "上班地點"]
ROW = ["A1", "堆高機司機", "安穩物流", "進出貨、堆高機操作", "月薪36000元", "桃園市中壢區"]
DAY = datetime(2026, 11, 8)  # noqa: DTZ001 - a workbook knows no zones
FIELDS = {
    "source_id": "A1", "title": "堆高機司機", "employer": "安穩物流", "text": "進出貨、堆高機操作", "pay": "月薪36000元", "place": "桃園市中壢區",
}  # fmt: skip
TABLE = "\r\n".join(",".join(cells) for cells in (HEADER, ROW)) + "\r\n"


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def fields_of(rows: list[RawPosting | BadRow]) -> list[Mapping[str, Any]]:
    assert all(isinstance(row, RawPosting) for row in rows), rows
    return [row.fields for row in rows if isinstance(row, RawPosting)]


def codes(rows: list[RawPosting | BadRow]) -> list[tuple[int, str]]:
    return [(row.number, row.reason.code) for row in rows if isinstance(row, BadRow)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp950", "big5hkscs"])
def test_csv_in_every_encoding_of_an_office(tmp_path: Path, bench: Workbench, encoding: str) -> None:
    path = write(tmp_path / "a.csv", TABLE.encode(encoding))
    assert fields_of(read_rows(path, bench)) == [FIELDS]


@pytest.mark.slow  # with `make test`
def test_big5_behind_a_long_ascii_beginning(tmp_path: Path, bench: Workbench) -> None:
    lines = ["id,title,company,description"] + [f"E{n},Welder,Long River,MIG and TIG welding" for n in range(60_000)]
    path = write(tmp_path / "a.csv", ("\n".join(lines) + "\nZ1,銲工,長河,會氬焊\n").encode("cp950"))
    rows = read_rows(path, bench)
    assert len(rows) == 60_001
    assert fields_of(rows)[-1]["title"] == "銲工"


def test_an_encoding_may_be_named(tmp_path: Path, bench: Workbench) -> None:
    simplified = TABLE.replace("職缺編號", "编号").replace("職稱", "title").replace("堆高機司機", "叉车司机，仓库")
    path = write(tmp_path / "a.csv", simplified.encode("gb18030"))
    assert fields_of(read_rows(path, bench, encoding="gb18030"))[0]["title"] == "叉车司机，仓库"
    with pytest.raises(UnreadableFile, match="no encoding called latin-99"):
        read_rows(path, bench, encoding="latin-99")


def test_simplified_chinese_is_not_taken_for_big5(tmp_path: Path) -> None:
    text = "职位名称,公司,工作内容\n" + "仓库管理员,安稳物流,负责货物的进出库、叉车操作以及每月的盘点工作\n" * 40
    assert find_encoding(write(tmp_path / "a.csv", text.encode("gb18030"))) in ("gb18030", "gbk", "gb2312")


def test_letters_that_are_none_are_a_bad_row(tmp_path: Path, bench: Workbench) -> None:
    path = write(
        tmp_path / "a.csv", TABLE.encode() + b"A2,\xff\xfe\xff,x,y,z,w\r\nA3,\xe9\x81\x8b\xe8\xbd\x89,x,y,,\r\n"
    )
    rows = read_rows(path, bench, encoding="utf-8")
    assert codes(rows) == [(3, "broken_characters")]
    assert [row.fields["source_id"] for row in rows if isinstance(row, RawPosting)] == ["A1", "A3"]


@pytest.mark.parametrize(("name", "delimiter"), [("a.tsv", "\t"), ("b.csv", ";"), ("c.txt", "|"), ("d.csv", "\t")])
def test_other_separators(tmp_path: Path, bench: Workbench, name: str, delimiter: str) -> None:
    path = write(tmp_path / name, "\n".join(delimiter.join(cells) for cells in (HEADER, ROW)))
    assert fields_of(read_rows(path, bench)) == [FIELDS]


def test_captions_above_the_header_are_no_header(tmp_path: Path, bench: Workbench) -> None:
    lines = ["XX就業服務站 115年11月徵才一覽表,,,,,", "", "製表日期：115/11/25,,,,,", *TABLE.splitlines()]
    assert fields_of(read_rows(write(tmp_path / "a.csv", "\n".join(lines)), bench)) == [FIELDS]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "XX就業服務站 115年11月徵才一覽表"
    sheet.merge_cells("A1:F1")
    for cells in ([], ["製表日期：115/11/25"], [], HEADER, ROW):
        sheet.append(cells)
    book.save(tmp_path / "a.xlsx")
    assert fields_of(read_rows(tmp_path / "a.xlsx", bench)) == [FIELDS]


@pytest.mark.parametrize("content", ["只有一欄\n第一列\n", "徵才一覽表,,\n"])
def test_a_file_of_captions_only_says_which_columns_were_seen(tmp_path: Path, bench: Workbench, content: str) -> None:
    with pytest.raises(UnreadableFile, match="no column is known as the title"):
        read_rows(write(tmp_path / "a.csv", content), bench)


def test_cells_with_line_breaks_keep_the_line_numbers_true(tmp_path: Path, bench: Workbench) -> None:
    table = '\n\n職稱,工作內容\n"司機","開車\n送貨"\n,\n"倉管","理貨",多,的\n技工,修車\n'
    rows = read_rows(write(tmp_path / "a.csv", table), bench)
    assert [(row.number, row.fields["text"]) for row in rows if isinstance(row, RawPosting)] == [
        (4, "開車\n送貨"),
        (8, "修車"),
    ]
    (bad,) = [row for row in rows if isinstance(row, BadRow)]
    assert (bad.number, bad.reason.code, bad.reason.values) == (7, "too_many_cells", {"value": 4, "expected": 2})


def test_tables_nobody_can_read_say_what_to_do(tmp_path: Path, bench: Workbench) -> None:
    with pytest.raises(UnreadableFile, match=r"no column is known as the title. The columns are: 甲, 乙. .*--columns"):
        read_rows(write(tmp_path / "a.csv", "甲,乙\n1,2\n"), bench)
    with pytest.raises(UnreadableFile, match="the file is empty"):
        read_rows(write(tmp_path / "b.csv", ""), bench)
    with pytest.raises(UnreadableFile, match="the file is empty"):
        read_rows(write(tmp_path / "c.csv", "\n\n"), bench)
    with pytest.raises(UnreadableFile, match="there is no file"):
        read_rows(tmp_path / "none.csv", bench)
    with pytest.raises(UnreadableFile, match="not an Excel workbook"):
        read_rows(write(tmp_path / "d.xlsx", "no zip"), bench)
    with pytest.raises(UnreadableFile, match="never closed"):
        read_rows(write(tmp_path / "e.csv", '職稱,工作內容\n司機,"開車\n' + "x" * 1_000_001), bench)
    with pytest.raises(UnreadableFile, match=r"name it \.html"):
        read_rows(write(tmp_path / "f", "<html></html>"), bench)


def test_a_column_map_of_the_operator(tmp_path: Path, bench: Workbench) -> None:
    where = tmp_path / "map.yml"
    where.write_text(
        "columns:\n  甲: title\n  乙: text\n  丙: text\n  職稱: ignore\ndefaults:\n  pay_period: hour\n  county: 花蓮縣\n",
        "utf-8",
    )
    path = write(tmp_path / "a.csv", "甲,乙,丙,職稱,縣市,丁\n搬運工,搬貨,夜間,不要,,x\n木工,裝潢,,,宜蘭縣,\n")
    first, second = fields_of(read_rows(path, bench, columns=where))
    assert first == {"title": "搬運工", "text": "搬貨\n夜間", "pay_period": "hour", "county": "花蓮縣"}
    assert second["county"] == "宜蘭縣"
    where.write_text("columns:\n  甲: titel\n", "utf-8")
    with pytest.raises(ContentError, match=r"map\.yml:2: `titel` is no field; there are"):
        read_rows(path, bench, columns=where)


def test_a_workbook(tmp_path: Path, bench: Workbench) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (
        [],
        [*HEADER, "刊登日期", "需求人數"],
        [*ROW, DAY, 3],
        [None] * 8,
        ["A2", "x", "y", "z", 200, "w", "", "", "too", "many"],
    ):
        sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    rows = read_rows(write(tmp_path / "a.xlsx", buffer.getvalue()), bench)
    assert fields_of(rows[:1]) == [{**FIELDS, "posted_on": DAY, "openings": 3}]
    assert codes(rows) == [(5, "too_many_cells")]
    assert len(read_rows(write(tmp_path / "no_suffix", buffer.getvalue()), bench)) == 2, (
        "a workbook is known by its bytes"
    )


POSTING = {
    "@context": "https://schema.org/",
    "@type": "JobPosting",
    "title": "Night auditor",
    "description": "<p>Check-in, <b>accounts</b></p><ul><li>Opera PMS</li><li>English &amp; Japanese</li></ul>",
    "identifier": {"@type": "PropertyValue", "name": "Cloud Hotel", "value": "CH-7"},
    "datePosted": "2026-11-20",
    "validThrough": "2026-12-31T23:59:00+08:00",
    "employmentType": ["FULL_TIME", "TEMPORARY"],
    "hiringOrganization": {"@type": "Organization", "name": "Cloud Hotel"},
    "jobLocation": [
        {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress", "streetAddress": "1 Gongyuan Rd", "addressLocality": "花蓮市", "addressRegion": "花蓮縣",
            },
            "geo": {"@type": "GeoCoordinates", "latitude": "23.98", "longitude": 121.61},
        },
        {"@type": "Place", "address": "Taipei"},
    ],
    "baseSalary": {
        "@type": "MonetaryAmount", "currency": "TWD",
        "value": {"@type": "QuantitativeValue", "minValue": 34000, "maxValue": 38000, "unitText": "MONTH"},
    },
    "experienceRequirements": {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": "6"},
    "totalJobOpenings": 2,
    "jobLocationType": "TELECOMMUTE",
}  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        POSTING,
        [POSTING],
        {"@context": "https://schema.org", "@graph": [{"@type": "Organization", "name": "x"}, POSTING]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "position": 1, "item": POSTING}]},
    ],
)
def test_json_ld(tmp_path: Path, bench: Workbench, document: Any) -> None:
    rows = read_rows(write(tmp_path / "a.json", json.dumps(document, ensure_ascii=False)), bench)
    found = [row for row in rows if isinstance(row, RawPosting)]
    assert len(found) == 1
    fields = found[0].fields
    assert fields["source_id"] == "CH-7"
    assert fields["text"] == "Check-in, accounts\nOpera PMS\nEnglish & Japanese"
    assert (fields["pay_low"], fields["pay_high"], fields["pay_period"]) == (34000, 38000, "month")
    assert (fields["county"], fields["district"], fields["lat"]) == ("花蓮縣", "花蓮市", "23.98")
    assert fields["remote"] == "yes"
    assert [note.code for note in found[0].notes] == ["several_places"]


def test_json_ld_in_a_page(tmp_path: Path, bench: Workbench) -> None:
    page = (
        "<html><head>\n<script>var x = '{';</script>\n"
        '<script type="application/ld+json">{"@type": "BreadcrumbList"}</script>\n'
        f'<script type="application/ld+json">\n{json.dumps(POSTING)}\n</script>'
        '<script type="application/ld+json">{"@type": "JobPosting", </script></head></html>'
    )
    rows = read_rows(write(tmp_path / "a.html", page), bench)
    assert [row.fields["title"] for row in rows if isinstance(row, RawPosting)] == ["Night auditor"]
    assert codes(rows) == [(6, "broken_json")]


def test_pay_in_another_currency_is_said_and_not_taken(tmp_path: Path, bench: Workbench) -> None:
    other = {**POSTING, "baseSalary": {"currency": "USD", "value": {"value": 3000, "unitText": "MONTH"}}}
    (row,) = read_rows(write(tmp_path / "a.json", json.dumps(other)), bench)
    assert isinstance(row, RawPosting)
    assert "pay_low" not in row.fields
    assert "pay_currency" in [note.code for note in row.notes]


AD = {
    "id": "29876543",
    "external_id": None,
    "webpage_url": "https://example.org/ad/29876543",
    "headline": "Truckförare till lager",
    "application_deadline": "2026-12-24T23:59:59",
    "number_of_vacancies": 4,
    "description": {"text": "Vi söker truckförare.", "text_formatted": "<p>Vi söker truckförare.</p>", "requirements": None},
    "employment_type": {"concept_id": "x", "label": "Tillsvidareanställning"},
    "salary_type": {"label": "Fast månads- vecko- eller timlön"},
    "salary_description": "Enligt avtal",
    "duration": {"label": "Tills vidare"},
    "working_hours_type": {"label": "Heltid"},
    "employer": {"phone_number": "08-000", "email": "x@example.org", "name": "Lagret AB", "workplace": "Lagret"},
    "experience_required": True,
    "driving_license": [{"label": "B"}],
    "occupation": {"concept_id": "y", "label": "Truckförare"},
    "workplace_address": {
        "municipality": "Solna", "region": "Stockholms län", "country": "Sverige", "street_address": "Vägen 1",
        "city": "Solna", "coordinates": [18.0, 59.36],
    },
    "must_have": {"skills": [{"label": "Truckkort", "weight": 10}], "languages": [{"label": "Svenska", "weight": 10}]},
    "nice_to_have": {"skills": [{"label": "Excel", "weight": 5}]},
    "publication_date": "2026-11-20T10:00:00",
    "removed": False,
}  # fmt: skip


@pytest.mark.parametrize("form", ["hits", "array", "lines"])
def test_jobtech(tmp_path: Path, bench: Workbench, form: str) -> None:
    gone = {"id": "11", "removed": True, "removed_date": "2026-11-21T00:00:00"}
    text = {
        "hits": json.dumps({"total": {"value": 2}, "freetext_concepts": {"skill": []}, "hits": [AD, gone]}),
        "array": json.dumps([AD, gone]),
        "lines": f"{json.dumps(AD)}\n{json.dumps(gone)}\n",
    }[form]
    first, second = fields_of(read_rows(write(tmp_path / "a.json", text), bench))
    assert first["title"] == "Truckförare till lager"
    assert first["employer"] == "Lagret AB"
    assert first["text"] == "Vi söker truckförare."
    assert "Truckkort" in first["requirements"]
    assert first["hours"] == "Heltid Tillsvidareanställning"
    assert (first["lat"], first["lon"]) == (59.36, 18.0)
    assert "08-000" not in json.dumps(first), "contact persons are left out"
    assert second == {"source_id": "11", "withdrawn": True, "language": "sv", "pay_undisclosed": True}


def test_json_lines_with_a_broken_line(tmp_path: Path, bench: Workbench) -> None:
    text = '\ufeff{"source_id": "1", "title": "木工", "text": "裝潢"}\n\n{"source_id": "2", "title"\n[1]\n{"source_id": "4", "職稱": "車床", "工作內容": "CNC"}\n'
    rows = read_rows(write(tmp_path / "a.jsonl", text), bench)
    assert codes(rows) == [(3, "broken_json"), (4, "not_a_posting")]
    assert [row.fields for row in rows if isinstance(row, RawPosting)][1] == {
        "source_id": "4",
        "title": "車床",
        "text": "CNC",
    }


def test_a_document_that_breaks_off_keeps_what_came_before(tmp_path: Path, bench: Workbench) -> None:
    text = json.dumps([{"title": f"t{n}", "text": "x"} for n in range(50)])
    rows = read_rows(write(tmp_path / "a.json", text[:-300]), bench)
    good = [row for row in rows if isinstance(row, RawPosting)]
    assert 20 < len(good) < 50
    assert codes(rows) == [(len(good) + 1, "broken_off")]


def test_json_that_is_none(tmp_path: Path, bench: Workbench) -> None:
    with pytest.raises(UnreadableFile, match="this is not JSON"):
        read_rows(write(tmp_path / "a.dat", "hello"), bench, format_="jobtech")
    assert codes(read_rows(write(tmp_path / "b.json", '[1, "x", {"@type": "Event"}]'), bench, format_="jsonld")) == [
        (1, "not_a_posting"),
        (2, "not_a_posting"),
        (3, "not_a_posting"),
    ]


def test_no_bytes_make_a_reader_fail_otherwise(tmp_path: Path, bench: Workbench) -> None:
    """Whatever a file holds: rows, bad rows, or a sentence that says the file cannot be read."""
    luck = random.Random(5)
    seen, refused = 0, 0
    whole = [TABLE.encode(), TABLE.encode("cp950"), json.dumps(POSTING).encode(), f"{json.dumps(AD)}\n".encode()]
    for _ in range(120):
        parts = [*whole, b'\x00\xff{[<"\r\n', luck.randbytes(40)]
        content = luck.choice(whole) + b"".join(
            luck.choice(parts)[luck.randrange(30) :] for _ in range(luck.randrange(3))
        )
        name = luck.choice(["a.csv", "a.json", "a.jsonl", "a.html", "a.xlsx", "a"])
        try:
            seen += len(read_rows(write(tmp_path / name, content), bench))
        except UnreadableFile:
            refused += 1
    assert seen > 50
    assert refused > 10
