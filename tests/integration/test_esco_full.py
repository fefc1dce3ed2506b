"""The whole official ESCO 1.1.1, imported by the command and loaded beside our own taxonomy."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from content import load_taxonomy
from content.csv_file import CsvFile
from content.esco.importing import DATABASE, MAPPING, MAPPING_COLUMNS
from content.taxonomy_lint import find_cycle
from jobseeker.taxonomy import alias_key


@pytest.fixture(scope="module")
def download(root: Path) -> Path:
    """The official files, found beside the repository."""
    folder = root.parent / "shared" / "data" / "esco_v1.1.1"
    if not folder.is_dir():
        pytest.skip("no copy of ESCO 1.1.1 at ../shared/data/esco_v1.1.1")
    return folder


@pytest.fixture(scope="module")
def imported(root: Path, download: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the command says, and where it put what it imported."""
    var = tmp_path_factory.mktemp("var")
    command = [sys.executable, "-m", "app.cli", "taxonomy", "import-esco", str(download)]
    environment = {**os.environ, "JOBSEEKER_VAR_DIR": str(var)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    assert "skills_en.csv: 13,896 rows" in done.stderr
    return done.stdout, var / "esco"


def test_all_of_it_is_read(imported: tuple[str, Path]) -> None:
    said, _ = imported
    assert "13,896 skills (1,201 digital, 12,260 hard, 346 language, 89 soft), 3,007 occupations" in said
    counts = {kind: int(n.replace(",", "")) for n, kind in re.findall(r"^([\d,]+) relations (\w+)", said, re.MULTILINE)}
    assert counts["essential"] + counts["optional"] == 123_855
    assert counts["occupation_broader"] == 1_248
    assert counts["skill_essential"] + counts["skill_optional"] == 5_899
    assert "broaderRelationsSkillPillar.csv is not there" in said


def test_it_is_loaded_beside_ours(imported: tuple[str, Path], root: Path) -> None:
    ours = load_taxonomy(root)
    both = load_taxonomy(root, esco=imported[1] / DATABASE)
    rows = [cells for _, cells in CsvFile(imported[1] / MAPPING, MAPPING, MAPPING_COLUMNS).rows()]
    merged = {esco_id for _, esco_id, *_, label in rows if label == "preferred"}
    assert len(merged) > 100
    assert len(both.skills) == len(ours.skills) + 13_896 - len(merged)
    assert len(both.occupations) == len(ours.occupations) + 3_007
    assert len(both.relations) > len(ours.relations) + 120_000
    edges: dict[str, list[str]] = {}
    for relation in both.relations:
        if relation.kind == "broader":
            edges.setdefault(relation.source, []).append(relation.target)
    assert len(edges) > 800
    assert find_cycle(edges) == []


def test_our_isco_groups_are_the_official_ones(download: Path, root: Path) -> None:
    with (download / "ISCOGroups_en.csv").open(encoding="utf-8", newline="") as file:
        official = {row["code"] for row in csv.DictReader(file)}
    assert len(official) == 619
    ours = load_taxonomy(root).isco
    units = {unit for group in ours.values() for unit in group.unit_groups}
    assert set(ours) == {code for code in official if len(code) <= 2}
    assert units == {code for code in official if len(code) == 4}
    assert all(unit.startswith(group.code) for group in ours.values() for unit in group.unit_groups)


def test_an_alias_keeps_one_meaning(imported: tuple[str, Path], root: Path) -> None:
    both = load_taxonomy(root, esco=imported[1] / DATABASE)
    owner: dict[str, str] = {}
    for skill in both.skills.values():
        for alias in skill.aliases["en"]:
            assert owner.setdefault(alias_key(alias), skill.id) == skill.id, alias
    assert len(owner) > 60_000
