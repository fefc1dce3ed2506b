"""Not for me, save, compare: respected in the very next list, and undone by one press."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from jobseeker.journeys.search import Search
from jobseeker.storage_jobs import SAVED
from tests.doubles.vacancy_world import Walk
from tests.unit.journeys.test_find_jobs import shown_ids

pytestmark = pytest.mark.slow  # seconds each: with `make test`


async def test_not_for_me_asks_why_and_the_list_heeds_it(person: Walk, ids: Mapping[str, int]) -> None:
    await person.say("倉管，桃園", "find_jobs")
    await person.press(f"/not {ids['v4']}")
    assert {"/because too_far", "/because other", "/because undo"} <= set(person.payloads())
    await person.press("/because too_far")
    assert ids["v4"] not in shown_ids(person)
    assert "1個沒列出：您說過不適合您" in person.text()
    assert "更重視距離" in person.text()
    assert await person.kit.rows("SELECT vacancy_id, kind, reason FROM vacancy_mark") == [
        (ids["v4"], "not_for_me", "too_far")
    ]
    await person.press("/jobs")
    assert ids["v4"] not in [
        vacancy_id for vacancy_id, _ in (person.last.effects[0][1]["result"]["ranked"] if person.last else [])
    ]


async def test_undo_brings_it_back(person: Walk, ids: Mapping[str, int]) -> None:
    await person.say("倉管，桃園", "find_jobs")
    await person.press(f"/not {ids['v4']}")
    await person.press("/because not_my_work")
    assert ids["v4"] not in shown_ids(person)
    await person.press("/because undo")
    assert ids["v4"] in shown_ids(person)
    assert await person.kit.rows("SELECT count(*) FROM vacancy_mark") == [(0,)]


async def test_not_my_kind_of_work_hides_its_like_unless_it_was_asked_for(person: Walk, ids: Mapping[str, int]) -> None:
    await person.say("桃園的工作", "find_jobs")
    await person.press(f"/not {ids['v3']}")
    await person.press("/because not_my_work")
    assert person.last is not None
    ranked = [vacancy_id for vacancy_id, _ in person.last.effects[-1][1]["result"]["ranked"]]
    assert ids["v4"] not in ranked, "the same occupation"
    assert ids["v1"] in ranked


async def test_own_words_are_kept_and_other_work_is_no_reason(person: Walk, ids: Mapping[str, int]) -> None:
    await person.say("倉管，桃園", "find_jobs")
    await person.press(f"/not {ids['v1']}")
    await person.press("/because other")
    assert person.memory.ask == "reason"
    await person.say("老闆以前欠薪過")
    assert await person.kit.rows("SELECT reason FROM vacancy_mark") == [("老闆以前欠薪過",)]
    await person.press(f"/not {ids['v5']}")
    await person.say("找會計的工作", seen="find_jobs")
    assert "accounting_clerk" in Search.from_dict(person.memory.search or {}).wishes.occupations


async def test_saving_listing_and_comparing(person: Walk, ids: Mapping[str, int]) -> None:
    await person.press("/saved")
    assert "還沒有存" in person.text()
    await person.press("/compare")
    assert "兩個以上" in person.text()
    await person.say("倉管，桃園", "find_jobs")
    await person.press(f"/save {ids['v1']}")
    assert "一共1個" in person.text()
    await person.press(f"/save {ids['v5']}")
    await person.press("/saved")
    assert set(shown_ids(person)) == {ids["v1"], ids["v5"]}
    await person.press("/compare")
    [card] = [card for reply in person.shown() for card in reply.cards]
    assert card["type"] == "compare"
    assert len(card["columns"]) == 2
    assert all(len(row["cells"]) == 2 and all(row["cells"]) for row in card["rows"])
    assert all(cell in card["text"] for row in card["rows"] for cell in row["cells"])
    await person.press(f"/save {ids['v1']}")
    assert "不再存著" in person.text()
    assert await person.kit.rows(f"SELECT count(*) FROM vacancy_mark WHERE kind = '{SAVED}'") == [(1,)]


async def test_marks_on_what_is_not_there_are_refused(person: Walk) -> None:
    for payload in ("/not 99999", "/save 99999", "/save nonsense"):
        await person.press(payload)
        assert "已經關閉" in person.text()
    assert await person.kit.rows("SELECT count(*) FROM vacancy_mark") == [(0,)]


async def test_more_like_this(person: Walk, ids: Mapping[str, int]) -> None:
    await person.say("倉管，桃園", "find_jobs")
    await person.press(f"/like {ids['v4']}")
    assert "類似的職缺" in person.text()
    assert ids["v4"] not in shown_ids(person)
    assert "warehouse_picker" in Search.from_dict(person.memory.search or {}).wishes.occupations
