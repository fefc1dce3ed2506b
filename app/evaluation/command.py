"""What `jobseeker evaluate` does: run, print, write. Nothing is measured here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.evaluation.fingerprint import REPORT
from app.evaluation.page import as_page
from app.evaluation.report import full, quick
from app.evaluation.text import as_markdown, as_text
from app.model import current_model, load_understander
from language.nlu.network import Settings

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Wish:
    """What is asked for on the command line."""

    quick: bool = False
    folds: int = 4
    processes: int = 2
    labels: int | None = None
    json_file: Path | None = None
    html_file: Path | None = None
    settings: Settings | None = None  # of the network; not on the command line


def evaluate(root: Path, models: Path, var: Path, wish: Wish, tell: Tell) -> str:
    """Make the report and write it; gives its text.

    A full run over all labels writes the committed report. Others write into `var`, so that a look at a sample cannot pass for one.

    Raises:
        ModelMissingError: `quick` without a trained model.
        ContentError: a file is wrong.
    """
    if wish.quick:
        report = quick(root, load_understander(models), current_model(models).name)
    else:
        report = full(root, tell, wish.folds, wish.processes, wish.labels, wish.settings)
    report = json.loads(dump(report))  # shown from what is kept, so that both say the same in the same order
    committed = not wish.quick and wish.labels is None and wish.settings is None
    html = wish.html_file or var / "evaluation" / "report.html"
    targets = {html: as_page(report)}
    if committed:
        targets |= {root / REPORT: dump(report), (root / REPORT).with_suffix(".md"): as_markdown(report)}
    if wish.json_file or not committed:
        targets[wish.json_file or var / "evaluation" / "report.json"] = dump(report)
    for path, content in targets.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        tell(f"wrote {path}")
    return as_text(report)


def dump(report: dict[str, Any]) -> str:
    """A report as JSON that gives readable diffs."""
    return json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
