"""Our Rasa against plain Rasa (`rasa init`'s pipeline and policies, SQL tracker store) on the same training data: one table.

.venv/bin/python bench/bench_turns.py            # everything; plain Rasa alone trains for several minutes
.venv/bin/python bench/bench_turns.py --quick    # few topics, one round, no 1,000 turns: does it run at all
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.turn_load import Round, one_round, pin  # noqa: E402
from bench.turn_projects import PLAIN_VENV, System, chosen_examples, our_project, plain_project  # noqa: E402
from language.nlu import Example  # noqa: E402

WORK = ROOT / "var" / "bench" / "turns"
RESULTS = ROOT / "bench" / "results" / "turns.json"
PORTS = {"ours": 18290, "plain": 18291}
EXPECTED = {
    "turn_10": 4,
    "turn_1000": 50,
    "per_second_1": 4,
    "per_second_8": 4,
    "rss_mb": 4,
    "start_seconds": 5,
    "train_seconds": 5,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train both, measure them in turn, print and keep the table."""
    parsed = parser().parse_args(arguments)
    if parsed.quick:
        parsed.topics, parsed.per_label, parsed.rounds, parsed.turns, parsed.messages = (
            parsed.topics or 4,
            3,
            1,
            [10, 30],
            80,
        )
    examples = chosen_examples(parsed.topics, parsed.per_label)
    systems = [our_project(WORK / "ours", examples)]
    if not parsed.ours_only:
        ensure_plain()
        systems.append(plain_project(WORK / "plain", examples))
    training = {system.name: train(system) for system in systems}
    pin(0, 1)  # this process: the load
    rounds: dict[str, list[Round]] = {system.name: [] for system in systems}
    texts = questions(examples)
    for number in range(parsed.rounds):
        tell(f"round {number + 1} of {parsed.rounds}")
        for system in systems:
            log = str(WORK / f"{system.name}.log")
            rounds[system.name].append(
                one_round(system, PORTS[system.name], texts, parsed.turns, parsed.messages, log, tell)
            )
    rows = table(rounds, training, parsed.turns)
    about = {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {psutil_cores()} cores, Python {platform.python_version()} (load)",
        "topics": sum(label.startswith("faq/") for label in {e.label for e in examples}), "labels": len({e.label for e in examples}),
        "examples": len(examples), "rounds": parsed.rounds, "messages_per_throughput_run": parsed.messages, "quick": parsed.quick, "per_label": parsed.per_label,
        "failures": {name: sum(r.failures for r in made) for name, made in rounds.items()},
    }  # fmt: skip
    show(rows, about)
    if not parsed.quick and not parsed.ours_only:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n", encoding="utf-8")
        tell(f"\nkept in {RESULTS.relative_to(ROOT)}")
    return 1 if about["failures"].get("ours") else 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--topics", type=int, help="only the first N topics (default: all); the table says how many")
    made.add_argument("--per-label", type=int, help="at most N examples of each topic and act (default: all)")
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--turns", type=int, nargs="+", default=[10, 100, 1000])
    made.add_argument("--messages", type=int, default=600, help="per throughput run")
    made.add_argument(
        "--quick",
        action="store_true",
        help="4 topics, 3 examples of each label, one round, 10 and 30 turns; nothing is kept",
    )
    made.add_argument("--ours-only", action="store_true", help="leave plain Rasa out; nothing is kept")
    return made


def ensure_plain() -> None:
    """Plain Rasa's environment, from its lock file."""
    if not (PLAIN_VENV / "bin" / "rasa").exists():
        tell("setting up plain Rasa's environment (with TensorFlow, 2.7 GB) …")
        subprocess.run([sys.executable, str(ROOT / "tools" / "bootstrap.py"), "bench"], check=True)


def train(system: System) -> float:
    """Seconds that training took."""
    tell(f"training {system.name} …")
    began = time.perf_counter()
    with (WORK / f"{system.name}-train.log").open("wb") as log:
        done = subprocess.run(system.train, cwd=ROOT, env=system.env(), stdout=log, stderr=log, check=False)
    if done.returncode:
        raise SystemExit(f"training {system.name} failed: see {log.name}")
    took = time.perf_counter() - began
    tell(f"  {took:.0f} s")
    return took


def questions(examples: Sequence[Example], count: int = 50) -> list[str]:
    """What the senders say: questions of the training data, spread over topics and languages."""
    asked = [e.text for e in examples if e.label.startswith("faq/")]
    return asked[:: max(1, len(asked) // count)][:count]


def table(rounds: dict[str, list[Round]], training: dict[str, float], turns: Sequence[int]) -> list[dict[str, Any]]:
    """One row per measure: medians over the rounds, ratio (how many times better ours is), what was expected."""
    rows = []

    def add(key: str, title: str, values: dict[str, float], more_is_better: bool = False) -> None:
        row: dict[str, Any] = {
            "key": key,
            "measure": title,
            **{name: round(value, 3) for name, value in values.items()},
        }
        if "plain" in values:
            better, worse = (values["ours"], values["plain"]) if more_is_better else (values["plain"], values["ours"])
            row["ratio"] = round(better / worse, 2)
        row["expected"] = EXPECTED.get(key)
        rows.append(row)

    def medians(pick: Any) -> dict[str, float]:
        return {name: statistics.median(pick(made) for made in all_rounds) for name, all_rounds in rounds.items()}

    for turn in turns:
        add(f"turn_{turn}", f"ms per turn at turn {turn:,}", medians(lambda made, turn=turn: made.turn_ms[turn]))
    for senders in (1, 8):
        add(
            f"per_second_{senders}",
            f"messages/s, {senders} sender{'s' * (senders > 1)}",
            medians(lambda made, n=senders: made.per_second[n]),
            True,
        )
    add("rss_mb", "RSS at the end, MB", medians(lambda made: made.rss_mb))
    add("start_seconds", "start-up, s", medians(lambda made: made.start_seconds))
    add("train_seconds", "training, s", training)
    return rows


def show(rows: Sequence[dict[str, Any]], about: dict[str, Any]) -> None:
    """Print the table and under what conditions it was made."""
    tell(f"\n{'':28}{'ours':>10}{'plain':>10}{'ratio':>9}{'expected':>10}")
    for row in rows:
        ratio, expected = row.get("ratio"), row["expected"]
        verdict = "" if ratio is None or expected is None else ("  ok" if ratio >= expected else "  BELOW")
        plain = f"{row['plain']:>10.2f}" if "plain" in row else f"{'–':>10}"
        tell(
            f"{row['measure']:28}{row['ours']:>10.2f}{plain}{f'{ratio:.1f}x' if ratio else '–':>9}{f'>={expected}x' if expected else '':>10}{verdict}"
        )
    tell(
        f"\n{about['topics']} topics, {about['labels']} labels, {about['examples']} examples; {about['rounds']} interleaved round(s), medians; "
        f"SQLite tracker stores; {about['machine']}; failed replies {about['failures']}"
    )


def psutil_cores() -> int:
    """Cores of this machine."""
    import psutil

    return psutil.cpu_count() or 1


def tell(line: str) -> None:
    """Print at once."""
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
