"""Compiles requirements/*.in to lock files with hashes and without any index address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bootstrap import REQUIREMENTS, uv

NEW = ["--universal", "--python-version", "3.11"]
OLD = ["--python-version", "3.10"]
OVERRIDE = ["--override", "bot.override"]
LOCKS = {
    "uv": NEW, "app": NEW, "dev": NEW, "node": NEW, "bot": OLD + OVERRIDE, "bot-dev": OLD + OVERRIDE, "rasa-full": OLD, "bench-match": NEW, "audit": NEW,
}  # fmt: skip


def main() -> int:
    """Compile all; pass `--upgrade` to move to the newest versions."""
    program = uv()
    for name, options in LOCKS.items():
        command = [program, "pip", "compile", "-q", *options, "--generate-hashes", "--no-emit-index-url", "--no-header"]
        subprocess.run(
            [*map(str, command), *sys.argv[1:], "-o", f"{name}.txt", f"{name}.in"], cwd=REQUIREMENTS, check=True
        )
        print(f"requirements/{name}.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
