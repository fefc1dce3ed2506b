"""What is said in the conversation about the pre-check: which text, with which facts. No wording, no deciding (dialogue.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jobseeker.benefits.reading import Said
from jobseeker.benefits.records import Circumstances, Estimate, Line, Unclear, Used
from jobseeker.messages import Say

CHOICES = frozenset({"reason", "status", "earlier"})
MONEY = frozenset({"salary", "income"})
OPTIONS_SHOWN = 4


def ask(question: str, case: Circumstances) -> Say:
    """A question of questions.py."""
    if question == "insured_months" and case.earlier == "used_up":
        question = "insured_since"
    return Say("utterance", f"precheck_ask_{question}")


def noted(told: Iterable[Said]) -> tuple[Say, ...]:
    """What was taken from a message, so that a wrong reading is seen at once."""
    lines = [_fact(one.name, one.value) for one in told if one.name != "parents" and one.value is not None]
    return (Say("utterance", "precheck_noted", {"facts": lines}),) if lines else ()


def asked_back(said: Said) -> Say:
    """A reading that cannot be used: what was read, why it is asked back, and the values that may be meant."""
    key = f"precheck_bad_{said.problem}"
    buttons = [{"title": _value(said.name, one), "payload": f"/answer {one}"} for one in said.options[:OPTIONS_SHOWN]]
    what = {"key": f"precheck_field_{said.name}"}
    return Say("cards", key, {"items": [], "words": said.words[:40], "field": what, "buttons": buttons})


def check(case: Circumstances, unknown: Iterable[str], lead: str = "precheck_check") -> Say:
    """Everything that is known, to be confirmed or corrected."""
    known = case.to_dict()
    names = [name for name in known if name != "parents" and not (name == "age" and "birth_on" in known)]
    facts = [_fact(name, getattr(case, name)) for name in names]
    lines = [{"key": "precheck_line", "params": {"fact": fact}} for fact in facts]
    lines += [
        {"key": "precheck_line_unknown", "params": {"field": {"key": f"precheck_field_{one}"}}} for one in unknown
    ]
    return Say("cards", lead, {"items": [], "lines": lines})


def result(estimate: Estimate) -> tuple[Say, ...]:
    """The favourable lines with sum and clause, then what is unclear."""
    says: list[Say] = []
    if estimate.lines:
        lines = [line for one in estimate.lines for line in _shown(one)]
        rows = [used for one in estimate.lines for used in one.used]
        says.append(
            Say(
                "cards",
                "precheck_result",
                {"items": [], "day": _day(estimate.figures_on), "lines": lines, "sources": _sources(rows)},
            )
        )
    if estimate.unclear:
        lead = "precheck_unclear" if estimate.lines else "precheck_unclear_only"
        points = [_point(one) for one in estimate.unclear]
        rows = [used for one in estimate.unclear for used in one.used]
        says.append(Say("cards", lead, {"items": [], "lines": points, "sources": _sources(rows)}))
    return tuple(says)


def _shown(line: Line) -> list[dict[str, Any]]:
    key = "precheck_months_up_to" if line.rule == "months" else f"precheck_{line.rule}"
    if line.rule == "monthly" and line.more:
        key += "_capped"
    if line.rule == "early_award" and not line.more:
        key += "_month"
    more = {
        name: {"twd": int(value)} if name in ("cap", "income", "deduction", "most") else _number(value)
        for name, value in (line.more or {}).items()
    }
    lines: list[dict[str, Any]] = [{"key": key, "params": {"value": _quantity(line), **more}}]
    clause = line.used[0].clause
    versions = ", ".join(sorted({f"{used.valid_from:%Y-%m-%d}" for used in line.used}))
    detail = {"rule": line.rule, "clause": dict(clause), "working": line.working, "versions": versions}
    lines.append({"key": "precheck_basis" if line.working else "precheck_basis_no_sum", "params": detail})
    return lines


def _point(point: Unclear) -> dict[str, Any]:
    return {"key": f"precheck_point_{point.point}"}


def _quantity(line: Line) -> Any:
    if isinstance(line.value, date):
        return {"date": line.value.isoformat()}
    assert line.value is not None, "every line has a value"
    return {"twd": int(line.value)} if line.unit == "twd" else _number(line.value)


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _fact(name: str, value: Any) -> dict[str, Any]:
    if name in CHOICES:
        return {"key": f"precheck_fact_{name}", "params": {"value": _value(name, value)}}
    if name == "disability":
        return {"key": "precheck_fact_disability" if value else "precheck_fact_no_disability"}
    if name == "registered":
        return {"key": "precheck_fact_registered" if value else "precheck_fact_not_registered"}
    return {"key": f"precheck_fact_{name}", "params": {"value": _value(name, value)}}


def _value(name: str, value: Any) -> Any:
    """A value in the reader's words."""
    if name in CHOICES:
        return {"key": f"precheck_{name}_{value}"}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if name.endswith("_on"):
        return {"date": str(value)}
    if name in MONEY:
        return {"twd": int(Decimal(value))}
    if isinstance(value, str) and name == "insured_months":
        return {"key": "precheck_months", "params": {"value": value}}
    return _number(value) if isinstance(value, Decimal) else str(value)


def _day(day: date | None) -> Mapping[str, str] | None:
    return {"date": day.isoformat()} if day else None


def _sources(rows: Iterable[Used]) -> list[dict[str, Any]]:
    seen = {used.clause["en"]: {"title": dict(used.clause), "url": used.url} for used in rows}
    return list(seen.values())
