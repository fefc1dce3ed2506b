"""Erasing through the whole service: afterwards the words are in no table of either database and in no log."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from tests.stack import Person, running_stack

WORDS = "紫色長頸鹿公司"  # what nobody else says


def tables_with(path: Path, words: str) -> list[str]:
    """Tables of a SQLite file in which the words stand."""
    connection = sqlite3.connect(path)
    try:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert names
        escaped = words.encode("unicode_escape").decode()
        return [
            name
            for name in names
            if any(words in str(row) or escaped in str(row) for row in connection.execute(f'SELECT * FROM "{name}"'))
        ]
    finally:
        connection.close()


@pytest.mark.model
def test_nothing_is_left_in_databases_and_logs(tmp_path: Path) -> None:
    with running_stack(tmp_path) as stack:
        person = Person(stack)
        person.ask(f"我在{WORDS}做過三年倉管，會開堆高機")
        person.ask("估算我的給付", "/estimate")
        person.ask(f"{WORDS}倒了，我3/2被資遣")
        person.ask("給我一份資料", "/export")
        database, tracker = tmp_path / "jobseeker.db", tmp_path / "tracker.db"
        assert tables_with(database, WORDS), "the search does see it"
        assert tables_with(tracker, WORDS)
        (receipt,) = person.ask("全部刪除", "/erase yes")
        assert receipt["act"] == "privacy_erase"
        assert "收據" in receipt["text"]
        deadline = time.monotonic() + 30
        while tables_with(tracker, WORDS) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert tables_with(tracker, WORDS) == []
        assert tables_with(database, WORDS) == []
        assert "確定" in person.ask("刪除我的資料", "/erase")[0]["text"], "the conversation goes on"
    logs = sorted(tmp_path.glob("*.log"))
    assert len(logs) == 3
    for log in logs:
        assert WORDS not in log.read_text("utf-8", "replace"), log.name
