"""The guard against an old docs/reports/nlu.json: `make check` fails when the data moved on. How a report is made is tests/unit/test_evaluation.py."""

from __future__ import annotations

from pathlib import Path

from app.evaluation import check_report, load_cases
from app.evaluation.fingerprint import REPORT
from app.evaluation.text import as_markdown


def test_the_committed_report_was_made_from_these_data(root: Path) -> None:
    report = check_report(root)  # StaleReportError says: run jobseeker evaluate
    assert report["quick"] is report["sample"] is False
    assert report["heldout"]["all"]["rows"] == len(load_cases(root)) > 1000
    assert report["cross_validation"]["all"]["rows"] > 10000
    assert len(report["leave_kind_out"]) >= 6
    assert (root / REPORT).with_suffix(".md").read_text("utf-8") == as_markdown(report)
