"""Content files: the real ones are sound, and each kind of mistake is named with file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from content import find_problems, load_examples, load_pack
from jobseeker.errors import ContentError


@pytest.fixture
def copy(tmp_path: Path, root: Path) -> Path:
    """A copy of the content that a test may break."""
    shutil.copytree(root / "packs", tmp_path / "packs")
    shutil.copytree(root / "data", tmp_path / "data")
    return tmp_path


@pytest.mark.slow  # with `make test`
def test_the_real_content_is_sound(root: Path) -> None:
    problems, files = find_problems(root)
    assert files > 120
    assert [str(problem) for problem in problems] == []


@pytest.mark.slow
def test_there_is_something_to_learn_from(root: Path) -> None:
    examples = load_examples(root)
    topics = {example.label for example in examples if example.label.startswith("faq/")}
    assert len(topics) >= 90
    for label in topics:
        assert sum(e.label == label and e.language == "zh" for e in examples) >= 30, label
        assert sum(e.label == label and e.language == "en" for e in examples) >= 25, label


MISTAKES = [
    ("packs/tw/knowledge/ui_amount.yml", "risk: none", "risk: small", "`risk:` should be one of"),
    ("packs/tw/knowledge/ui_amount.yml", "topic: ui_amount", "topic: ui_amonut", "should be the file's name"),
    ("packs/tw/knowledge/ui_amount.yml", "decides: bli", "decides: blu", "`blu` is not in packs/tw/directory.yml"),
    ("packs/tw/knowledge/ui_amount.yml", "[[unemployment.rate]]", "60%", "types the number 60"),
    (
        "packs/tw/knowledge/ui_amount.yml",
        "[[unemployment.rate]]",
        "[[unemployment.rat]]",
        "no figure, office or phone is called",
    ),
    ("packs/tw/knowledge/ui_amount.yml", "group: benefit", "grup: benefit", "`grup:` is not known"),
    ("packs/tw/policy/benefits.yml", "unit: percent", "unit: percents", "`unit:` should be one of"),
    ("data/responses/dialogue.yml", "payload: /human", "payload: /humen", "is not a command"),
    (
        "data/responses/handoff.yml",
        'en: "All right, the summary goes along."',
        "en: All right, the summary goes along.",
        "needs quotation marks",
    ),
    (
        "packs/tw/policy/ranking.yml",
        "licence: licence_bus",
        "licence: licence_buss",
        "the taxonomy has no licence_buss",
    ),
    ("data/nlu/greet.yml", "language: zh", "language: fr", "needs `metadata:"),
    ("packs/tw/places.csv", "tw_taipei_daan,district", "tw_taipei_daan,town", "`kind` should be county or district"),
    ("packs/tw/policy/escalation.yml", "- 想死|", "- (想死|", "not a valid regular expression"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("file", "right", "wrong", "message"), MISTAKES)
def test_a_mistake_is_named_with_file_and_line(copy: Path, file: str, right: str, wrong: str, message: str) -> None:
    path = copy / file
    text = path.read_text("utf-8")
    if right not in text and "escalation" in file:
        right, wrong = "      patterns:\n        - ", "      patterns:\n        - ("
    assert right in text, "the mistake could not be made"
    path.write_text(text.replace(right, wrong, 1), "utf-8")
    problems, _ = find_problems(copy)
    found = [problem for problem in problems if message in problem.problem]
    assert found, [str(problem) for problem in problems][:5]
    assert found[0].file == file
    assert found[0].line >= 1


@pytest.mark.slow
def test_yaml_that_is_broken_names_the_line(copy: Path) -> None:
    path = copy / "packs/tw/knowledge/ui_amount.yml"
    path.write_text("topic: ui_amount\ntitle: {zh: a, en: b\n", "utf-8")
    problems, _ = find_problems(copy)
    assert [p.line >= 2 for p in problems if "not valid YAML" in p.problem] == [True]
    with pytest.raises(ContentError):
        load_pack(copy)


@pytest.mark.slow
def test_a_question_may_not_stand_twice(copy: Path) -> None:
    path = copy / "data/nlu/greet.yml"
    lines = path.read_text("utf-8").rstrip("\n").split("\n")
    path.write_text("\n".join([*lines, lines[-1].upper() + "!"]) + "\n", "utf-8")
    problems, _ = find_problems(copy)
    assert any("keep one" in problem.problem for problem in problems)
