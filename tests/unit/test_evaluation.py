"""The evaluation: its numbers on results made by hand, a small real run, its page and the guard against an old report."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from app.evaluation import Case, StaleReportError, check_report, fingerprint, load_cases, load_escalation_cases
from app.evaluation import measures as m
from app.evaluation.cases import EscalationCase
from app.evaluation.command import Wish, dump, evaluate
from app.evaluation.escalation import escalation_report
from app.evaluation.fingerprint import FORMAT, REPORT, TRAINED_FROM, reusable_trainings
from app.evaluation.page import as_page
from app.evaluation.report import GOALS
from app.evaluation.runs import Material, fold_jobs, kind_jobs, read_case, run_job, run_jobs
from app.evaluation.text import as_markdown, as_text
from content import load_examples
from jobseeker.errors import ContentError
from jobseeker.escalation import EscalationPolicy
from jobseeker.knowledge import Pack
from jobseeker.messages import Escalation
from language.nlu import Example
from language.nlu.network import Settings
from language.nlu.understander import OUT_OF_SCOPE

pytestmark = pytest.mark.slow
SMALL = Settings(hidden=16, epochs=3)


def result(
    label: str,
    ranking: tuple[str, ...],
    confidence: float = 0.9,
    outcome: str = "answer",
    lead: float | None = 0.0,
    language: str = "zh",
) -> m.Result:
    return m.Result(Case((f"text for {label}",), label, language, "lay"), ranking, confidence, outcome, lead)


# -- the committed report ----------------------------------------------------------------------------------------------


@pytest.fixture
def reported(root: Path, tmp_path: Path) -> Path:
    """A copy of all that a report depends on, with a report that fits."""
    for folder in ("packs", "data", "language", "tests/data", "jobseeker"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [*(tmp_path / "packs/tw/knowledge").glob("*.yml"), *(tmp_path / "data/nlu").glob("*.yml")]:
        if path.stem not in ("ui_amount", "ui_duration", "greet", "thanks"):
            path.unlink()  # fewer files, the same ways to be old
    (tmp_path / "packs/tw/barriers.yml").unlink()  # names topics that are gone now, and no report depends on it
    (tmp_path / REPORT).parent.mkdir(parents=True)
    (tmp_path / REPORT).write_text(dump({"format": FORMAT, "made_from": fingerprint(tmp_path)}), "utf-8")
    assert check_report(tmp_path)
    return tmp_path


def test_every_change_of_the_data_makes_the_report_old(reported: Path) -> None:
    changes = [
        ("packs/tw/knowledge/ui_amount.yml", "失業給付金額如何計算", "失業給付金額怎麼計算才對", "questions"),
        ("packs/tw/knowledge/ui_amount.yml", "失業給付可以領多少,", "失業給付有多少,", "titles"),
        ("data/nlu/greet.yml", "version:", "# x\nversion:", "acts"),
        ("language/nlu/network.py", "import", "import", "code"),
        ("packs/tw/policy/escalation.yml", "escalation:", "escalation:  # x", "escalation"),
        ("tests/data/heldout/acts.yml", "cases:", "cases:  # x", "heldout"),
    ]
    for file, old, new, part in changes:
        path = reported / file
        before = path.read_bytes()
        text = before.decode()
        assert old in text, f"{file} could not be changed"
        path.write_bytes((text.replace(old, new, 1) + ("\n" if old == new else "")).encode())
        with pytest.raises(StaleReportError, match=f"{part}.* changed.*run jobseeker evaluate"):
            check_report(reported)
        path.write_bytes(before)
        assert check_report(reported)


def test_a_new_lexicon_makes_the_report_old(reported: Path) -> None:
    path = reported / "packs/tw/lexicon.yml"
    text = path.read_text("utf-8") if path.exists() else "concepts:\n  a: [b]\n"
    path.write_text(text + "# x\n", "utf-8")
    with pytest.raises(StaleReportError, match="lexicon changed"):
        check_report(reported)


def test_answers_and_figures_do_not_make_it_old(reported: Path) -> None:
    path = reported / "packs/tw/knowledge/ui_amount.yml"
    text = path.read_text("utf-8")
    assert "下一步" in text
    path.write_text(text.replace("下一步", "接下來"), "utf-8")
    assert check_report(reported)


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", '{"made_from": 3}'])
def test_a_missing_or_broken_report_is_old(reported: Path, content: str | None) -> None:
    if content is None:
        (reported / REPORT).unlink()
    else:
        (reported / REPORT).write_text(content, "utf-8")
    with pytest.raises(StaleReportError, match="run jobseeker evaluate"):
        check_report(reported)


def test_a_report_of_another_form_is_old(reported: Path) -> None:
    (reported / REPORT).write_text(dump({"format": FORMAT + 1, "made_from": fingerprint(reported)}), "utf-8")
    with pytest.raises(StaleReportError, match="format"):
        check_report(reported)


# -- what is tested on -------------------------------------------------------------------------------------------------


def test_the_heldout_set_is_read(root: Path) -> None:
    cases = load_cases(root)
    parts = {part: sum(case.part == part for case in cases) for part in ("topics", "acts", OUT_OF_SCOPE, "dialogues")}
    assert min(parts.values()) >= 50, parts
    assert {case.label for case in cases} <= {example.label for example in load_examples(root)}
    escalation = load_escalation_cases(root)
    assert {case.kind for case in escalation} == {"crisis", "near_crisis", "level"}
    assert {case.level for case in escalation if case.kind == "level"} <= {"none", "offer", "immediate"}


@pytest.mark.parametrize(
    "content", ["cases: [{text: a}]", "cases: [{label: a, language: zh}]", "cases: [3]", "- a", "a: [", "cases: []"]
)
def test_a_broken_heldout_file_is_named(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "tests/data/heldout"
    folder.mkdir(parents=True)
    (folder / "x.yml").write_text(content, "utf-8")
    with pytest.raises(ContentError):
        load_cases(tmp_path)


# -- the numbers -------------------------------------------------------------------------------------------------------


def test_accuracy_and_confusions() -> None:
    results = [
        result("a", ("a", "b")),
        result("a", ("b", "c", "a")),
        result("a", ("b", "c", "d", "a")),
        result("b", ("b",), language="en"),
    ]
    report = m.breakdown(results)
    assert report["all"] == {"rows": 4, "top1": 0.5, "top3": 0.75}
    assert report["language"]["en"] == {"rows": 1, "top1": 1.0, "top3": 1.0}
    assert report["label"]["a"]["top1"] == round(1 / 3, 4)
    assert m.confusions(results) == [{"true": "a", "given": "b", "times": 2, "texts": ["text for a"] * 2}]


def test_calibration_error_of_a_known_case() -> None:
    results = [result("a", ("a" if i < 3 else "b",), 0.75) for i in range(4)] + [
        result("a", ("b",), 0.55) for _ in range(4)
    ]
    report = m.reliability(results)
    assert [b["rows"] for b in report["bins"]] == [4, 4]
    assert report["expected_calibration_error"] == pytest.approx(
        0.275
    )  # half of the rows are off by 0.55, half by nothing
    assert m.reliability([])["expected_calibration_error"] is None
    assert m.reliability([result("a", ("a",), 1.0)])["expected_calibration_error"] == 0


def test_outcomes() -> None:
    results = [
        result("a", ("a",)), result("a", ("b",)), result("a", ("b", "a"), outcome="clarify"), result("a", ("b", "a"), outcome="unsure"),
        result(OUT_OF_SCOPE, (OUT_OF_SCOPE,)),
    ]  # fmt: skip
    found = m.outcomes(results)
    assert {name: value["rows"] for name, value in found.items()} == {
        "answer": 2,
        "clarify": 1,
        "unsure": 1,
        OUT_OF_SCOPE: 1,
    }
    assert [value["precision"] for value in found.values()] == [0.5, 1.0, 1.0, 1.0]


def test_the_curve_against_counting_pairs() -> None:
    random = np.random.default_rng(3)
    outside = random.random(400) < 0.3
    leads = np.round(random.normal(size=400) + outside, 1)  # rounded: many ties
    pairs = leads[outside][:, None] - leads[~outside][None, :]
    report = m.curve(leads, outside)
    assert report["area"] == pytest.approx(float((pairs > 0).mean() + (pairs == 0).mean() / 2), abs=1e-4)
    assert report["points"][0] == [0.0, 0.0]
    assert report["points"][-1] == [1.0, 1.0]
    for limit in m.LOSSES:
        best = max(float((leads[outside] > t).mean()) for t in [*leads, -9.0] if (leads[~outside] > t).mean() <= limit)
        assert m.recall_at(leads, outside, limit) == pytest.approx(best, abs=1e-4)


def test_the_operating_point() -> None:
    results = [
        result(OUT_OF_SCOPE, (OUT_OF_SCOPE,), lead=1.0),
        result(OUT_OF_SCOPE, ("a",), lead=-1.0),
        result("a", ("a",), lead=-2.0),
        result("a", (OUT_OF_SCOPE,), lead=2.0),
    ]
    found = m.out_of_scope(results)
    assert (found["recall"], found["loss"], found["rows_in"], found["rows_out"]) == (0.5, 0.5, 2, 2)
    assert found["area"] == 0.5


def test_escalation_numbers() -> None:
    crisis, none = Escalation("immediate", ("crisis",)), Escalation()
    read = [
        (EscalationCase("x", "immediate", "zh", "crisis"), crisis, crisis),
        (EscalationCase("y", "immediate", "zh", "crisis"), none, crisis),
        (EscalationCase("z", "", "en", "near_crisis"), none, crisis),
        (EscalationCase("w", "none", "en", "level"), none, none),
    ]
    report = escalation_report(read, [(result("a", ("a",)), crisis)], True, "f")
    assert (report["text_alone"]["crisis_recall"], report["as_served"]["crisis_recall"]) == (0.5, 1.0)
    assert (report["text_alone"]["false_alarms"], report["as_served"]["false_alarms"]) == (0.0, 1.0)
    assert report["text_alone"]["missed"] == ["y"]
    assert report["text_alone"]["level_accuracy"] == 1.0
    assert report["ordinary_messages"]["false_alarms"] == 1.0


# -- a small real run --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def material(root: Path, pack: Pack) -> Material:
    """Six labels with some of their rows, and a network that is ready in a second."""
    sample = Material.of(load_examples(root), pack, SMALL).sample(6)
    kept: dict[tuple[str, str, str], list[Example]] = {}
    for example in sample.examples:
        kept.setdefault((example.label, example.language, example.kind), []).append(example)
    return Material(tuple(e for rows in kept.values() for e in rows[:6]), sample.concepts, sample.titles, SMALL)


def test_folds_hold_every_row_back_once_and_share_all_kinds(material: Material) -> None:
    jobs = fold_jobs(material.examples, 4)
    held = sorted(number for job in jobs for number in job.held)
    assert held == list(range(len(material.examples)))
    assert max(len(job.held) for job in jobs) - min(len(job.held) for job in jobs) < 0.2 * len(held)
    for job in jobs:
        assert {material.examples[n].label for n in job.held} == {e.label for e in material.examples}
    assert fold_jobs(material.examples, 4) == jobs


def test_a_way_of_saying_it_is_left_out_whole(material: Material) -> None:
    jobs = kind_jobs(material.examples)
    assert {"lay", "typo", "official"} <= {job.name for job in jobs}
    assert "gibberish" not in {job.name for job in jobs}
    for job in jobs:
        assert {material.examples[n].kind for n in job.held} == {job.name}
        assert len(job.held) == sum(e.kind == job.name for e in material.examples)


def test_a_job_reads_what_it_did_not_learn(material: Material) -> None:
    job = kind_jobs(material.examples)[0]
    results = run_job(material, job)
    assert [r.case.text for r in results] == [material.examples[n].text for n in job.held]
    assert run_jobs(material, [job], 1, lambda text: None) == {job.name: results}


def test_a_dialogue_is_judged_at_its_last_turn(material: Material, pack: Pack, policy: EscalationPolicy) -> None:
    understander = material.train()
    topic = next(label for label in understander.labels if label.startswith("faq/"))
    case = Case(("你好", "那要多久"), topic, "zh", "dialogue")
    found, escalation = read_case(understander, case, pack.topics, policy)
    assert found.lead is None
    assert escalation.level in ("none", "offer", "immediate")
    alone, _ = read_case(understander, Case(("我不想活了",), "crisis", "zh", "lay"), pack.topics, policy)
    assert alone.lead is not None


@pytest.fixture(scope="module")
def sampled(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a whole run over three labels wrote its files."""
    var = tmp_path_factory.mktemp("var")
    told: list[str] = []
    before = (root / REPORT).read_bytes() if (root / REPORT).exists() else None
    text = evaluate(root, root / "models", var, Wish(folds=2, processes=1, labels=3, settings=SMALL), told.append)
    assert "goals" in text
    assert (before is None) == (not (root / REPORT).exists())
    assert before is None or before == (root / REPORT).read_bytes(), "a sample must not touch the committed report"
    assert any("training without" in line for line in told)
    return var / "evaluation"


def test_a_sample_run_fills_every_part_of_the_report(sampled: Path) -> None:
    report = json.loads((sampled / "report.json").read_text("utf-8"))
    assert report["sample"] is True
    assert len(report["goals"]) == len(GOALS)
    for part in ("heldout", "cross_validation"):
        assert report[part]["all"]["rows"] > 10
        assert report[part]["reliability"]["bins"]
        assert report[part]["out_of_scope"]["points"]
        assert set(report[part]["outcomes"]) == {"answer", "clarify", "unsure", OUT_OF_SCOPE}
    assert report["leave_kind_out"]
    assert report["escalation"]["text_alone"]["crisis_recall"] is not None
    assert "## Escalation" in as_markdown(report)
    assert "held-out set: parts" in as_text(report)


def test_the_page_is_whole_and_loads_nothing(sampled: Path) -> None:
    page = (sampled / "report.html").read_text("utf-8")
    for forbidden in ("<script", "http://", "https://", "src=", "href=", "@import", "url("):
        assert forbidden not in page
    plots = [f"<svg{part.partition('</svg>')[0]}</svg>" for part in page.split("<svg")[1:]]
    assert len(plots) == 6
    for plot in plots:
        assert len(list(ElementTree.fromstring(plot).iter())) > 10


def test_texts_of_a_report_cannot_break_the_page(sampled: Path) -> None:
    report = json.loads((sampled / "report.json").read_text("utf-8"))
    report["heldout"]["confusions"] = [
        {"true": "a", "given": "b", "times": 1, "texts": ["<script>alert(1)</script>", "x | y"]}
    ]
    assert "<script" not in as_page(report)
    assert "<script>alert(1)</script>" in as_markdown(report)  # Markdown shows it in a table cell


def test_trainings_are_reused_only_while_what_they_depend_on_is_the_same(tmp_path: Path, root: Path) -> None:
    made_from = fingerprint(root)
    report = tmp_path / "nlu.json"
    report.write_text(
        json.dumps({"format": FORMAT, "made_from": {**made_from, "escalation": "old"}, "leave_kind_out": {}}), "utf-8"
    )
    assert reusable_trainings(root, report) is not None
    for name in TRAINED_FROM:
        report.write_text(
            json.dumps({"format": FORMAT, "made_from": {**made_from, name: "old"}, "leave_kind_out": {}}), "utf-8"
        )
        assert reusable_trainings(root, report) is None, name
    assert reusable_trainings(root, tmp_path / "none.json") is None
