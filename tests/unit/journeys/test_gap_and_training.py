"""skill_gap, "what if", explore_occupations, find_training: what is there, what comes close, what is missing, and which course."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from jobseeker.journeys.gaps import gap_of
from jobseeker.journeys.occupations import options
from jobseeker.journeys.training import courses_for
from jobseeker.profile import Held, Job, Profile, Wishes
from tests.doubles.vacancy_world import COURSES, DAY, Walk

pytestmark = pytest.mark.slow  # with `make test`


def shown_titles(person: Walk, kind: str) -> list[str]:
    """Titles of the last reply's cards."""
    return [card["title"] for reply in person.shown() for card in reply.cards if card["type"] == kind]


async def test_gap_to_an_occupation_in_words(person: Walk) -> None:
    await person.say("我想當堆高機司機還缺什麼", "skill_gap")
    text = person.text()
    assert "做「堆高機駕駛」" in text
    assert "還缺（必要）：堆高機操作，有2門課" in text
    assert "目前沒有查到課程" in text
    assert "/courses forklift_driving" in person.payloads()
    assert person.last is not None
    assert person.last.effects[0][0] == "log_match"


async def test_gap_counts_what_is_held_and_what_comes_close(person: Walk) -> None:
    taxonomy = (await person.tools.toolbox(DAY)).taxonomy
    held, near = next((one, other) for one in sorted(taxonomy.skills) for other in taxonomy.transferable(one))
    gap = gap_of(taxonomy, Profile((Held(held),)), [held, near, "nursing"], ["excel"])
    assert gap.held == (held,)
    assert gap.near == ((near, held),)
    assert gap.missing == ("nursing",)
    assert gap.optional_missing == ("excel",)
    assert gap.to_learn == ("nursing", near, "excel")


async def test_gap_to_a_vacancy_names_its_licence(person: Walk, ids: Mapping[str, int]) -> None:
    await person.say("倉管，桃園", "find_jobs")
    await person.press(f"/gap {ids['v2']}")
    assert "堆高機操作技術士（單一級）" in person.text()
    assert person.memory.occupation == "forklift_driver"


async def test_gap_without_a_target_asks_for_one(person: Walk) -> None:
    await person.say("我還缺什麼", "skill_gap")
    assert "哪一種工作" in person.text()
    await person.press("/gap no_such_occupation")
    assert "哪一種工作" in person.text()


async def test_what_if_tells_old_and_new_places_and_saves_nothing(person: Walk, ids: Mapping[str, int]) -> None:
    await person.say("倉管，桃園，不要大夜", "find_jobs")
    before = person.memory.search
    await person.press("/with excel")
    assert "如果您會「Excel」" in person.text()
    assert "第1名　倉儲組長（本來第2名）" in person.text()
    assert person.memory.search == before
    await person.press("/with no_such_skill")
    assert "第1名" in person.text()


async def test_courses_for_beginners_come_first_for_who_has_nothing_near(person: Walk) -> None:
    await person.say("我想學開堆高機", "find_training")
    assert shown_titles(person, "course") == ["堆高機操作初級班", "堆高機進階"]
    text = person.text()
    assert "初學者可以上" in text
    assert "學費8,000元" in text
    assert "補助80%，自己大約付1,600元" in text
    assert "來源沒有寫補助多少" in text
    assert "/topic training_living_allowance" in person.payloads()


async def test_no_course_is_said_plainly(person: Walk) -> None:
    await person.press("/courses nursing")
    assert "現在沒有查到" in person.text()
    assert "0800-777-888" in person.text()
    assert {"/human", "/topic pre_employment_training"} <= set(person.payloads())
    await person.say("想上課", "find_training")
    assert "想學什麼" in person.text() or "現在沒有查到" in person.text()


async def test_a_course_that_has_begun_is_not_offered_and_one_course_is_shown_whole(
    person: Walk, ids: Mapping[str, int]
) -> None:
    await person.press("/courses inventory_count")
    assert "現在沒有查到" in person.text()
    await person.press(f"/course {ids['c3']}")
    assert "Excel 入門" in person.text()
    assert "免學費" in person.text()
    await person.press(f"/course {ids['c5']}")
    assert "已經開始" in person.text()


@pytest.mark.parametrize(
    ("held", "near", "first"),
    [((), ("tw_taoyuan",), "c1"), (("forklift_driving",), ("tw_taoyuan",), "c2"), ((), ("tw_taipei",), "c1")],
)
async def test_order_of_courses(person: Walk, held: tuple[str, ...], near: tuple[str, ...], first: str) -> None:
    tools = await person.tools.toolbox(DAY)
    profile = Profile(tuple(Held(one) for one in held))
    found = courses_for(tools.taxonomy, tools.places, COURSES, ["forklift_driving"], profile, near=near, day=DAY)
    assert found[0].source_id == first
    assert found == courses_for(
        tools.taxonomy, tools.places, COURSES[::-1], ["forklift_driving"], profile, near=near, day=DAY
    )


async def test_exploring_shows_shared_and_missing_skills_and_open_vacancies(person: Walk) -> None:
    await person.say("我會倉庫作業和盤點，還能做什麼", "explore_occupations")
    cards = [card for reply in person.shown() for card in reply.cards]
    assert len(cards) >= 3
    assert all(card["shared"] for card in cards)
    assert all(card["buttons"][0]["payload"] == f"/gap {card['id']}" for card in cards)
    assert any("個職缺" in card["open"] for card in cards)


async def test_exploring_without_anything_known_asks(person: Walk) -> None:
    await person.press("/explore")
    assert "會什麼或做過什麼" in person.text()
    assert person.memory.ask == "explore"
    await person.say("做過會計")
    assert [card for reply in person.shown() for card in reply.cards]


async def test_options_leave_out_what_was_done_or_is_not_wanted(person: Walk) -> None:
    taxonomy = (await person.tools.toolbox(DAY)).taxonomy
    profile = Profile(
        (Held("loading_unloading"), Held("warehouse_work")),
        (Job("warehouse_clerk"),),
        Wishes(occupations=("warehouse_picker",)),
    )
    found = [one.occupation for one in options(taxonomy, profile, {}, avoid=["forklift_driver"])]
    assert found
    assert not {"warehouse_clerk", "warehouse_picker", "forklift_driver"} & set(found)
