"""Canned replies: by language, edited by some, never sent by themselves, every change in the audit."""

from __future__ import annotations

import json

import pytest

from jobseeker.errors import CannedReplyNotFound, EmptyText, MalformedRequest, NotAllowed, TextTooLong
from jobseeker.handoff_records import CannedReply
from tests.doubles.kit import Kit

HELLO = CannedReply("zh-Hant", "問候", "您好，我是輔導員。")


async def test_they_are_listed_by_language_and_office(kit: Kit) -> None:
    editor, mei = await kit.account("ed", "editor"), await kit.account("mei")
    office = next(iter(kit.services.composer.rules.live.base.offices))
    replies = kit.services.canned_replies
    for reply in (
        CannedReply("en", "Thanks", "Thank you for waiting."),
        HELLO,
        CannedReply("zh-Hant", "地址", "我們在這裡。", office),
    ):
        await replies.add(editor, reply)
    assert [one.title for one in await replies.list(mei)] == ["Thanks", "問候", "地址"]
    assert [one.title for one in await replies.list(mei, "zh-Hant")] == ["問候", "地址"]
    assert [one.title for one in await replies.list(mei, "zh-Hant", "nowhere")] == ["問候"]
    assert [one.title for one in await replies.list(mei, "zh-Hant", office)] == ["問候", "地址"]
    assert await replies.list(mei, "zh-Hans") == []
    with pytest.raises(MalformedRequest):
        await replies.list(mei, "de")


@pytest.mark.parametrize("role", ["counsellor", "auditor", "worker_representative"])
async def test_only_editors_and_supervisors_change_them(kit: Kit, role: str) -> None:
    boss, other = await kit.account("boss", "supervisor"), await kit.account("other", role)
    replies = kit.services.canned_replies
    made = await replies.add(boss, HELLO)
    for attempt in (
        replies.add(other, CannedReply("en", "a", "b")),
        replies.change(other, made),
        replies.remove(other, made.id),
    ):
        with pytest.raises(NotAllowed):
            await attempt
    assert [one.text for one in await replies.list(boss)] == [HELLO.text]


@pytest.mark.parametrize("role", ["auditor", "worker_representative"])
async def test_who_writes_to_nobody_sees_none(kit: Kit, role: str) -> None:
    with pytest.raises(NotAllowed):
        await kit.services.canned_replies.list(await kit.account("other", role))


async def test_a_change_and_a_removal_are_in_the_audit_with_what_was_before(kit: Kit) -> None:
    editor, replies = await kit.account("ed", "editor"), kit.services.canned_replies
    made = await replies.add(editor, HELLO)
    kit.later(60)
    changed = await replies.change(editor, CannedReply("zh-Hant", "問候", "您好！", id=made.id))
    assert (changed.id, changed.text, changed.changed_by) == (made.id, "您好！", editor.name)
    assert changed.changed_at is not None
    assert made.changed_at is not None
    assert changed.changed_at > made.changed_at
    await replies.remove(editor, made.id)
    assert await replies.list(editor) == []
    rows = await kit.rows("SELECT action, actor, detail FROM audit WHERE action LIKE 'canned%' ORDER BY id")
    assert [row[0] for row in rows] == ["canned_reply.added", "canned_reply.changed", "canned_reply.removed"]
    assert {row[1] for row in rows} == {f"account:{editor.id}"}
    detail = rows[1][2] if isinstance(rows[1][2], dict) else json.loads(rows[1][2])
    assert detail["before"]["text"] == HELLO.text


async def test_what_is_gone_cannot_be_changed(kit: Kit) -> None:
    editor, replies = await kit.account("ed", "editor"), kit.services.canned_replies
    made = await replies.add(editor, HELLO)
    await replies.remove(editor, made.id)
    for attempt in (replies.change(editor, made), replies.remove(editor, made.id), replies.remove(editor, 99)):
        with pytest.raises(CannedReplyNotFound):
            await attempt


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (CannedReply("de", "a", "b"), MalformedRequest),
        (CannedReply("en", "x" * 65, "b"), MalformedRequest),
        (CannedReply("en", "two\nlines", "b"), MalformedRequest),
        (CannedReply("en", "a", "b", "no-such-office"), MalformedRequest),
        (CannedReply("en", " ", "b"), EmptyText),
        (CannedReply("en", "a", "\u200b"), EmptyText),
        (CannedReply("en", "a", "x" * 4_001), TextTooLong),
    ],
)
async def test_what_is_not_well_formed_is_refused(kit: Kit, reply: CannedReply, problem: type[Exception]) -> None:
    editor = await kit.account("ed", "editor")
    with pytest.raises(problem):
        await kit.services.canned_replies.add(editor, reply)
    assert await kit.rows("SELECT count(*) FROM canned_reply") == [(0,)]


async def test_two_of_one_title_in_one_language_are_refused(kit: Kit) -> None:
    editor, replies = await kit.account("ed", "editor"), kit.services.canned_replies
    made = await replies.add(editor, HELLO)
    with pytest.raises(MalformedRequest):
        await replies.add(editor, HELLO)
    await replies.add(editor, CannedReply("zh-Hans", HELLO.title, "您好"))
    await replies.change(editor, CannedReply("zh-Hant", HELLO.title, "改了", id=made.id))  # itself is no other


async def test_adding_one_sends_nothing(kit: Kit) -> None:
    started = await kit.start()
    before = await kit.transcript(started)
    await kit.services.canned_replies.add(await kit.account("ed", "editor"), HELLO)
    assert await kit.transcript(started) == before
