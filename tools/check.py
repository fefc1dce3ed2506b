"""`make check`: format, lint, types, import contracts, content, the generated pages, and the tests that need no socket. Two at a time, one line each."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {
    **{
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    },  # compiled once, not in each step
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}  # small matrices: threads only get in the way
BIN = Path(".venv") / "bin"
FAST_TESTS = ("tests/unit", "tests/property", "tests/contract", "tests/architecture")
SECOND = (
    "tests/unit/usecases",
    "tests/unit/store",
    "tests/unit/gateway",
    "tests/contract",
    "tests/architecture",
)  # about half of the time


def tests(*arguments: str) -> list[str]:
    """Tests as a process of their own. Parts cost less than workers: each loads the plugins and reads its own files only, and none coordinates."""
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-n", "0", "-m", "not platforms and not slow"]
    return [f"{BIN}/python", "-m", "pytest", *options, *arguments]


# What takes longest begins first. Each file of FAST_TESTS is in one of the two parts: in SECOND, or not.
STEPS: Mapping[str, Sequence[str]] = {
    "types": [f"{BIN}/mypy"],
    "tests 2": tests(*SECOND),
    "tests 1": tests(
        *(folder for folder in FAST_TESTS if folder not in SECOND), *(f"--ignore={folder}" for folder in SECOND)
    ),
    "content": [f"{BIN}/jobseeker", "validate"],
    "pages": [f"{BIN}/jobseeker", "audit", "pages", "--check"],
    "imports": [f"{BIN}/lint-imports", "--no-cache"],
    "lint": [f"{BIN}/ruff", "check", "--quiet", "."],
    "format": [f"{BIN}/ruff", "format", "--check", "--quiet", "."],
}
AT_ONCE = 2


def work(waiting: queue.SimpleQueue[str], results: dict[str, tuple[int, str]]) -> None:
    """Run steps until none waits; all of them, so that one run shows every failure."""
    while True:
        try:
            name = waiting.get_nowait()
        except queue.Empty:
            return
        began = time.monotonic()
        done = subprocess.run(STEPS[name], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        results[name] = (done.returncode, done.stdout + done.stderr)
        verdict = "ok" if done.returncode == 0 else f"FAILED (exit {done.returncode})"
        summary = f"  {done.stdout.rstrip().rpartition(chr(10))[2]}" if "pytest" in STEPS[name] else ""
        print(f"[check] {name:8} {verdict:18} {time.monotonic() - began:5.1f} s{summary}", flush=True)


def main() -> int:
    """Run every step; the output of what failed is printed at the end."""
    results: dict[str, tuple[int, str]] = {}
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for name in STEPS:
        waiting.put(name)
    began = time.monotonic()
    workers = [threading.Thread(target=work, args=(waiting, results)) for _ in range(AT_ONCE)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    failed = [name for name in STEPS if name not in results or results[name][0]]
    for name in failed:
        print(f"\n--- {name}\n{results[name][1][-12000:].rstrip() if name in results else 'did not run'}")
    print(f"[check] {time.monotonic() - began:.0f} s in all{', failed: ' + ', '.join(failed) if failed else ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
