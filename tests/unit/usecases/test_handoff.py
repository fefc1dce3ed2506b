"""From the wish for a person to the return to the assistant, and what a crisis changes in every state."""

from __future__ import annotations

import asyncio

import pytest

from jobseeker.errors import (
    AlreadyClaimed,
    CaseNotFound,
    DialogueUnavailable,
    EmptyText,
    MalformedRequest,
    NotAllowed,
    NotOwner,
    TextTooLong,
    UnknownConversation,
)
from jobseeker.ports import TurnRequest
from tests.doubles.kit import Kit

CRISIS = "我想死"


@pytest.mark.parametrize(("text", "payload"), [("我要找真人", None), ("/human", None), ("Talk to a person", "/human")])
async def test_who_asks_for_a_person_is_queued_without_the_engine(kit: Kit, text: str, payload: str | None) -> None:
    started = await kit.start()
    received = await kit.say(started, text, payload)
    assert received.settled
    (reply,) = await kit.replies_to(received)
    assert reply.rendered is not None
    assert (reply.say.key, reply.say.params["position"], reply.say.params["ahead"]) == ("handoff_queued", 1, 0)
    assert "/human" not in [button["payload"] for button in reply.rendered["buttons"]]
    assert (await kit.conversation(started)).owner == "queued"
    assert kit.dialogue.requests == []
    account = await kit.account()
    (case,) = await kit.services.list_cases(account)
    assert (case.reasons, case.urgency, case.last_text) == (("asked_for_human",), 1, text)


async def test_the_engine_may_ask_for_a_person(kit: Kit) -> None:
    started = await kit.start()
    replies = await kit.ask(started, "can I write to a person here")  # nothing the rules on raw text know
    assert [reply.say.key for reply in replies] == ["handoff_queued"]
    assert (await kit.conversation(started)).owner == "queued"


async def test_asking_again_opens_no_second_case(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    (reply,) = await kit.ask(started, "/human")
    assert reply.say.key == "handoff_already_queued"
    assert await kit.rows("SELECT count(*) FROM handoff_case") == [(1,)]


async def test_the_bot_goes_on_answering_while_the_person_waits(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    (reply,) = await kit.ask(started, "可以領多少")
    assert reply.topic == "ui_amount"
    (reply,) = await kit.ask(
        started, "違法解僱"
    )  # an adverse topic: a counsellor is already asked for, no second offer
    assert reply.rendered is not None
    assert "/human" not in [button["payload"] for button in reply.rendered["buttons"]]


async def test_the_queue_is_ordered_by_urgency_then_age(kit: Kit) -> None:
    people = []
    for text in ("/human", "/human", CRISIS):
        people.append(await kit.start())
        await kit.ask(people[-1], text)
        kit.later(60)
    account = await kit.account()
    cases = await kit.services.list_cases(account)
    assert [case.conversation_id for case in cases] == [people[index].conversation.id for index in (2, 0, 1)]
    assert cases[0].urgency == 0
    fourth = await kit.start()
    (reply,) = await kit.ask(fourth, "/human")
    assert reply.say.params["position"] == 4


async def test_two_failed_turns_offer_a_person_and_open_nothing_by_themselves(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "???")
    assert (await kit.conversation(started)).failed_turns == 1
    (reply,) = await kit.ask(started, "??? again")
    assert reply.say.key == "unsure_again"
    assert (reply.escalation.level, reply.escalation.reasons) == ("immediate", ("failed_turns",))
    assert reply.rendered is not None
    assert "/human" in [button["payload"] for button in reply.rendered["buttons"]]
    assert (await kit.conversation(started)).owner == "bot"
    (queued,) = await kit.ask(started, "/human")
    assert queued.say.key == "handoff_queued"
    conversation = await kit.conversation(started)
    assert (conversation.owner, conversation.failed_turns) == ("queued", 0)


async def test_a_crisis_is_answered_at_once_with_the_engine_down_and_a_message_before_it(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.problems = [DialogueUnavailable("down")] * 50
    await kit.say(started, "可以領多少")
    await kit.work()
    received = await kit.say(started, CRISIS)
    (reply,) = await kit.replies_to(received)
    assert (reply.say.key, reply.author) == ("crisis", "bot")
    assert reply.rendered is not None
    assert "1925" in reply.rendered["text"]
    assert reply.escalation.level == "immediate"
    assert await kit.rows("SELECT kind FROM alert") == [("crisis",)]
    assert await kit.rows("SELECT urgency FROM handoff_case") == [(0,)]
    kit.dialogue.problems = []
    kit.later(60)
    assert await kit.work() == ["done"]  # the earlier question is answered, too


async def test_a_crisis_raises_a_case_that_waits(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    await kit.ask(started, CRISIS)
    ((reasons, urgency),) = await kit.rows("SELECT reasons, urgency FROM handoff_case")
    assert "crisis" in str(reasons)
    assert "asked_for_human" in str(reasons)
    assert urgency == 0
    assert [row[0] for row in await kit.rows("SELECT action FROM audit ORDER BY id")] == ["case.opened", "case.raised"]


async def test_a_crisis_while_a_counsellor_speaks_is_a_system_note_and_an_alert(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    account = await kit.account()
    await kit.services.claim_case(account, 1)
    received = await kit.say(started, CRISIS)
    (reply,) = await kit.replies_to(received)
    assert (reply.say.key, reply.author) == ("bot_silent_crisis_note", "system")
    assert (await kit.conversation(started)).owner == "human"
    assert await kit.rows("SELECT urgency FROM handoff_case") == [(0,)]
    assert await kit.rows("SELECT kind FROM alert") == [("crisis",)]


async def test_the_whole_way_there_and_back(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "可以領多少")
    await kit.ask(started, "/human")
    account = await kit.account()
    case = await kit.services.claim_case(account, 1)
    assert (case.state, case.claimed_by, case.claimed_by_name) == ("claimed", account.id, "mei 輔導員")
    assert (await kit.services.read_conversation.state(await kit.conversation(started))).to_dict() == {
        "owner": "human",
        "counsellor_name": "mei 輔導員",
        "case_id": 1,
        "variety": "zh-Hant",
        "chosen": False,
    }
    asked = len(kit.dialogue.requests)
    received = await kit.say(started, "您好，我被欠薪")
    assert received.settled
    assert await kit.replies_to(received) == []
    assert await kit.work() == []
    assert len(kit.dialogue.requests) == asked  # the bot is silent and is not asked
    seq = await kit.services.reply_as_counsellor(account, 1, text=" 我來幫您 ", client_message_id="r1")
    file = await kit.services.read_case(account, 1)
    assert [(line.author, line.text) for line in file.transcript][-2:] == [
        ("jobseeker", "您好，我被欠薪"),
        ("counsellor", "我來幫您"),
    ]
    assert file.transcript[-1].seq == seq
    assert file.transcript[-1].name == "mei 輔導員"
    await kit.services.return_to_bot(account, 1)
    conversation = await kit.conversation(started)
    assert (conversation.owner, conversation.counsellor_id, conversation.last_topic) == ("bot", None, "ui_amount")
    (reply,) = await kit.ask(started, "可以領多久")
    assert reply.topic == "ui_duration"
    authors = [author for _, author in await kit.transcript(started)]
    assert authors == [
        "bot",
        "jobseeker",
        "bot",
        "jobseeker",
        "bot",
        "system",
        "jobseeker",
        "counsellor",
        "system",
        "jobseeker",
        "bot",
    ]
    assert [seq for seq, _ in await kit.transcript(started)] == list(range(1, 12))
    assert await kit.services.list_cases(account, "mine") == []


async def test_a_counsellor_s_words_are_given_as_they_are(kit: Kit) -> None:
    started = await kit.start("zh-Hans")
    await kit.ask(started, "/human")
    account = await kit.account()
    await kit.services.claim_case(account, 1)
    await kit.services.reply_as_counsellor(account, 1, text="<b>失業給付 {name} [[x]]</b>", client_message_id="r1")
    file = await kit.services.read_case(account, 1)
    assert file.transcript[-1].text == "<b>失業給付 {name} [[x]]</b>"


async def test_a_reply_sent_twice_is_said_once(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    account = await kit.account()
    await kit.services.claim_case(account, 1)
    seqs = await asyncio.gather(
        *(kit.services.reply_as_counsellor(account, 1, text="我來幫您", client_message_id="r1") for _ in range(5))
    )
    assert len(set(seqs)) == 1
    assert (await kit.conversation(started)).next_seq == seqs[0] + 1
    await kit.services.return_to_bot(account, 1)  # the page was offline and sends once more
    assert await kit.services.reply_as_counsellor(account, 1, text="我來幫您", client_message_id="r1") == seqs[0]
    with pytest.raises(NotOwner):
        await kit.services.reply_as_counsellor(account, 1, text="再見", client_message_id="r2")


@pytest.mark.parametrize(("text", "problem"), [("  ", EmptyText), ("字" * 4001, TextTooLong)])
async def test_a_reply_is_measured_like_a_message(kit: Kit, text: str, problem: type[Exception]) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    account = await kit.account()
    await kit.services.claim_case(account, 1)
    with pytest.raises(problem):
        await kit.services.reply_as_counsellor(account, 1, text=text, client_message_id="r1")


async def test_of_many_counsellors_exactly_one_gets_the_case(kit: Kit) -> None:
    started = [await kit.start() for _ in range(5)]
    for conversation in started:
        await kit.ask(conversation, "/human")
    accounts = [await kit.account(f"counsellor{number}") for number in range(4)]
    for case_id in range(1, 6):
        results = await asyncio.gather(
            *(kit.services.claim_case(account, case_id) for account in accounts), return_exceptions=True
        )
        winners = [result for result in results if not isinstance(result, BaseException)]
        assert len(winners) == 1
        assert all(isinstance(result, AlreadyClaimed) for result in results if isinstance(result, BaseException))
    assert len(await kit.rows("SELECT id FROM audit WHERE action = 'case.claimed'")) == 5
    assert await kit.rows("SELECT DISTINCT owner, owner_version FROM conversation") == [("human", 2)]


async def test_only_the_counsellor_who_has_it_may_answer_and_return(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    mei, ann, chief = await kit.account("mei"), await kit.account("ann"), await kit.account("chief", "supervisor")
    with pytest.raises(NotOwner):
        await kit.services.reply_as_counsellor(mei, 1, text="too early", client_message_id="r1")
    with pytest.raises(NotOwner):
        await kit.services.return_to_bot(mei, 1)
    assert (await kit.services.read_case(ann, 1)).case.state == "waiting"
    await kit.services.claim_case(mei, 1)
    with pytest.raises(AlreadyClaimed):
        await kit.services.claim_case(ann, 1)
    with pytest.raises(NotOwner):
        await kit.services.reply_as_counsellor(ann, 1, text="me", client_message_id="r1")
    with pytest.raises(NotOwner):
        await kit.services.return_to_bot(ann, 1)
    with pytest.raises(NotAllowed):
        await kit.services.read_case(ann, 1)
    with pytest.raises(NotAllowed):
        await kit.services.read_case.entries(ann, 1, 0)
    assert (await kit.services.read_case(chief, 1)).case.claimed_by == mei.id
    assert (await kit.services.claim_case(mei, 1)).claimed_by == mei.id  # asked again after a lost answer
    await kit.services.return_to_bot(mei, 1)
    assert (await kit.services.return_to_bot(mei, 1)).state == "closed"
    with pytest.raises(AlreadyClaimed):
        await kit.services.claim_case(mei, 1)


async def test_what_is_not_there(kit: Kit) -> None:
    account = await kit.account()
    for call in (kit.services.claim_case, kit.services.return_to_bot, kit.services.read_case):
        with pytest.raises(CaseNotFound):
            await call(account, 99)
    with pytest.raises(CaseNotFound):
        await kit.services.reply_as_counsellor(account, 99, text="x", client_message_id="r1")
    with pytest.raises(UnknownConversation):
        await kit.services.open_case("f" * 32, reasons=["x"])
    with pytest.raises(MalformedRequest):
        await kit.services.list_cases(account, "other")


async def test_every_look_at_a_case_is_in_the_audit(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    account = await kit.account()
    await kit.services.read_case(account, 1)
    await kit.services.read_case.entries(account, 1, 0)
    assert await kit.rows("SELECT actor, case_id FROM audit WHERE action = 'case.viewed'") == [
        (f"account:{account.id}", 1)
    ]


async def test_a_case_opened_from_outside_tells_the_person(kit: Kit) -> None:
    started = await kit.start("en")
    case = await kit.services.open_case(started.conversation.id, reasons=["adverse_topic"])
    again = await kit.services.open_case(started.conversation.id, reasons=["crisis"], urgency=0)
    assert (again.id, again.urgency, again.reasons) == (case.id, 0, ("adverse_topic", "crisis"))
    assert await kit.transcript(started) == [(1, "bot"), (2, "system")]


async def test_a_counsellor_who_comes_while_the_engine_thinks_silences_it(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    account = await kit.account()

    async def claim(_: TurnRequest) -> None:
        await kit.services.claim_case(account, 1)

    kit.dialogue.before = claim
    received = await kit.say(started, "可以領多少")
    assert await kit.work() == ["done"]
    assert await kit.replies_to(received) == []
    assert [author for _, author in await kit.transcript(started)] == ["bot", "jobseeker", "bot", "jobseeker", "system"]
    ((understanding,),) = await kit.rows(f"SELECT understanding FROM inbox WHERE id = {received.inbox_id}")
    assert "ui_amount" in str(understanding)  # the counsellor sees what it was about


async def test_a_message_left_from_before_the_counsellor_came_is_only_logged(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    received = await kit.say(started, "可以領多少")  # waits in the inbox
    account = await kit.account()
    await kit.services.claim_case(account, 1)
    assert await kit.work() == ["done"]
    assert await kit.replies_to(received) == []
    assert kit.dialogue.requests == []


async def test_after_the_return_a_new_case_can_be_opened(kit: Kit) -> None:
    started = await kit.start()
    account = await kit.account()
    for case_id in (1, 2):
        await kit.ask(started, "/human")
        await kit.services.claim_case(account, case_id)
        await kit.services.return_to_bot(account, case_id)
    assert await kit.rows("SELECT state FROM handoff_case") == [("closed",), ("closed",)]
