"""Cells to values: what offices write for dates, amounts and places."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from app.vacancies.addresses import AddressReader
from app.vacancies.values import Doubt, amounts, listed, read_date, read_number
from app.vacancies.workbench import Workbench
from content import load_places
from tests.conftest import ROOT

DAY = date(2026, 11, 8)
LATE = datetime(2026, 11, 8, 23, 0)  # noqa: DTZ001 - a workbook knows no zones


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-08", "2026/11/8", "2026.11.08", "2026年11月8日", "20261108", "115/11/08", "115年11月8日", "民國115年11月8日",
        "1151108", "２０２６／１１／０８", "8 Nov 2026", "November 8, 2026", "2026-11-08T09:30:00+08:00", "2026-11-07T16:30:00Z",
        "2026-11-08 00:00:00", DAY, LATE, datetime(2026, 11, 7, 20, 0, tzinfo=timezone.utc), 46334,
    ],
)  # fmt: skip
def test_days_are_read_however_they_are_written(written: object) -> None:
    assert read_date(written, "posted_on") == DAY


@pytest.mark.parametrize("written", ["11/08/2026", "8.11.2026", "next week", "2026-13-01", "115/2/30", "", "99999"])
def test_a_day_that_could_be_another_is_refused(written: str) -> None:
    with pytest.raises(Doubt) as refused:
        read_date(written, "posted_on")
    assert refused.value.reason.values == {"field": "posted_on", "value": written}


@pytest.mark.parametrize(
    ("written", "number"),
    [("36,000", 36000), ("３６０００", 36000), ("3.6萬", 36000), ("38K", 38000), ("NT$ 42,000", 42000), (45000.0, 45000), ("0", 0), ("-3", -3)],
)  # fmt: skip
def test_numbers(written: object, number: int) -> None:
    assert read_number(written, "pay_low") == Decimal(number)


@pytest.mark.parametrize("written", ["many", "3 or 4", "", "12x"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(Doubt):
        read_number(written, "openings")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("月薪36,000~42,000元", [36000, 42000]),
        ("3萬6到4萬2", [36000, 42000]),
        ("時薪 200 元起", [200]),
        ("NT$38k–45k / month", [38000, 45000]),
        ("年薪60萬以上，保障14個月", [600000]),
        ("底薪32000元,月休8天,獎金10%", [32000]),
    ],
)
def test_amounts_of_money(text: str, found: list[int]) -> None:
    assert amounts(text) == [Decimal(value) for value in found]


def test_lists_in_a_cell() -> None:
    assert listed("Excel、堆高機／開車; 英文,日文") == ["Excel", "堆高機", "開車", "英文", "日文"]
    assert listed("Excel, AP/AR") == ["Excel", "AP/AR"]
    assert listed(["a ", "", "b"]) == ["a", "b"]
    assert listed(None) == []


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        (["桃園市中壢區"], "tw_taoyuan_zhongli"),
        (["桃園市"], "tw_taoyuan"),
        (["桃園市", "桃園區"], "tw_taoyuan_taoyuan"),
        (["桃園中壢"], "tw_taoyuan_zhongli"),
        (["台北市大安區信義路四段1號"], "tw_taipei_daan"),
        (["台北市信義路五段"], "tw_taipei"),
        (["臺中市", "大安區"], "tw_taichung_daan"),
        (["新竹市東區"], "tw_hsinchu_city_east"),
        (["嘉義市西區"], "tw_chiayi_city_west"),
        (["新竹縣竹北市光明六路"], "tw_hsinchu_county_zhubei"),
        (["新北市板橋區中山路"], "tw_new_taipei_banqiao"),
        (["Zhongli District, Taoyuan City"], "tw_taoyuan_zhongli"),
        (["New Taipei City"], "tw_new_taipei"),
        (["Taipei"], "tw_taipei"),
        (["竹科"], "tw_hsinchu_city_east"),
        (["高雄市鳳山"], "tw_kaohsiung_fengshan"),
        (["高雄市路竹區中山路"], "tw_kaohsiung_luzhu"),
        (["高雄市路竹"], "tw_kaohsiung_luzhu"),
        (["台東市"], "tw_taitung_taitung"),
        (["永康區"], "tw_tainan_yongkang"),
        (["中山區"], ""),
        (["Stockholm"], ""),
        ([""], ""),
    ],
)
def test_fields_of_place_lead_to_the_narrowest_place(bench: Workbench, texts: list[str], place: str) -> None:
    assert AddressReader(load_places(ROOT)).find(*texts) == place


def test_every_name_of_every_place_leads_to_it(bench: Workbench) -> None:
    places = load_places(ROOT)
    reader = AddressReader(places)
    for place in places.values():
        county = places[place.county]
        for language in ("zh", "en"):
            inside = [county.name[language], "" if place.kind == "county" else place.name[language]]
            assert reader.find(*inside) == place.id, inside


def test_a_point_lies_in_the_nearest_district_or_nowhere() -> None:
    reader = AddressReader(load_places(ROOT))
    assert reader.nearest(24.966, 121.226) == "tw_taoyuan_zhongli"
    assert reader.nearest(59.33, 18.06) == ""
