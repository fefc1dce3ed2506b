"""Fixtures for what runs inside Rasa's environment: `bot/.venv/bin/python -m pytest -c tests/bot/pytest.ini tests/bot`."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

collect_ignore_glob = [] if importlib.util.find_spec("rasa") else ["test_*.py"]

if not collect_ignore_glob:
    from bot.launch import prepare

    prepare(serving=False)

DIALOGUE = """
version: "3.1"
session_config: {session_expiration_time: 0, carry_over_slots_to_new_session: true}
intents: [faq, greet, thanks, affirm, find_training, restart, answer_course]
slots:
  open_question: {type: any, mappings: [{type: custom}]}
  wish:
    type: categorical
    values: ["yes"]
    mappings: [{type: from_intent, intent: affirm, value: "yes"}]
  course_area: {type: text, influence_conversation: false, mappings: [{type: from_text, conditions: [{active_loop: course_form, requested_slot: course_area}]}]}
  course_city: {type: text, influence_conversation: false, mappings: [{type: from_text, conditions: [{active_loop: course_form, requested_slot: course_city}]}]}
forms:
  course_form: {ignored_intents: [greet], required_slots: [course_area, course_city]}
responses:
  utter_faq: [{text: faq}]
  utter_greet: [{text: greet}]
  utter_thanks: [{text: thanks}]
  utter_thanks_wish: [{text: "thanks, your wish is kept"}]
  utter_affirm: [{text: affirm}]
  utter_answer: [{text: "your answer"}]
  utter_restart: [{text: restart}]
  utter_ask_course_area: [{text: "which area? {wish}"}]
  utter_ask_course_city: [{text: "which city for {course_area}?"}]
  utter_found: [{text: "{course_area} in {course_city}, wish {wish}"}]
"""
RULES = """
version: "3.1"
rules:
  - {rule: faq, steps: [{intent: faq}, {action: utter_faq}]}
  - {rule: an answer, steps: [{intent: answer_course}, {action: utter_answer}]}
  - {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
  - rule: thanks
    condition: [{slot_was_set: [{wish: null}]}]
    steps: [{intent: thanks}, {action: utter_thanks}]
  - rule: thanks after a wish
    condition: [{slot_was_set: [{wish: "yes"}]}]
    steps: [{intent: thanks}, {slot_was_set: [{wish: "yes"}]}, {action: utter_thanks_wish}]
  - {rule: affirm, steps: [{intent: affirm}, {slot_was_set: [{wish: "yes"}]}, {action: utter_affirm}]}
  - {rule: course, steps: [{intent: find_training}, {action: course_form}, {active_loop: course_form}]}
  - rule: course found
    condition: [{active_loop: course_form}]
    steps: [{action: course_form}, {active_loop: null}, {action: utter_found}]
stories:
  - story: greet and ask
    steps: [{intent: greet}, {action: utter_greet}, {intent: faq}, {action: utter_faq}, {intent: faq}, {action: utter_faq}]
"""
CONFIG = """
recipe: default.v1
assistant_id: test
language: zh
policies:
  - {name: MemoizationPolicy, max_history: 3}
  - {name: RulePolicy}
"""


@pytest.fixture(scope="session")
def dialogue_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of policies only: a form, a slot that a rule depends on, a restart. Intents are given with each message."""
    import rasa.model_training

    root = tmp_path_factory.mktemp("dialogue")
    for name, text in (("domain.yml", DIALOGUE), ("data.yml", RULES), ("config.yml", CONFIG)):
        (root / name).write_text(text, encoding="utf-8")
    result = rasa.model_training.train(
        str(root / "domain.yml"),
        str(root / "config.yml"),
        str(root / "data.yml"),
        str(root / "models"),
        force_training=True,
    )
    assert result.model
    return Path(result.model)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Any]:
    """A tracker store on a SQLite file of its own."""
    from bot.tracker_store import TurnTrackerStore

    made = TurnTrackerStore(url=f"sqlite:///{tmp_path / 'tracker.db'}")
    yield made
    made.close()
