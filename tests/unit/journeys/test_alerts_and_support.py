"""Alerts are switched on after a plain question and off at once; barriers come before vacancies."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from content.journeys import fold, load_barriers, load_phrases
from content.pack import load_pack
from jobseeker.clock import TAIPEI
from tests.doubles.kit import real_content
from tests.doubles.vacancy_world import Walk

pytestmark = pytest.mark.slow  # with `make test`


async def alert(person: Walk) -> list[tuple[object, ...]]:
    """What is stored of it."""
    return await person.kit.rows("SELECT active, seen_revision FROM job_alert")


async def test_consent_is_asked_before_anything_is_kept(person: Walk) -> None:
    await person.say("倉管，桃園", "find_jobs")
    await person.press("/alert on")
    assert "停止通知" in person.text()
    assert "21點" in person.text()
    assert {"/alert yes", "/alert no"} <= set(person.payloads())
    assert await alert(person) == []
    await person.press("/alert no")
    assert await alert(person) == []
    assert "什麼都沒有存" in person.text()


@pytest.mark.parametrize("yes", ["button", "words"])
async def test_on_and_off_again(person: Walk, yes: str) -> None:
    await person.say("倉管，桃園", "find_jobs")
    await person.say("有新的通知我", "job_alert_on")
    if yes == "button":
        await person.press("/alert yes")
    else:
        await person.say("好", seen="affirm")
    assert await alert(person) == [(1, 9)]
    assert await person.kit.rows("SELECT purpose, given FROM consent ORDER BY id") == [("alerts", 1)]
    await person.say("有新的通知我", "job_alert_on")
    assert "已經打開" in person.text()
    await person.say("不要再傳了", "job_alert_off")
    assert await alert(person) == [(0, 9)]
    assert (await person.kit.rows("SELECT given FROM consent ORDER BY id"))[-1] == (0,)
    await person.press("/alert off")
    assert "沒有打開" in person.text()


async def test_what_is_neither_yes_nor_no_is_no_consent(person: Walk) -> None:
    await person.say("倉管，桃園", "find_jobs")
    await person.press("/alert on")
    await person.say("嗯？")
    assert await alert(person) == []


async def test_another_wish_in_words_is_what_is_looked_for(person: Walk) -> None:
    await person.say("以後台北有清潔的工作就通知我", "job_alert_on")
    assert "台北" in person.text() or "臺北市" in person.text()
    await person.press("/alert yes")
    [(query,)] = await person.kit.rows("SELECT query FROM job_alert")
    assert "tw_taipei" in query


async def test_without_any_wish_the_alert_asks_for_one(person: Walk) -> None:
    await person.press("/alert on")
    assert "先告訴我" in person.text()
    await person.press("/alert yes")
    assert await alert(person) == []


async def test_one_barrier_and_several(person: Walk) -> None:
    await person.say("小孩沒人帶，我怎麼出去做", "barrier_support")
    assert "照顧小孩" in person.text()
    assert "1957" in person.text()
    assert "/topic women_reentry" in person.payloads()
    await person.say("小孩沒人帶，又沒車", "barrier_support")
    assert "照顧小孩" in person.text()
    assert "交通" in person.text()
    assert "/human" in person.payloads()
    [reply] = person.shown("en")
    assert any("Welfare" in source.title for source in reply.sources)


async def test_an_unnamed_barrier_is_asked_for(person: Walk) -> None:
    await person.say("我有困難", "barrier_support")
    assert {f"/barrier {one}" for one in load_barriers(real_root())} <= set(person.payloads())
    await person.press("/barrier debt")
    assert "法律扶助" in person.text()
    await person.press("/barrier nothing")
    assert "/barrier debt" in person.payloads()


def real_root() -> Path:
    """Where the packs are."""
    from app.settings import Settings

    return Settings().content_dir


@pytest.mark.parametrize(
    ("text", "barrier"),
    [
        ("沒車怎麼上班", "transport"),
        ("我没有手机可以投简历", "device"),
        ("我欠很多債，薪水都被扣光", "debt"),
        ("我媽中風要人顧，我走不開", "caring"),
        ("我洗腎，一三五不能上班", "health"),
        ("I can't pay the rent", "housing"),
        ("my Chinese is not good enough", "language"),
        ("nobody to watch my kids", "childcare"),
    ],
)
def test_barriers_in_words(text: str, barrier: str) -> None:
    from jobseeker.journeys.support import named
    from jobseeker.journeys.toolbox import Asked

    class Tools:
        barriers = load_barriers(real_root())

    asked = Asked(text, None, "en", "p", 1, date(2026, 11, 28), folded=fold(text))
    assert [one.id for one in named(Tools(), asked)] == [barrier]  # type: ignore[arg-type]


def test_every_barrier_names_offices_and_topics_that_exist() -> None:
    pack, barriers = load_pack(real_root()), load_barriers(real_root())
    assert len(barriers) == 8
    for barrier in barriers.values():
        assert set(barrier.offices) <= set(pack.offices)
        assert set(barrier.topics) <= set(pack.topics)
        assert barrier.reviewed_on <= date(2026, 11, 28)


def test_words_and_rows_are_there() -> None:
    phrases = load_phrases(real_root())
    assert sorted(phrases.ordinals) == [1, 2, 3, 4, 5, 6]
    assert fold("停止通知") in phrases.stop_alerts
    assert real_content().pack.figures["alert.quiet_from"].rows[-1].value == 21
    assert TAIPEI.key == "Asia/Taipei"
