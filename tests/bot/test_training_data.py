"""What a model is made from: the questions and rules, not the answers and figures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter

from bot.importer import KnowledgeImporter
from bot.project import Project
from jobseeker.errors import ContentError
from tests.doubles.rasa_project import ROOT, TOPICS, write_project, write_topic


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(write_project(tmp_path), tmp_path / "models")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_answers_figures_and_wording_ask_for_no_training(project: Project) -> None:
    before = project.fingerprint(ROOT)
    zh, en = TOPICS["ui_amount"]
    write_topic(project.root / "packs/tw/knowledge/ui_amount.yml", zh, en, answer="換了一個答案。")
    replace(project.root / "packs/tw/policy/benefits.yml", "value: 60", "value: 70")
    replace(project.root / "data/responses/dialogue.yml", "act_thanks:", "act_thanks:  # looked at")
    assert project.fingerprint(ROOT) == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("packs/tw/knowledge/ui_amount.yml", "一個月給多少錢", "一個月給多少"),
        ("packs/tw/knowledge/ui_amount.yml", "lay:", "chat:"),
        ("data/nlu/greet.yml", "哈囉", "嗨"),
        ("data/rules/acts.yml", "utter_thanks", "utter_greet"),
        ("domain.yml", "act_greet", "act_help"),
        ("config.yml", "max_history: 3", "max_history: 4"),
    ],
)
def test_whatever_is_learned_from_asks_for_training(project: Project, file: str, old: str, new: str) -> None:
    before = project.fingerprint(ROOT)
    replace(project.root / file, old, new)
    assert project.fingerprint(ROOT) != before


def test_the_code_that_learns_asks_for_training(project: Project, tmp_path: Path) -> None:
    before = project.fingerprint(ROOT)
    for folder in ("bot/components", "language/nlu"):
        (tmp_path / "code" / folder).mkdir(parents=True)
        for source in (ROOT / folder).glob("*.py"):
            (tmp_path / "code" / folder / source.name).write_bytes(source.read_bytes())
    (tmp_path / "code/bot/importer.py").write_bytes((ROOT / "bot/importer.py").read_bytes())
    assert project.fingerprint(tmp_path / "code") == before
    replace(tmp_path / "code/language/nlu/understander.py", '"""', '"""Changed. ')
    assert project.fingerprint(tmp_path / "code") != before


def test_the_model_in_use_is_remembered_and_changed_at_once(project: Project) -> None:
    assert project.current_model() is None
    project.models.mkdir()
    model = project.model_path(project.fingerprint(ROOT))
    project.use_model(model)
    assert project.current_model() is None  # named, but not there
    model.write_bytes(b"x")
    assert project.current_model() == model


def test_a_few_older_models_are_kept_to_go_back_to(project: Project) -> None:
    project.models.mkdir()
    models = [project.models / f"jobseeker-{number:016d}.tar.gz" for number in range(6)]
    for number, model in enumerate(models):
        model.write_bytes(b"x")
        os.utime(model, (number, number))
    project.use_model(models[0])
    project.forget_old_models()
    assert [model.exists() for model in models] == [True, False, False, True, True, True]


def importer_of(project: Project) -> TrainingDataImporter:
    return TrainingDataImporter.load_from_config(
        str(project.root / "config.yml"), str(project.root / "domain.yml"), project.training_files
    )


def test_questions_come_as_labelled_examples_beside_the_acts(project: Project) -> None:
    data = importer_of(project).get_nlu_data()
    assert {"faq/ui_amount", "faq/ui_duration", "faq/severance_pay", "greet", "talk_to_human"} <= data.intents
    found = [message for message in data.intent_examples if message.get("text") == "一個月給多少錢"]
    assert len(found) == 1
    assert found[0].get("intent") == "faq/ui_amount"
    assert found[0].get("metadata") == {"intent": {"language": "zh", "kind": "lay"}}
    greeting = next(message for message in data.intent_examples if message.get("text") == "你好")
    assert greeting.get("metadata")["intent"] == {"language": "zh", "kind": "lay"}
    assert not data.retrieval_intents  # `faq` is one intent with one rule, not a ResponseSelector's
    assert importer_of(project).get_nlu_data().fingerprint() == data.fingerprint()


def test_an_error_names_file_and_line(project: Project) -> None:
    path = project.root / "packs/tw/knowledge/ui_amount.yml"
    replace(path, "questions:\n  zh:\n    lay:", "questions:\n  zh: nothing\n  other:\n    lay:")
    line = path.read_text(encoding="utf-8").split("\n").index("  zh: nothing") + 1
    with pytest.raises(ContentError, match=f"knowledge/ui_amount.yml:{line}:"):
        importer_of(project).get_nlu_data()
    with pytest.raises(ContentError, match=f"knowledge/ui_amount.yml:{line}:"):
        project.fingerprint(ROOT)


def test_a_wrong_domain_is_an_error_not_an_empty_domain(project: Project) -> None:
    replace(project.root / "domain.yml", "intents:", "intentions:")
    replace(project.root / "domain.yml", "responses:", "responses: nonsense\nother:")
    with pytest.raises(Exception, match="domain"):
        KnowledgeImporter(str(project.root / "config.yml"), str(project.root / "domain.yml")).get_domain()
