"""The taxonomy: the real files are sound and cover what they must, and each kind of mistake is named with file and line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from content import load_examples, load_taxonomy
from content.aliases import alias_problem
from content.csv_file import CsvFile, write_rows
from content.taxonomy import FOLDER, TABLES, read_rows, sort_files
from content.taxonomy_lint import (
    MIN_ESSENTIAL,
    MIN_OPTIONAL,
    MIN_RELATED,
    counts_by_group,
    find_cycle,
    find_taxonomy_problems,
)
from jobseeker.errors import ContentError
from jobseeker.taxonomy import Taxonomy, alias_key

ROOT = Path(__file__).resolve().parents[2]
# Sector -> ISCO-08 unit groups that carry it: what a public employment service sees must be there.
SECTORS = {
    "food service": "5120 5131 5132 5246 7512 9411 9412",
    "retail": "5221 5222 5223 5230 9334 1420",
    "machining and moulding": "7222 7223 7224 8142",
    "welding and metal": "7211 7212 7213 7214",
    "electronics and semiconductors": "8212 2152 3114",
    "quality": "7543 2141",
    "warehousing and logistics": "4321 9333 9321 8344 4323",
    "driving": "8321 8322 8331 8332",
    "construction": "7112 7114 7115 7119 7121 7122 7124 7125 7131 9313 3123 8342",
    "plumbing, electrical, air conditioning": "7126 7127 7411 7412",
    "care": "5321 5322",
    "child care and teaching": "5311 5312 2342 2341 2330 2359",
    "health": "2221 2262 2264 3251 3256 3212",
    "office": "4110 4120 4132 4226",
    "accounting and pay": "2411 3313 4311 4313",
    "human resources": "2423 2424 3333",
    "information technology": "2511 2512 2513 2521 2522 2523 2529 3512",
    "design and media": "2166 3431 3432 3521 2642",
    "sales and finance": "3321 3322 3334 3311 4211 5244",
    "customer service": "4222",
    "cleaning and property": "9111 9112 5153 9129",
    "farming, fishing, forestry": "6111 6112 6113 6121 6210 6221 6222 9211 9212",
    "hospitality and tourism": "4224 5113 4221 5151",
    "beauty": "5141 5142 3255",
    "security": "5414",
    "garments and textiles": "7531 7532 8152 8153",
    "printing": "7321 7322 7323",
    "repair": "7231 7421 7422 7233",
    "green jobs": "2133 3132 3257",
    "e-commerce and marketing": "2431 5249",
}


@pytest.fixture
def taxonomy(root: Path) -> Taxonomy:
    """The real taxonomy."""
    return load_taxonomy(root)


@pytest.fixture
def copy(tmp_path: Path, root: Path) -> Path:
    """A copy of the taxonomy that a test may break."""
    shutil.copytree(root / FOLDER, tmp_path / FOLDER)
    return tmp_path


@pytest.fixture
def small(tmp_path: Path, taxonomy: Taxonomy) -> Path:
    """Drivers of all kinds with what they need, and the cooks' skills: enough to break, and quick to check."""
    occupations = {key for key, entry in taxonomy.occupations.items() if entry.isco.startswith(("83", "4321"))}
    kept = {s for key in occupations for s in (*taxonomy.essential(key), *taxonomy.optional(key))}
    kept |= {key for key, skill in taxonomy.skills.items() if {"5120", "7512"} & set(skill.isco)} | {
        "cash_handling",
        "excel",
    }
    kept |= {wider for key in kept for wider in taxonomy.widened(key)} | occupations
    for name, columns in TABLES.items():
        source = CsvFile(ROOT / FOLDER / f"{name}.csv", name, columns)
        ends = {"relations": slice(1, 3), "isco": slice(0, 0)}.get(name, slice(0, 1))
        rows = [cells for _, cells in source.rows() if kept.issuperset(cells[ends])]
        (tmp_path / FOLDER).mkdir(parents=True, exist_ok=True)
        (tmp_path / FOLDER / f"{name}.csv").write_text(write_rows(columns, rows), "utf-8")
    return tmp_path


def change(root: Path, table: str, old: str, new: str) -> int:
    """Replace the first `old` in a table; the line it stood in."""
    path = root / FOLDER / f"{table}.csv"
    text = path.read_text("utf-8")
    assert old in text, "the mistake could not be made"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_real_taxonomy_is_sound(root: Path) -> None:
    problems, files = find_taxonomy_problems(root)
    assert files == len(TABLES) == 4
    assert [str(problem) for problem in problems] == []


def test_it_is_as_large_as_promised(taxonomy: Taxonomy) -> None:
    kinds = {kind: sum(s.kind == kind for s in taxonomy.skills.values()) for kind in ("hard", "soft", "digital")}
    assert len(taxonomy.skills) >= 1050
    assert len(taxonomy.occupations) >= 390
    assert kinds["hard"] >= 550
    assert kinds["soft"] >= 35
    assert kinds["digital"] >= 80
    assert sum(s.kind == "language" for s in taxonomy.skills.values()) >= 20
    assert sum(s.kind == "licence" for s in taxonomy.skills.values()) >= 280


@pytest.mark.parametrize("sector", SECTORS)
def test_every_sector_is_there(taxonomy: Taxonomy, sector: str) -> None:
    groups = set(SECTORS[sector].split())
    occupations = [o.id for o in taxonomy.occupations.values() if o.isco in groups]
    skills = [s.id for s in taxonomy.skills.values() if groups & set(s.isco)]
    licences = [key for key in skills if taxonomy.skills[key].kind == "licence"]
    assert len(occupations) >= (1 if len(groups) == 1 else 2), occupations
    assert len(skills) >= 5, skills
    assert licences or sector in ("customer service",), skills


def test_every_major_group_is_there(taxonomy: Taxonomy) -> None:
    counts = counts_by_group(taxonomy)
    assert set("123456789") <= set(counts)
    assert all(counts[major][0] >= 20 and counts[major][1] >= 7 for major in "123456789"), counts
    assert sum(occupations for _, occupations in counts.values()) == len(taxonomy.occupations)


@pytest.mark.parametrize(
    ("language", "alias", "skill"),
    [
        ("zh", "堆高機", "forklift_driving"),
        ("zh", "天車", "crane_operation"),
        ("zh", "POS機", "pos_operation"),
        ("zh", "拷克", "overlock"),
        ("en", "forklift", "forklift_driving"),
        ("en", "fork lift", "forklift_driving"),
        ("en", "the till", "cash_handling"),
        ("en", "exel", "excel"),
        ("zh", "中餐丙級", "licence_chinese_cooking_c"),
        ("zh", "職業大貨車", "licence_truck"),
        ("zh", "職安卡", "licence_construction_safety_card"),
        ("zh", "甲種業務主管", "licence_ohs_supervisor_a"),
        ("zh", "台語", "lang_taiwanese"),
        ("zh", "手語", "lang_tw_sign"),
        ("zh", "多益", "toeic"),
    ],
)
def test_everyday_words_lead_to_their_skill(taxonomy: Taxonomy, language: str, alias: str, skill: str) -> None:
    entry = taxonomy.skills[skill]
    assert alias_key(alias) in {alias_key(text) for text in (entry.name[language], *entry.aliases[language])}


@pytest.mark.parametrize(
    ("occupation", "licence"),
    [
        ("forklift_driver", "licence_forklift"),
        ("truck_driver", "licence_truck"),
        ("bus_driver", "licence_bus"),
        ("taxi_driver", "licence_taxi_registration"),
        ("nurse", "licence_registered_nurse"),
        ("pharmacist", "licence_pharmacist"),
        ("lawyer", "licence_lawyer"),
        ("real_estate_agent", "licence_real_estate_salesperson"),
        ("insurance_agent", "licence_life_insurance"),
        ("preschool_teacher", "licence_preschool_educator"),
        ("crane_operator", "licence_crane_fixed"),
        ("mobile_crane_operator", "licence_crane_mobile"),
        ("home_carer", "licence_ltc_card"),
        ("boiler_operator", "licence_boiler_c"),
    ],
)
def test_a_licence_the_law_requires_is_essential(taxonomy: Taxonomy, occupation: str, licence: str) -> None:
    assert licence in taxonomy.essential(occupation)


def test_who_holds_a_higher_level_holds_the_lower_one(taxonomy: Taxonomy) -> None:
    assert taxonomy.widened("licence_chinese_cooking_b") >= {"licence_chinese_cooking_c", "chinese_cooking", "cooking"}
    assert taxonomy.widened("licence_trailer") >= {"licence_truck", "licence_car", "truck_driving"}
    assert taxonomy.widened("no_such_skill") == frozenset()
    levels = [key for key in taxonomy.skills if key.startswith("licence_") and key.endswith(("_b", "_a"))]
    assert len(levels) > 25
    for key in levels:
        lower = key[:-1] + chr(ord(key[-1]) + 1)
        if lower in taxonomy.skills and "ohs_supervisor" not in key:
            assert lower in taxonomy.broader(key), key


def test_relations_meet_their_minimum(taxonomy: Taxonomy) -> None:
    assert len(taxonomy.occupations) > 300
    for key in taxonomy.occupations:
        assert len(taxonomy.essential(key)) >= MIN_ESSENTIAL, key
        assert len(taxonomy.optional(key)) >= MIN_OPTIONAL, key
        assert len(taxonomy.related(key)) >= MIN_RELATED, key
    assert sum(bool(taxonomy.transferable(key)) for key in taxonomy.skills) > 300


def test_symmetric_relations_are_seen_from_both_ends(taxonomy: Taxonomy) -> None:
    assert "packer" in taxonomy.related("warehouse_picker")
    assert "warehouse_picker" in taxonomy.related("packer")
    assert "crane_operation" in taxonomy.transferable("forklift_driving")
    assert "forklift_driving" in taxonomy.transferable("crane_operation")


MISTAKES = [
    ("skills", "forklift_driving,hard", "Forklift-Driving,hard", "lower snake case"),
    ("skills", "forklift_driving,hard", "excel,hard", "stands here twice"),
    ("skills", "forklift_driving,hard", "forklift_driving,tough", "`kind` should be one of"),
    ("skills", "forklift_driving,hard,堆高機操作", "forklift_driving,hard,", "`name_zh` is empty"),
    ("skills", "forklift truck", "the till", "already belongs to"),
    ("skills", "forklift truck", "FORKLIFT", "already belongs to itself"),
    ("skills", "forklift truck", "work", "stands in ordinary text"),
    ("skills", "forklift truck", "x", "too short"),
    ("skills", "forklift truck", "堆高", "belongs in `aliases_zh`"),
    ("skills", "forklift truck|", "forklift truck||", "empty alias"),
    ("skills", "forklift_driving,hard", '"forklift_driving,hard', "not valid CSV"),
    ("skills", "|forklift training,8344", "|forklift training,8349", "no ISCO-08 group"),
    ("skills", "|forklift training,8344", "|forklift training,", "`isco` of forklift_driving is empty"),
    ("skills", "|forklift training,8344", "|forklift training", "has 6 cells, not 7"),
    ("occupations", "forklift_driver,8344", "forklift_driver,83", "four digits"),
    ("occupations", "forklift_driver,8344", "truck_driver,8344", "stands here twice"),
    ("relations", "essential,forklift_driver,forklift_driving", "needs,forklift_driver,forklift_driving", "`kind`"),
    (
        "relations",
        "essential,forklift_driver,forklift_driving",
        "essential,forklift_driver,nothing",
        "not in skills.csv",
    ),
    (
        "relations",
        "essential,forklift_driver,forklift_driving",
        "essential,nobody,forklift_driving",
        "not in occupations",
    ),
    (
        "relations",
        "optional,forklift_driver,pallet_jack",
        "optional,forklift_driver,forklift_driving",
        "both essential",
    ),
    (
        "relations",
        "broader,licence_forklift,forklift_driving",
        "broader,forklift_driving,forklift_driving",
        "to itself",
    ),
    ("relations", "transferable,baking,cooking", "transferable,cooking,baking", "not sorted"),
    ("isco", "83,駕駛與移動機械", "8344,駕駛與移動機械", "one or two digits"),
]


@pytest.mark.parametrize(("table", "right", "wrong", "message"), MISTAKES)
def test_a_mistake_is_named_with_file_and_line(small: Path, table: str, right: str, wrong: str, message: str) -> None:
    line = change(small, table, right, wrong)
    problems, _ = find_taxonomy_problems(small)
    found = [problem for problem in problems if message in problem.problem]
    assert found, [str(problem) for problem in problems][:5]
    assert found[0].file == f"{FOLDER}/{table}.csv"
    assert found[0].line == line or message in ("already belongs to", "stands here twice"), found[0]


def test_an_occupation_with_too_little_is_named(small: Path) -> None:
    path = small / FOLDER / "relations.csv"
    rows = path.read_text("utf-8").split("\n")
    path.write_text("\n".join(row for row in rows if not row.startswith("optional,forklift_driver,")), "utf-8")
    problems, _ = find_taxonomy_problems(small)
    assert any("forklift_driver has 0 optional relations" in problem.problem for problem in problems)


def test_a_skill_nobody_uses_is_named(small: Path) -> None:
    path = small / FOLDER / "skills.csv"
    path.write_text(path.read_text("utf-8") + "zzz_unused,hard,無人使用,unused thing,,,8344\n", "utf-8")
    problems, _ = find_taxonomy_problems(small)
    assert any("no relation uses zzz_unused" in problem.problem for problem in problems)


def test_a_circle_of_broader_is_found(small: Path) -> None:
    line = change(
        small,
        "relations",
        "broader,chinese_cooking,cooking\n",
        "broader,chinese_cooking,cooking\nbroader,cooking,licence_chinese_cooking_b\n",
    )
    problems, _ = find_taxonomy_problems(small)
    circles = [problem for problem in problems if "broader goes in a circle" in problem.problem]
    assert [problem.line >= line for problem in circles] == [True]
    assert find_cycle({"a": ["b"], "b": ["c"], "c": ["a"]}) == ["a", "b", "c", "a"]
    assert find_cycle({"a": ["b", "c"], "b": ["d"], "c": ["d"]}) == []


@pytest.mark.parametrize(
    ("language", "alias"), [("zh", "會"), ("zh", "工作"), ("zh", "104"), ("en", "c"), ("en", "work")]
)
def test_general_words_are_no_aliases(language: str, alias: str) -> None:
    assert alias_problem(alias, language)


@pytest.mark.parametrize(
    ("language", "alias"), [("zh", "平車"), ("zh", "IQC"), ("en", "C language"), ("en", "Go Kart")]
)
def test_longer_forms_are_aliases(language: str, alias: str) -> None:
    assert alias_problem(alias, language) is None


SMALL_TALK = (
    "greet thanks goodbye affirm deny repeat help restart talk_to_human abuse privacy_erase privacy_export "
    "consent_change how_you_work feedback_negative feedback_positive"
)


def words_of(text: str) -> set[str]:
    """What an alias could be in a text: up to ten Chinese characters in a row, up to five words of Latin script."""
    folded = alias_key(text)
    words = re.findall(r"[a-z0-9+#]+(?:[-'&/.][a-z0-9+#]+)*", folded)
    slices = {folded[at : at + size] for at in range(len(folded)) for size in range(2, 11)}
    chinese = {part for part in slices if re.search(r"[\u3400-\u9fff]", part)}
    return chinese | {" ".join(words[at : at + size]) for at in range(len(words)) for size in range(1, 6)}


@pytest.mark.slow
def test_aliases_do_not_fire_on_ordinary_text(taxonomy: Taxonomy, root: Path) -> None:
    """Small talk and complaints name hardly any skill (a cry for help often tells a trade); what is found there is nearly always a wrong alias."""
    aliases = {
        alias_key(alias)
        for skill in taxonomy.skills.values()
        if skill.kind not in ("language", "licence")
        for language in ("zh", "en")
        for alias in (skill.name[language], *skill.aliases[language])
    }
    texts = [example.text for example in load_examples(root) if example.label in SMALL_TALK.split()]
    assert len(texts) > 1500
    found = [text for text in texts if words_of(text) & aliases]
    assert len(found) <= 0.03 * len(texts), found
    assert {"堆高機", "煮飯"} <= words_of("我會開堆高機，也會煮飯") & aliases
    assert {"fork lift", "excel"} <= words_of("I drive a fork lift, and know Excel.") & aliases


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_file_and_a_missing_column_are_named(small: Path, table: str) -> None:
    path = small / FOLDER / f"{table}.csv"
    column = TABLES[table][-1]
    path.write_text(path.read_text("utf-8").replace(column, "other", 1), "utf-8")
    with pytest.raises(ContentError, match=f"the column `{column}` is missing"):
        load_taxonomy(small)
    path.write_bytes(b"")
    assert any("header row is missing" in problem.problem for problem in read_rows(small).problems)
    path.unlink()
    assert any("the file is missing" in problem.problem for problem in read_rows(small).problems)


def test_another_encoding_is_named_with_its_line(small: Path) -> None:
    path = small / FOLDER / "occupations.csv"
    lines = path.read_text("utf-8").split("\n")
    path.write_bytes(
        b"\n".join([*(line.encode() for line in lines[:3]), *(line.encode("big5", "replace") for line in lines[3:])])
    )
    problems = [problem for problem in read_rows(small).problems if "UTF-8" in problem.problem]
    assert [(problem.file, problem.line) for problem in problems] == [(f"{FOLDER}/occupations.csv", 4)]


def test_sorting_is_idempotent_and_repairs_what_a_spreadsheet_does(small: Path) -> None:
    before = (small / FOLDER / "skills.csv").read_bytes()
    assert sort_files(small, write=True) == []
    path = small / FOLDER / "skills.csv"
    header, *rows = path.read_text("utf-8").rstrip("\n").split("\n")
    path.write_bytes(("\ufeff" + "\r\n".join([header, *reversed(rows), rows[0]]) + "\r\n").encode())
    messages = " ".join(problem.problem for problem in find_taxonomy_problems(small)[0])
    assert "byte order mark" in messages
    assert "CR LF" in messages
    assert "not sorted" in messages
    assert sort_files(small, write=False) == [f"{FOLDER}/skills.csv"]
    assert sort_files(small, write=True) == [f"{FOLDER}/skills.csv"]
    assert path.read_bytes() == before
    assert sort_files(small, write=True) == []


def test_loading_is_cached_until_a_file_changes(copy: Path) -> None:
    first = load_taxonomy(copy)
    assert load_taxonomy(copy) is first
    change(copy, "skills", "fork-lift", "fork-lift truck")
    again = load_taxonomy(copy)
    assert again is not first
    assert again.version != first.version
