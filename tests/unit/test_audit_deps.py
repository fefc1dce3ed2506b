"""`make audit-deps`: what pip-audit and npm audit answer is read rightly, and an audit that did not happen is never called clean."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TODAY = date(2026, 11, 28)
CLEAN = {"dependencies": [{"name": "aiohttp", "version": "3.14.5", "vulns": []}], "fixes": []}
WEAK = {
    "dependencies": [
        {
            "name": "flask",
            "version": "0.5",
            "vulns": [
                {
                    "id": "PYSEC-2019-179",
                    "fix_versions": ["1.0"],
                    "aliases": ["CVE-2019-1010083", "GHSA-5wv5-4vpf-pj6m"],
                    "description": "…",
                }
            ],
        },
        {"name": "own-package", "skip_reason": "Dependency not found and could not be audited: own-package (1.0)"},
    ],
    "fixes": [],
}
NPM = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "vite": {"name": "vite", "severity": "high", "via": ["esbuild"], "range": "<=6.1.6", "fixAvailable": True},
        "esbuild": {
            "name": "esbuild",
            "severity": "moderate",
            "via": [
                {
                    "source": 1102341,
                    "name": "esbuild",
                    "title": "…",
                    "url": "https://github.com/advisories/GHSA-67mh-4wv8-2f99",
                    "range": "<=0.24.2",
                }
            ],
            "range": "<=0.24.2",
            "fixAvailable": True,
        },
    },
    "metadata": {"vulnerabilities": {"total": 2}, "dependencies": {"prod": 1, "dev": 60, "total": 60}},
}
REFUSED = {
    "message": "405 Method Not Allowed",
    "method": "POST",
    "statusCode": 405,
    "error": {"summary": "", "detail": ""},
}


@pytest.fixture
def audit(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tools/audit_deps.py."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    spec = importlib.util.spec_from_file_location("audit_deps", root / "tools" / "audit_deps.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "audit_deps", module)
    spec.loader.exec_module(module)
    return module


def run(audit: ModuleType, pip: Any, npm: Any = None, allowed: str = "") -> tuple[int, str]:
    """(exit code, what is printed)."""
    findings = {"app.txt": audit.of_pip_audit(pip)}
    if npm is not None:
        findings["package-lock.json"] = audit.of_npm_audit(npm)
    code, lines = audit.verdict(findings, audit.accepted(allowed, TODAY))
    return code, "\n".join(lines)


def test_clean_is_clean_only_where_everything_was_looked_up(audit: ModuleType) -> None:
    assert run(audit, CLEAN)[0] == audit.CLEAN
    code, said = run(audit, CLEAN, REFUSED)
    assert (code, "405" in said, "no clean result" in said) == (audit.NOT_LOOKED_UP, True, True)
    code, said = run(audit, {"dependencies": [{"name": "x", "skip_reason": "not found"}]})
    assert (code, "1 packages are unknown" in said) == (audit.NOT_LOOKED_UP, True)
    assert run(audit, {"dependencies": []})[0] == audit.NOT_LOOKED_UP


def test_a_known_weakness_is_named_with_what_mends_it(audit: ModuleType) -> None:
    code, said = run(audit, WEAK, NPM)
    assert code == audit.KNOWN, "whatever could not be looked up beside it"
    assert "flask 0.5: PYSEC-2019-179 CVE-2019-1010083 GHSA-5wv5-4vpf-pj6m, mended in 1.0" in said
    assert said.count("GHSA-67mh-4wv8-2f99") == 1, "vite only passes it on"


def test_what_is_accepted_counts_again_after_its_day(audit: ModuleType) -> None:
    weak = {"dependencies": WEAK["dependencies"][:1]}
    assert run(audit, weak, allowed="# why\n\nCVE-2019-1010083 until 2026-11-28 we do not parse it")[0] == audit.CLEAN
    assert run(audit, weak, allowed="CVE-2019-1010083 until 2026-11-27 we do not parse it")[0] == audit.KNOWN
    for line in ("CVE-2019-1010083", "CVE-2019-1010083 until 2026-11-28", "CVE-2019-1010083 until soon because"):
        with pytest.raises(ValueError, match="is not of the form"):
            audit.accepted(line, TODAY)


def test_the_accepted_ones_of_the_repository_can_be_read_and_both_lock_files_are_there(audit: ModuleType) -> None:
    audit.accepted(audit.ACCEPTED.read_text("utf-8"), TODAY)
    assert all((audit.REQUIREMENTS / f"{lock}.txt").is_file() for lock in audit.LOCKS)


def test_a_program_that_is_not_there_or_says_no_json_is_no_answer(audit: ModuleType) -> None:
    gone = audit._answer(["/nowhere/pip-audit"], audit.of_pip_audit, {})
    broken = audit._answer(
        [sys.executable, "-c", "import sys; sys.exit('cannot resolve the host')"], audit.of_pip_audit, {}
    )
    assert (gone.looked_up, "pip-audit" in gone.problem) == (0, True)
    assert "cannot resolve the host" in broken.problem
