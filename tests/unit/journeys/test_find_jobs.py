"""find_jobs: what a list is made from, what it leaves out openly, what there is where nothing fits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from jobseeker.journeys.listing import ranking_dict
from jobseeker.journeys.search import Search
from jobseeker.profile import Held, Profile, Wishes
from tests.doubles.vacancy_world import DAY, NOW, UNNAMED, VACANCIES, Walk

pytestmark = pytest.mark.slow  # with `make test`


def shown_ids(person: Walk) -> list[int]:
    """The vacancies of the last reply, in order."""
    return [card["id"] for reply in person.shown() for card in reply.cards if card["type"] == "vacancy"]


def shown_or_ranked(person: Walk) -> list[int]:
    """All that the last list ranked."""
    assert person.last is not None
    return [vacancy_id for vacancy_id, _ in person.last.effects[-1][1]["result"]["ranked"]]


async def test_asks_one_short_question_and_then_shows_a_list(person: Walk) -> None:
    await person.say("幫我找工作", "find_jobs")
    assert "想做什麼工作" in person.text()
    assert person.memory.ask == "wish"
    await person.say("倉管，桃園，不要大夜")
    assert person.memory.ask == "list"
    assert "倉管人員" in person.text()
    assert "桃園市" in person.text()
    assert "不要大夜班" in person.text()
    assert "1個沒列出：班別是您不要的" in person.text()
    assert "/lift shifts" in person.payloads()


async def test_work_that_a_saved_profile_says_no_to_is_not_listed(person: Walk, ids: Mapping[str, int]) -> None:
    await person.say("桃園的工作", "find_jobs")
    assert ids["v4"] in shown_or_ranked(person)
    kind = next(one.occupation_id for one in VACANCIES if one.source_id == "v4")
    wishes = Wishes(places=("tw_taoyuan",), avoid_occupations=(kind,))
    search = Search(Profile(wishes=wishes))
    person.memory = replace(person.memory, search=search.to_dict())
    await person.press("/weigh commute")
    assert ids["v4"] not in shown_or_ranked(person)
    wanted = replace(wishes, occupations=(kind,))
    assert Search(Profile(wishes=wanted)).avoided == (), "what is wished for now is no longer avoided"


async def test_who_has_no_answer_to_it_is_shown_some_and_a_person(person: Walk) -> None:
    await person.say("幫我找工作", "find_jobs")
    await person.say("不知道耶")
    assert person.memory.ask == "list"
    assert len(shown_ids(person)) == 3
    assert "/human" in person.payloads()


async def test_a_lifted_limit_lets_the_hidden_ones_in(person: Walk, ids: Mapping[str, int]) -> None:
    await person.say("倉管，桃園，不要大夜", "find_jobs")
    ranked = {
        match["vacancy_id"]
        for name, params in (person.last.effects if person.last else ())
        for match in params["result"]["matches"]
    }
    assert ids["v3"] not in ranked
    await person.press("/lift shifts")
    assert "班別是您不要的" not in person.text()
    last = person.last
    assert last is not None
    [(name, params)] = last.effects
    assert name == "log_match"
    assert ids["v3"] in [vacancy_id for vacancy_id, _ in params["result"]["ranked"]]


async def test_english_wishes(person: Walk) -> None:
    await person.say("warehouse work in Taoyuan, no night shift", "find_jobs")
    text = person.text("en")
    assert "warehouse clerk" in text
    assert "no night shift" in text
    assert "you have 1 of" not in text, "a wish is no claim that the person can do it"


async def test_what_a_sentence_says_the_person_can_do_counts_for_this_search_only(
    person: Walk, ids: Mapping[str, int]
) -> None:
    await person.say("I can drive a forklift, any jobs near Zhongli?", "find_jobs")
    assert shown_ids(person)[0] in (ids["v1"], ids["v2"])
    search = Search.from_dict(person.memory.search or {})
    assert [held.id for held in search.profile.held] == ["forklift_driving"]
    assert await person.kit.rows("SELECT count(*) FROM profile") == [(0,)]


async def test_a_saved_profile_is_enough(person: Walk, ids: Mapping[str, int]) -> None:
    conversation = await person.kit.conversation(person.started)
    profile = Profile(
        (Held("elder_care"), Held("personal_care"), Held("licence_care_training")),
        wishes=Wishes(occupations=("care_attendant",)),
        home="tw_taoyuan_bade",
        version=1,
    )
    async with person.kit.services.store.write() as work:
        await work.profiles.add(conversation.person, profile, inbox_id=None, now=NOW)
    await person.press("/jobs")
    assert shown_ids(person)[0] == ids["v8"]
    assert "需要的2項技能，您有2項" in person.text()


async def test_who_asks_for_one_kind_is_not_shown_what_names_none(person: Walk) -> None:
    async with person.kit.services.store.write() as work:
        await work.vacancies.put([UNNAMED], now=NOW, today=DAY)
    await person.say("倉管，桃園", "find_jobs")
    assert "急徵人員" not in person.text()
    assert "1個沒列出：沒有寫清楚是哪一種工作" in person.text()
    assert "您說過不適合您" not in person.text()
    await person.press("/lift occupation")
    assert "沒有寫清楚" not in person.text()
    assert person.last is not None
    assert len(person.last.effects[0][1]["result"]["ranked"]) == 10


async def test_more_pages_continue_without_repeating(person: Walk) -> None:
    await person.say("桃園的工作", "find_jobs")
    first = shown_ids(person)
    await person.press("/next")
    second = shown_ids(person)
    assert len({*first, *second}) == 6
    await person.press("/next")
    await person.press("/next")
    assert "都看過了" in person.text()
    assert "/human" in person.payloads()
    assert [one.rank for one in person.memory.listed] == sorted(one.rank for one in person.memory.listed)


async def test_refining_keeps_the_kind_of_work(person: Walk) -> None:
    await person.say("倉管，桃園", "find_jobs")
    await person.say("有沒有兼職的", "find_jobs")
    search = Search.from_dict(person.memory.search or {})
    assert "warehouse_clerk" in search.wishes.occupations
    assert search.wishes.places == ("tw_taoyuan",)
    assert search.wishes.hours == ("part_time",)
    assert "hours" in search.wishes.firm
    await person.say("有沒有會計的工作", "find_jobs")
    search = Search.from_dict(person.memory.search or {})
    assert "warehouse_clerk" not in search.wishes.occupations
    assert search.wishes.places == ("tw_taoyuan",), "the place still holds"


async def test_nearer_and_heavier_by_button(person: Walk) -> None:
    await person.say("倉管，中壢", "find_jobs")
    await person.press("/nearby 5")
    search = Search.from_dict(person.memory.search or {})
    assert (search.wishes.commute_km, "commute" in search.wishes.firm) == (5, True)
    assert "太遠" in person.text()
    await person.press("/weigh pay")
    assert "更重視薪水" in person.text()
    await person.press("/weigh name")
    assert Search.from_dict(person.memory.search or {}).wishes.weights == {"pay": 1.5}
    await person.press("/nearby far")
    assert Search.from_dict(person.memory.search or {}).wishes.commute_km == 5


async def test_near_me_without_a_place_asks_where(person: Walk) -> None:
    await person.say("找離家近的倉管", "find_jobs")
    assert "大概住在哪一區" in person.text()
    await person.say("中壢")
    search = Search.from_dict(person.memory.search or {})
    assert search.wishes.places == ("tw_taoyuan_zhongli",)
    assert search.wishes.weights["commute"] > 1
    assert "warehouse_clerk" in search.wishes.occupations


async def test_no_match_shows_the_nearest_with_the_limit_and_a_person(person: Walk, ids: Mapping[str, int]) -> None:
    await person.say("兼職的會計助理，花蓮", "find_jobs")
    await person.press("/nearby 3")
    assert "沒有職缺完全合您的條件" in person.text()
    assert shown_ids(person)
    assert "差在：" in person.text()
    assert {"/human", "/lift hours", "/lift commute"} <= set(person.payloads())


async def test_another_kind_of_work_is_not_passed_off_as_the_wished_one(person: Walk) -> None:
    await person.say("我要找護理師的工作，桃園", "find_jobs")
    assert "沒有職缺完全合您的條件" in person.text()
    assert "差在：不是您要的工作" in person.text()
    await person.press("/lift occupation")
    assert "目前沒有「護理師」的職缺" in person.text()
    assert "/human" in person.payloads()


async def test_every_list_is_logged_and_comes_out_the_same_again(person: Walk) -> None:
    await person.say("桃園的工作，不要大夜", "find_jobs")
    await person.press("/next")
    tools = await person.tools.toolbox(DAY)
    async with person.kit.services.store.read() as work:
        logs = [await work.match_log.by_inbox(person.started.conversation.id, number) for number in person.numbers]
    assert len(logs) == 2
    for log in logs:
        assert log is not None
        assert log.versions["revision"] == len(VACANCIES)
        query = log.query
        again = tools.ranker.rank(
            Search.from_dict(query["search"]), day=date.fromisoformat(query["day"]), limit=query["limit"]
        )
        shown = [match for match in again.matches if match.vacancy_id in query["shown"]]
        shown = tools.ranker.with_changes(
            Search.from_dict(query["search"]), shown, day=date.fromisoformat(query["day"])
        )
        kept = {name: value for name, value in log.result.items() if name not in ("facts", "rarity")}
        assert json.dumps(ranking_dict(again, shown), sort_keys=True) == json.dumps(kept, sort_keys=True)


@pytest.mark.parametrize("variety", ["zh-Hant", "zh-Hans", "en"])
async def test_every_card_says_what_it_must(person: Walk, variety: str) -> None:
    await person.say("倉管，桃園", "find_jobs")
    [reply] = person.shown(variety)
    assert len(reply.cards) == 3
    for card in reply.cards:
        for part in ("title", "employer", "place", "pay", "hours", "posted", "source", "url"):
            assert card[part], part
            assert card[part] in card["text"], part
        assert all(one in card["text"] for one in (*card["missing"], *card["changes"]))
        assert abs(sum(one["share"] for one in card["reasons"]) - 1) < 0.01
        assert {button["payload"].split()[0] for button in card["buttons"]} == {"/why", "/save", "/like", "/not"}
        assert all(len(button["title"]) <= 20 for button in card["buttons"])
        assert {"zh-Hant": "示範資料", "zh-Hans": "示范数据", "en": "sample data"}[variety] in card["source"]
    undisclosed = replace(VACANCIES[4])
    assert undisclosed.pay.low is None


async def test_another_kind_of_work_keeps_the_hours_and_the_pay_that_were_asked_for(person: Walk) -> None:
    await person.say("桃園 兼職 倉管 時薪200以上", "find_jobs")
    await person.say("有沒有會計的", seen="find_jobs")
    wishes = Search.from_dict(person.memory.search or {}).wishes
    assert wishes.hours == ("part_time",)
    assert wishes.pay_low == 200
    assert wishes.places == ("tw_taoyuan",)
    assert "warehouse_clerk" not in wishes.occupations


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("只要夜班，桃園", "shifts"),
        ("night shift only, Taoyuan", "shifts"),
        ("I want at least NT$40k a month in Taoyuan", "pay"),
        ("只要在家工作的", "remote"),
    ],
)
async def test_only_and_at_least_make_a_wish_a_limit(person: Walk, words: str, limit: str) -> None:
    await person.say(words, "find_jobs")
    assert limit in Search.from_dict(person.memory.search or {}).wishes.firm
    assert f"/lift {limit}" in person.payloads()


async def test_a_wish_without_only_stays_a_preference(person: Walk) -> None:
    await person.say("夜班，桃園，月薪四萬", "find_jobs")
    assert not {"shifts", "pay"} & set(Search.from_dict(person.memory.search or {}).wishes.firm)


async def test_a_place_alone_comes_before_vacancies_that_merely_ask_for_little(person: Walk) -> None:
    await person.say("桃園", "find_jobs")
    once = Search.from_dict(person.memory.search or {}).wishes.weights
    assert once["commute"] > 1
    assert "更重視距離" in person.text()
    await person.say("中壢", seen="find_jobs")
    assert Search.from_dict(person.memory.search or {}).wishes.weights == once, "said again it does not count twice"


async def test_a_question_for_work_from_home_is_a_wish(person: Walk) -> None:
    await person.say("可以在家工作的有嗎", "find_jobs")
    assert Search.from_dict(person.memory.search or {}).wishes.remote
