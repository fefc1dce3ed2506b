"""Frames with words to put in: the same sentences on every machine, and mistakes named with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from content import load_examples
from content.frames import FILLED, KIND, filled, read_frames
from content.yaml_file import YamlFile
from jobseeker.errors import ContentError

WORDS = {"job": ["cook", "welder", "nurse", "tailor", "driver", "baker"]}
FILE = """words:
  en: {job: [cook, welder, nurse]}
frames:
  - intent: build_profile
    language: en
    texts: |
      I was a {job}
      nothing to put in
"""


def write(folder: Path, content: str) -> YamlFile:
    path = folder / "acts.yml"
    path.write_text(content, "utf-8")
    return YamlFile(path, "data/frames/acts.yml")


def test_a_frame_gets_different_words_and_always_the_same_ones() -> None:
    sentences = filled("I was a {job}", WORDS)
    assert len(set(sentences)) == FILLED
    assert all(sentence.removeprefix("I was a ") in WORDS["job"] for sentence in sentences)
    assert sentences == [
        "I was a tailor",
        "I was a baker",
        "I was a welder",
    ]  # on every machine: a hash, no random state


def test_a_slot_twice_in_a_frame_gets_two_words() -> None:
    for sentence in filled("{job} or {job}", WORDS):
        first, second = sentence.split(" or ")
        assert first != second


def test_a_file_becomes_examples(tmp_path: Path) -> None:
    examples = read_frames(write(tmp_path, FILE))
    assert {example.text for example in examples} == {
        "I was a cook",
        "I was a welder",
        "I was a nurse",
        "nothing to put in",
    }
    assert {(example.label, example.language, example.kind) for example in examples} == {("build_profile", "en", KIND)}


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [("{job}\n", "{place}\n", r"acts.yml:7.*\{place\}"), ("language: en", "language: fr", "acts.yml:4.*language: zh")],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    assert right in FILE
    with pytest.raises(ContentError, match=message):
        read_frames(write(tmp_path, FILE.replace(right, wrong)))


def test_the_real_frames_give_whole_sentences(root: Path) -> None:
    made = [example for example in load_examples(root) if example.kind == KIND]
    assert len(made) >= 2000
    assert not [example.text for example in made if "{" in example.text or "}" in example.text]
    labels: dict[str, set[str]] = {}
    for example in load_examples(root):
        labels.setdefault(example.text, set()).add(example.label)
    assert {text: found for text, found in labels.items() if len(found) > 1} == {}
