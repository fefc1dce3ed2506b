"""From a message in to its reply: order, once only, never silence."""

from __future__ import annotations

import asyncio

import pytest

from jobseeker.errors import DialogueProtocol, DialogueUnavailable, EmptyText, TextTooLong, UnknownConversation
from jobseeker.ports import TurnRequest
from jobseeker.usecases.answer_message import RetryPolicy
from store.messages import InboxRepository, OutboxRepository
from tests.doubles.kit import Kit


async def test_the_greeting_is_reply_one(kit: Kit) -> None:
    started = await kit.start("en")
    assert started.greeting.seq == 1
    assert started.greeting.rendered is not None
    assert "program" in started.greeting.rendered["text"]
    assert await kit.transcript(started) == [(1, "bot")]


async def test_a_question_is_answered_with_its_figures_and_source(kit: Kit) -> None:
    started = await kit.start()
    (reply,) = await kit.ask(started, "失業給付可以領多少")
    assert reply.rendered is not None
    assert (reply.act, reply.topic, reply.author) == ("faq", "ui_amount", "bot")
    assert "60%" in reply.rendered["text"]
    assert reply.rendered["sources"]
    ((versions,),) = await kit.rows(f"SELECT versions FROM outbox WHERE id = {reply.id}")
    assert "unemployment.rate" in str(versions)
    conversation = await kit.conversation(started)
    assert (conversation.last_topic, conversation.last_act, conversation.failed_turns) == ("ui_amount", "faq", 0)
    assert conversation.lease_token is None


async def test_what_was_understood_is_kept_with_the_message(kit: Kit) -> None:
    started = await kit.start()
    received = await kit.say(started, "失業給付可以領多少")
    await kit.work()
    ((understanding, state),) = await kit.rows(f"SELECT understanding, state FROM inbox WHERE id = {received.inbox_id}")
    assert "faq/ui_amount" in str(understanding)
    assert state == "done"


async def test_the_engine_gets_the_context_of_the_conversation(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "失業給付可以領多少")
    await kit.ask(started, "???")
    await kit.ask(started, "謝謝", payload="/topic ui_duration")
    last = kit.dialogue.requests[-1]
    assert last.context.to_dict() == {"last_topic": "ui_amount", "last_act": "faq", "failed_turns": 1}
    assert (last.command, last.text) == ("/topic ui_duration", "謝謝")


async def test_text_reaches_the_engine_without_a_slash(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/greet{}")
    await kit.ask(started, "///")
    assert [request.text for request in kit.dialogue.requests] == ["greet{}", "?"]
    assert [request.command for request in kit.dialogue.requests] == ["", ""]


async def test_the_same_event_is_kept_once(kit: Kit) -> None:
    started = await kit.start()
    first = await kit.say(started, "失業給付可以領多少", client_id="a")
    again = await kit.say(started, "失業給付可以領多少", client_id="a")
    await kit.work()
    after = await kit.say(started, "something else", client_id="a")
    assert (again.inbox_id, again.seq, again.duplicate) == (first.inbox_id, first.seq, True)
    assert (after.inbox_id, after.duplicate, after.settled) == (first.inbox_id, True, True)
    assert await kit.transcript(started) == [(1, "bot"), (2, "jobseeker"), (3, "bot")]
    assert len(kit.dialogue.requests) == 1


async def test_the_same_event_many_times_at_once_is_kept_once(kit: Kit) -> None:
    started = await kit.start()
    received = await asyncio.gather(*(kit.say(started, "可以領多少", client_id="a") for _ in range(10)))
    assert len({item.inbox_id for item in received}) == 1
    assert sorted(item.duplicate for item in received) == [False] + [True] * 9
    assert (await kit.conversation(started)).next_seq == 3


async def test_two_people_may_use_the_same_message_id(kit: Kit) -> None:
    one, other = await kit.start(), await kit.start()
    first, second = await kit.say(one, "可以領多少", client_id="1"), await kit.say(other, "可以領多少", client_id="1")
    assert not first.duplicate
    assert not second.duplicate


@pytest.mark.parametrize("token", ["", "wrong", "\ud800", "a" * 5000])
async def test_a_stolen_id_opens_nothing(kit: Kit, token: str) -> None:
    started = await kit.start()
    thief = type(started)(started.conversation, token, started.greeting)
    with pytest.raises(UnknownConversation):
        await kit.say(thief, "hello")
    with pytest.raises(UnknownConversation):
        await kit.conversation(thief)
    other = await kit.start()
    with pytest.raises(UnknownConversation):  # another conversation's token
        await kit.services.read_conversation(started.conversation.id, other.token)
    assert await kit.transcript(started) == [(1, "bot")]
    assert (await kit.conversation(started)).next_seq == 2


@pytest.mark.parametrize(
    ("text", "problem"), [("", EmptyText), (" \n\t\u200b\x00 ", EmptyText), ("字" * 4001, TextTooLong)]
)
async def test_what_cannot_be_taken_leaves_nothing_behind(kit: Kit, text: str, problem: type[Exception]) -> None:
    started = await kit.start()
    with pytest.raises(problem):
        await kit.say(started, text)
    assert await kit.rows("SELECT id FROM inbox") == []


@pytest.mark.parametrize("text", ["😀", "a\x00b", "字" * 4000, "'; DROP TABLE inbox; --", "\u202e反轉", "a\r\nb"])
async def test_odd_text_is_taken_and_answered(kit: Kit, text: str) -> None:
    started = await kit.start()
    assert await kit.ask(started, text)
    ((kept,),) = await kit.rows("SELECT text FROM inbox")
    assert "\x00" not in kept
    assert "\r" not in kept


async def test_messages_of_one_person_stay_in_order_one_at_a_time(kit: Kit) -> None:
    started = [await kit.start() for _ in range(3)]
    for number in range(4):
        for conversation in started:
            await kit.say(conversation, f"謝謝 {number}")
    await asyncio.gather(*(kit.work() for _ in range(6)))
    asked: dict[str, list[str]] = {}
    for request in kit.dialogue.requests:
        asked.setdefault(request.conversation_id, []).append(request.text)
    assert list(asked.values()) == [[f"謝謝 {number}" for number in range(4)]] * 3
    assert kit.dialogue.most_at_once <= 3
    for conversation in started:
        authors = [author for _, author in await kit.transcript(conversation)]
        assert authors == ["bot"] + ["jobseeker"] * 4 + ["bot"] * 4


async def test_a_leased_conversation_is_left_alone(kit: Kit) -> None:
    started = await kit.start()
    await kit.say(started, "可以領多少")
    seen: list[object] = []

    async def look(_: TurnRequest) -> None:
        seen.append(await kit.services.answer_message(started.conversation.id))
        seen.append(await kit.services.answer_message())

    kit.dialogue.before = look
    await kit.work()
    assert seen == [None, None]
    assert len(kit.dialogue.requests) == 1


async def test_a_worker_that_lost_its_lease_says_nothing(kit: Kit) -> None:
    started = await kit.start()
    received = await kit.say(started, "可以領多少")
    outcomes: list[str] = []

    async def be_slow(request: TurnRequest) -> None:
        kit.dialogue.before = None
        kit.later(kit.services.settings.lease_seconds + 1)
        outcomes.extend(await kit.work())  # another worker takes over meanwhile

    kit.dialogue.before = be_slow
    outcomes += await kit.work()
    assert outcomes == ["done", "lost"]
    assert len(await kit.replies_to(received)) == 1


async def test_a_failed_turn_is_tried_again_and_keeps_the_order(kit: Kit) -> None:
    started = await kit.start()
    first = await kit.say(started, "可以領多少")
    second = await kit.say(started, "謝謝")
    kit.dialogue.problems = [DialogueUnavailable("down"), DialogueUnavailable("down")]
    assert await kit.work() == ["retry"]  # the second message must not overtake the first
    assert (await kit.conversation(started)).lease_token is None
    kit.later(0.6)
    assert await kit.work() == ["retry"]
    kit.later(1.2)
    assert await kit.work() == ["done", "done"]
    assert [request.inbox_id for request in kit.dialogue.requests] == [first.inbox_id] * 3 + [second.inbox_id]


async def test_after_the_last_attempt_it_says_sorry_offers_a_person_and_raises_an_alert(kit: Kit) -> None:
    started = await kit.start("en")
    received = await kit.say(started, "how much do I get")
    kit.dialogue.problems = [DialogueUnavailable("down")] * 50
    outcomes = []
    for _ in range(kit.services.settings.answer_attempts):
        outcomes += await kit.work()
        kit.later(20)
    assert outcomes == ["retry"] * 10 + ["dead"]
    (reply,) = await kit.replies_to(received)
    assert reply.rendered is not None
    assert "sorry" in reply.rendered["text"]
    assert "how much do I get" in reply.rendered["text"]
    assert "/human" in [button["payload"] for button in reply.rendered["buttons"]]
    assert await kit.rows("SELECT kind FROM alert") == [("dead_letter",)]
    kit.dialogue.problems = []
    assert await kit.ask(started, "thanks")  # the conversation goes on


async def test_an_answer_that_is_not_the_contract_is_given_up_sooner(kit: Kit) -> None:
    started = await kit.start()
    await kit.say(started, "可以領多少")
    kit.dialogue.problems = [DialogueProtocol("nonsense")] * 50
    outcomes = []
    for _ in range(5):
        outcomes += await kit.work()
        kit.later(20)
    assert outcomes == ["retry", "retry", "dead"]


async def test_a_mistake_of_ours_is_no_silence_either(kit: Kit) -> None:
    started = await kit.start()
    received = await kit.say(started, "可以領多少")
    kit.dialogue.problems = [KeyError("a bug")] * 50
    for _ in range(kit.services.settings.answer_attempts):
        await kit.work()
        kit.later(20)
    assert len(await kit.replies_to(received)) == 1
    errors = await kit.rows("SELECT last_error FROM inbox")
    assert errors == [("KeyError",)]  # the kind of it, no person's words


def test_the_default_waits_outlast_a_restart_of_the_engine() -> None:
    policy = RetryPolicy()
    waits = [policy.wait(attempt).total_seconds() for attempt in range(1, policy.attempts)]
    assert 75 <= sum(waits) <= 110
    assert waits[0] < 1


async def test_a_stopped_worker_gives_its_lease_back(kit: Kit) -> None:
    started = await kit.start()
    received = await kit.say(started, "可以領多少")
    thinking = asyncio.Event()

    async def hang(_: TurnRequest) -> None:
        thinking.set()
        await asyncio.sleep(3600)

    kit.dialogue.before = hang
    task = asyncio.create_task(kit.services.answer_message())
    await thinking.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    kit.dialogue.before = None
    assert await kit.work() == ["done"]
    assert len(await kit.replies_to(received)) == 1


async def test_stale_leases_are_cleared_at_the_start(kit: Kit) -> None:
    started = await kit.start()
    await kit.say(started, "可以領多少")
    async with kit.services.store.write() as work:  # a gateway that was killed in the middle
        await work.conversations.lease(None, token="dead", now=kit.clock.at, until=kit.clock.at.replace(year=2030))
    assert await kit.work() == []
    async with kit.services.store.write() as work:
        assert await work.conversations.clear_leases() == 1
    assert await kit.work() == ["done"]


async def test_a_reply_nobody_can_render_becomes_an_apology(kit: Kit) -> None:
    started = await kit.start("en")
    received = await kit.say(started, "unrenderable")
    await kit.work()
    assert await kit.services.read_conversation.replies_to(received.inbox_id) is None  # still to be rendered
    assert await kit.services.deliver_replies() == 1
    (reply,) = await kit.replies_to(received)
    assert reply.rendered is not None
    assert "sorry" in reply.rendered["text"]
    assert await kit.rows("SELECT kind FROM alert") == [("undelivered",)]
    assert await kit.services.deliver_replies() == 0


async def test_a_reader_sees_nothing_beyond_a_reply_that_is_still_to_be_rendered(kit: Kit) -> None:
    started = await kit.start()
    await kit.say(started, "unrenderable")
    await kit.work()
    await kit.say(started, "謝謝")
    await kit.work()
    news = await kit.services.read_conversation.news(started.conversation.id, 0, own=True)
    assert news is not None
    assert [line.seq for line in news.lines] == [1, 2]
    await kit.services.deliver_replies()
    news = await kit.services.read_conversation.news(started.conversation.id, 2, own=True)
    assert news is not None
    assert [line.seq for line in news.lines] == [3, 4, 5]


@pytest.mark.parametrize("question", [(OutboxRepository, "for_inbox"), (InboxRepository, "get")])
async def test_a_message_that_is_settled_between_two_questions_has_its_replies(
    kit: Kit, monkeypatch: pytest.MonkeyPatch, question: tuple[type, str]
) -> None:
    """Another gateway may settle it at any moment: "settled, and nothing was said" must not come out of an old and a new look."""
    started = await kit.start()
    received = await kit.say(started, "失業給付可以領多少")
    asked = getattr(*question)

    async def then_settled(self: object, inbox_id: int) -> object:
        found = await asked(self, inbox_id)
        monkeypatch.setattr(*question, asked)
        await kit.work()
        return found

    monkeypatch.setattr(*question, then_settled)
    first = await kit.services.read_conversation.replies_to(received.inbox_id)
    assert first is None or [reply.topic for reply in first] == ["ui_amount"]
    monkeypatch.setattr(*question, asked)
    await kit.work()
    replies = await kit.services.read_conversation.replies_to(received.inbox_id)
    assert replies is not None
    assert [reply.topic for reply in replies] == ["ui_amount"]


@pytest.mark.slow
async def test_long_conversations_are_read_page_by_page(kit: Kit) -> None:
    started = await kit.start()
    for _ in range(130):
        await kit.say(started, "謝謝")
    await kit.work()
    seqs: list[int] = []
    more = True
    while more:
        news = await kit.services.read_conversation.news(started.conversation.id, seqs[-1] if seqs else 0, own=True)
        assert news is not None
        seqs += [line.seq for line in news.lines]
        more = news.more
    assert seqs == list(range(1, 262))


@pytest.mark.parametrize("payload", ["/topic no_such_topic", "/more no_such_topic", "/topic ../x"])
async def test_a_button_for_a_topic_that_is_gone_counts_by_its_words(kit: Kit, payload: str) -> None:
    started = await kit.start()
    (reply,) = await kit.ask(started, "可以領多少", payload=payload)
    assert reply.topic == "ui_amount"
    assert kit.dialogue.requests[-1].command == ""
