"""Identifiers through the whole service with the trained model: in no table of either database and in no log, while the answers stay right."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.integration.test_erasure_whole import tables_with
from tests.stack import Person, running_stack

RAW = ("A123456789", "0912-345-678", "me.x@example.com", "012-345678901234", "文化路一段188號")


@pytest.mark.model
def test_nothing_raw_is_in_databases_and_logs(tmp_path: Path) -> None:
    with running_stack(tmp_path) as stack:
        person = Person(stack)
        answer, hint = person.ask(f"失業給付可以領多久？我的身分證{RAW[0]}，電話{RAW[1]}")
        assert answer["topic"] == "ui_duration"
        assert "身分證" in hint["text"]
        assert "電話號碼" in hint["text"]
        person.ask(f"我叫王小明，住板橋區{RAW[4]}，會開堆高機，信箱{RAW[2]}，帳號 {RAW[3]}")
        person.ask("估算我的給付", "/estimate")
        person.ask("我115/3/2被資遣，月薪34,800，45歲")
        database, tracker = tmp_path / "jobseeker.db", tmp_path / "tracker.db"
        deadline = time.monotonic() + 20
        while not tables_with(tracker, "115/3/2") and time.monotonic() < deadline:
            time.sleep(0.2)
        for path in (database, tracker):
            assert tables_with(path, "115/3/2"), "the search does see it, and what the pre-check needs is whole"
            assert tables_with(path, "34,800")
            assert tables_with(path, "●●●●")
            for words in RAW:
                assert tables_with(path, words) == [], (path.name, words)
    logs = sorted(tmp_path.glob("*.log"))
    assert len(logs) == 3
    for log in logs:
        text = log.read_text("utf-8", "replace")
        assert not [words for words in RAW if words in text], log.name
