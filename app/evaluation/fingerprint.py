"""Whether the committed report was made from the data as they are now. Reads files only; it never measures anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.evaluation.cases import escalation_file, heldout_files
from content import load_examples, load_pack

FORMAT = 1
REPORT = Path("docs/reports/nlu.json")
CODE = ("language/nlu", "language/detect.py", "jobseeker/escalation", "jobseeker/turns.py")


TRAINED_FROM = ("questions", "titles", "acts", "lexicon", "code")  # what the many trainings of a full run depend on


class StaleReportError(Exception):
    """The committed report is missing or older than the data; the text says what to run."""


def fingerprint(root: Path) -> dict[str, str]:
    """A hash for each part that a report depends on: questions, titles, acts, lexicon, code, escalation, heldout.

    Answers and figures are not among them: they are not what is read. Raises ContentError where a file is wrong.
    """
    pack = load_pack(root)
    questions = (
        repr((e.label, e.language, e.kind, e.text)).encode() for e in load_examples(root) if e.label.startswith("faq/")
    )
    topics = (
        repr((topic.id, topic.risk, sorted(topic.title.items()))).encode() for _, topic in sorted(pack.topics.items())
    )
    policy = root / "packs" / pack.country / "policy"
    return {
        "questions": _digest(questions),
        "titles": _digest(topics),
        "acts": _digest(_contents(root, sorted((root / "data" / "nlu").glob("*.yml")))),
        "lexicon": _digest(_contents(root, sorted(root.glob("packs/*/lexicon.yml")))),
        "code": _digest(_contents(root, [path for name in CODE for path in _sources(root / name)])),
        "escalation": _digest(_contents(root, sorted(policy.glob("escalation*")))),
        "heldout": _digest(_contents(root, sorted({*heldout_files(root), escalation_file(root)}))),
    }


def check_report(root: Path, report: Path | None = None) -> dict[str, Any]:
    """The committed report. Raises StaleReportError where it is missing or was made from other data."""
    path = report or root / REPORT
    if not path.is_file():
        raise StaleReportError(f"{path.name} is missing: run jobseeker evaluate")
    try:
        content = json.loads(path.read_text("utf-8"))
        made_from = dict(content["made_from"])
    except (ValueError, KeyError, TypeError) as problem:
        raise StaleReportError(f"{path.name} cannot be read ({problem}): run jobseeker evaluate") from problem
    now = fingerprint(root)
    changed = sorted(name for name in now.keys() | made_from.keys() if now.get(name) != made_from.get(name))
    if content.get("format") != FORMAT:
        changed.append("format of the report")
    if changed:
        raise StaleReportError(
            f"{path.name} is older than the data ({', '.join(changed)} changed): run jobseeker evaluate"
        )
    assert isinstance(content, dict)
    return content


def reusable_trainings(root: Path, report: Path | None = None) -> dict[str, Any] | None:
    """The committed report where its trainings still hold: only escalation words or held-out texts have changed since. Else None."""
    path = report or root / REPORT
    if not path.is_file():
        return None
    content = json.loads(path.read_text("utf-8"))
    now, then = fingerprint(root), content.get("made_from", {})
    same = content.get("format") == FORMAT and all(now[name] == then.get(name) for name in TRAINED_FROM)
    return dict(content) if same and "leave_kind_out" in content else None


def _sources(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _contents(root: Path, paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        yield path.relative_to(root).as_posix().encode()
        yield path.read_bytes()


def _digest(parts: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()[:16]
