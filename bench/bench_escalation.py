"""Crises found and false alarms in files of fresh messages, as they are served: the safety check and the trained classifier together, one table.

`.venv/bin/python bench/bench_escalation.py tests/data/escalation_fresh8.yml tests/data/escalation_ordinary.yml`; needs a trained model (`make train`).
A file that the weights were learnt from (docs/escalation.md says which) tells nothing about new texts.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.model import load_understander  # noqa: E402
from content.pack import load_escalation, load_pack  # noqa: E402
from jobseeker.messages import Context, Escalation  # noqa: E402
from jobseeker.turns import judge  # noqa: E402


def reader() -> Callable[[str], Escalation]:
    """What a first message of a conversation raises."""
    pack, policy, understander = load_pack(ROOT), load_escalation(ROOT), load_understander(ROOT / "models")
    return lambda text: judge(text, understander.understand(text), Context(), policy, pack.topics).escalation


def measured(rows: list[dict[str, Any]], raised: Callable[[str], Escalation]) -> dict[str, list[int]]:
    """[taken for a crisis, messages] of the crises, of the others, and of each kind that has at least ten of a file."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        fired = "crisis" in raised(row["text"]).reasons
        for name in ("crises" if row.get("crisis") else "no crisis", row["kind"]):
            counts[name][0] += fired
            counts[name][1] += 1
    return {name: pair for name, pair in counts.items() if name in ("crises", "no crisis") or pair[1] >= 10}


def main() -> None:
    """Print the table; `--verbose` also what was missed and what was taken for a crisis."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    raised = reader()
    print("| file | of | taken for a crisis |\n|---|---|---|")
    for file in arguments.files:
        rows = yaml.safe_load(file.read_text("utf-8"))["rows"]
        for name, (fired, every) in measured(rows, raised).items():
            print(f"| {file.name} | {name} | {fired} of {every} = {fired / every:.1%} |")
        for row in rows if arguments.verbose else ():
            if ("crisis" in raised(row["text"]).reasons) != bool(row.get("crisis")):
                print(f"    {'missed' if row.get('crisis') else 'alarm '} {row['text']}")


if __name__ == "__main__":
    main()
