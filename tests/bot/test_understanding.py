"""The graph component: what it sets on a message for each outcome, and that training and loading give the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message

from bot.components.understanding import UnderstandingComponent, example_of
from bot.project import Project
from jobseeker.messages import Context, Understanding
from language.nlu import Example
from tests.doubles.rasa_project import write_project


class Fixed:
    """Answers what it was given and remembers what it was asked."""

    def __init__(self, understanding: Understanding) -> None:
        self.understanding = understanding
        self.asked: list[Any] = []

    def understand(self, text: str, context: Any = None, command: Any = None) -> Understanding:
        self.asked.append((text, context, command))
        return self.understanding


def component(tmp_path: Path, understander: Any = None) -> UnderstandingComponent:
    return UnderstandingComponent(LocalModelStorage(tmp_path), Resource("understanding"), understander)


@pytest.mark.parametrize(
    ("understanding", "intent"),
    [
        (Understanding("faq/ui_amount", 0.9, topics=("ui_amount",)), "faq"),
        (Understanding("greet", 0.9), "greet"),
        (Understanding("faq/ui_amount", 0.4, (("faq/ui_duration", 0.35),), "clarify"), "clarify"),
        (Understanding("faq/ui_amount", 0.1, (), "unsure"), "nlu_fallback"),
    ],
)
def test_the_outcome_decides_the_intent(tmp_path: Path, understanding: Understanding, intent: str) -> None:
    message = Message(
        data={"text": "x", "metadata": {"context": {"last_topic": "ui_amount"}, "command": "/topic ui_amount"}}
    )
    fixed = Fixed(understanding)
    component(tmp_path, fixed).process([message])
    output = message.as_dict(only_output_properties=True)
    assert output["intent"] == {"name": intent, "confidence": understanding.confidence}
    assert output["understanding"] == understanding.to_dict()
    assert output["intent_ranking"][0]["name"] == understanding.label
    text, context, command = fixed.asked[0]
    assert (text, context, command.name) == ("x", Context("ui_amount"), "topic")


@pytest.mark.parametrize(
    ("command", "act"),
    [("/confirm", "update_profile"), ("/resume pdf", "make_resume"), ("/alert off", "job_alert_off"), ("/alert on", "job_alert_on")],
)  # fmt: skip
def test_a_button_is_understood_without_the_classifier(tmp_path: Path, command: str, act: str) -> None:
    message = Message(data={"text": "確認", "metadata": {"command": command}})
    fixed = Fixed(Understanding("greet", 0.9))
    component(tmp_path, fixed).process([message])
    assert message.get("understanding") == Understanding(act, 1.0).to_dict()
    assert fixed.asked == []


def test_an_untrained_component_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="neither been trained"):
        component(tmp_path).process([Message(data={"text": "x"})])


def test_examples_carry_label_language_and_kind() -> None:
    about = {"metadata": {"intent": {"language": "zh", "kind": "typo"}}}
    assert example_of(Message(data={"text": "a", "intent": "faq/x", **about})) == Example("a", "faq/x", "zh", "typo")
    split = Message.build("b", "faq/x")  # as Rasa's own reader gives it
    assert example_of(split) == Example("b", "faq/x")


def test_what_was_trained_is_what_is_loaded(tmp_path: Path) -> None:
    project = Project(
        write_project(tmp_path / "p") if (tmp_path / "p").mkdir() is None else tmp_path, tmp_path / "models"
    )
    data = TrainingDataImporter.load_from_config(
        str(project.root / "config.yml"), str(project.root / "domain.yml"), project.training_files
    ).get_nlu_data()
    (tmp_path / "storage").mkdir()
    storage, resource = LocalModelStorage(tmp_path / "storage"), Resource("understanding")
    trained = UnderstandingComponent(storage, resource)
    assert trained.train(data) == resource
    loaded = UnderstandingComponent.load({}, storage, resource, ExecutionContext(GraphSchema({})))
    for text in ("失業給付可以領多久", "謝謝", "zzzz", ""):
        ours, theirs = Message(data={"text": text}), Message(data={"text": text})
        trained.process([ours])
        loaded.process([theirs])
        assert ours.get("understanding") == theirs.get("understanding")
