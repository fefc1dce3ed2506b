"""domain.yml and the rules: every act is known and answered, nothing holds prose, every text they name exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from actions.serve import build_actions
from app.desk import Desk
from content import load_pack
from jobseeker.messages import Say

OURS = {"faq", "clarify", "nlu_fallback", "answer_profile", "answer_resume", "answer_jobs", "answer_benefits"}
BY_RASA = {"restart"}  # Rasa's own action_restart answers it


@pytest.fixture(scope="module")
def domain(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def rules(root: Path) -> dict[str, str]:
    """Intent -> action of every rule."""
    found: dict[str, str] = {}
    for path in sorted((root / "data" / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            intent, action = rule["steps"]
            assert intent["intent"] not in found, f"two rules for {intent['intent']}"
            found[intent["intent"]] = action["action"]
    assert len(found) > 30
    return found


def test_every_act_of_the_specification_is_an_intent(domain: dict[str, Any], shared: Path) -> None:
    table = (shared / "intents.md").read_text(encoding="utf-8").split("## Dialogue acts")[1].split("## ")[0]
    names = [
        name
        for line in re.findall(r"^\| ([a-z_, ]+) \|", table, re.M)
        for name in line.split(", ")
        if name.strip() != "id"
    ]
    assert len(names) > 30
    assert set(names) | OURS == set(domain["intents"])


def test_every_label_that_is_trained_is_an_intent(domain: dict[str, Any], root: Path) -> None:
    files = sorted((root / "data" / "nlu").glob("*.yml"))
    assert len(files) > 8
    for path in files:
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            assert block["intent"].partition("/")[0] in domain["intents"], path.name  # "faq/<topic>" trains a topic


def test_every_intent_has_one_rule(domain: dict[str, Any], rules: dict[str, str]) -> None:
    assert set(domain["intents"]) - set(rules) == BY_RASA
    assert set(rules) <= set(domain["intents"])


def test_what_rules_call_exists_and_is_called(domain: dict[str, Any], rules: dict[str, str]) -> None:
    actions = [action.name() for action in build_actions(cast(Desk, None))]  # a name needs nothing loaded
    assert len(actions) == len(set(actions))
    assert set(domain["actions"]) == set(actions)
    assert set(rules.values()) | {"utter_restart"} == set(domain["responses"]) | set(domain["actions"])


def test_responses_hold_no_prose_and_name_texts_that_exist(domain: dict[str, Any], root: Path) -> None:
    texts = load_pack(root).responses
    for name, variants in domain["responses"].items():
        assert len(variants) == 1, f"{name} would be chosen by chance"
        assert set(variants[0]) == {"custom"}, name
        say = Say.from_dict(variants[0]["custom"]["say"])
        assert say.kind in ("faq", "clarify") or say.key in texts, f"{name}: data/responses has no {say.key}"
