"""The notice is shown once more after it has changed; "why this answer" tells topic, rows and versions."""

from __future__ import annotations

from sqlalchemy import text

from tests.doubles.kit import Kit


async def test_a_changed_notice_is_shown_once_more_and_once_only(kit: Kit) -> None:
    started = await kit.start()
    assert "notice_changed" not in [reply.say.key for reply in await kit.ask(started, "謝謝")]
    async with kit.services.engines.writer.begin() as connection:
        await connection.execute(text("UPDATE conversation SET notice_version = '2025-01-01'"))
    assert [reply.say.key for reply in await kit.ask(started, "謝謝")][-1] == "notice_changed"
    assert "notice_changed" not in [reply.say.key for reply in await kit.ask(started, "謝謝")]


async def test_a_crisis_is_not_the_moment_for_it(kit: Kit) -> None:
    started = await kit.start()
    async with kit.services.engines.writer.begin() as connection:
        await connection.execute(text("UPDATE conversation SET notice_version = ''"))
    assert "notice_changed" not in [reply.say.key for reply in await kit.ask(started, "我不想活了")]


async def test_why_this_answer(kit: Kit) -> None:
    started = await kit.start()
    assert [reply.say.key for reply in await kit.ask(started, "為什麼", "/basis")] == ["basis_none"]
    await kit.ask(started, "更多", "/more ui_amount")
    (reply,) = await kit.ask(started, "為什麼", "/basis")
    assert reply.rendered is not None
    shown = reply.rendered["text"]
    for part in ("失業給付", "失業給付比率：2003年1月1日起的規定", "內容版本"):
        assert part in shown, part
    assert kit.dialogue.requests == [], "needs no dialogue engine"
    (again,) = await kit.ask(started, "為什麼", "/basis")
    assert again.rendered is not None
    assert again.rendered["text"] == shown
