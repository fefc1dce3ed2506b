"""Alerts: what is new and fits, once, not at night, not while a counsellor speaks, never after the stop word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from jobseeker.usecases.send_alerts import SendAlerts
from jobseeker.vacancies import Pay, Vacancy
from tests.doubles.vacancy_world import DAY, VACANCIES, Walk

pytestmark = pytest.mark.slow  # seconds each: with `make test`


QUARTER = 20 * 60  # seconds: longer than alert.check_minutes


def another(number: int, like: Vacancy = VACANCIES[0]) -> Vacancy:
    """One more warehouse job."""
    return replace(
        like, source_id=f"new{number}", employer=f"新公司{number}", posted_on=DAY, pay=Pay(Decimal(40000 + number))
    )


async def switched_on(person: Walk) -> SendAlerts:
    """Somebody with an alert for warehouse work in Taoyuan, and the worker's step."""
    await person.say("倉管，桃園，不要大夜", "find_jobs")
    await person.press("/alert on")
    await person.press("/alert yes")
    services = person.kit.services
    return SendAlerts(services.store, person.kit.clock, services.composer, services.signals, person.tools.toolbox)


async def comes_in(person: Walk, *vacancies: Vacancy) -> None:
    """New vacancies."""
    async with person.kit.services.store.write() as work:
        await work.vacancies.put(vacancies, now=person.kit.clock.now(), today=DAY)


async def digests(person: Walk) -> list[str]:
    """The alerts that were written, rendered, as JSON text."""
    rows = await person.kit.rows("SELECT rendered FROM outbox WHERE act = 'job_alert' ORDER BY seq")
    return [as_text(rendered) for (rendered,) in rows]


def as_text(value: object) -> str:
    """A JSON column as text: SQLite gives it so, PostgreSQL gives the value."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


async def test_nothing_new_sends_nothing(person: Walk) -> None:
    send = await switched_on(person)
    looked = await send()
    assert looked is not None
    assert looked.outcome == "nothing"
    assert await send() is None, "not due again yet"
    assert await digests(person) == []


async def test_a_new_vacancy_is_told_once(person: Walk) -> None:
    send = await switched_on(person)
    await comes_in(person, another(1), another(2, VACANCIES[5]))
    looked = await send()
    assert looked is not None
    assert (looked.outcome, looked.sent) == ("sent", 1), "cleaning is another kind of work"
    [digest] = await digests(person)
    assert "新公司1" in digest
    assert "停止通知" in digest
    assert "/alert off" in digest
    for _ in range(3):
        person.kit.later(QUARTER)
        await send()
    assert len(await digests(person)) == 1


async def test_within_the_hour_and_in_the_conversation(person: Walk) -> None:
    send = await switched_on(person)
    await send()
    await comes_in(person, another(1))
    waited = 0
    while not await digests(person):
        person.kit.later(60)
        waited += 60
        await send()
        assert waited <= 3600
    conversation = await person.kit.conversation(person.started)
    assert (await person.kit.transcript(person.started))[-1] == (conversation.next_seq - 1, "bot")


async def test_what_breaks_a_limit_or_was_put_aside_is_not_told(person: Walk, ids: Mapping[str, int]) -> None:
    send = await switched_on(person)
    await comes_in(person, another(1, VACANCIES[2]))
    assert VACANCIES[2].shifts == ("night",)
    await send()
    assert await digests(person) == []
    await comes_in(person, another(2))
    async with person.kit.services.store.read() as work:
        found = await work.vacancies.find("sample", "new2")
    assert found is not None
    await person.press(f"/not {found.vacancy.id}")
    person.kit.later(QUARTER)
    await send()
    assert await digests(person) == []


async def test_at_most_so_many_are_listed_and_all_are_counted(person: Walk) -> None:
    send = await switched_on(person)
    await comes_in(person, *(another(number) for number in range(8)))
    await send()
    [digest] = await digests(person)
    assert "有8個新的" in digest
    assert digest.count('"type": "vacancy"') == 5 or digest.count('"type":"vacancy"') == 5
    person.kit.later(QUARTER)
    await send()
    assert len(await digests(person)) == 1


@pytest.mark.parametrize(("hour_utc", "quiet"), [(12, False), (13, True), (23, True), (0, False), (16, True)])
async def test_quiet_hours_in_taipei(person: Walk, hour_utc: int, quiet: bool) -> None:
    send = await switched_on(person)
    await comes_in(person, another(1))
    person.kit.clock.at = person.kit.clock.at.replace(hour=hour_utc) + timedelta(days=1)
    await send()
    assert bool(await digests(person)) != quiet
    if quiet:
        person.kit.clock.at = person.kit.clock.at.replace(hour=0, minute=5) + timedelta(days=1)
        await send()
        assert len(await digests(person)) == 1, "told in the morning"


async def test_nothing_while_a_counsellor_speaks_and_then_all_of_it(person: Walk) -> None:
    send = await switched_on(person)
    await comes_in(person, another(1))
    case = await person.kit.services.open_case(person.started.conversation.id, reasons=["asked_for_human"])
    account = await person.kit.account()
    await person.kit.services.claim_case(account, case.id)
    assert await send() is None
    await person.kit.services.return_to_bot(account, case.id)
    await send()
    assert len(await digests(person)) == 1


async def test_nothing_while_a_crisis_is_open(person: Walk) -> None:
    send = await switched_on(person)
    await comes_in(person, another(1))
    await person.kit.services.open_case(person.started.conversation.id, reasons=["crisis"], urgency=0)
    assert await send() is None
    assert await digests(person) == []


async def test_nothing_to_somebody_who_is_gone(person: Walk) -> None:
    send = await switched_on(person)
    await comes_in(person, another(1))
    async with person.kit.services.store.write() as work:
        await work.channels.set_reachable(person.started.conversation.id, since=person.kit.clock.now())
    assert await send() is None


@pytest.mark.parametrize("word", ["停止通知", "停止通知。", "STOP", "取消订阅", "unsubscribe"])
async def test_the_stop_word_ends_it_at_once(person: Walk, word: str) -> None:
    send = await switched_on(person)
    received = await person.kit.say(person.started, word)
    assert received.settled, "no dialogue engine is needed"
    [reply] = await person.kit.replies_to(received)
    assert reply.say.key == "alert_off"
    await comes_in(person, another(1))
    assert await send() is None
    assert (await person.kit.rows("SELECT given FROM consent ORDER BY id"))[-1] == (0,)


async def test_the_stop_word_works_while_a_counsellor_speaks(person: Walk) -> None:
    await switched_on(person)
    case = await person.kit.services.open_case(person.started.conversation.id, reasons=["asked_for_human"])
    await person.kit.services.claim_case(await person.kit.account(), case.id)
    received = await person.kit.say(person.started, "停止通知")
    [reply] = await person.kit.replies_to(received)
    assert (reply.author, reply.say.key) == ("system", "alert_off")
    assert await person.kit.rows("SELECT active FROM job_alert") == [(0,)]


async def test_the_stop_word_without_an_alert_says_so_and_more_words_are_no_stop_word(person: Walk) -> None:
    received = await person.kit.say(person.started, "stop")
    [reply] = await person.kit.replies_to(received)
    assert reply.say.key == "alert_was_off"
    received = await person.kit.say(person.started, "我想停止通知公司離職的程序")
    assert not received.settled


async def test_withdrawn_consent_ends_it(person: Walk) -> None:
    send = await switched_on(person)
    conversation = await person.kit.conversation(person.started)
    async with person.kit.services.store.write() as work:
        await work.profiles.note_consent(
            conversation.person, "alerts", given=False, notice_version="x", now=person.kit.clock.now()
        )
    await comes_in(person, another(1))
    looked = await send()
    assert looked is not None
    assert looked.outcome == "stopped"
    assert await person.kit.rows("SELECT active FROM job_alert") == [(0,)]


async def test_a_lost_lease_writes_nothing(person: Walk) -> None:
    send = await switched_on(person)
    await comes_in(person, another(1))
    tools = await person.tools.toolbox(DAY)
    others: list[str] = []

    class Slow:
        """While it looks up the profile, the lease runs out and somebody else does the work."""

        def __getattr__(self, name: str) -> object:
            return getattr(tools.library, name)

        async def profile(self, who: str) -> object:
            person.kit.later(300)
            done = await send()
            others.append(done.outcome if done else "")
            return await tools.library.profile(who)

    async def slowly(day: object) -> object:
        return replace(tools, library=Slow())  # type: ignore[arg-type]

    late = SendAlerts(send.store, send.clock, send.composer, send.signals, slowly)  # type: ignore[arg-type]
    looked = await late()
    assert others == ["sent"]
    assert looked is not None
    assert looked.outcome == "lost"
    assert len(await digests(person)) == 1


async def test_every_alert_is_logged(person: Walk) -> None:
    send = await switched_on(person)
    await comes_in(person, another(1))
    await send()
    [(query, inbox_id)] = await person.kit.rows("SELECT query, inbox_id FROM match_log ORDER BY id DESC LIMIT 1")
    assert '"alert"' in as_text(query)
    assert inbox_id is None
