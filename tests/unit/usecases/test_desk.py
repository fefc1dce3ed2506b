"""The counsellor's side: offers, presence, wrap-up, transfer, notes, return, rating, re-opening, the crisis lane, contested results."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from jobseeker.errors import AlreadyClaimed, CaseNotFound, MalformedRequest, NotAllowed, NotOwner
from jobseeker.messages import Command, InboundMessage
from jobseeker.records import Account
from jobseeker.usecases.start_conversation import Started
from tests.doubles.kit import Kit
from tests.unit.usecases.test_waiting import queue

pytestmark = pytest.mark.slow  # with `make test`


CRISIS = "我想死"


async def here(kit: Kit, login: str, **equipment: Any) -> Account:
    """A counsellor who is there."""
    account = await kit.account(login)
    await kit.services.staff_presence.set(account, "online")
    return account


async def owner(kit: Kit, started: Started) -> str:
    """Who speaks."""
    return (await kit.conversation(started)).owner


async def keys(kit: Kit, started: Started) -> list[str]:
    """The keys of all that was said."""
    async with kit.services.store.read() as work:
        return [row.say.key for row in await work.outbox.after(started.conversation.id, 0, 1_000)]


async def claimed(kit: Kit, login: str = "mei") -> tuple[Started, Account]:
    """A case that a counsellor has."""
    started, account = await queue(kit), await here(kit, login)
    await kit.services.claim_case(account, 1)
    return started, account


async def test_a_case_is_offered_and_claimed(kit: Kit) -> None:
    mei = await here(kit, "mei")
    started = await queue(kit)
    await kit.tick()
    assert await owner(kit, started) == "assigned"
    assert [case.id for case in await kit.services.list_cases(mei, "offered")] == [1]
    (answer,) = await kit.ask(started, "可以領多少")
    assert answer.topic == "ui_amount", "the assistant answers until somebody has it"
    await kit.services.claim_case(mei, 1)
    assert await owner(kit, started) == "human"
    kit.later(120)
    await kit.tick()
    assert await owner(kit, started) == "human", "the end of the offer comes too late"


async def test_an_offer_that_nobody_answers_goes_to_the_next(kit: Kit) -> None:
    mei, ann = await here(kit, "mei"), await here(kit, "ann")
    started = await queue(kit)
    await kit.tick()
    first = (await kit.rows("SELECT offered_to FROM handoff_case"))[0][0]
    assert first == mei.id
    kit.later(61)
    await kit.services.staff_presence.seen(mei)
    await kit.services.staff_presence.seen(ann)
    await kit.tick()
    assert await owner(kit, started) == "queued"
    await kit.tick()
    assert await kit.rows("SELECT offered_to FROM handoff_case") == [(ann.id,)]
    with pytest.raises(NotOwner):
        await kit.services.handle_case.decline(mei, 1)
    await kit.services.handle_case.decline(ann, 1)
    assert await owner(kit, started) == "queued"
    await kit.services.claim_case(mei, 1)  # whoever is first may take it, offered or not
    assert await owner(kit, started) == "human"


async def test_who_has_fallen_silent_is_offered_nothing_and_loses_their_cases(kit: Kit) -> None:
    started, mei = await claimed(kit)
    waiting = await queue(kit)
    kit.later(5 * 60)  # five minutes without network
    await kit.tick()
    assert await owner(kit, started) == "human"
    assert await owner(kit, waiting) == "queued"
    seq = await kit.services.reply_as_counsellor(mei, 1, text="我回來了", client_message_id="r1")
    assert await kit.services.reply_as_counsellor(mei, 1, text="我回來了", client_message_id="r1") == seq
    kit.later(9 * 60)
    await kit.tick()
    assert await owner(kit, started) == "human", "a reply is a sign of life"
    kit.later(2 * 60)
    ann = await here(kit, "ann")
    await kit.tick()
    assert (await keys(kit, started)).count("handoff_requeued") == 1
    assert await kit.alerts() == ["counsellor_absent"]
    with pytest.raises(NotOwner):
        await kit.services.reply_as_counsellor(mei, 1, text="還在嗎", client_message_id="r2")
    assert await kit.rows("SELECT offered_to FROM handoff_case WHERE id = 1") == [(ann.id,)]
    (answer,) = await kit.ask(started, "可以領多少")
    assert answer.topic == "ui_amount"


async def test_a_page_that_has_never_spoken_of_presence_loses_nothing(kit: Kit) -> None:
    started, account = await queue(kit), await kit.account()
    await kit.services.claim_case(account, 1)
    kit.later(86_400)
    await kit.tick()
    assert await owner(kit, started) == "human"


async def test_wrap_up_outcome_and_return(kit: Kit) -> None:
    started, mei = await claimed(kit)
    await kit.services.reply_as_counsellor(mei, 1, text="已說明", client_message_id="r1")
    with pytest.raises(MalformedRequest):
        await kit.services.handle_case.wrap_up(mei, 1, outcome="great")
    case = await kit.services.handle_case.wrap_up(
        mei, 1, outcome="answered", note="說明了流程", tags=("給付", " 給付 ")
    )
    assert (case.outcome, case.tags, case.state) == ("answered", ("給付",), "claimed")
    assert await owner(kit, started) == "wrap_up"
    late = await kit.say(started, "還有，要帶什麼？ 可以領多少")
    assert await kit.replies_to(late) == [], "in wrap-up the assistant is silent"
    await kit.services.return_to_bot(mei, 1)
    assert await owner(kit, started) == "bot"
    await kit.work()
    (reply,) = await kit.replies_to(late)
    assert reply.topic == "ui_amount", "what the counsellor left unanswered is answered by the assistant, once"
    assert (await keys(kit, started))[-2] == "handoff_returned"
    assert [note.kind for note in (await kit.services.read_case(mei, 1)).notes] == ["wrap_up"]
    await kit.services.handle_case.wrap_up(mei, 1, outcome="referred")  # corrected afterwards
    assert await kit.rows("SELECT outcome, state FROM handoff_case") == [("referred", "closed")]


async def test_wrap_up_ends_by_itself_and_can_be_taken_back(kit: Kit) -> None:
    started, mei = await claimed(kit)
    await kit.services.handle_case.wrap_up(mei, 1, outcome="answered")
    await kit.services.handle_case.resume(mei, 1)
    assert await owner(kit, started) == "human"
    kit.later(16 * 60)
    await kit.services.staff_presence.seen(mei)
    await kit.tick()
    assert await owner(kit, started) == "human", "that wrap-up was taken back"
    await kit.services.handle_case.wrap_up(mei, 1, outcome="answered")
    kit.later(16 * 60)
    await kit.tick()
    assert await owner(kit, started) == "bot"
    with pytest.raises(NotOwner):
        await kit.services.handle_case.resume(mei, 1)


async def test_the_form_is_as_it_was(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "可以領多少")
    before = (await kit.conversation(started)).context
    await kit.ask(started, "/human")
    mei = await kit.account()
    await kit.services.claim_case(mei, 1)
    await kit.say(started, "您好")
    await kit.services.reply_as_counsellor(mei, 1, text="您好", client_message_id="r1")
    await kit.services.return_to_bot(mei, 1)
    after = (await kit.conversation(started)).context
    assert (after.last_topic, after.last_act) == (before.last_topic, before.last_act)
    assert [request.text for request in kit.dialogue.requests] == ["可以領多少"], "the engine's state was not touched"


async def test_the_one_question_after_it(kit: Kit) -> None:
    started, mei = await claimed(kit)
    await kit.services.return_to_bot(mei, 1)
    said = await kit.last(started)
    assert said.rendered is not None
    assert [button["payload"] for button in said.rendered["buttons"]] == [
        f"/rate {points}" for points in (5, 4, 3, 2, 1)
    ]
    assert "我是程式" in said.rendered["text"]
    (thanks,) = await kit.ask(started, "5", "/rate 5")
    assert thanks.say.key == "rate_thanks"
    (ask,) = await kit.ask(started, "/rate 9")
    assert ask.say.key == "rate_ask"
    await kit.ask(started, "/comment")
    (kept,) = await kit.ask(started, "說得很清楚")
    assert kept.say.key == "comment_kept"
    assert await kit.rows("SELECT rating, rating_text FROM handoff_case") == [(5, "說得很清楚")]


async def test_who_comes_back_in_time_goes_to_the_same_counsellor(kit: Kit) -> None:
    await here(kit, "ann")
    started, ben = await queue(kit), await here(kit, "ben")
    await kit.services.claim_case(ben, 1)
    await kit.services.return_to_bot(ben, 1)
    kit.later(3_600)
    for login in ("ann", "ben"):
        await kit.services.staff_presence.set((await kit.services.sign_in(login, "a long password")).account, "online")
    await kit.ask(started, "/human")
    await kit.tick()
    assert await kit.rows("SELECT offered_to, reopened_from FROM handoff_case WHERE id = 2") == [(ben.id, 1)]
    await kit.services.claim_case(ben, 2)
    await kit.services.return_to_bot(ben, 2)
    kit.later(73 * 3_600)
    await kit.ask(started, "/human")
    assert await kit.rows("SELECT preferred_account, reopened_from FROM handoff_case WHERE id = 3") == [(None, None)]


async def test_a_case_is_handed_over(kit: Kit) -> None:
    started, mei = await claimed(kit)
    ann, editor = await here(kit, "ann"), await kit.account("ed", "editor")
    for wrong in ({}, {"to_account": ann.id, "office": "national"}, {"office": "nowhere"}, {"to_account": editor.id}):
        with pytest.raises(MalformedRequest):
            await kit.services.handle_case.transfer(mei, 1, **wrong)  # type: ignore[arg-type]
    with pytest.raises(NotOwner):
        await kit.services.handle_case.transfer(ann, 1, to_account=ann.id)
    await kit.services.handle_case.transfer(mei, 1, to_account=ann.id, note="懂勞基法")
    assert await owner(kit, started) == "queued"
    assert (await keys(kit, started))[-1] == "handoff_transferred"
    await kit.tick()
    assert await kit.rows("SELECT offered_to FROM handoff_case") == [(ann.id,)]
    await kit.services.claim_case(ann, 1)
    assert [note.kind for note in (await kit.services.read_case(ann, 1)).notes] == ["transfer"]
    boss = await kit.account("boss", "supervisor")
    await kit.services.handle_case.transfer(boss, 1, office="national")
    assert await owner(kit, started) == "queued"


async def test_notes_and_tags_are_for_staff_and_audited(kit: Kit) -> None:
    started, mei = await claimed(kit)
    ann = await kit.account("ann")
    await kit.services.handle_case.note(mei, 1, "  他很緊張  ")
    await kit.services.handle_case.tag(mei, 1, ("欠薪",))
    for call in (kit.services.handle_case.note(ann, 1, "x"), kit.services.handle_case.tag(ann, 1, ("x",))):
        with pytest.raises(NotOwner):
            await call
    with pytest.raises(MalformedRequest):
        await kit.services.handle_case.note(mei, 1, " ")
    file = await kit.services.read_case(mei, 1)
    assert [(note.text, note.account_name) for note in file.notes] == [("他很緊張", "mei 輔導員")]
    assert all("緊張" not in line.text for line in file.transcript)
    actions = [row[0] for row in await kit.rows("SELECT action FROM audit ORDER BY id")]
    assert {"case.noted", "case.tagged"} <= set(actions)
    assert "緊張" not in str(await kit.rows("SELECT rendered FROM outbox"))
    assert started


async def test_identifiers_of_before_masking_are_hidden_until_the_case_is_claimed(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "謝謝")
    async with kit.services.engines.writer.begin() as connection:  # as kept by a release that did not mask at write
        await connection.exec_driver_sql("UPDATE inbox SET text = '我的身分證 A123456789 電話 0912345678'")
    await kit.ask(started, "/human")
    mei = await kit.account()
    before = await kit.services.read_case(mei, 1)
    assert before.masked
    assert "A123456789" not in str([line.text for line in before.transcript])
    assert "0912345678" not in str([line.text for line in await kit.services.read_case.entries(mei, 1, 0)])
    await kit.services.claim_case(mei, 1)
    after = await kit.services.read_case(mei, 1)
    assert not after.masked
    assert "A123456789" in str([line.text for line in after.transcript])


async def test_what_stands_for_a_picture_or_file_says_so(kit: Kit) -> None:
    def sent(number: int, **what: Any) -> InboundMessage:
        return InboundMessage("telegram", f"e{number}", "77", what.pop("text", ""), **what)

    await kit.services.receive_event(sent(1, text="/human", command=Command("human")))
    await kit.services.receive_event(sent(2, attachment="image"))
    await kit.services.receive_event(sent(3, attachment="file", attachment_name="離職證明.pdf"))
    await kit.services.receive_event(sent(4, text="很長" * 3_000))
    await kit.services.receive_event(sent(5, text="/attachment image"))  # typed: words like any other
    file = await kit.services.read_case(await kit.account(), 1)
    theirs = [(line.attachment, line.text[:8]) for line in file.transcript if line.author == "jobseeker"]
    assert theirs[:3] == [("", "/human"), ("image", "（圖片）"), ("file", "（檔案 離職證明")]
    assert {attachment for attachment, _ in theirs[3:]} == {""}
    assert len(theirs) == 6
    assert file.transcript[-1].to_dict()["attachment"] == ""


async def test_the_case_note_is_filled_from_facts_in_a_fixed_order(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "可以領多少")
    await kit.ask(started, "/human")
    mei = await kit.account()
    sheet = (await kit.services.read_case(mei, 1)).sheet
    assert [entry["field"] for entry in sheet][:4] == ["reason", "trigger", "words", "language"]
    values: Mapping[str, Any] = {str(entry["field"]): entry["value"] for entry in sheet}
    assert values["reason"] == ["asked_for_human"]
    assert values["words"] == "可以領多少"
    assert values["answered"][0]["topic"] == "ui_amount"
    assert values["answered"][0]["versions"]["knowledge"]
    assert values["risk"] == "none"


async def test_a_long_transcript_opens_at_its_end_and_is_read_backwards(kit: Kit) -> None:
    started = await kit.start()
    rows = ", ".join(
        f"('{started.conversation.id}', 'web', 'e{n}', {n}, 'line {n}', '', 'done', 0, '2026-11-23 01:00:00', '', '2026-11-23 01:00:00')"
        for n in range(2, 5_002)
    )
    columns = "conversation_id, channel, event_id, seq, text, command, state, attempts, due_at, last_error, received_at"
    async with kit.services.engines.writer.begin() as connection:
        await connection.exec_driver_sql(f"INSERT INTO inbox ({columns}) VALUES {rows}")
        await connection.exec_driver_sql("UPDATE conversation SET next_seq = 5002")
    await kit.ask(started, "/human")
    mei = await kit.account()
    file = await kit.services.read_case(mei, 1)
    assert file.earlier
    assert file.transcript[-1].seq == 5_003
    assert len(file.transcript) <= 300
    page = await kit.services.read_case.earlier(mei, 1, file.transcript[0].seq)
    assert page[-1].seq == file.transcript[0].seq - 1
    assert len(page) == 300


async def test_the_crisis_lane(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, CRISIS)
    assert (await kit.conversation(started)).crisis_at is not None
    kit.dialogue.commands = [[("set_alert", {"active": True, "query": {}, "seen_revision": 0})]]
    (answer,) = await kit.ask(started, "可以領多少")
    assert answer.topic == "ui_amount", "a question is answered"
    kit.later(301)
    await kit.tick()
    kit.later(301)
    await kit.tick()
    assert (await kit.alerts()).count("crisis_unseen") == 2
    assert "handoff_position" not in await keys(kit, started)
    mei = await kit.account()
    await kit.services.claim_case(mei, 1)
    assert (await kit.conversation(started)).crisis_at is None
    kit.later(301)
    await kit.tick()
    assert (await kit.alerts()).count("crisis_unseen") == 2
    await kit.services.return_to_bot(mei, 1)
    assert (await kit.last(started)).say.key == "handoff_returned_quietly", "nobody is asked to rate this"
    (nothing,) = await kit.ask(started, "/rate 5")
    assert nothing.say.key == "rate_nothing"


async def test_no_vacancy_is_shown_in_the_crisis_lane(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    from jobseeker.messages import Say
    from jobseeker.ports import Turn, TurnRequest

    started = await kit.start()
    real = kit.dialogue.turn

    async def with_cards(request: TurnRequest) -> Turn:
        turn = await real(request)
        cards = Say("cards", "jobs_none", {"items": []})
        return Turn(turn.understanding, (cards,), (("log_match", {"query": {}, "result": {}, "versions": {}}),))

    monkeypatch.setattr(kit.dialogue, "turn", with_cards)
    (before,) = await kit.ask(started, "可以領多少")
    assert before.say.kind == "cards"
    await kit.ask(started, CRISIS)
    (held,) = await kit.ask(started, "可以領多少")
    assert held.say.key == "crisis_waiting"
    assert await kit.rows("SELECT count(*) FROM match_log") == [(1,)]


async def test_nothing_is_agreed_to_in_the_crisis_lane(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card was held back, so a "yes" saves no profile and gives no consent."""
    from jobseeker.messages import Say
    from jobseeker.ports import Turn, TurnRequest

    started = await kit.start()
    real = kit.dialogue.turn
    yes = (("save_profile", {"profile": {}}), ("give_consent", {"purpose": "profile", "notice_version": "2026-11"}))

    async def confirmed(request: TurnRequest) -> Turn:
        return Turn((await real(request)).understanding, (Say("utterance", "profile_saved"),), yes)

    monkeypatch.setattr(kit.dialogue, "turn", confirmed)
    await kit.ask(started, CRISIS)
    (held,) = await kit.ask(started, "好的")
    assert held.say.key == "crisis_waiting"
    assert await kit.rows("SELECT count(*) FROM profile") == [(0,)]
    assert await kit.rows("SELECT count(*) FROM consent") == [(0,)]


async def test_a_crisis_comes_first_and_is_offered_to_the_full(kit: Kit) -> None:
    mei = await here(kit, "mei")
    for _ in range(4):
        await queue(kit)
    await kit.tick()
    assert (await kit.rows("SELECT count(*) FROM handoff_case WHERE offered_to IS NOT NULL"))[0][0] == mei.capacity
    kit.at("2026-11-23T23:00")  # also at night
    await kit.services.staff_presence.set(mei, "online")
    started = await kit.start()
    await kit.ask(started, CRISIS)
    await kit.tick()
    assert await owner(kit, started) == "assigned"
    assert (await kit.services.list_cases(mei))[0].urgency == 0


async def test_a_crisis_in_wrap_up_brings_the_counsellor_back(kit: Kit) -> None:
    started, mei = await claimed(kit)
    await kit.services.handle_case.wrap_up(mei, 1, outcome="answered")
    received = await kit.say(started, CRISIS)
    (note,) = await kit.replies_to(received)
    assert note.say.key == "bot_silent_crisis_note"
    assert await owner(kit, started) == "human"


async def test_the_log_of_crises_is_for_few_and_every_look_is_audited(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, CRISIS)
    mei, boss, auditor = (
        await kit.account(),
        await kit.account("boss", "supervisor"),
        await kit.account("au", "auditor"),
    )
    with pytest.raises(NotAllowed):
        await kit.services.staff_presence.flags(mei)
    (flag,) = await kit.services.staff_presence.flags(auditor)
    assert (flag.case_id, flag.acknowledged_at) == (1, None)
    await kit.services.claim_case(mei, 1)
    (flag,) = await kit.services.staff_presence.flags(boss)
    assert flag.acknowledged_by == mei.id
    assert len(await kit.rows("SELECT id FROM audit WHERE action = 'flags.viewed'")) == 2
    columns = {row[1] for row in await _columns(kit)}
    assert "text" not in columns, "the words are not copied into the log"


async def _columns(kit: Kit) -> list[tuple[Any, ...]]:
    if kit.services.engines.dialect == "sqlite":
        return await kit.rows("PRAGMA table_info(crisis_flag)")
    return await kit.rows("SELECT 0, column_name FROM information_schema.columns WHERE table_name = 'crisis_flag'")


async def test_twenty_counsellors_claim_at_once(kit: Kit) -> None:
    accounts = [await kit.account(f"c{number}") for number in range(20)]
    started = await queue(kit)
    results = await asyncio.gather(
        *(kit.services.claim_case(account, 1) for account in accounts), return_exceptions=True
    )
    won = [result for result in results if not isinstance(result, BaseException)]
    assert len(won) == 1
    assert sum(isinstance(result, AlreadyClaimed) for result in results) == 19
    assert (await keys(kit, started)).count("handoff_claimed") == 1
    assert await kit.rows("SELECT count(*) FROM audit WHERE action = 'case.claimed'") == [(1,)]


async def contested(kit: Kit, started: Started) -> int:
    """A contested ranking; the case."""
    logged = {
        "query": {"kind": "find", "shown": [7]},
        "result": {
            "ranked": [[7, 80]],
            "matches": [
                {
                    "vacancy_id": 7,
                    "reasons": [{"feature": "skills", "value": 0.9}, {"feature": "distance", "value": 0.1}],
                }
            ],
        },
        "versions": {"code": "1"},
    }
    kit.dialogue.commands = [[("log_match", logged)]]
    received = await kit.say(started, "可以領多少")
    await kit.work()
    review = {"list_inbox": received.inbox_id, "vacancy_id": 7, "words": "這不公平", "business_days": 5}
    kit.dialogue.commands = [[("open_review", review)]]
    await kit.ask(started, "可以領多少")
    ((case_id,),) = await kit.rows("SELECT max(id) FROM handoff_case")
    return int(case_id)


async def test_a_contested_result_is_decided_with_reasons_and_counted_by_rule(kit: Kit) -> None:
    kit.at("2026-12-22T10:00")
    started = await kit.start()
    case_id = await contested(kit, started)
    ((due, rule),) = await kit.rows("SELECT due_at, contested_rule FROM handoff_case")
    assert str(due).startswith("2026-12-30 09:30")  # 17:30 in Taipei, Constitution Day does not count
    assert rule == "distance"
    mei, boss = await kit.account(), await kit.account("boss", "supervisor")
    with pytest.raises(NotOwner):
        await kit.services.review_result.decide(mei, case_id, decision="upheld", text="x")
    await kit.services.claim_case(mei, case_id)
    with pytest.raises(MalformedRequest):
        await kit.services.review_result.decide(mei, case_id, decision="maybe", text="x")
    await kit.services.review_result.decide(mei, case_id, decision="upheld", text="距離算錯了")
    await kit.services.review_result.decide(mei, case_id, decision="upheld", text="距離算錯了")
    with pytest.raises(NotOwner):
        await kit.services.review_result.decide(mei, case_id, decision="dismissed", text="x")
    assert (await keys(kit, started)).count("review_upheld") == 1
    said = await kit.last(started)
    assert said.rendered is not None
    assert "距離算錯了" in said.rendered["text"]
    with pytest.raises(NotAllowed):
        await kit.services.review_result.note_change(mei, case_id, "x")
    await kit.services.review_result.note_change(boss, case_id, "ranking.yml 2026-12-24")
    report = await kit.services.review_result.month(date(2026, 12, 1))
    assert report["rules"] == [{"rule": "distance", "upheld": 1, "changed": 0, "dismissed": 0}]
    assert report["upheld"] == [{"case_id": case_id, "rule": "distance", "change_made": "ranking.yml 2026-12-24"}]
    assert (report["decided"], report["late"]) == (1, 0)
    assert (await kit.services.review_result.month(date(2026, 11, 1)))["decided"] == 0
    kit.at("2026-12-31T10:00")
    await kit.tick()
    assert "review_overdue" not in await kit.alerts()


async def test_an_overdue_review_is_told_to_both_once(kit: Kit) -> None:
    started = await kit.start()
    case_id = await contested(kit, started)
    kit.at("2026-11-30T17:29")
    await kit.tick()
    assert "review_overdue" not in await kit.alerts()
    kit.at("2026-11-30T17:31")
    await kit.tick()
    await kit.tick()
    assert (await kit.alerts()).count("review_overdue") == 1
    assert (await keys(kit, started)).count("review_overdue_person") == 1
    mei = await kit.account()
    await kit.services.claim_case(mei, case_id)
    with pytest.raises(CaseNotFound):
        await kit.services.review_result.rerun(mei, case_id)  # this log has no search in it


async def test_a_case_opened_for_somebody_at_the_counter(kit: Kit) -> None:
    mei = await kit.account()
    opened = await kit.services.open_on_behalf(mei, variety="en", place="counter", note="has no phone")
    assert opened.case.claimed_by == mei.id
    assert opened.case.opened_by == f"account:{mei.id}"
    assert await kit.rows("SELECT count(*) FROM audit WHERE action = 'case.on_behalf'") == [(1,)]
    with pytest.raises(MalformedRequest):
        await kit.services.open_on_behalf(mei, variety="en", place="street")


async def test_what_a_member_of_staff_can_take_is_the_supervisors_to_say(kit: Kit) -> None:
    mei, boss = await kit.account(), await kit.account("boss", "supervisor")
    with pytest.raises(NotAllowed):
        await kit.services.staff_presence.equip(mei, mei.id, skills=["matching"], office="", capacity=2)
    for wrong in ({"office": "x"}, {"capacity": 0}, {"skills": [""]}):
        given: dict[str, Any] = {"skills": [], "office": "", "capacity": 1} | wrong
        with pytest.raises(MalformedRequest):
            await kit.services.staff_presence.equip(boss, mei.id, **given)
    await kit.services.staff_presence.equip(boss, mei.id, skills=["matching"], office="national", capacity=2)
    found = {one.id: one for one in await kit.services.staff_presence.colleagues(mei)}
    assert (found[mei.id].skills, found[mei.id].office, found[mei.id].capacity) == (("matching",), "national", 2)
