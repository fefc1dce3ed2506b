"""ESCO beside our own taxonomy: what is imported and merged, and how broken files are named. The rows here are ours; the real files are read in tests/integration."""

from __future__ import annotations

import csv
import gzip
import io
import sqlite3
from pathlib import Path

import pytest

from content import load_taxonomy
from content.csv_file import CsvFile
from content.esco import ImportReport, import_esco
from content.esco.importing import DATABASE, MAPPING, MAPPING_COLUMNS
from content.esco.source import concept_id, labels
from content.taxonomy import FOLDER
from jobseeker.errors import ContentError
from jobseeker.taxonomy import Skill, Taxonomy

pytestmark = pytest.mark.slow  # with `make test`


BASE = "http://data.europa.eu/esco"
SKILL_HEADER = "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,hiddenLabels,status,description"
OCCUPATION_HEADER = "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,hiddenLabels,status"


def uri(number: int, kind: str = "skill") -> str:
    """An address as ESCO makes them."""
    return f"{BASE}/{kind}/00000000-0000-4000-8000-{number:012d}"


def key(number: int) -> str:
    """The id an address becomes."""
    return f"esco:00000000-0000-4000-8000-{number:012d}"


def table(header: str, *rows: tuple[str, ...]) -> str:
    """A CSV text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return out.getvalue()


def skill(number: int, label: str, alt: str = "", reuse: str = "sector-specific", hidden: str = "") -> tuple[str, ...]:
    """A row of skills_en.csv; its description has a line break, as many real ones."""
    return ("KnowledgeSkillCompetence", uri(number), "knowledge", reuse, label, alt, hidden, "released", "One.\nTwo.")


FILES = {
    "skills_en.csv": table(
        SKILL_HEADER,
        skill(1, "operate forklift", "drive forklift\nforklift driving\nwork"),
        skill(2, "lathe turning", "turn on a lathe\noperate forklift", hidden="lathing"),
        skill(3, "Excel", "make spreadsheets"),
        skill(4, "show patience", "be patient", reuse="transversal"),
        skill(5, "Dutch", "speak Dutch"),
        skill(6, "forklift", "use of forklifts"),
        skill(7, "industrial trucks"),
    ),
    "occupations_en.csv": table(
        OCCUPATION_HEADER,
        (
            "Occupation",
            uri(100, "occupation"),
            "8344",
            "industrial truck operator",
            "reach truck driver\nfork truck driver",
            "",
            "released",
        ),
        ("Occupation", uri(101, "occupation"), "7223", "lathe setter", "", "", "released"),
    ),
    "occupationSkillRelations.csv": table(
        "occupationUri,relationType,skillType,skillUri",
        (uri(100, "occupation"), "essential", "knowledge", uri(1)),
        (uri(100, "occupation"), "essential", "knowledge", uri(6)),
        (uri(100, "occupation"), "optional", "knowledge", uri(3)),
        (uri(101, "occupation"), "essential", "knowledge", uri(2)),
        (uri(199, "occupation"), "essential", "knowledge", uri(2)),
    ),
    "broaderRelationsOccPillar.csv": table(
        "conceptType,conceptUri,broaderType,broaderUri",
        ("Occupation", uri(101, "occupation"), "Occupation", uri(100, "occupation")),
        ("Occupation", uri(100, "occupation"), "ISCOGroup", f"{BASE}/isco/C8344"),
    ),
    "broaderRelationsSkillPillar.csv": table(
        "conceptType,conceptUri,broaderType,broaderUri",
        ("KnowledgeSkillCompetence", uri(6), "KnowledgeSkillCompetence", uri(7)),
        ("KnowledgeSkillCompetence", uri(7), "KnowledgeSkillCompetence", uri(6)),
        ("KnowledgeSkillCompetence", uri(7), "SkillGroup", f"{BASE}/isced-f/0716"),
    ),
    "skillSkillRelations.csv": table(
        "originalSkillUri,originalSkillType,relationType,relatedSkillType,relatedSkillUri",
        (uri(1), "knowledge", "optional", "knowledge", uri(7)),
    ),
    "languageSkillsCollection_en.csv": table(
        "conceptType,conceptUri,broaderConceptUri", ("K", uri(5), f"{BASE}/skill/L1")
    ),
    "digitalSkillsCollection_en.csv": table("conceptType,conceptUri,broaderConceptUri", ("K", uri(3), "")),
    "transversalSkillsCollection_en.csv": table("conceptType,conceptUri,broaderConceptUri", ("K", uri(4), "")),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the ESCO download leaves it, with few rows."""
    path = tmp_path / "download"
    path.mkdir()
    for name, text in FILES.items():
        (path / name).write_text(text, "utf-8", newline="")
    return path


@pytest.fixture(scope="module")
def ours(root: Path) -> Taxonomy:
    """Our own taxonomy."""
    return load_taxonomy(root)


def run(folder: Path, ours: Taxonomy) -> ImportReport:
    """Import beside the download."""
    return import_esco(folder, folder.parent / "esco", ours, lambda *_: None)


def test_everything_is_counted(folder: Path, ours: Taxonomy) -> None:
    seen: list[tuple[str, int, bool]] = []
    report = import_esco(folder, folder.parent / "esco", ours, lambda *step: seen.append(step))
    assert report.skills == {"hard": 4, "soft": 1, "language": 1, "digital": 1}
    assert report.occupations == 2
    assert report.relations == {
        "broader": 2, "occupation_broader": 1, "skill_optional": 1, "essential": 4, "optional": 1,
    }  # fmt: skip
    assert report.dangling == {"essential": 1}
    assert report.missing == {}
    assert ("skills_en.csv", 7, True) in seen
    assert {file for file, _, done in seen if done} == set(FILES)


def test_the_same_skill_becomes_one_and_the_rest_get_ids(folder: Path, ours: Taxonomy, root: Path) -> None:
    run(folder, ours)
    both = load_taxonomy(root, esco=folder.parent / "esco" / DATABASE)
    forklift = both.skills["forklift_driving"]
    assert key(6) not in both.skills, "its preferred label is an alias of ours"
    assert "use of forklifts" in forklift.aliases["en"]
    assert "forklift driving" not in forklift.aliases["en"], "that is its name"
    assert "make spreadsheets" in both.skills["excel"].aliases["en"]
    added = both.skills[key(1)]
    assert added == Skill(
        key(1),
        "hard",
        {"zh": "operate forklift", "en": "operate forklift"},
        {"zh": (), "en": ("drive forklift",)},
        ("83",),
    ), "labels of ours, of others and general words are no aliases"
    assert both.skills[key(2)].aliases["en"] == ("turn on a lathe", "lathing")
    assert both.skills[key(5)].kind == "language"
    assert both.occupations[key(100)].isco == "8344"
    assert set(both.essential(key(100))) == {key(1), "forklift_driving"}
    assert both.optional(key(100)) == ("excel",)
    assert key(101) in both.related(key(100))
    assert both.version.startswith(ours.version + "+esco")


def test_our_own_rows_stay_as_they_are(folder: Path, ours: Taxonomy, root: Path) -> None:
    run(folder, ours)
    both = load_taxonomy(root, esco=folder.parent / "esco" / DATABASE)
    assert both.relations[: len(ours.relations)] == ours.relations
    for number, skill_id in enumerate(ours.skills):
        mine, merged = ours.skills[skill_id], both.skills[skill_id]
        assert (mine.kind, mine.name, mine.isco) == (merged.kind, merged.name, merged.isco)
        assert merged.aliases["en"][: len(mine.aliases["en"])] == mine.aliases["en"]
        assert number >= 0
    assert load_taxonomy(root) is ours


def test_broader_never_goes_in_a_circle(folder: Path, ours: Taxonomy, root: Path) -> None:
    run(folder, ours)
    both = load_taxonomy(root, esco=folder.parent / "esco" / DATABASE)
    assert both.broader("forklift_driving") == (*ours.broader("forklift_driving"), key(7))
    assert both.broader(key(7)) == ()


def test_the_mapping_names_label_and_kind_of_match(folder: Path, ours: Taxonomy) -> None:
    report = run(folder, ours)
    rows = [cells for _, cells in CsvFile(folder.parent / "esco" / MAPPING, MAPPING, MAPPING_COLUMNS).rows()]
    assert rows == [
        ["excel", key(3), "Excel", "Excel", "name", "preferred"],
        ["forklift_driving", key(1), "operate forklift", "forklift driving", "name", "alternative"],
        ["forklift_driving", key(6), "forklift", "forklift", "alias", "preferred"],
    ]
    assert report.mapped == {
        "name = preferred label": 1, "name = alternative label": 1, "alias = preferred label": 1, "skills with a match": 2,
    }  # fmt: skip


def test_compressed_files_and_a_byte_order_mark_are_read(folder: Path, ours: Taxonomy) -> None:
    plain = run(folder, ours)
    for name in ("skills_en.csv", "occupationSkillRelations.csv"):
        path = folder / name
        with gzip.open(folder / f"{name}.gz", "wb") as packed:
            packed.write(b"\xef\xbb\xbf" + path.read_bytes())
        path.unlink()
    assert run(folder, ours) == plain


def test_without_the_optional_files_it_says_what_is_lost(folder: Path, ours: Taxonomy) -> None:
    for name in FILES:
        if name not in ("skills_en.csv", "occupations_en.csv", "occupationSkillRelations.csv"):
            (folder / name).unlink()
    report = run(folder, ours)
    assert len(report.missing) == 6
    assert report.skills == {"hard": 6, "soft": 1}
    assert report.relations == {"essential": 4, "optional": 1}


@pytest.mark.parametrize("name", ["skills_en.csv", "occupations_en.csv", "occupationSkillRelations.csv"])
def test_a_missing_required_file_is_named_with_what_to_do(folder: Path, ours: Taxonomy, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ContentError, match=f"{name} is missing; download") as caught:
        run(folder, ours)
    assert caught.value.file == str(folder)


def test_a_missing_folder_is_named(tmp_path: Path, ours: Taxonomy) -> None:
    with pytest.raises(ContentError, match="no such folder"):
        run(tmp_path / "nowhere", ours)


BROKEN = [
    ("skills_en.csv", b"altLabels", b"labels", 1, "the column `altLabels` is missing"),
    ("occupations_en.csv", b"iscoGroup", b"isco", 1, "the column `iscoGroup` is missing"),
    ("skills_en.csv", uri(2).encode(), uri(1).encode(), 6, "stands here twice"),
    ("skills_en.csv", uri(2).encode(), b"http://example.org/2", 6, "is not the address"),
    ("skills_en.csv", b"lathe turning", b"", 6, "`preferredLabel` of"),
    ("skills_en.csv", b"turn on a lathe", "t\u00fcrn on a lathe".encode("latin-1"), 6, "must be UTF-8"),
    ("occupations_en.csv", b"7223", b"72", 4, "four digits, not"),
    ("occupationSkillRelations.csv", b"essential", b"needed", 2, "`relationType` should be essential or optional"),
    ("occupationSkillRelations.csv", b",knowledge," + uri(1).encode(), b"", 2, "has only 2 cells"),
    ("skills_en.csv", b"Excel,", b'"Excel,', 8, "not valid CSV"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "line", "message"), BROKEN)
def test_a_broken_file_is_named_with_its_line(
    folder: Path, ours: Taxonomy, name: str, right: bytes, wrong: bytes, line: int, message: str
) -> None:
    path = folder / name
    content = path.read_bytes()
    assert right in content
    path.write_bytes(content.replace(right, wrong, 1))
    with pytest.raises(ContentError, match=message) as caught:
        run(folder, ours)
    assert (caught.value.file, caught.value.line) == (name, line) or message == "not valid CSV"


def test_a_file_in_utf_16_and_a_torn_archive_are_named(folder: Path, ours: Taxonomy) -> None:
    path = folder / "skills_en.csv"
    good = path.read_bytes()
    path.write_bytes(good.decode().encode("utf-16"))
    with pytest.raises(ContentError, match="must be UTF-8"):
        run(folder, ours)
    path.unlink()
    (folder / "skills_en.csv.gz").write_bytes(gzip.compress(good)[:-12])
    with pytest.raises(ContentError, match="cannot be unpacked"):
        run(folder, ours)
    (folder / "skills_en.csv.gz").write_bytes(b"no archive at all")
    with pytest.raises(ContentError, match="cannot be unpacked"):
        run(folder, ours)


def test_a_failed_import_leaves_the_one_before(folder: Path, ours: Taxonomy) -> None:
    run(folder, ours)
    target = folder.parent / "esco"
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    assert set(before) == {DATABASE, MAPPING}
    (folder / "occupationSkillRelations.csv").write_text("occupationUri\n", "utf-8")
    with pytest.raises(ContentError):
        run(folder, ours)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before


def test_what_is_no_import_is_refused(tmp_path: Path, folder: Path, ours: Taxonomy, root: Path) -> None:
    with pytest.raises(ContentError, match="there is no imported ESCO; run `jobseeker taxonomy import-esco DIR`"):
        load_taxonomy(root, esco=tmp_path / "nothing.sqlite")
    other = tmp_path / "other.sqlite"
    other.write_bytes(b"something else entirely, and long enough to be looked at")
    with pytest.raises(ContentError, match="cannot be read"):
        load_taxonomy(root, esco=other)
    run(folder, ours)
    database = folder.parent / "esco" / DATABASE
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
    connection.close()
    with pytest.raises(ContentError, match="another version"):
        load_taxonomy(root, esco=database)


def test_addresses_and_labels() -> None:
    assert concept_id(uri(1)) == key(1)
    assert concept_id(f" {uri(1, 'occupation')} ") == key(1)
    assert concept_id(f"{BASE}/isco/C8344") is None
    assert labels("a\n b | c \n\n") == ["a", "b", "c"]


def test_our_files_are_not_touched(folder: Path, ours: Taxonomy, root: Path) -> None:
    before = {path: path.read_bytes() for path in (root / FOLDER).glob("*.csv")}
    assert len(before) == 4
    run(folder, ours)
    assert {path: path.read_bytes() for path in (root / FOLDER).glob("*.csv")} == before
