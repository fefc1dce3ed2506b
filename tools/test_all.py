"""The slow half of `make test`: what `make check` leaves out, every channel's contract, real processes and PostgreSQL (with the bot's own tests in its environment), dialogues, the browser."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.check import ENVIRONMENT, FAST_TESTS  # noqa: E402

RUNS = (
    ("web pages", [sys.executable, "tools/bootstrap.py", "web-test"]),
    (
        "slow half of the fast tests, and channels",
        [
            ".venv/bin/python",
            "-m",
            "pytest",
            "-q",
            "-n",
            "2",
            "--dist",
            "loadfile",
            "-m",
            "platforms or slow",
            *FAST_TESTS,
        ],
    ),
    ("integration", [".venv/bin/python", "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "tests/integration"]),
    ("dialogues", [".venv/bin/python", "-m", "pytest", "-q", "tests/dialogues"]),
    ("browser", [".venv/bin/python", "-m", "pytest", "-q", "tests/e2e"]),
)


def main() -> int:
    """Run all; the exit code is non-zero when any of them failed or found no test."""
    failed = []
    for name, command in RUNS:
        began = time.monotonic()
        print(f"\n[test] {name}", flush=True)
        code = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=False).returncode
        print(
            f"[test] {name}: {'ok' if code == 0 else f'FAILED (exit {code})'} in {time.monotonic() - began:.0f} s",
            flush=True,
        )
        if code:
            failed.append(name)
    if failed:
        print(f"[test] failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
