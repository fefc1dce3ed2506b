"""What makes a turn cheaper gives the same results as Rasa's own code; the source it relies on is as it was."""

from __future__ import annotations

import ast
import inspect
import random
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.acceleration import COPY_FOR_DEBUG_LINES_ONLY, PlannedGraphRunner, RuleIndex, states_needed
from bot.tracker_store.tracker import StoredTracker


@pytest.fixture(scope="module")
def runners(
    dialogue_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Domain, DaskGraphRunner, PlannedGraphRunner]:
    made: list[Any] = []
    for kind in (DaskGraphRunner, PlannedGraphRunner):
        metadata, runner = load_predict_graph_runner(
            tmp_path_factory.mktemp("model"), dialogue_model, LocalModelStorage, kind
        )
        made.append(runner)
    return metadata.domain, made[0], made[1]


def random_events(choose: random.Random, domain: Domain, rewriting: bool) -> list[Event]:
    """A conversation such as Rasa records it, with or without the events that take back earlier ones."""
    events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    for _ in range(choose.randrange(1, 25)):
        intent = choose.choice(["faq", "greet", "thanks", "affirm", "find_training"])
        hidden = choose.random() < 0.5
        events.append(UserUttered(f"text {intent}", {"name": intent, "confidence": 1.0}))
        if choose.random() < 0.7:
            events.append(DefinePrevUserUtteredFeaturization(choose.random() < 0.2))
        if choose.random() < 0.3:
            events.append(SlotSet("wish", choose.choice(["yes", None])))
        for _ in range(choose.randrange(1, 3)):
            events += [
                ActionExecuted(f"utter_{choose.choice(['faq', 'greet'])}", hide_rule_turn=hidden),
                BotUttered("x"),
            ]
        if rewriting and choose.random() < 0.3:
            events += choose.choice(
                [
                    [ActionExecuted("course_form"), ActiveLoop("course_form")],
                    [ActiveLoop(None)],
                    [ActionReverted()],
                    [UserUtteranceReverted()],
                ]
            )
        if choose.random() < 0.05:
            events += [Restarted(), ActionExecuted("action_session_start"), SessionStarted()]
        events.append(ActionExecuted("action_listen", hide_rule_turn=hidden))
    if choose.random() < 0.5:
        events.append(UserUttered("last", {"name": "faq", "confidence": 1.0}))
    return events


@pytest.mark.parametrize("rewriting", [False, True])
def test_a_stored_tracker_is_a_tracker(runners: tuple[Domain, Any, Any], rewriting: bool) -> None:
    domain, choose, looked_at = runners[0], random.Random(5), 0
    for _ in range(150):
        events = random_events(choose, domain, rewriting)
        plain = DialogueStateTracker.from_events("s", events, domain.slots)
        ours = StoredTracker.from_events("s", events, domain.slots)
        assert ours.applied_events() == plain.applied_events()
        assert (
            ours.current_state() == plain.current_state() == ours.copy().current_state() == plain.copy().current_state()
        )
        for options in ({}, {"omit_unset_slots": True}, {"ignore_rule_only_turns": True}):
            expected = plain.past_states(domain, **options)
            assert ours.past_states(domain, **options) == expected
            for needed in (1, 3, 6):
                ours.states_needed = needed
                got = ours.past_states(domain, **options)
                assert len(got) >= min(needed, len(expected))
                assert got == expected[len(expected) - len(got) :], (options, needed)
                looked_at += len(got) < len(expected)
            ours.states_needed = None
    assert looked_at > 300, "the short way was hardly ever taken"


def test_a_copy_goes_its_own_way(runners: tuple[Domain, Any, Any]) -> None:
    tracker = StoredTracker.from_events("s", random_events(random.Random(1), runners[0], False), runners[0].slots)
    before, events = tracker.current_state(), list(tracker.events)
    other = tracker.copy()
    other.update(SlotSet("wish", "other"))
    other.update(ActiveLoop("course_form"))
    assert tracker.current_state() == before
    assert list(tracker.events) == events
    assert list(tracker.applied_events()) != list(other.applied_events())


def test_the_planned_runner_gives_what_dask_gives(runners: tuple[Domain, DaskGraphRunner, PlannedGraphRunner]) -> None:
    domain, dask, planned = runners
    choose, target = random.Random(7), "select_prediction"
    for _ in range(40):
        tracker = DialogueStateTracker.from_events("s", random_events(choose, domain, True), domain.slots)
        expected = dask.run({"__tracker__": tracker}, [target])[target]
        got = planned.run({"__tracker__": tracker}, [target])[target]
        assert got == expected
        assert got.policy_name == expected.policy_name


def test_the_rule_index_finds_the_same_rules(runners: tuple[Domain, Any, PlannedGraphRunner]) -> None:
    domain, _, planned = runners
    policy = next(component for component in planned.components if isinstance(component, RulePolicy))
    index, choose, found = RuleIndex(policy), random.Random(9), 0
    for _ in range(150):
        tracker = DialogueStateTracker.from_events("s", random_events(choose, domain, True), domain.slots)
        for as_text in (True, False):
            states = policy._prediction_states(tracker, domain, as_text)
            expected = RulePolicy._get_possible_keys(policy, policy.lookup[RULES], states)
            assert index(policy.lookup[RULES], states) == expected
            found += len(expected)
    assert found > 30, "no rule ever fitted"
    assert index(policy.lookup[RULES], []) == set(policy.lookup[RULES])


def test_policies_look_back_only_a_few_states(runners: tuple[Domain, Any, PlannedGraphRunner]) -> None:
    assert 3 <= (states_needed(runners[2].components) or 99) <= 10


def test_debug_lines_are_all_these_modules_copy_for() -> None:
    seen = 0
    for module in COPY_FOR_DEBUG_LINES_ONLY:
        tree = ast.parse(inspect.getsource(module))
        in_debug = {
            id(inner)
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "structlogger.debug"
            for inner in ast.walk(call)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "copy":
                seen += 1
                assert id(node) in in_debug, f"{module.__name__}:{node.lineno} copies for more than a debug line"
    assert seen >= 7
