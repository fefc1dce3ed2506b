"""What people declare for the audit of fairness is reachable by the audit command and by the two questions; by nothing that answers, matches,
escalates or shows cases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import tomllib

from tests.architecture.imports import imported, imported_by
from tests.architecture.test_docs import tracked

PACKAGE = "jobseeker.fairness"
MAY_IMPORT = {  # module -> why
    "jobseeker/usecases/declare_for_audit.py": "asks the two questions",
    "store/fairness.py": "writes them",
    "store/fairness_audit.py": "reads them for counting",
    "app/commands/audit.py": "the audit command",
}
FOLDERS_THAT_MAY = ("jobseeker/fairness/", "app/fairness/", "tests/")
TABLE = "self_declaration"
MAY_NAME_THE_TABLE = {
    "store/fairness_tables.py",
    "store/fairness.py",
    "store/fairness_audit.py",
    "store/classes.py",
    "store/privacy.py",  # export and erasure
    "jobseeker/privacy/__init__.py",  # the line of the receipt
}
MAY_USE_THE_PORT = {  # `work.declarations`, which writes and deletes and tells nothing
    "jobseeker/storage.py",
    "store/unit_of_work.py",
    "jobseeker/usecases/declare_for_audit.py",
    "jobseeker/usecases/privacy_effects.py",
    "jobseeker/usecases/keep_to_retention.py",
}
APART = ("jobseeker/matching", "jobseeker/escalation", "jobseeker/answering.py", "jobseeker/journeys", "jobseeker/usecases/answer_message.py", "language", "console", "actions")  # fmt: skip


def importers(modules: Mapping[str, frozenset[str]]) -> set[str]:
    """Of modules and what they import, those that import the package, in whatever way."""
    packages = ("jobseeker.fairness.", "store.fairness", "app.fairness.")
    return {name for name, found in modules.items() if any(f"{one}.".startswith(packages) for one in found)}


def naming(files: dict[str, str], word: str) -> set[str]:
    """Modules in which the word stands."""
    return {name for name, text in files.items() if re.search(rf"\b{word}\b", text)}


def code(root: Path) -> dict[str, str]:
    files = {
        path.relative_to(root).as_posix(): path.read_text("utf-8") for path in tracked(root) if path.suffix == ".py"
    }
    assert len(files) > 300
    return files


def test_nothing_else_imports_it(root: Path) -> None:
    modules = {name: imported(root / name) for name in code(root)}
    found = {name for name in importers(modules) if not name.startswith(FOLDERS_THAT_MAY)}
    registers = {
        "store/schema.py",
        "store/privacy.py",
        "store/unit_of_work.py",
    }  # the table, its deletion, the writing side
    assert found - registers == set(MAY_IMPORT), "every entry is needed, and nothing else imports it"


def test_nothing_else_names_its_table_or_its_port(root: Path) -> None:
    files = {
        name: text
        for name, text in code(root).items()
        if not name.startswith(("tests/", "store/migrations/", "app/fairness/"))
    }
    assert naming(files, TABLE) == MAY_NAME_THE_TABLE
    assert naming(files, "declarations") == MAY_USE_THE_PORT
    for port in ("storage_fairness.py", "usecases/declare_for_audit.py"):
        assert not re.search(r"\bdef (?:get|of|read|current|declared)\b", files[f"jobseeker/{port}"]), "nothing reads"


def test_the_import_contract_names_what_must_stay_apart(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    [contract] = [one for one in project["tool"]["importlinter"]["contracts"] if "declare" in one["name"]]
    sources = {name.replace(".", "/") for name in contract["source_modules"]}
    assert {name.removesuffix(".py") for name in APART} - {
        "console",
        "actions",
        "jobseeker/usecases/answer_message",
    } <= sources
    assert "allow_indirect_imports" not in contract, "chains of imports count, too"
    assert set(contract["forbidden_modules"]) >= {PACKAGE, "store.fairness", "store.fairness_audit"}


def test_an_import_or_a_query_elsewhere_would_be_found(root: Path) -> None:
    for text in (
        "from jobseeker.fairness.declared import SEXES",
        "from jobseeker import fairness",
        "import jobseeker.fairness.audit as a",
        "def f():\n    from store.fairness_audit import FairnessAuditReader",
        "from store import fairness_tables",
    ):
        assert importers({"jobseeker/matching/score.py": imported_by(text)}) == {"jobseeker/matching/score.py"}, text
    assert importers({"x.py": imported_by("from jobseeker.fair import x")}) == set()
    assert naming({"x.py": "select * from self_declaration"}, TABLE) == {"x.py"}
    assert naming({"x.py": "await work.declarations.put()"}, "declarations") == {"x.py"}
