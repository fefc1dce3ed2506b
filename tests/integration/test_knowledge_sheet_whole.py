"""The spreadsheet of the whole pack: out and back, no byte of any topic file changes."""

from __future__ import annotations

import shutil
from pathlib import Path

from app.knowledge_sheet import export_sheet, import_sheet


def test_all_topics_go_out_and_come_back_byte_for_byte(root: Path, tmp_path: Path) -> None:
    for folder in ("packs", "data"):
        shutil.copytree(root / folder, tmp_path / folder)
    before = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*.yml"))}
    topics, questions = export_sheet(tmp_path, tmp_path / "knowledge.xlsx")
    assert topics >= 90
    assert questions > 5000
    assert import_sheet(tmp_path, tmp_path / "knowledge.xlsx") == []
    assert {path: path.read_bytes() for path in sorted(tmp_path.rglob("*.yml"))} == before
