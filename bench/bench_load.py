"""Our whole path (web API in, durable, reply out) against plain Rasa's REST channel on the same cores and data: one table.

.venv/bin/python bench/bench_load.py            # everything; training plain Rasa alone takes minutes
.venv/bin/python bench/bench_load.py --quick    # few of everything: does it run at all
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import bench_turns, load_services  # noqa: E402
from bench.load_driver import Load, closed_loop, long_conversation, open_loop  # noqa: E402
from bench.load_services import Service  # noqa: E402
from bench.turn_projects import System, chosen_examples, our_project, plain_project  # noqa: E402

WORK = ROOT / "var" / "bench" / "load"
RESULTS = ROOT / "bench" / "results" / "load.json"
SENDERS = (1, 8, 64, 500)
TURNS = (10, 1_000)
WINDOW = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Train both, load both in turn, print and keep the table."""
    parsed = parser().parse_args(arguments)
    if parsed.quick:
        parsed.topics, parsed.per_label, parsed.messages, parsed.seconds, parsed.rows = 4, 3, 60, 2.0, [100, 2_000]
    bench_turns.WORK = WORK
    examples = chosen_examples(parsed.topics, parsed.per_label)
    texts = bench_turns.questions(examples)
    systems = {"ours": our_project(WORK / "ours", examples, keep_models=parsed.trained)}
    if not parsed.ours_only:
        bench_turns.ensure_plain()
        systems["plain"] = plain_project(WORK / "plain", examples, keep_models=parsed.trained)
    for system in systems.values():
        if not parsed.trained:
            bench_turns.train(system)
    if parsed.train_only:
        return 0
    found: dict[str, dict[str, float]] = {}
    failures: dict[str, int] = {}
    for name, system in systems.items():
        found[name], failures[name] = measure(name, system, texts, parsed)
    growth(systems["ours"], texts, parsed, found["ours"])
    about = {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {bench_turns.psutil_cores()} cores shared by service and load, Python {platform.python_version()}",
        "topics": sum(label.startswith("faq/") for label in {e.label for e in examples}), "examples": len(examples),
        "load_average": round(os.getloadavg()[0], 1), "messages_per_run": parsed.messages, "rows": parsed.rows, "failures": failures, "quick": parsed.quick,
    }  # fmt: skip
    rows = table(found)
    show(rows, about)
    if not parsed.quick and not parsed.ours_only:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n", encoding="utf-8")
        bench_turns.tell(f"\nkept in {RESULTS.relative_to(ROOT)}")
    return 1 if failures["ours"] else 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--topics", type=int, default=20, help="the first N topics")
    made.add_argument("--per-label", type=int, default=10, help="at most N examples of each topic and act")
    made.add_argument("--messages", type=int, default=1_000, help="of each closed-loop run (plain Rasa: a quarter)")
    made.add_argument("--seconds", type=float, default=20.0, help="of the run at half of the maximum load")
    made.add_argument("--rows", type=int, nargs=2, default=[1_000, 1_000_000], help="stored messages to compare")
    made.add_argument("--quick", action="store_true", help="few of everything; nothing is kept")
    made.add_argument("--train-only", action="store_true", help="train both and end; measure later with --trained")
    made.add_argument(
        "--trained", action="store_true", help="with the models of --train-only (same topics and examples)"
    )
    made.add_argument("--ours-only", action="store_true", help="leave plain Rasa out; nothing is kept")
    return made


def served(name: str, system: System, var: Path) -> AbstractContextManager[Service]:
    """The running service."""
    log = WORK / f"{name}.log"
    return load_services.ours(system, var, log) if name == "ours" else load_services.plain(system, log)


def measure(
    name: str, system: System, texts: Sequence[str], parsed: argparse.Namespace
) -> tuple[dict[str, float], int]:
    """All loads of one service; numbers by key, and how many messages had no reply."""
    var = WORK / "var"
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    found: dict[str, float] = {}
    failures = 0
    messages = parsed.messages if name == "ours" else max(32, parsed.messages // 4)  # it takes hours otherwise
    with served(name, system, var) as service:
        asyncio.run(closed_loop(service, texts, 4, 20))  # warm
        for senders in SENDERS:
            load = asyncio.run(closed_loop(service, texts, senders, max(messages, senders)))
            failures += load.failures
            note(found, str(senders), load)
            bench_turns.tell(
                f"  {name}: {senders} conversations {load.per_second:.1f}/s, p99 {load.percentile(0.99):.0f} ms"
            )
        best = max(found[f"per_second_{senders}"] for senders in SENDERS)
        half = asyncio.run(open_loop(service, texts, best / 2, parsed.seconds))
        failures += half.failures
        note(found, "half", half)
        short = (
            parsed.quick or name != "ours"
        )  # plain Rasa's 1,000 turns take a quarter of an hour; bench_turns.py has them
        lengths = [turn for turn in TURNS if not (short and turn > 100)]
        for turn, load in asyncio.run(long_conversation(service, texts, lengths, WINDOW)).items():
            found[f"turn_{turn}_ms"] = load.percentile(0.5)
            failures += load.failures
        found["rss_mb"] = service.rss_mb()
    return found, failures


def growth(system: System, texts: Sequence[str], parsed: argparse.Namespace, found: dict[str, float]) -> None:
    """Ours with few and with many stored conversations: median milliseconds of one sender."""
    var = WORK / "var-growth"
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    with load_services.ours(system, var, WORK / "ours.log") as service:
        asyncio.run(closed_loop(service, texts, 1, 4))
    template = load_services.read_template(var)
    for position, rows in enumerate(parsed.rows):
        load_services.fill(var, rows, template)
        with load_services.ours(system, var, WORK / "ours.log") as service:
            asyncio.run(closed_loop(service, texts, 1, 40))  # warm
            load = asyncio.run(closed_loop(service, texts, 1, min(300, parsed.messages)))
        found["rows_low_ms" if position == 0 else "rows_high_ms"] = load.percentile(0.5)
        bench_turns.tell(f"  ours with {rows:,} stored messages: p50 {load.percentile(0.5):.1f} ms")
    shutil.rmtree(var)  # ten gigabytes


def note(found: dict[str, float], name: str, load: Load) -> None:
    """Its numbers."""
    found[f"per_second_{name}"] = load.per_second
    for share in (50, 95, 99):
        found[f"p{share}_{name}"] = load.percentile(share / 100)


def table(found: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    """One row per measure; ratio: how many times better ours is. `expected`: of the ratio, or (absolute) of ours."""
    rows: list[dict[str, Any]] = []

    def add(
        key: str, title: str, *, more: bool = False, ratio: float | None = None, limit: float | None = None
    ) -> None:
        values = {name: numbers[key] for name, numbers in found.items() if key in numbers}
        row: dict[str, Any] = {
            "key": key,
            "measure": title,
            **{name: round(value, 2) for name, value in values.items()},
        }
        if "plain" in values and values["ours"] and values["plain"]:
            better, worse = (values["ours"], values["plain"]) if more else (values["plain"], values["ours"])
            row["ratio"] = round(better / worse, 2)
        rows.append({**row, "expected_ratio": ratio, "expected_at_most": limit})

    for senders in SENDERS:
        add(
            f"per_second_{senders}",
            f"messages/s, {senders} conversations",
            more=True,
            ratio=3 if senders == 8 else None,
        )
        for share in (50, 95, 99):
            add(f"p{share}_{senders}", f"  p{share} ms")
    add("per_second_half", "messages/s at half of the maximum", more=True)
    for share in (50, 95, 99):
        add(f"p{share}_half", f"  p{share} ms", limit=300 if share == 99 else None)
    for turn in TURNS:
        add(f"turn_{turn}_ms", f"ms at turn {turn:,} of one conversation")
    add("rows_low_ms", "ms with few stored messages")
    add("rows_high_ms", "ms with many stored messages")
    add("rss_mb", "RSS of all processes, MB")
    ours = found["ours"]
    for key, small, large in (
        ("growth_turns", "turn_10_ms", "turn_1000_ms"),
        ("growth_rows", "rows_low_ms", "rows_high_ms"),
    ):
        if small in ours and large in ours:
            title = "growth with length (1,000 / 10 turns)" if key == "growth_turns" else "growth with stored messages"
            value = {
                name: round(numbers[large] / numbers[small], 2) for name, numbers in found.items() if large in numbers
            }
            rows.append({"key": key, "measure": title, **value, "expected_ratio": None, "expected_at_most": 1.2})
    return rows


def show(rows: Sequence[dict[str, Any]], about: dict[str, Any]) -> None:
    """Print the table and under what conditions it was made."""
    bench_turns.tell(f"\n{'':40}{'ours':>10}{'plain':>10}{'ratio':>9}  expected")
    for row in rows:
        cells = "".join(f"{row[name]:>10.2f}" if name in row else f"{'–':>10}" for name in ("ours", "plain"))
        ratio = f"{row['ratio']:.1f}x" if "ratio" in row else "–"
        expected = ""
        if row.get("expected_ratio") and "ratio" in row:
            expected = f">={row['expected_ratio']}x" + ("  ok" if row["ratio"] >= row["expected_ratio"] else "  BELOW")
        if row.get("expected_at_most") and "ours" in row:
            expected = f"<={row['expected_at_most']}" + (
                "  ok" if row["ours"] <= row["expected_at_most"] else "  ABOVE"
            )
        bench_turns.tell(f"{row['measure']:40}{cells}{ratio:>9}  {expected}")
    bench_turns.tell(
        f"\n{about['topics']} topics, {about['examples']} examples; SQLite; {about['machine']}; failed {about['failures']}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
