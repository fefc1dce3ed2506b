"""The spreadsheet of topics: the way out and back changes no byte, one cell changes one field, every slip is named with its cell."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from app.knowledge_sheet import Change, SheetRefused, export_sheet, import_sheet
from app.knowledge_sheet.export import read_topics, topic_files
from app.knowledge_sheet.layout import KINDS, SHEETS, Words
from app.knowledge_sheet.topic_text import TopicText, inline

pytestmark = pytest.mark.slow
Edit = Callable[[Workbook], None]
TOPIC = "ui_amount"
TOPICS = (TOPIC, "ui_duration", "ai_in_hiring", "job_scams")


def copy_content(root: Path, target: Path) -> Path:
    """A copy of the content that a test may change."""
    shutil.copytree(root / "packs", target / "packs")
    shutil.copytree(root / "data", target / "data")
    return target


@pytest.fixture(scope="module")
def original(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Four topics with five questions of each kind, which nobody changes, and the spreadsheet made from them.

    Reading ninety for each slip would take minutes.
    """
    copy = copy_content(root, tmp_path_factory.mktemp("content"))
    for folder, kept in (("packs/tw/knowledge", TOPICS), ("data/nlu", ("greet", "out_of_scope"))):
        for path in (copy / folder).glob("*.yml"):
            if path.stem not in kept:
                path.unlink()
    (copy / "packs/tw/barriers.yml").unlink()  # it names topics that are gone
    for topic, text in read_topics(copy, "tw").items():
        thin = replace(text.content, questions={key: texts[:5] for key, texts in text.content.questions.items()})
        topic_files(copy, "tw")[topic].write_text(text.changed_to(thin), "utf-8")
    assert export_sheet(copy, copy / "knowledge.xlsx")[0] == len(TOPICS)
    return copy, copy / "knowledge.xlsx"


@pytest.fixture(scope="module")
def book_of(original: tuple[Path, Path]) -> Callable[[], Workbook]:
    """The exported spreadsheet, fresh."""
    return lambda: load_workbook(original[1])


def files_of(root: Path) -> dict[str, bytes]:
    """Every content file's bytes."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.yml")}


def sheet_of(book: Workbook, root: Path, name: str) -> Any:
    return book[Words.load(root).sheet(name)]


def cell_of(book: Workbook, root: Path, sheet: str, column: str, topic: str = TOPIC, nth: int = 0) -> Any:
    """The n-th cell of a topic in a column."""
    number = [c.name for c in SHEETS[sheet]].index(column) + 1
    rows = [row for row in sheet_of(book, root, sheet).iter_rows(min_row=2) if row[0].value == topic]
    return rows[nth][number - 1]


def imported(original: tuple[Path, Path], book: Workbook, tmp_path: Path) -> list[Change]:
    """What an edited spreadsheet would change."""
    file = tmp_path / "edited.xlsx"
    book.save(file)
    return import_sheet(original[0], file, write=False)


def refusal(original: tuple[Path, Path], book: Workbook, tmp_path: Path) -> SheetRefused:
    """Why it is refused; nothing may have been written."""
    before = files_of(original[0])
    file = tmp_path / "edited.xlsx"
    book.save(file)
    with pytest.raises(SheetRefused) as caught:
        import_sheet(original[0], file)
    assert files_of(original[0]) == before
    return caught.value


# -- the text of a topic file ------------------------------------------------------------------------------------------


def test_every_topic_file_is_read_whole_and_written_back_byte_for_byte(root: Path) -> None:
    texts = read_topics(root, "tw")
    assert len(texts) >= 90
    for topic, text in texts.items():
        loaded = yaml.safe_load(text.text)
        content = text.content
        assert content.fields["short", "zh"] == loaded["short"]["zh"].strip()
        assert sum(map(len, content.questions.values())) == sum(
            len(v) for kinds in loaded["questions"].values() for v in kinds.values()
        )
        assert set(content.questions) == {(language, kind) for language in KINDS for kind in KINDS[language]}, topic
        assert text.changed_to(content).encode() == topic_files(root, "tw")[topic].read_bytes()


def changed_lines(before: str, after: str) -> list[str]:
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_every_field_of_every_file_can_be_changed_alone(root: Path) -> None:
    checked = 0
    for text in read_topics(root, "tw").values():
        content = text.content
        for path, value in content.fields.items():
            new = (
                f'{value} 改: "x" # y'
                if len(path) == 2
                else {"as_of": "2031", "contact": "police", "confirm": "police"}.get(str(path[0]), "x")
            )
            after = text.changed_to(
                replace(content, fields={**content.fields, path: new})
            )  # it compares all other fields itself
            assert len(changed_lines(text.text, after)) == 2, path
            checked += 1
    assert checked > 1200


def test_lists_grow_shrink_and_turn_around(root: Path) -> None:
    text = read_topics(root, "tw")[TOPIC]
    content = text.content
    key = ("zh", "chat")
    old = content.questions[key]
    for new in (old[1:], old[:-1], (*old, "a: b", "- x", "88", "=1+1", "yes", "#"), ("頭", *old), old[::-1]):
        after = TopicText(text.changed_to(replace(content, questions={**content.questions, key: new})))
        assert after.content.questions[key] == new
    law = ("某法第3條", "Some Act, Article 3: part", "")
    for sources in (content.sources[1:], (*content.sources, law), (law, *content.sources[1:])):
        assert TopicText(text.changed_to(replace(content, sources=sources))).content.sources == sources


def test_pending_and_confirm_come_and_go(root: Path) -> None:
    texts = read_topics(root, "tw")
    with_pending = next(t for t in texts.values() if ("pending", "zh") in t.content.fields)
    without = next(
        t for t in texts.values() if ("pending", "zh") not in t.content.fields and ("confirm",) not in t.content.fields
    )
    gone = {path: value for path, value in with_pending.content.fields.items() if path[0] != "pending"}
    assert "pending:" not in with_pending.changed_to(replace(with_pending.content, fields=gone))
    added = {
        **without.content.fields,
        ("pending", "zh"): "修法中",
        ("pending", "en"): "A draft: soon",
        ("confirm",): "bli, police",
    }
    assert "\nconfirm: [bli, police]\n" in without.changed_to(replace(without.content, fields=added))


def test_comments_stay() -> None:
    head = "topic: x\ngroup: rights  # why\nsources:\n  - {zh: a, en: b, url: ''}\n"
    lists = "".join(
        f"    {kind}:\n      # note on {kind}\n      - {language} {kind}\n" if kind != "official" else ""
        for language in ("zh",)
        for kind in KINDS[language]
    )
    text = TopicText(head + "questions:\n  zh:\n" + lists)
    content = text.content
    after = text.changed_to(
        replace(
            content,
            fields={**content.fields, ("group",): "benefit"},
            questions={**content.questions, ("zh", "lay"): ("new", "zh lay")},
        )
    )
    assert "group: benefit  # why\n" in after
    assert after.count("# note on") == 6


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "88",
        "a: b",
        "a #b",
        "- a",
        "2026-11-21",
        "'a'",
        '"a"',
        "~",
        "[a]",
        "{a}",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "a\nb",
        "a, b]",
        "…",
    ],
)
@pytest.mark.parametrize("flow", [True, False])
def test_a_text_is_quoted_where_yaml_would_read_something_else(text: str, flow: bool) -> None:
    assert yaml.safe_load(f"{{a: {inline(text, True)}}}" if flow else f"a: {inline(text)}") == {"a": text}


# -- out and back ------------------------------------------------------------------------------------------------------


def test_an_untouched_spreadsheet_changes_nothing(original: tuple[Path, Path]) -> None:
    before = files_of(original[0])  # all topics: tests/integration/test_knowledge_sheet_whole.py
    assert import_sheet(original[0], original[1]) == []
    assert files_of(original[0]) == before


def test_the_spreadsheet_is_made_for_people(original: tuple[Path, Path], book_of: Callable[[], Workbook]) -> None:
    book = book_of()
    root = original[0]
    for name, columns in SHEETS.items():
        sheet = sheet_of(book, root, name)
        assert sheet.freeze_panes == "B2"
        assert all(cell.comment and cell.comment.text for cell in sheet[1])
        assert sheet.column_dimensions["A"].width == columns[0].width
    assert sheet_of(book, root, "zh").protection.sheet
    assert cell_of(book, root, "zh", "topic").protection.locked
    assert not cell_of(book, root, "zh", "answer").protection.locked
    assert {str(rule.sqref)[0] for rule in sheet_of(book, root, "settings").data_validations.dataValidation} == {
        "B",
        "C",
        "D",
        "F",
    }
    assert {str(rule.sqref)[0] for rule in sheet_of(book, root, "questions").data_validations.dataValidation} == {
        "A",
        "B",
        "C",
    }


CHANGES = [
    ("zh", "title", "失業給付有多少", "title.zh"),
    ("en", "short", "It is [[unemployment.rate]] of your insured pay.", "short.en"),
    ("zh", "answer", "第一行\n\n- 第二行 [[unemployment.rate]]", "answer.zh"),
    ("settings", "risk", "complex", "risk"),
    ("settings", "contact", "bli，police", "contact"),
    ("settings", "as_of", 2027, "as_of"),
    ("settings", "reviewed_on", "2026-12-01", "reviewed_on"),
    ("sources", "url", "https://example.tw/x", "sources"),
    ("questions", "question", "這是一句全新的問法", "questions.zh.official"),
]


@pytest.mark.parametrize(("sheet", "column", "value", "field"), CHANGES)
def test_one_cell_changes_one_field(
    original: tuple[Path, Path],
    book_of: Callable[[], Workbook],
    tmp_path: Path,
    sheet: str,
    column: str,
    value: object,
    field: str,
) -> None:
    book = book_of()
    cell_of(book, original[0], sheet, column).value = value
    [change] = imported(original, book, tmp_path)
    assert change.file == f"packs/tw/knowledge/{TOPIC}.yml"
    assert change.fields == (field,)
    assert change.diff.count("\n@@") == 1


def test_rows_of_questions_come_and_go(
    original: tuple[Path, Path], book_of: Callable[[], Workbook], tmp_path: Path
) -> None:
    book = book_of()
    sheet = sheet_of(book, original[0], "questions")
    gone = sheet.cell(2, 4).value
    topic = sheet.cell(2, 1).value
    sheet.delete_rows(2)
    sheet.append([TOPIC, "en", "learner", "Pay how much every moon, brother office?"])
    changes = {Path(change.file).stem: change for change in imported(original, book, tmp_path)}
    assert set(changes) == {topic, TOPIC}
    assert changed_lines("", changes[topic].diff)[0]
    assert [line for line in changes[topic].diff.splitlines() if line[0] == "-" and gone in line]
    assert [
        line for line in changes[TOPIC].diff.splitlines() if line == "+      - Pay how much every moon, brother office?"
    ]


def test_what_excel_does_by_itself_is_no_change(
    original: tuple[Path, Path], book_of: Callable[[], Workbook], tmp_path: Path
) -> None:
    book = book_of()
    touched = 0
    for row in sheet_of(book, original[0], "en").iter_rows(min_row=2, min_col=2):
        for cell in row:
            if cell.value:
                cell.value = (
                    "\u200b"
                    + cell.value.replace("...", "…").replace("'", "’").replace("\n", "\r\n").replace(" a ", "\u00a0a ")
                    + " "
                )
                touched += 1
    assert touched > 8
    assert imported(original, book, tmp_path) == []


def test_signs_that_excel_put_in_are_taken_out_of_new_english_text(
    original: tuple[Path, Path], book_of: Callable[[], Workbook], tmp_path: Path
) -> None:
    book = book_of()
    cell_of(book, original[0], "en", "short").value = "You\u00a0get “[[unemployment.rate]]”… that’s it"
    [change] = imported(original, book, tmp_path)
    assert """"[[unemployment.rate]]"... that's it""" in TopicText(change.text).content.fields["short", "en"]


def test_columns_may_change_places(
    original: tuple[Path, Path], book_of: Callable[[], Workbook], tmp_path: Path
) -> None:
    book = book_of()
    sheet = sheet_of(book, original[0], "settings")
    for row in sheet.iter_rows():
        row[1].value, row[2].value = row[2].value, row[1].value
    assert imported(original, book, tmp_path) == []


# -- what is refused ---------------------------------------------------------------------------------------------------


def put(sheet: str, column: str, value: object) -> Callable[[Workbook, Path], None]:
    def edit(book: Workbook, root: Path) -> None:
        cell_of(book, root, sheet, column).value = value

    return edit


def swapped(book: Workbook, root: Path) -> None:
    for row in sheet_of(book, root, "en").iter_rows(min_row=2, max_row=4):
        row[2].value, row[3].value = row[3].value, row[2].value


REFUSED: list[tuple[str, Callable[[Workbook, Path], None]]] = [
    ("formula", put("zh", "short", "=A1&B1")),
    ("error_value", put("zh", "short", "#N/A")),
    ("not_text", put("questions", "question", 1.5)),
    ("not_text", put("questions", "question", True)),
    ("empty", put("zh", "answer", None)),
    ("empty", put("questions", "question", None)),
    ("empty", put("settings", "risk", " \u00a0")),
    ("unknown_topic", put("zh", "topic", "ui_amuont")),
    ("missing_topic", put("zh", "topic", "ui_amuont")),
    ("double_topic", put("zh", "topic", "ui_duration")),
    ("not_in_list", put("settings", "risk", "small")),
    ("unknown_office", put("settings", "contact", "bli, polise")),
    ("unknown_office", put("settings", "decides", "polise")),
    ("needs_confirm", put("settings", "confirm", "")),
    ("not_a_year", put("settings", "as_of", "26")),
    ("not_a_day", put("settings", "reviewed_on", "21/11/2026")),
    ("wrong_kind", put("questions", "kind", "learner")),
    ("not_in_list", put("questions", "language", "fr")),
    ("wrong_language", put("en", "short", "每月是投保薪資的六成")),
    ("wrong_language", put("zh", "answer", "Only English here")),
    ("title_too_long", put("zh", "title", "失業給付到底每個月可以領多少錢呢")),
    ("short_too_long", put("zh", "short", "很長" * 50)),
    ("short_too_long", swapped),
    ("digits", put("zh", "answer", "每月是 60% 的投保薪資")),
    ("unknown_mark", put("en", "short", "It is [[unemployment.rat]] of it")),
    ("one_pending", put("zh", "pending", "草案")),
    ("several_lines", put("questions", "question", "一句\n兩句")),
    ("double_question", put("questions", "question", "您好！")),
    ("wrong_number", put("sources", "number", "77")),
    ("missing_sheet", lambda book, root: book.remove(sheet_of(book, root, "en"))),
    ("missing_column", lambda book, root: sheet_of(book, root, "zh").delete_cols(3)),
    (
        "double_column",
        lambda book, root: sheet_of(book, root, "zh").cell(1, 6, sheet_of(book, root, "zh").cell(1, 3).value),
    ),
    ("merged", lambda book, root: sheet_of(book, root, "zh").merge_cells("C3:C4")),
]


@pytest.mark.parametrize(("key", "edit"), REFUSED, ids=[f"{number}-{key}" for number, (key, _) in enumerate(REFUSED)])
def test_a_slip_is_named(
    original: tuple[Path, Path],
    book_of: Callable[[], Workbook],
    tmp_path: Path,
    key: str,
    edit: Callable[[Workbook, Path], None],
) -> None:
    book = book_of()
    edit(book, original[0])
    refused = refusal(original, book, tmp_path)
    found = [problem for problem in refused.problems if problem.key == key]
    assert found, str(refused)
    assert found[0].sheet in book.sheetnames or key == "missing_sheet"
    assert found[0].cell or key in ("missing_topic", "missing_sheet")
    assert "{" not in str(refused)


def test_all_problems_come_at_once_in_both_languages(
    original: tuple[Path, Path], book_of: Callable[[], Workbook], tmp_path: Path
) -> None:
    book = book_of()
    for _, edit in REFUSED[:3]:
        edit(book, original[0])
    cell_of(book, original[0], "settings", "risk").value = "small"
    refused = refusal(original, book, tmp_path)
    assert {problem.key for problem in refused.problems} >= {"error_value", "not_text", "not_in_list"}
    place = cell_of(book, original[0], "settings", "risk").coordinate
    assert f"工作表「設定 Settings」 {place}（{TOPIC} 失業給付可以領多少）：「small」不是可選的值" in str(refused)
    assert f"Sheet “設定 Settings” {place} ({TOPIC}): “small” is not a possible value" in str(refused)


def test_all_questions_of_a_kind_may_not_go(
    original: tuple[Path, Path], book_of: Callable[[], Workbook], tmp_path: Path
) -> None:
    book = book_of()
    sheet = sheet_of(book, original[0], "questions")
    rows = [
        row[0].row
        for row in sheet.iter_rows(min_row=2)
        if (row[0].value, row[1].value) == (TOPIC, "en") and row[2].value != "lay"
    ]
    for row in reversed(rows):
        sheet.delete_rows(row)
    keys = {problem.key for problem in refusal(original, book, tmp_path).problems}
    assert "no_questions" in keys


def test_a_file_that_is_no_workbook_is_refused(original: tuple[Path, Path], tmp_path: Path) -> None:
    for name, content in (("a.xlsx", b"topic,title\n"), ("b.csv", b"x"), ("c.xlsx", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SheetRefused, match="cannot be opened"):
            import_sheet(original[0], tmp_path / name)


def test_the_content_check_has_the_last_word(
    original: tuple[Path, Path], book_of: Callable[[], Workbook], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = book_of()
    cell_of(book, original[0], "zh", "short").value = "每月 60% 的投保薪資"
    monkeypatch.setattr(
        "app.knowledge_sheet.compare.check_field", lambda *_: None
    )  # as if the words for people had a gap
    refused = refusal(original, book, tmp_path)
    assert [(problem.key, problem.topic) for problem in refused.problems] == [("checker", TOPIC)]


def test_an_old_spreadsheet_does_not_undo_what_others_changed(
    root: Path, tmp_path: Path, original: tuple[Path, Path]
) -> None:
    copy = copy_content(original[0], tmp_path / "copy")
    path = copy / f"packs/tw/knowledge/{TOPIC}.yml"
    path.write_text(path.read_text("utf-8").replace("as_of: 2026", "as_of: 2027"), "utf-8")
    with pytest.raises(SheetRefused) as caught:
        import_sheet(copy, original[1])
    assert [(problem.key, problem.topic) for problem in caught.value.problems] == [("outdated", TOPIC)]
    assert "as_of: 2027" in path.read_text("utf-8")


def test_import_writes_and_a_dry_run_does_not(
    tmp_path: Path, original: tuple[Path, Path], book_of: Callable[[], Workbook], monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import cli

    copy = copy_content(original[0], tmp_path / "copy")
    monkeypatch.setattr(cli, "ROOT", copy)
    book = book_of()
    cell_of(book, copy, "settings", "risk").value = "complex"
    file = tmp_path / "edited.xlsx"
    book.save(file)
    before = files_of(copy)
    dry = CliRunner().invoke(cli.app, ["knowledge", "import", str(file), "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert "-risk: none\n+risk: complex" in dry.output
    assert files_of(copy) == before
    done = CliRunner().invoke(cli.app, ["knowledge", "import", str(file)])
    assert done.exit_code == 0, done.output
    after = files_of(copy)
    assert [name for name in before if before[name] != after[name]] == [f"packs/tw/knowledge/{TOPIC}.yml"]
    assert not list(copy.rglob("*.part"))
    book.remove(sheet_of(book, copy, "en"))
    book.save(file)
    assert CliRunner().invoke(cli.app, ["knowledge", "import", str(file)]).exit_code == 1
