"""The sample vacancies as they are written: of many kinds, naming nobody. That they load is tests/integration/test_vacancy_samples.py's."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.conftest import ROOT

PHONE = re.compile(r"0\d{1,3}[-－ ]?\d{3,4}[-－ ]?\d{3,4}|@\w+\.\w|https?://")


def lines(name: str) -> list[dict[str, Any]]:
    text = (ROOT / "packs" / "tw" / "samples" / name).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_the_texts_are_of_many_kinds_and_name_nobody() -> None:
    rows = lines("vacancies.jsonl")
    assert len(rows) >= 400
    assert len({row["text"] for row in rows}) == len(rows)
    assert len({row["employer"] for row in rows}) > 100
    for row in rows:
        assert 80 <= len(row["text"]) <= 400, row["source_id"]
        assert not PHONE.search(row["text"]), row["source_id"]
        assert "{" not in row["text"], row["source_id"]
    english = sum(len(re.findall("[A-Za-z]{2,}", row["text"])) > 20 for row in rows)
    assert 0.2 <= english / len(rows) <= 0.35
    explicit = sum("hours" in row for row in rows)
    assert 0.35 <= explicit / len(rows) <= 0.6
    assert not any({"essential_skills", "optional_skills", "licences"} & set(row) for row in rows), (
        "they are read from the text"
    )
