"""`make check`: format, lint, types, import contracts, content, the generated pages, and the tests that need no socket. Two lanes, one line a step."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {
    **os.environ,
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}  # small matrices: threads only get in the way
BIN = Path(".venv") / "bin"
FAST_TESTS = ["tests/unit", "tests/property", "tests/contract", "tests/architecture"]
LANES: Sequence[Sequence[tuple[str, list[str]]]] = (
    (
        ("format", [f"{BIN}/ruff", "format", "--check", "--quiet", "."]),
        ("lint", [f"{BIN}/ruff", "check", "--quiet", "."]),
        ("types", [f"{BIN}/mypy"]),
        ("imports", [f"{BIN}/lint-imports", "--no-cache"]),
        ("content", [f"{BIN}/jobseeker", "validate"]),
        ("pages", [f"{BIN}/jobseeker", "audit", "pages", "--check"]),
    ),
    (
        (
            "tests",
            [
                f"{BIN}/python",
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "-n",
                "2",
                "--dist",
                "loadfile",
                "-m",
                "not platforms and not slow",
                *FAST_TESTS,
            ],
        ),
    ),
)


def run_lane(steps: Sequence[tuple[str, list[str]]], results: dict[str, tuple[int, float, str]]) -> None:
    """Run the steps one after the other; all of them, so that one run shows every failure."""
    for name, command in steps:
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        results[name] = (done.returncode, time.monotonic() - began, done.stdout + done.stderr)
        verdict = "ok" if done.returncode == 0 else f"FAILED (exit {done.returncode})"
        print(f"[check] {name:8} {verdict:18} {results[name][1]:5.1f} s", flush=True)


def main() -> int:
    """Run both lanes; the output of what failed, and of the tests, is printed at the end."""
    results: dict[str, tuple[int, float, str]] = {}
    began = time.monotonic()
    lanes = [threading.Thread(target=run_lane, args=(lane, results)) for lane in LANES]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    for name, (code, _, output) in results.items():
        if code or name == "tests":
            print(f"\n--- {name}\n{output[-12000:].rstrip()}")
    print(f"[check] {time.monotonic() - began:.0f} s in all")
    return 1 if any(code for code, _, _ in results.values()) or not results else 0


if __name__ == "__main__":
    sys.exit(main())
