"""How fast skills are read from vacancy texts on one core: our reader against a plain spaCy PhraseMatcher over the same aliases, in one run.

    .venv/bin/python bench/bench_skills.py [--texts 1000] [--rounds 5]

Both see the same texts in the same order, round by round in turn; the median round counts. The PhraseMatcher gets spaCy's blank pipelines (Chinese by
characters, English), each text in its language, and every alias of every skill in lower case; it finds spans only. Ours also folds script and width,
matches inflected forms, decides held, wanted, negated, attaches years and levels, finds occupations, places, hours and shifts, and writes the JSON line.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson
import spacy
from spacy.matcher import PhraseMatcher

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.skill_lines import SkillLines  # noqa: E402
from app.wiring_reading import load_reader  # noqa: E402
from jobseeker.taxonomy import Skill, Taxonomy  # noqa: E402

SHORTEST, LONGEST = 150, 400  # characters of a text
CHINESE = (
    "誠徵{job}，工作內容：{a}、{b}、{c}，並協助主管交辦事項。",
    "應徵條件：需具{d}經驗{n}年以上，會{e}，具{licence}者優先，略懂{language}。",
    "歡迎無經驗者，公司提供完整教育訓練，具{f}尤佳，不需{language}。",
    "工作時間09:00-18:00，需輪班，月薪{pay},000元起，享勞健保、三節獎金與員工餐，地點台中市西屯區，請攜帶履歷前來面試。",
    "每日與同事合作完成{a}及{c}，保持工作環境整潔，表現良好者調薪，年終依公司營運發放。",
)
ENGLISH = (
    "We are hiring a {job}. Responsibilities: {a}, {b} and {c}, and other duties as assigned.",
    "Requirements: {n} years of experience in {d}, {e}, {licence}, basic {language}.",
    "No experience needed, training is provided; {f} is a plus, {language} is not required.",
    "Full-time, day shift, some weekends, NT${pay},000 a month in Taichung, with meals and insurance.",
    "You will work with a friendly team and report to the shift manager.",
)


def main() -> int:
    """Make the texts, run both, print one table; with --json also write the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=int, default=1_000)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--json", type=Path, default=ROOT / "bench/results/skills.json")
    chosen = options.parse_args()
    reader, taxonomy = load_reader(ROOT)
    texts = make_texts(taxonomy, chosen.texts)
    lines = SkillLines(reader, taxonomy)
    ours, theirs = our_pass(lines), phrase_matcher(taxonomy)
    runs: dict[str, list[float]] = {"ours": [], "phrase_matcher": []}
    spans: dict[str, int] = {}
    for _ in range(chosen.rounds):
        for name, run in (("ours", ours), ("phrase_matcher", theirs)):
            began = time.process_time()
            spans[name] = run(texts)
            runs[name].append(len(texts) / (time.process_time() - began))
    report(texts, runs, spans, chosen.json)
    return 0


def make_texts(taxonomy: Taxonomy, count: int) -> list[tuple[str, str]]:
    """(language, text) of generated vacancies, half Chinese and half English; always the same ones."""
    rng = random.Random(4)
    kinds: dict[str, list[Skill]] = {}
    for skill in taxonomy.skills.values():
        kinds.setdefault("skill" if skill.kind in ("hard", "digital", "soft") else skill.kind, []).append(skill)
    jobs = list(taxonomy.occupations.values())
    texts = []
    for number in range(count):
        language, sentences = ("zh", CHINESE) if number % 2 else ("en", ENGLISH)
        words = {key: _word(rng.choice(kinds["skill"]), language, rng) for key in "abcdef"}
        words |= {key: _word(rng.choice(kinds[key]), language, rng) for key in ("licence", "language")}
        words |= {"job": rng.choice(jobs).name[language], "n": str(rng.randint(1, 5)), "pay": str(rng.randint(28, 60))}
        text = (
            "".join(sentence.format(**words) for sentence in sentences)
            if language == "zh"
            else " ".join(sentence.format(**words) for sentence in sentences)
        )
        texts.append((language, text[:LONGEST]))
    assert all(SHORTEST <= len(text) <= LONGEST for _, text in texts)
    return texts


def _word(skill: Skill, language: str, rng: random.Random) -> str:
    return rng.choice((skill.name[language], *skill.aliases.get(language, ())))


def our_pass(lines: SkillLines) -> Callable[[Sequence[tuple[str, str]]], int]:
    """Our reader with the JSON line it writes; counts the spans of skills, licences and languages."""

    def run(texts: Sequence[tuple[str, str]]) -> int:
        found = 0
        for _, text in texts:
            result = lines.read(text)
            orjson.dumps(result)
            found += sum(map(len, result.values()))
        return found

    return run


def phrase_matcher(taxonomy: Taxonomy) -> Callable[[Sequence[tuple[str, str]]], int]:
    """spaCy's PhraseMatcher on blank pipelines; overlapping spans are reduced to the longest, as ours are."""
    pipelines = {"zh": spacy.blank("zh"), "en": spacy.blank("en")}
    matchers = {}
    for language, pipeline in pipelines.items():
        matchers[language] = PhraseMatcher(pipeline.vocab, attr="LOWER")
        for skill in taxonomy.skills.values():
            aliases = [
                skill.name["zh"],
                skill.name["en"],
                *(alias for listed in skill.aliases.values() for alias in listed),
            ]
            matchers[language].add(skill.id, [pipeline.make_doc(alias) for alias in dict.fromkeys(aliases)])

    def run(texts: Sequence[tuple[str, str]]) -> int:
        found = 0
        for language, text in texts:
            document = pipelines[language].make_doc(text)
            spans = [document[start:end] for _, start, end in matchers[language](document)]
            found += len(spacy.util.filter_spans(spans))
        return found

    return run


def report(texts: Sequence[tuple[str, str]], runs: dict[str, list[float]], spans: dict[str, int], path: Path) -> None:
    """Print the table and keep the figures."""
    size = statistics.mean(len(text) for _, text in texts)
    median = {name: statistics.median(values) for name, values in runs.items()}
    print(
        f"{len(texts)} generated vacancy texts, {size:.0f} characters on average, one core, CPU time, median of {len(runs['ours'])} rounds\n"
    )
    print(f"{'':34} {'texts/s':>9} {'best round':>11} {'spans found':>12}")
    for name, label in (
        ("ours", "jobseeker, everything, JSON out"),
        ("phrase_matcher", "spaCy PhraseMatcher, spans only"),
    ):
        print(f"{label:34} {median[name]:9,.0f} {max(runs[name]):11,.0f} {spans[name]:12,}")
    ratio = median["ours"] / median["phrase_matcher"]
    print(f"{'ratio':34} {ratio:9.2f} {'':11} {spans['ours'] / spans['phrase_matcher']:12.2f}")
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {
        "texts": len(texts),
        "characters": size,
        "texts_per_second": median,
        "best": {n: max(v) for n, v in runs.items()},
        "spans": spans,
        "ratio": ratio,
    }
    path.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
