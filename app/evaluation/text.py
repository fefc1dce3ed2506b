"""A report as plain text for the terminal and as the short Markdown page that is committed. Formats; measures nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Sequence[str]
PAIRS_SHOWN, WORST_SHOWN = 12, 12


def percent(value: float | None) -> str:
    """0.8512 -> "85.1 %"."""
    return "-" if value is None else f"{100 * value:.1f} %"


def goals(report: Mapping[str, Any]) -> list[Row]:
    """One row per goal: name, value, goal, verdict."""
    words = {True: "met", False: "NOT MET", None: "not measured"}
    return [
        (g["name"], percent(g["value"]), f"{'>=' if g['at_least'] else '<='} {percent(g['goal'])}", words[g["met"]])
        for g in report["goals"]
    ]


def accuracies(groups: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    """One row per group: name, rows, top-1, top-3."""
    return [
        (name or "(none)", str(value["rows"]), percent(value["top1"]), percent(value["top3"]))
        for name, value in groups.items()
    ]


def worst(labels: Mapping[str, Mapping[str, Any]], shown: int = WORST_SHOWN) -> dict[str, Mapping[str, Any]]:
    """The labels with the lowest top-1 share."""
    ordered = sorted(labels, key=lambda name: (labels[name]["top1"], name))[:shown]
    return {name: labels[name] for name in ordered}


def outcome_rows(outcomes: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    """One row per outcome: name, share, precision."""
    return [
        (name, str(value["rows"]), percent(value["share"]), percent(value["precision"]))
        for name, value in outcomes.items()
    ]


def escalation_rows(escalation: Mapping[str, Any]) -> list[Row]:
    """One row per number: name, by the text alone, as served."""
    alone, served = escalation["text_alone"], escalation["as_served"]
    names = (
        ("crisis recall", "crisis_recall"),
        ("false alarms among near misses", "false_alarms"),
        ("level right", "level_accuracy"),
    )
    return [(name, percent(alone[key]), percent(served[key])) for name, key in names]


def left_out_rows(kinds: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    """One row per way of saying things that was left out: rows, top-1, top-3, top-1 in Chinese and in English."""
    return [
        (
            kind,
            str(value["rows"]),
            percent(value["top1"]),
            percent(value["top3"]),
            *(percent(value["language"].get(language, {}).get("top1")) for language in ("zh", "en")),
        )
        for kind, value in kinds.items()
    ]


def scope_line(scope: Mapping[str, Any]) -> str:
    """Out-of-scope detection in one line."""
    line = f"recall {percent(scope['recall'])} ({scope['rows_out']} rows) while {percent(scope['loss'])} of {scope['rows_in']} rows in scope are lost"
    if "area" in scope:
        line += (
            f"; area under the curve {scope['area']:.3f}; recall at 2 % loss {percent(scope['recall_at_loss']['0.02'])}"
        )
    return line


def tables(report: Mapping[str, Any]) -> Iterable[tuple[str, Row, list[Row]]]:
    """The tables of a report: title, header, rows."""
    found = ("rows", "top-1", "top-3")
    for name, title in (("heldout", "held-out set"), ("cross_validation", "cross-validation")):
        part = report.get(name)
        if part is None:
            continue
        yield f"{title}: parts", ("part", *found), accuracies(part["part"])
        yield f"{title}: parts by language", ("part", *found), accuracies(part["part_language"])
        yield f"{title}: ways of saying it", ("kind", *found), accuracies(part["language_kind"])
        yield f"{title}: weakest labels", ("label", *found), accuracies(worst(part["label"]))
        yield f"{title}: what follows", ("outcome", "rows", "share", "right"), outcome_rows(part["outcomes"])
    if "leave_kind_out" in report:
        yield (
            "one way of saying it left out",
            ("kind", *found, "top-1 zh", "top-1 en"),
            left_out_rows(report["leave_kind_out"]),
        )
    yield "escalation", ("", "by the text alone", "as served"), escalation_rows(report["escalation"])


def as_text(report: Mapping[str, Any]) -> str:
    """The whole report for a terminal."""
    blocks = [_aligned("goals", ("", "value", "goal", ""), goals(report))]
    blocks += [_aligned(title, header, rows) for title, header, rows in tables(report)]
    for name in ("heldout", "cross_validation"):
        if name in report:
            part = report[name]
            error = part["reliability"]["expected_calibration_error"]
            blocks.append(
                f"{name}\n  out of scope: {scope_line(part['out_of_scope'])}\n  expected calibration error: {percent(error)}"
            )
            pairs = [
                f"  {p['times']:3} x  {p['true']} -> {p['given']}   {' | '.join(p['texts'])}"
                for p in part["confusions"][:PAIRS_SHOWN]
            ]
            blocks.append("\n".join([f"{name}: taken for one another", *pairs]))
    if report["escalation"]["tuned_on"]:
        blocks.append(
            f"The escalation cases are the ones the rules were tuned on ({report['escalation']['file']}): those numbers flatter."
        )
    return "\n\n".join(blocks) + "\n"


def as_markdown(report: Mapping[str, Any]) -> str:
    """The short page that is committed beside the JSON."""
    model = report["model"]
    heldout, escalation = report["heldout"], report["escalation"]
    lines = [
        "# How well the assistant understands",
        "",
        "Made by `jobseeker evaluate`; `make check` fails when the data have changed since. All numbers are in `docs/reports/nlu.json`;",
        "`jobseeker evaluate --html FILE` draws the plots.",
        "",
        f"Model: {model['rows']} rows, {model['labels']} labels, trained in {model['training_cpu_seconds']} s of processor time. "
        f"Held-out set: {heldout['all']['rows']} messages written apart from the training data.",
        "",
        *_markdown(("goal of issue 3", "value", "goal", ""), goals(report)),
        f"Out of scope: {scope_line(heldout['out_of_scope'])}.",
        f"Expected calibration error: {percent(heldout['reliability']['expected_calibration_error'])}.",
        "",
    ]
    if escalation["tuned_on"]:
        lines += [
            f"The escalation cases are the ones the rules were tuned on (`{escalation['file']}`): those three numbers flatter.",
            "",
        ]
    for title, header, rows in tables(report):
        lines += [f"## {title[0].upper()}{title[1:]}", "", *_markdown(header, rows)]
    lines += ["## Most often taken for one another (held-out set)", ""]
    lines += _markdown(
        ("times", "meant", "read as", "for example"),
        [(str(p["times"]), p["true"], p["given"], p["texts"][0]) for p in heldout["confusions"][:PAIRS_SHOWN]],
    )
    return "\n".join(lines).rstrip() + "\n"


def _markdown(header: Row, rows: Sequence[Row]) -> list[str]:
    body = [header, ["---"] * len(header), *rows]
    return [
        *(
            f"| {' | '.join(str(cell).replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |"
            for row in body
        ),
        "",
    ]


def _aligned(title: str, header: Row, rows: Sequence[Row]) -> str:
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = [
        "  "
        + "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in [header, *rows]
    ]
    return "\n".join([title, *lines])
