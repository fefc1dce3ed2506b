"""Every text the vacancy dialogue names is there in both languages; fixed button titles fit; values inside texts are said properly."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.settings import Settings
from content import load_pack
from content.journeys import read_barriers, read_phrases
from content.yaml_file import YamlFile
from jobseeker.answers import Answers
from jobseeker.errors import ContentError
from jobseeker.messages import Say
from language.detect import to_simplified

NAMED = re.compile(r'(?:line|spoken|button)\(\s*(?:f)?"([a-z_]+)"')


def test_every_named_text_is_there() -> None:
    root = Settings().content_dir
    responses = load_pack(root).responses
    files = [
        path for folder in ("journeys", "rendering", "usecases") for path in (root / "jobseeker" / folder).glob("*.py")
    ]
    named = {key for path in files for key in NAMED.findall(path.read_text("utf-8"))}
    assert len(named) > 100
    assert sorted(key for key in named if key not in responses) == []


def test_texts_of_both_languages_have_the_same_places_and_titles_fit() -> None:
    responses = load_pack(Settings().content_dir).responses
    ours = {
        key: one for key, one in responses.items() if key.startswith(("button_", "reason_", "jobs_", "card_", "why_"))
    }
    assert len(ours) > 120
    for key, response in ours.items():
        places = [set(re.findall(r"\{(\w+)\}", response.text[language])) for language in ("zh", "en")]
        assert places[0] == places[1], key
        if key.startswith(("button_", "reason_")) and not places[0] and key not in ("button_more", "button_too_old"):
            assert all(len(text) <= 20 for text in response.text.values()), key


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ({"twd": 38000}, "38,000元", "NT$38,000"),
        ({"date": "2026-12-04"}, "2026年12月4日", "4 December 2026"),
        ([{"zh": "甲", "en": "one"}, {"zh": "乙", "en": "two"}], "甲、乙", "one, two"),
        ([str(number) for number in range(9)], "0、1、2、3等，另有5項", "0, 1, 2, 3 and 5 more"),
        ({"key": "used_commute", "params": {"km": 3.25}}, "3.2公里內", "within 3.2 km"),
        ({"offices": ["labour_line"]}, "1955", "1955"),
        (None, "", ""),
    ],
)
def test_values(value: object, zh: str, en: str) -> None:
    answers = Answers(load_pack(Settings().content_dir), to_simplified)
    for variety, expected in (("zh-Hant", zh), ("en", en)):
        say = Say("cards", "missing_essential", {"items": [], "name": value})
        assert expected in answers.render(say, variety=variety, day=date(2026, 11, 28)).text


@pytest.mark.parametrize("value", [{"unknown": 1}, {"key": "no_such_text"}, {"offices": ["nobody"]}])
def test_an_unknown_value_is_an_error(value: object) -> None:
    answers = Answers(load_pack(Settings().content_dir), to_simplified)
    with pytest.raises(LookupError):
        answers.render(
            Say("cards", "missing_essential", {"items": [], "name": value}), variety="en", day=date(2026, 11, 28)
        )


@pytest.mark.parametrize(
    ("read", "text", "problem"),
    [
        (read_barriers, "barriers: {}\n", "empty"),
        (read_barriers, "barriers:\n  x: {title: {zh: a, en: b}}\n", "missing"),
        (read_phrases, "ordinals: {first: [one]}\nweigh: {}\n", "number"),
        (read_phrases, "ordinals: {1: [第一]}\nweigh: {beauty: [nice]}\n", "should be one of"),
    ],
)
def test_wrong_files_are_refused_with_their_line(read: object, text: str, problem: str, tmp_path: object) -> None:
    path = tmp_path / "file.yml"  # type: ignore[operator]
    path.write_text(text, "utf-8")
    with pytest.raises(ContentError, match=problem):
        read(YamlFile(path, "file.yml"))  # type: ignore[operator]
