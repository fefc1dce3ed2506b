"""explain_match and contest_decision: by button and words; the reasons add up; a person gets all that is needed to check."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from jobseeker.usecases.review_result import ReviewResult
from tests.doubles.vacancy_world import Walk

pytestmark = pytest.mark.slow  # with `make test`


POINTS = {"zh-Hant": r"• (\S+) ([\d.]+)／([\d.]+)：", "en": r"• (.+?) ([\d.]+) of ([\d.]+):"}
TOTAL = {"zh-Hant": r"合計 ([\d.]+)／([\d.]+)", "en": r"Total ([\d.]+) of ([\d.]+)"}


async def searched(person: Walk) -> list[int]:
    """A list of three."""
    await person.say("倉管，桃園，不要大夜", "find_jobs")
    return [one.vacancy_id for one in person.memory.listed]


@pytest.mark.parametrize("variety", ["zh-Hant", "en"])
async def test_points_add_up_to_the_total_as_shown(person: Walk, variety: str) -> None:
    first, *_ = await searched(person)
    await person.press(f"/why {first}")
    text = person.text(variety)
    rows = re.findall(POINTS[variety], text)
    assert len(rows) == 12
    [(total, most)] = re.findall(TOTAL[variety], text)
    assert round(sum(float(points) for _, points, _ in rows), 1) == float(total)
    assert round(sum(float(limit) for _, _, limit in rows), 1) == float(most)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("為什麼排第一", 0),
        ("第二個為什麼推薦給我", 1),
        ("why is the third one there?", 2),
        ("第3个是怎么来的", 2),
        ("為什麼推這個給我", 0),
    ],
)
async def test_words_point_into_the_last_list(person: Walk, words: str, place: int) -> None:
    ids = await searched(person)
    await person.say(words, "explain_match")
    assert person.memory.focus == ids[place]
    assert f"/contest {ids[place]}" in person.payloads()


async def test_a_word_of_the_title_points_too_and_an_interruption_changes_nothing(
    person: Walk, ids: Mapping[str, int]
) -> None:
    await searched(person)
    memory = person.memory
    await person.say("小孩沒人帶", "barrier_support")
    assert person.memory.listed == memory.listed
    await person.say("那個組長的為什麼在這裡", "explain_match")
    assert person.memory.focus == ids["v5"]


async def test_without_a_list_there_is_nothing_to_explain(person: Walk) -> None:
    await person.say("為什麼排第一", "explain_match")
    assert "還沒有列出職缺" in person.text()
    assert {"/jobs", "/human"} <= set(person.payloads())


async def test_why_is_another_kind_not_there(person: Walk, ids: Mapping[str, int]) -> None:
    await searched(person)
    await person.say("為什麼沒有會計的工作", "explain_match")
    assert "「會計助理」有1個職缺" in person.text()
    assert person.memory.focus == ids["v7"]
    await person.say("為什麼沒有護理的工作", "explain_match")
    assert "現在沒有開放的職缺" in person.text()
    assert "/human" in person.payloads()


async def test_a_vacancy_that_breaks_a_limit_says_so(person: Walk, ids: Mapping[str, int]) -> None:
    await searched(person)
    await person.press(f"/why {ids['v3']}")
    assert "沒有列進去的原因：班別是您不要的" in person.text()


async def test_a_closed_vacancy_is_gone(person: Walk) -> None:
    await searched(person)
    await person.press("/why 99999")
    assert "已經關閉" in person.text()


async def test_contesting_opens_a_case_with_all_that_is_needed(person: Walk) -> None:
    first, *_ = await searched(person)
    list_inbox = person.numbers[-1]
    await person.say("第一個排得不公平，我有駕照", "contest_decision")
    [(case_id, reasons, urgency)] = await person.kit.rows("SELECT id, reasons, urgency FROM handoff_case")
    assert urgency == 2
    assert "contested_result" in reasons
    async with person.kit.services.store.read() as work:
        case = await work.cases.get(case_id)
        log = await work.match_log.by_inbox(person.started.conversation.id, list_inbox)
    assert case is not None
    assert case.detail is not None
    assert log is not None
    assert case.detail["match_log_id"] == log.id
    assert case.detail["vacancy_id"] == first
    assert case.detail["words"] == "第一個排得不公平，我有駕照"
    assert case.detail["versions"] == log.versions
    assert case.detail["due_on"] == "2026-11-30"
    assert case.to_dict(case.opened_at)["detail"]["due_on"] == "2026-11-30"
    outbox = [text for (text,) in await person.kit.rows("SELECT rendered FROM outbox ORDER BY seq")]
    assert f"案號{case_id}" in outbox[-1]
    assert "5個工作天" in outbox[-1]
    conversation = await person.kit.conversation(person.started)
    assert conversation.owner == "queued"


async def test_contesting_by_button_twice_keeps_one_case(person: Walk) -> None:
    await searched(person)
    await person.press("/contest last")
    await person.press("/contest last")
    assert await person.kit.rows("SELECT count(*) FROM handoff_case") == [(1,)]


async def test_contesting_what_an_office_decided_offers_a_counsellor(person: Walk) -> None:
    await person.say("你說我沒資格，我不服", "contest_decision")
    assert "/human" in person.payloads()
    assert "不是我" in person.text()
    assert await person.kit.rows("SELECT count(*) FROM handoff_case") == [(0,)]


@pytest.mark.parametrize("place", [None, 0, 2])
async def test_what_is_contested_is_worked_out_again_exactly(person: Walk, place: int | None) -> None:
    """The whole list, and one vacancy that was explained: there it is that one with its place, not the list held against it."""
    listed = await searched(person)
    if place is not None:
        await person.press(f"/why {listed[place]}")
    await person.press(f"/contest {listed[place or 0]}")
    [(case_id,)] = await person.kit.rows("SELECT id FROM handoff_case")
    services = person.kit.services
    review = ReviewResult(services.store, person.kit.clock, services.composer, services.signals, person.tools.toolbox)
    again = await review.rerun(await person.kit.account(), case_id)
    assert (again.same, again.changed) == (True, ())
    assert again.logged == again.now
    if place is None:
        assert [vacancy for vacancy, *_ in again.logged[:3]] == listed
        assert [row[2] for row in again.logged] == list(range(1, len(again.logged) + 1))
    else:
        assert [(row[0], row[2]) for row in again.logged] == [(listed[place], place + 1)]
    assert set(again.titles) == {vacancy for vacancy, *_ in again.logged}
    assert all(again.titles.values())
