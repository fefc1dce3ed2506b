"""Dashboard and alerts ask only for metrics and labels that there are; every alert says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from app.metrics import LABELS, PrometheusMeter
from jobseeker.storage_operations import Sample

PROMETHEUS_ITSELF = {"up"}
OF_PROMETHEUS = {"job", "instance", "le"}  # labels it sets itself
VARIABLE = re.compile(r"\$__rate_interval|\$\{?__\w+\}?")


def selectors(expression: str) -> list[Any]:
    """The selectors of metrics in a PromQL expression. Raises ValueError where it is not one."""
    found: list[Any] = []
    pending: list[Any] = [promql_parser.parse(VARIABLE.sub("5m", expression))]
    while pending:
        node = pending.pop()
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)
        elif isinstance(node, promql_parser.MatrixSelector):
            found.append(node.vector_selector)
        else:
            children = [getattr(node, name, None) for name in ("lhs", "rhs", "expr")] + list(
                getattr(node, "args", None) or []
            )
            pending += [child for child in children if isinstance(child, promql_parser.Expr)]
    return found


def known() -> set[str]:
    """The names of all series the gateway shows."""
    meter = PrometheusMeter(["web"])
    meter.requested("/", 200, 0.1)
    meter.observed.sample, meter.observed.up = Sample(), {"database": True}
    names = set(PROMETHEUS_ITSELF)
    for family in meter.registry.collect():
        names |= {sample.name for sample in family.samples} | {family.name}
        if family.type == "histogram":
            names |= {f"{family.name}_{part}" for part in ("bucket", "sum", "count")}
    return names


def wrong(expressions: Iterator[tuple[str, str]]) -> tuple[int, list[str]]:
    """(how many metrics were looked at, what is wrong)."""
    names, looked_at, problems = known(), 0, []
    for place, expression in expressions:
        asked = selectors(expression)
        looked_at += len(asked)
        if not asked:
            problems.append(f"{place}: asks for no metric")
        for selector in asked:
            if selector.name not in names:
                problems.append(f"{place}: there is no {selector.name}")
            labels = {matcher.name for matcher in selector.matchers.matchers}
            problems += [f"{place}: there is no label {name}" for name in labels - LABELS - OF_PROMETHEUS]
    return looked_at, problems


def of_dashboard(dashboard: Any) -> Iterator[tuple[str, str]]:
    """(panel, expression) of all panels."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def of_rules(rules: Any) -> Iterator[tuple[str, str]]:
    """(alert, expression) of all rules."""
    for group in rules["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


def test_the_dashboard_asks_for_what_there_is(root: Path) -> None:
    dashboard = json.loads((root / "deploy" / "grafana" / "jobseeker.json").read_text("utf-8"))
    looked_at, problems = wrong(of_dashboard(dashboard))
    assert looked_at > 25
    assert problems == []
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))


def test_the_alerts_ask_for_what_there_is(root: Path) -> None:
    rules = yaml.safe_load((root / "deploy" / "prometheus" / "alerts.yml").read_text("utf-8"))
    looked_at, problems = wrong(of_rules(rules))
    assert looked_at > 12
    assert problems == []


def test_every_metric_is_looked_at_by_a_panel_or_an_alert(root: Path) -> None:
    text = (root / "deploy" / "grafana" / "jobseeker.json").read_text("utf-8")
    text += (root / "deploy" / "prometheus" / "alerts.yml").read_text("utf-8")
    meter = PrometheusMeter()
    meter.observed.sample = Sample()
    names = [family.name for family in meter.registry.collect() if family.name.startswith("jobseeker_")]
    assert len(names) > 15
    assert [name for name in names if name not in text] == []


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("sum(rate(jobseeker_gone_total[5m]))", "there is no jobseeker_gone_total"),
        ('max(jobseeker_inbox_pending{person="x"})', "there is no label person"),
        ("vector(1)", "asks for no metric"),
        (
            "histogram_quantile(0.9, sum by (le) (rate(jobseeker_gone_bucket[$__rate_interval])))",
            "jobseeker_gone_bucket",
        ),
    ],
)
def test_what_there_is_not_would_be_found(expression: str, problem: str) -> None:
    _, problems = wrong(iter([("x", expression)]))
    assert [text for text in problems if problem in text]


def test_what_is_not_promql_is_refused() -> None:
    with pytest.raises(ValueError):
        selectors("sum(rate(")


def test_every_alert_says_what_to_do(root: Path) -> None:
    rules = yaml.safe_load((root / "deploy" / "prometheus" / "alerts.yml").read_text("utf-8"))
    text = (root / "docs" / "operations.md").read_text("utf-8")
    named = [rule["alert"] for group in rules["groups"] for rule in group["rules"]]
    assert len(named) > 10
    assert sorted(named) == sorted(re.findall(r"^\| `(Jobseeker\w+)`", text, re.MULTILINE))
    assert all(rule["labels"]["severity"] in ("page", "ticket") for group in rules["groups"] for rule in group["rules"])


def test_what_alerts_do_is_said_of_alerts_that_there_are(root: Path) -> None:
    """The cases themselves are run by promtool, which is not on every machine."""
    folder = root / "deploy" / "prometheus"
    rules = yaml.safe_load((folder / "alerts.yml").read_text("utf-8"))
    cases = yaml.safe_load((folder / "alerts_test.yml").read_text("utf-8"))
    named = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    said = [each for case in cases["tests"] for each in case["alert_rule_test"]]
    assert len([each for each in said if each["exp_alerts"]]) > 5
    assert {each["alertname"] for each in said} <= named
    series = (each["series"] for case in cases["tests"] for each in case["input_series"])
    assert wrong((name, name) for name in series)[1] == []
