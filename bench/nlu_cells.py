"""What `make bench-nlu` keeps of each training, and the table made of it. Trains nothing."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

Result = dict[str, Any]
NUMBER = (int, float)


@dataclass(frozen=True)
class Cells:
    """Results in `folder`, one file for each setting, method and draw. A cell counts only for the rows and the code it was made from."""

    folder: Path

    def get(self, name: str, made_from: dict[str, str], make: Callable[[], Result]) -> Result:
        """The kept cell, or a new one.

        Args:
            name: of the cell; becomes a file name.
            made_from: hashes; a cell that was made from something else is made again.
            make: gives the result.
        """
        path = self.folder / f"{name.replace(' ', '-')}.json"
        if path.is_file():
            kept: Result = json.loads(path.read_text("utf-8"))
            if kept["made_from"] == made_from:
                return kept
        began = datetime.now(UTC)
        result = {
            **make(),
            "made_from": made_from,
            "commit": commit(Path(__file__).parent),
            "date": began.isoformat(timespec="seconds"),
            "command": "bench/bench_nlu.py " + " ".join(sys.argv[1:]),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
        return result


def commit(folder: Path) -> str:
    """The commit that is checked out, with a plus where files differ from it; empty outside a repository."""
    order = ["git", "describe", "--always", "--abbrev=10", "--dirty=+", "--exclude=*"]
    return subprocess.run(order, capture_output=True, text=True, check=False, cwd=folder).stdout.strip()


def digest(parts: Iterable[bytes]) -> str:
    """A short hash of parts in their order."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()[:16]


def averaged(runs: Sequence[Result]) -> Result:
    """Means over the draws; dates, commits and commands are kept as they are."""
    numbers = {
        key: [run[key] for run in runs]
        for key in runs[0]
        if isinstance(runs[0][key], NUMBER) and not isinstance(runs[0][key], bool)
    }
    found: Result = {key: round(float(np.mean(values)), 4) for key, values in numbers.items()}
    if "stopped" in runs[0]:
        found["stopped"] = any(run["stopped"] for run in runs)
    if "beside" in runs[0]:
        found["beside"] = averaged([run["beside"] for run in runs])
    found["draws"] = len(runs)
    return found | {key: [run[key] for run in runs] for key in ("date", "commit", "command") if key in runs[0]}


def ratios(result: Result) -> Result:
    """Ours against DIET: points of accuracy, and how often faster. Times only from runs side by side (DIET's `beside`)."""
    ours, diet = result["ours"], result["diet"]
    beside = diet["beside"]
    return {
        "points": round(100 * (ours["accuracy"] - diet["accuracy"]), 1),
        "training_wall": round(diet["train_seconds"] / max(beside["train_seconds"], 0.1), 1),
        "training_cpu": round(diet["train_cpu_seconds"] / max(beside["train_cpu_seconds"], 0.1), 1),
        "reading": round(diet["milliseconds"] / beside["milliseconds"], 1),
    }


def table(results: Sequence[Result], loss: float) -> str:
    """The results as text, with a line of ratios per setting."""
    lines = [
        f"{'setting':12}{'method':8}{'rows':>7}{'draws':>6}{'accuracy':>10}{'OOS recall':>12}{'area':>7}{'train s':>9}{'cpu s':>8}{'ms/msg':>8}  note"
    ]
    for result in results:
        for method in ("ours", "diet"):
            run = result.get(method)
            if run is None:
                continue
            note = f"stopped after {run['epochs']:.0f} of {result['epochs']} epochs" if run.get("stopped") else ""
            lines.append(
                f"{result['setting']:12}{method:8}{run['train_rows']:7.0f}{run['draws']:6}{run['accuracy']:10.3f}{run.get('recall', float('nan')):12.3f}"
                f"{run.get('area', float('nan')):7.3f}{run['train_seconds']:9.1f}{run['train_cpu_seconds']:8.1f}{run['milliseconds']:8.2f}  {note}"
            )
        if "diet" in result and "ours" in result:
            found = ratios(result)
            lines.append(
                f"{'':12}ours: {found['points']:+.1f} points; side by side it trains {found['training_wall']:.0f}x faster "
                f"({found['training_cpu']:.0f}x less processor time) and reads {found['reading']:.0f}x faster"
            )
    lines.append(
        f"OOS recall: at the threshold that loses {100 * loss:.0f} points of the in-scope test messages. train s: wall clock."
    )
    return "\n".join(lines)
