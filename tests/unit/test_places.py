"""The places of Taiwan: all there, each where it can be, and each kind of mistake named with its line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from content import load_places
from content.places import places_file
from jobseeker.errors import ContentError
from jobseeker.places import distance_km

DISTRICTS = {  # districts, townships and cities below each county, as the Ministry of the Interior counts them
    "tw_taipei": 12, "tw_new_taipei": 29, "tw_keelung": 7, "tw_taoyuan": 13, "tw_hsinchu_city": 3,
    "tw_hsinchu_county": 13, "tw_miaoli": 18, "tw_taichung": 29, "tw_changhua": 26, "tw_nantou": 13,
    "tw_yunlin": 20, "tw_chiayi_city": 2, "tw_chiayi_county": 18, "tw_tainan": 37, "tw_kaohsiung": 38,
    "tw_pingtung": 33, "tw_yilan": 12, "tw_hualien": 13, "tw_taitung": 16, "tw_penghu": 6, "tw_kinmen": 6,
    "tw_lienchiang": 4,
}  # fmt: skip
FARTHEST_KM = {
    "tw_lienchiang": 65, "tw_kinmen": 135, "tw_taitung": 92, "tw_hualien": 98, "tw_pingtung": 82, "tw_kaohsiung": 78,
}  # fmt: skip
KNOWN = {  # published positions: town halls and stations
    "tw_taipei": (25.038, 121.564), "tw_kaohsiung_fengshan": (22.627, 120.361), "tw_nantou_puli": (23.966, 120.970),
    "tw_tainan_xinying": (23.307, 120.311), "tw_yunlin_douliu": (23.709, 120.543), "tw_taoyuan": (24.994, 121.297),
    "tw_taichung_fengyuan": (24.250, 120.717), "tw_pingtung_hengchun": (22.004, 120.744), "tw_penghu": (23.565, 119.586),
    "tw_kinmen_jincheng": (24.437, 118.318), "tw_lienchiang_nangan": (26.150, 119.933), "tw_yilan": (24.757, 121.753),
    "tw_hsinchu_county_zhubei": (24.838, 121.008), "tw_nantou_lugu": (23.746, 120.753), "tw_hualien": (23.977, 121.604),
}  # fmt: skip


def test_every_county_and_district_is_there(root: Path) -> None:
    places = load_places(root)
    assert sum(place.kind == "county" for place in places.values()) == 22
    assert Counter(place.county for place in places.values() if place.kind == "district") == DISTRICTS
    assert sum(DISTRICTS.values()) == 368


def test_every_place_lies_where_it_can(root: Path) -> None:
    places = load_places(root)
    for place in places.values():
        county = places[place.county]
        assert 21.8 < place.lat < 26.5, place
        assert 118.1 < place.lon < 122.1, place
        away = distance_km(place.lat, place.lon, county.lat, county.lon)
        assert away < FARTHEST_KM.get(place.county, 50), (place.id, round(away))
    for place_id, (lat, lon) in KNOWN.items():
        assert distance_km(places[place_id].lat, places[place_id].lon, lat, lon) < 4, place_id


def test_names_lead_to_one_place_within_a_county(root: Path) -> None:
    places = load_places(root)
    assert places["tw_taipei"].aliases["zh"] == ("台北市",)
    assert "Daan" in places["tw_taipei_daan"].aliases["en"]
    owners: dict[str, set[str]] = {}
    for place in places.values():
        for name in place.aliases["zh"] + place.aliases["en"]:
            owners.setdefault(name, set()).add(place.id)
    assert owners["竹科"] == {"tw_hsinchu_city_east"}
    assert owners["桃園機場"] == {"tw_taoyuan_dayuan"}
    shared = {name for name, ids in owners.items() if len({places[i].county for i in ids}) < len(ids)}
    assert shared == set(), "an alias for two places of one county decides nothing"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("25.0264,121.5345", "somewhere,121.5345", "`lat` should be a number of degrees, not `somewhere`"),
        ("25.0264,121.5345", "125.0264,121.5345", "`lat` should lie between -90 and 90"),
        ("tw_taipei_daan,district", "tw_taipei_daan,village", "`kind` should be county or district"),
        ("tw_taipei_daan,district", "tw_taipei_xinyi,district", "the id `tw_taipei_xinyi` stands in line"),
        ("tw_taipei_daan,district", "Daan,district", "is no id"),
        ("大安區,Da'an District,tw_taipei,", "大安區,Da'an District,tw_tapei,", "the county `tw_tapei` is not in this file"),
        ("大安區,Da'an District,tw_taipei,", ",Da'an District,tw_taipei,", "`name_zh` is empty"),
        ("大安區,Da'an District,tw_taipei,25.0264", "大安區,Da'an District,tw_taipei", "the row has 8 cells, not 9"),
        ("大安區,Da'an District,tw_taipei,", "信義區,Da'an District,tw_taipei,", "`信義區` is the name of"),
        ("25.0264,121.5345", "25.0350,121.4997", "lies at the very point of `tw_taipei_daan`"),
        ("id,kind,", "id,kin,", "the column `kind` is missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path: Path, root: Path, right: str, wrong: str, message: str) -> None:
    path = tmp_path / "packs" / "tw" / "places.csv"
    path.parent.mkdir(parents=True)
    text = (root / "packs" / "tw" / "places.csv").read_text("utf-8")
    assert text.count(right) == 1
    path.write_text(text.replace(right, wrong), "utf-8")
    _, problems, _ = places_file(tmp_path, "tw")
    assert any(message in p.problem and p.file == "packs/tw/places.csv" and p.line >= 1 for p in problems), problems
    with pytest.raises(ContentError, match=r"packs/tw/places\.csv:\d+: "):
        load_places(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="the file is missing"):
        load_places(tmp_path)
