"""A report as one HTML page with inline SVG: no script, nothing loaded from elsewhere. Draws; measures nothing.

The three plots are lines and bars on a square; a plotting library for them would be the largest dependency of the project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from app.evaluation.text import accuracies, goals, percent, scope_line, tables

SIZE, EDGE = 300, 44
STYLE = """
:root{color-scheme:light dark;--line:#1f5fa8;--grid:#9aa4ad66;--good:#1d7a3a;--bad:#b3261e}
body{font:15px/1.5 system-ui,sans-serif;max-width:68rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{padding:.2rem .7rem;border-bottom:1px solid var(--grid);text-align:right}
th:first-child,td:first-child{text-align:left}td.text{text-align:left;max-width:36rem}.met{color:var(--good)}.missed{color:var(--bad);font-weight:600}
figure{display:inline-block;margin:0 1.5rem 1.5rem 0}figcaption{max-width:21rem}svg text{font:11px system-ui,sans-serif;fill:currentColor}
details{margin:.5rem 0 1.5rem}
"""
Point = tuple[float, float]


def as_page(report: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = ["<h1>How well the assistant understands</h1>", _goals(report)]
    for name, title in (("heldout", "Held-out set"), ("cross_validation", "Cross-validation")):
        if name in report:
            parts += [f"<h2>{title}</h2>", _plots(report[name])]
            parts.append(f"<p>Out of scope: {escape(scope_line(report[name]['out_of_scope']))}.</p>")
            parts += [_confusions(report[name]["confusions"])]
            parts.append(
                _details("Every label", _table(("label", "rows", "top-1", "top-3"), accuracies(report[name]["label"])))
            )
    parts += [
        f"<h2>{escape(title[0].upper() + title[1:])}</h2>{_table(header, rows)}"
        for title, header, rows in tables(report)
    ]
    parts.append(_escalation(report["escalation"]))
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Understanding report</title><style>{STYLE}</style></head>'
    return f"{head}<body>{''.join(parts)}</body></html>\n"


def _goals(report: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td>{value}</td><td>{escape(goal)}</td><td class="{"met" if verdict == "met" else "missed"}">{verdict}</td></tr>'
        for name, value, goal, verdict in goals(report)
    )
    return f"<table><tr><th>Goal</th><th>value</th><th>goal</th><th></th></tr>{rows}</table>"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{escape(cell)}</th>' for cell in header)}</tr>{body}</table>"


def _confusions(pairs: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(
        f'<tr><td>{escape(p["true"])}</td><td>{escape(p["given"])}</td><td>{p["times"]}</td><td class="text">{escape(" | ".join(p["texts"]))}</td></tr>'
        for p in pairs
    )
    return f"<h3>Taken for one another</h3><table><tr><th>meant</th><th>read as</th><th>times</th><th>for example</th></tr>{rows}</table>"


def _escalation(escalation: Mapping[str, Any]) -> str:
    notes = [
        f"<p>Cases: {escape(escalation['file'])}{' (the rules were tuned on these: the numbers flatter)' if escalation['tuned_on'] else ''}.</p>"
    ]
    for title, texts in (
        ("Crises missed", escalation["as_served"]["missed"]),
        ("False alarms", escalation["as_served"]["alarmed"]),
    ):
        notes.append(
            _details(f"{title}: {len(texts)}", f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>")
        )
    return "".join(notes)


def _details(summary: str, content: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def _plots(part: Mapping[str, Any]) -> str:
    bins = part["reliability"]["bins"]
    error = percent(part["reliability"]["expected_calibration_error"])
    found = [
        _figure(
            _chart(
                "confidence", "share right", [(b["confidence"], b["right"]) for b in bins], diagonal=True, marks=True
            ),
            f"Reliability: a confidence of 0.7 should be right in 70 %. Expected calibration error {error}.",
        )
    ]
    scope = part["out_of_scope"]
    if "points" in scope:
        points = [(loss, recall) for loss, recall in scope["points"]]
        operating = [(scope["loss"], scope["recall"])]
        found.append(
            _figure(
                _chart("in-scope messages lost", "out of scope found", points, diagonal=True, dots=operating),
                f"Out of scope: every threshold; the dot is where it works ({percent(scope['loss'])} lost, {percent(scope['recall'])} found).",
            )
        )
    found.append(_figure(_bars(part["language_kind"]), "Right at first, by language and way of saying it."))
    return "".join(found)


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _x(value: float) -> float:
    return round(EDGE + value * SIZE, 1)


def _y(value: float) -> float:
    return round(10 + (1 - value) * SIZE, 1)


def _chart(
    x_title: str,
    y_title: str,
    points: Sequence[Point],
    diagonal: bool = False,
    marks: bool = False,
    dots: Sequence[Point] = (),
) -> str:
    """A line in the unit square."""
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(
            f'<path d="M{_x(tick)} {_y(0)}V{_y(1)}M{_x(0)} {_y(tick)}H{_x(1)}" stroke="var(--grid)" fill="none"/>'
        )
        parts.append(f'<text x="{_x(tick)}" y="{_y(0) + 14}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{EDGE - 6}" y="{_y(tick) + 4}" text-anchor="end">{tick:g}</text>')
    if diagonal:
        parts.append(f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="var(--grid)" stroke-dasharray="4 4"/>')
    if points:
        path = "L".join(f"{_x(x)} {_y(y)}" for x, y in points)
        parts.append(f'<path d="M{path}" stroke="var(--line)" stroke-width="2" fill="none"/>')
    for x, y in points if marks else dots:
        parts.append(f'<circle cx="{_x(x)}" cy="{_y(y)}" r="4" fill="var(--line)"/>')
    parts.append(f'<text x="{_x(0.5)}" y="{_y(0) + 30}" text-anchor="middle">{escape(x_title)}</text>')
    parts.append(f'<text transform="translate(12 {_y(0.5)}) rotate(-90)" text-anchor="middle">{escape(y_title)}</text>')
    return _svg(SIZE + EDGE + 12, SIZE + 48, f"{y_title} over {x_title}", parts)


def _bars(groups: Mapping[str, Mapping[str, Any]]) -> str:
    """One bar per group, its share right beside it."""
    parts = []
    for number, (name, value) in enumerate(groups.items()):
        y, right = 8 + number * 18, value["top1"] or 0.0
        parts.append(f'<text x="96" y="{y + 10}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect x="102" y="{y}" width="{round(right * 200, 1)}" height="12" fill="var(--line)"/>')
        parts.append(f'<text x="{round(108 + right * 200, 1)}" y="{y + 10}">{percent(right)} ({value["rows"]})</text>')
    return _svg(400, 16 + 18 * len(groups), "share right by language and way of saying it", parts)


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    return f'<svg role="img" aria-label="{escape(title)}" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
