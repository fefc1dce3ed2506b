"""What makes Rasa's turn cheaper without changing what it does. Each part is compared with the original in tests/bot."""

from __future__ import annotations

import copy
import json
import types
from typing import Any

import rasa.core.policies.memoization
import rasa.core.policies.rule_policy
import rasa.core.processor
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

COPY_FOR_DEBUG_LINES_ONLY = (rasa.core.processor, rasa.core.policies.rule_policy, rasa.core.policies.memoization)


class PlannedGraphRunner(DaskGraphRunner):
    """Runs a graph's nodes one after the other by a plan made once; dask plans anew in every run."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plans: dict[tuple[str, ...], list[tuple[str, Any, tuple[str, ...]]]] = {}

    @property
    def components(self) -> list[Any]:
        """The graph's loaded components."""
        return [node._component for node in self._instantiated_nodes.values()]

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run what the targets need (see DaskGraphRunner)."""
        wanted = tuple(targets or self._graph_schema.target_names)
        plan = self._plans.get(wanted)
        if plan is None:
            plan = self._plans[wanted] = self._plan(wanted)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in plan:
            if name not in done:
                done[name] = node(*(done.get(need, need) for need in needs))
        return dict(done[name] for name in wanted)

    def _plan(self, wanted: tuple[str, ...]) -> list[tuple[str, Any, tuple[str, ...]]]:
        """The nodes in an order in which each comes after what it needs."""
        waiting = dict(self._graph_schema.minimal_graph_schema(list(wanted)).nodes)
        plan: list[tuple[str, Any, tuple[str, ...]]] = []
        while waiting:
            ready = [name for name, node in waiting.items() if not any(need in waiting for need in node.needs.values())]
            if not ready:
                raise GraphRunError(f"these nodes need each other: {sorted(waiting)}")
            for name in ready:
                plan.append((name, self._instantiated_nodes[name], tuple(waiting.pop(name).needs.values())))
        return plan


def states_needed(components: list[Any]) -> int | None:
    """How many of a conversation's last states the policies look at; None where one wants them all."""
    longest = 0
    for policy in (component for component in components if isinstance(component, Policy)):
        if isinstance(policy, RulePolicy):
            keys = [*policy.lookup.get(RULES, {}), *policy.lookup.get(RULES_FOR_LOOP_UNHAPPY_PATH, {})]
            reach = max((len(json.loads(key)) for key in keys), default=0)
        elif type(policy) is MemoizationPolicy and policy.featurizer.max_history:
            reach = policy.featurizer.max_history
        else:
            return None
        longest = max(longest, reach)
    return longest + 1  # one more: whether a state is the conversation's first shows in the one before it


class RuleIndex:
    """Finds the rules that fit a conversation by its last action and intent first; Rasa tries every rule.

    Stands in for `RulePolicy._get_possible_keys` of one policy: the same keys, but only those are tried whose last state
    names no other action and no other intent.
    """

    def __init__(self, policy: RulePolicy) -> None:
        self._policy = policy
        self._indexes = {
            id(lookup): self._index(lookup) for lookup in policy.lookup.values() if isinstance(lookup, dict)
        }

    @staticmethod
    def _index(lookup: dict[str, str]) -> dict[tuple[str | None, str | None], list[str]]:
        index: dict[tuple[str | None, str | None], list[str]] = {}
        for key in lookup:
            index.setdefault(_names(json.loads(key)[-1]), []).append(key)
        return index

    def __call__(self, lookup: dict[str, str], states: list[Any]) -> set[str]:
        """The keys of `lookup` that fit `states`."""
        index = self._indexes[id(lookup)]
        if not states:
            return set(lookup)
        action, intent = _names(states[-1])
        tried = {(action, intent), (action, None), (None, intent), (None, None)}
        possible = [key for names in tried for key in index.get(names, ())]
        for turn, state in enumerate(reversed(states)):
            possible = [key for key in possible if self._policy._is_rule_applicable(key, turn, state)]
        return set(possible)


def _names(state: Any) -> tuple[str | None, str | None]:
    return (state.get("prev_action") or {}).get("action_name"), (state.get("user") or {}).get("intent")


def index_rules(components: list[Any]) -> None:
    """Give every rule policy its index."""
    for policy in components:
        if type(policy) is RulePolicy:
            policy._get_possible_keys = RuleIndex(policy)


def skip_debug_copies() -> None:
    """Rasa deep-copies states and events for debug lines, whether they are printed or not; these modules copy for nothing else."""
    idle = types.ModuleType("copy")
    idle.__dict__.update(copy.__dict__)
    idle.deepcopy = lambda value, memo=None: value  # type: ignore[attr-defined]
    for module in COPY_FOR_DEBUG_LINES_ONLY:
        module.copy = idle  # type: ignore[attr-defined]
