"""SECURITY.md and docs/asvs.md: every file and test they name exists, every boundary has all six threats, every requirement of level 2 is answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

NAMED = re.compile(r"`([A-Za-z0-9_.\-]+(?:/[A-Za-z0-9_.\-]+)+|[A-Z]+\.md|Makefile|pyproject\.toml)(?:::(\w+))?`")
# OWASP ASVS 4.0.3, requirements of level 1 and 2 by section, as the table in OWASP's repository has them (deleted and level-3 ones left out)
LEVEL_2 = {
    "1.1": "1-7", "1.2": "1-4", "1.4": "1 4 5", "1.5": "1-4", "1.6": "1-4", "1.7": "1-2", "1.8": "1-2", "1.9": "1-2", "1.10": "1",
    "1.11": "1-2", "1.12": "2", "1.14": "1-6",
    "2.1": "1-12", "2.2": "1-3", "2.3": "1-3", "2.4": "1-6", "2.5": "1-7", "2.6": "1-3", "2.7": "1-6", "2.8": "1-7", "2.9": "1-3", "2.10": "1-4",
    "3.1": "1", "3.2": "1-4", "3.3": "1-4", "3.4": "1-5", "3.5": "1-3", "3.7": "1",
    "4.1": "1-3 5", "4.2": "1-2", "4.3": "1-3",
    "5.1": "1-5", "5.2": "1-8", "5.3": "1-10", "5.4": "1-3", "5.5": "1-4",
    "6.1": "1-3", "6.2": "1-6", "6.3": "1-2", "6.4": "1-2",
    "7.1": "1-4", "7.2": "1-2", "7.3": "1 3 4", "7.4": "1-3",
    "8.1": "1-4", "8.2": "1-3", "8.3": "1-8", "9.1": "1-3", "9.2": "1-4", "10.2": "1-2", "10.3": "1-3", "11.1": "1-8",
    "12.1": "1-3", "12.2": "1", "12.3": "1-6", "12.4": "1-2", "12.5": "1-2", "12.6": "1",
    "13.1": "1 3-5", "13.2": "1-3 5 6", "13.3": "1-2", "13.4": "1-2",
    "14.1": "1-4", "14.2": "1-6", "14.3": "2 3", "14.4": "1-7", "14.5": "1-4",
}  # fmt: skip
REASONED = ("partly: ", "open: ", "not applicable: ", "deployment: ")
STRIDE = "STRIDE"


def missing(root: Path, text: str) -> list[str]:
    """Files, and tests in files, that are named and not there."""
    found = []
    for path, test in NAMED.findall(text):
        if not (root / path).exists():
            found.append(path)
        elif test and not re.search(rf"def {test}\(", (root / path).read_text("utf-8")):
            found.append(f"{path}::{test}")
    return found


def threats(text: str) -> Mapping[str, list[tuple[str, str]]]:
    """Boundary -> (letter, proof) of each of its rows."""
    sections = re.split(r"^### ", text.split("## Boundaries")[1].split("\n## ")[0], flags=re.MULTILINE)[1:]
    return {
        section.partition("\n")[0]: re.findall(r"^\| ([STRIDE]) \|.+\| (.*) \|$", section, re.MULTILINE)
        for section in sections
    }


def unproven(text: str) -> list[str]:
    """What a boundary lacks: a letter of STRIDE, or a file or test for one."""
    wrong = [
        f"{name}: {''.join(letter for letter, _ in rows)}"
        for name, rows in threats(text).items()
        if [letter for letter, _ in rows] != list(STRIDE)
    ]
    return wrong + [
        f"{name}: {letter}" for name, rows in threats(text).items() for letter, proof in rows if not NAMED.search(proof)
    ]


def wanted() -> set[str]:
    """The numbers of LEVEL_2."""
    numbers = set()
    for section, listed in LEVEL_2.items():
        for part in listed.split():
            first, _, last = part.partition("-")
            numbers |= {f"{section}.{number}" for number in range(int(first), int(last or first) + 1)}
    return numbers


def rows_of(text: str) -> list[tuple[str, str, str]]:
    """(number, state, evidence) of each requirement."""
    return [
        (number, state.strip(), evidence.strip())
        for number, state, evidence in re.findall(
            r"^\| (\d+\.\d+\.\d+) \| [^|]+ \| ([^|]+) \|([^|]*)\|$", text, re.MULTILINE
        )
    ]


def unsound(rows: list[tuple[str, str, str]]) -> list[str]:
    """Rows whose state is none, has no reason, or is claimed without evidence."""
    return [
        number
        for number, state, evidence in rows
        if not (state == "done" or (state.startswith(REASONED) and state.split(": ", 1)[1]))
        or (state.startswith(("done", "partly")) and not NAMED.search(evidence))
    ]


@pytest.fixture
def security(root: Path) -> str:
    """The threat model."""
    return (root / "SECURITY.md").read_text("utf-8")


@pytest.fixture
def asvs(root: Path) -> str:
    """The checklist."""
    return (root / "docs" / "asvs.md").read_text("utf-8")


def test_everything_that_is_named_exists(root: Path, security: str, asvs: str) -> None:
    assert len(NAMED.findall(security)) > 80
    assert len(NAMED.findall(asvs)) > 250
    assert missing(root, security) == []
    assert missing(root, asvs) == []


def test_what_is_not_there_would_be_found(root: Path) -> None:
    text = "`tests/integration/test_headers.py::test_nothing_of_the_kind`, `store/nowhere.py`, `tests/integration/test_headers.py`"
    assert missing(root, text) == ["tests/integration/test_headers.py::test_nothing_of_the_kind", "store/nowhere.py"]


def test_each_boundary_has_all_six_threats_with_a_proof(security: str) -> None:
    assert len(threats(security)) >= 10
    assert unproven(security) == []
    for part in ("## Reporting", "## What is worth protecting", "## Who might attack", "## What remains"):
        assert part in security


def test_a_threat_without_a_proof_would_be_found(security: str) -> None:
    assert unproven(re.sub(r"^\| D \| floods.*\n", "", security, flags=re.MULTILINE)) == [
        "1. Browser of a jobseeker -> gateway: STRIE"
    ]
    assert unproven(security.replace("| `tests/integration/test_floods.py` |", "| we are careful |")) == [
        "1. Browser of a jobseeker -> gateway: D"
    ]


def test_every_requirement_is_answered_once(asvs: str) -> None:
    numbers = [number for number, _, _ in rows_of(asvs)]
    assert len(wanted()) > 250
    assert sorted(wanted() - set(numbers)) == []
    assert sorted(set(numbers) - wanted()) == []
    assert len(numbers) == len(set(numbers))


def test_no_state_without_reason_and_none_claimed_without_evidence(asvs: str) -> None:
    assert unsound(rows_of(asvs)) == []
    bad = [("1.1.1", "done", ""), ("1.1.2", "partly: ", "`SECURITY.md`"), ("1.1.3", "mostly", "`SECURITY.md`")]
    assert unsound(bad) == ["1.1.1", "1.1.2", "1.1.3"]
    assert unsound([("1.1.4", "open: nobody has done it", ""), ("1.1.5", "done", "`SECURITY.md`")]) == []
