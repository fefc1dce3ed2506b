"""Looks up published weaknesses of everything that is locked: pip-audit for what runs in Python, npm audit for the web pages.

    python tools/audit_deps.py            (make audit-deps)

Exit code 0: everything was looked up and nothing is known. 1: something is known that nobody has accepted. 3: it could not be looked
up (no network, or a package mirror that knows no weaknesses); an audit that did not happen is never called clean. Accepted ones stand
in requirements/audit-accepted.list with a last day and a reason; after that day they count again. Standard library only.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from bootstrap import REQUIREMENTS, ROOT, SetupError, node

PIP_AUDIT = ROOT / ".audit-venv" / "bin" / "pip-audit"
ACCEPTED = REQUIREMENTS / "audit-accepted.list"
LOCKS = ("app", "bot")  # what runs; tools of developers are not reachable from outside
SECONDS = 600
CLEAN, KNOWN, NOT_LOOKED_UP = 0, 1, 3
LINE = re.compile(r"^(?P<id>[A-Za-z0-9-]+)\s+until\s+(?P<day>\d{4}-\d{2}-\d{2})\s+(?P<reason>\S.*)$")


@dataclass(frozen=True)
class Weakness:
    """One published weakness of one package. names: its id and the other names it goes by."""

    package: str
    names: tuple[str, ...]
    mended_in: str = ""


@dataclass(frozen=True)
class Finding:
    """What one look-up gave. missed: packages nothing could be learnt of; problem: why there was no answer at all, "" else."""

    looked_up: int
    weaknesses: tuple[Weakness, ...] = ()
    missed: int = 0
    problem: str = ""


def of_pip_audit(answer: Mapping[str, Any]) -> Finding:
    """From pip-audit's JSON. A package it has skipped was not looked up, though pip-audit itself calls that clean."""
    packages = answer["dependencies"]
    found = tuple(
        Weakness(
            f"{one['name']} {one['version']}",
            (weakness["id"], *weakness.get("aliases", ())),
            ", ".join(weakness.get("fix_versions", ())),
        )
        for one in packages
        for weakness in one.get("vulns", ())
    )
    missed = sum("skip_reason" in one for one in packages)
    return Finding(len(packages) - missed, found, missed)


def of_npm_audit(answer: Mapping[str, Any]) -> Finding:
    """From the JSON of npm audit (report version 2), or of its failure."""
    if "vulnerabilities" not in answer:
        return Finding(0, problem=f"npm audit: {answer.get('message') or answer.get('error') or 'no answer'}"[:200])
    found = []
    for name, one in answer["vulnerabilities"].items():
        for cause in one["via"]:
            if isinstance(cause, Mapping):  # a text is the name of another package, which has its own entry
                ids = tuple(re.findall(r"GHSA-[\w-]+", cause.get("url", ""))) or (f"npm-{cause.get('source')}",)
                found.append(
                    Weakness(f"{name} {cause.get('range', '')}", ids, "npm audit fix" if one["fixAvailable"] else "")
                )
    return Finding(int(answer["metadata"]["dependencies"]["total"]), tuple(found))


def accepted(text: str, today: date) -> dict[str, str]:
    """Id -> reason of what has been accepted and is not over. Raises ValueError for a line of another form."""
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            match = LINE.match(line)
            if match is None:
                raise ValueError(f"{ACCEPTED.name}: {line!r} is not of the form: ID until YYYY-MM-DD reason")
            if date.fromisoformat(match["day"]) >= today:
                found[match["id"]] = match["reason"]
    return found


def verdict(findings: Mapping[str, Finding], allowed: Mapping[str, str]) -> tuple[int, list[str]]:
    """(exit code, lines to print)."""
    lines, worst = [], CLEAN
    for name, finding in findings.items():
        known = [one for one in finding.weaknesses if not set(one.names) & set(allowed)]
        lines.append(
            f"{name}: {finding.looked_up} packages looked up, {len(finding.weaknesses)} weaknesses, {len(known)} not accepted"
        )
        lines += [
            f"  {one.package}: {' '.join(one.names)}" + (f", mended in {one.mended_in}" if one.mended_in else "")
            for one in known
        ]
        if finding.problem or finding.missed or not finding.looked_up:
            lines.append(
                f"  NOT LOOKED UP: {finding.problem or f'{finding.missed} packages are unknown to the service that was asked'}"
            )
            worst = max(worst, NOT_LOOKED_UP)
    if any(not set(one.names) & set(allowed) for finding in findings.values() for one in finding.weaknesses):
        worst = KNOWN
    if worst == NOT_LOOKED_UP:
        lines.append(
            "This is no clean result. Run it where the public registries can be reached, for example in continuous integration."
        )
    return worst, lines


def ask_pip_audit(lock: str) -> Finding:
    """Look up one lock file; the hashes are those that are installed."""
    options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json"]
    return _answer([str(PIP_AUDIT), *options, "-r", str(REQUIREMENTS / f"{lock}.txt")], of_pip_audit, os.environ)


def ask_npm_audit() -> Finding:
    """Look up the lock file of the web pages."""
    return _answer(["npm", "audit", "--json", "--prefix", str(ROOT / "web")], of_npm_audit, {**os.environ, **node()})


def _answer(command: Sequence[str], read: Any, environment: Mapping[str, str]) -> Finding:
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False, timeout=SECONDS
        )
        found: Finding = read(json.loads(done.stdout))
        return found
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError) as problem:
        lines = done.stderr.strip().splitlines() if isinstance(problem, ValueError | KeyError) else []
        return Finding(0, problem=f"{Path(command[0]).name}: {lines[-1][:200] if lines else problem}")


def main() -> int:
    """Look up all of it."""
    try:
        allowed = accepted(ACCEPTED.read_text("utf-8"), datetime.now(UTC).date())
        findings = {f"requirements/{lock}.txt": ask_pip_audit(lock) for lock in LOCKS}
        findings["web/package-lock.json"] = ask_npm_audit()
    except (SetupError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    code, lines = verdict(findings, allowed)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
