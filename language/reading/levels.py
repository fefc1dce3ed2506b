"""How well a language is spoken: words of level and results of language examinations. Which language is meant is skills.py's.

Levels: A1-A2 basic, B1-B2 conversational, C1-C2 fluent (CEFR, Council of Europe 2001); the examinations by their owners' tables: TOEIC (ETS 2007: B1 from 550,
B2 from 785, C1 from 945), JLPT (Japan Foundation 2025), GEPT (LTTC), TOPIK (NIIED), HSK (Hanban).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from language.reading.folding import fold
from language.reading.lexicon import Entry

_EXAMS: tuple[tuple[str, str], ...] = (  # language id, pattern on folded text
    ("lang_japanese", r"(?<![a-z])jlpt\s*n?(?P<jlpt>[1-5])?|日检\s*n?(?P<jlpt2>[1-5])?|日语能力(?:测验|检定|考试)\s*n?(?P<jlpt3>[1-5])?|日本语能力(?:测验|试验)\s*n?(?P<jlpt4>[1-5])?|(?<![a-z0-9])n(?P<jlpt5>[1-5])(?![a-z0-9])"),
    ("lang_english", r"(?:toeic|多益)\s*(?:测验|成绩|分数|考|score|of|:)*\s*(?P<toeic>\d{3})?\s*分?|(?<![a-z])ielts\s*(?:band|score|of)*\s*(?P<ielts>[3-9](?:\.[05])?)?|雅思\s*(?P<ielts2>[3-9](?:\.[05])?)?|toefl\s*(?:ibt)?\s*(?P<toefl>\d{2,3})?|托福\s*(?P<toefl2>\d{2,3})?|(?:全民英检|英检|gept)\s*(?P<gept>初级|中级|中高级|高级|elementary|intermediate|high intermediate|advanced)?"),
    ("lang_korean", r"(?<![a-z])topik\s*(?:level)?\s*(?P<topik>[1-6])?级?|韩检\s*(?P<topik2>[1-6])?级?"),
    ("lang_mandarin", r"(?<![a-z])hsk\s*(?:level)?\s*(?P<hsk>[1-6])?级?|(?<![a-z])tocfl\s*(?:level)?\s*(?P<tocfl>[1-6])?"),
)  # fmt: skip
_EXAM = tuple((identifier, re.compile(pattern)) for identifier, pattern in _EXAMS)
_NAMES = (
    "jlpt",
    "日检",
    "日语能力",
    "日本语能力",
    "n1",
    "n2",
    "n3",
    "n4",
    "n5",
    "toeic",
    "多益",
    "ielts",
    "雅思",
    "toefl",
    "托福",
    "英检",
    "gept",
    "topik",
    "韩检",
    "hsk",
    "tocfl",
)
_NATIVE, _FLUENT, _CONVERSATIONAL, _BASIC = "native", "fluent", "conversational", "basic"
_LEVELS: tuple[tuple[str, str], ...] = (
    (_NATIVE, r"母語|母语|native|mother tongue|first language"),
    (_BASIC, r"不太流利|不流利|一點點|一點|一些|會一|懂一|簡單|基礎|基本|略|初級|粗淺|入門|皮毛|單字|五十音|一咪咪|少許|普普|不太好|不好|\ba little|a bit|basic|beginner|elementary|some\b|few words|not (?:very )?(?:good|fluent|great)|\bonly little|\bvery little|limited|survival|poor"),
    (_FLUENT, r"流利|精通|流暢|很好|很強|很溜|溜|輪轉|專業|商用|商務|高級|進階|fluent|fluently|proficient|advanced|excellent|business[- ]level|business|very well|\bwell\b|very good|perfect|full professional|c1|c2"),
    (_CONVERSATIONAL, r"會話|日常|溝通|對答|中等|中級|還可以|還行|普通|不錯|尚可|聽得懂|能聽|可聽|intermediate|conversational|converse|daily|everyday|get by|okay|\bok\b|working|decent|pretty good|good|b1|b2|communicate|conversation"),
)  # fmt: skip
_LEVEL = tuple(
    (level, re.compile("|".join(fold(word) if not word.startswith("\\") else word for word in pattern.split("|"))))
    for level, pattern in _LEVELS
)
_GEPT = {
    "初级": _BASIC,
    "elementary": _BASIC,
    "中级": _CONVERSATIONAL,
    "intermediate": _CONVERSATIONAL,
    "中高级": _CONVERSATIONAL,
    "high intermediate": _CONVERSATIONAL,
    "高级": _FLUENT,
    "advanced": _FLUENT,
}


def exam_entries() -> Iterator[tuple[str, Entry]]:
    """Names of examinations as entries of the lexicon; `exams` is worth calling where one is found."""
    for name in _NAMES:
        yield name, Entry("exam", name, "exam", name, len(name), name[0].isascii(), False)


def exams(folded: str) -> list[tuple[int, int, str, str]]:
    """Language examinations in a folded text: (start, end, language id, level or "")."""
    found = []
    for identifier, pattern in _EXAM:
        for match in pattern.finditer(folded):
            groups = {name.rstrip("2345"): value for name, value in match.groupdict().items() if value}
            end = match.end()
            while end > match.start() and folded[end - 1] == " ":
                end -= 1
            found.append((match.start(), end, identifier, _exam_level(groups)))
    return sorted(found)


def _exam_level(groups: dict[str, str]) -> str:
    if "jlpt" in groups:
        return {"1": _FLUENT, "2": _CONVERSATIONAL, "3": _CONVERSATIONAL}.get(groups["jlpt"], _BASIC)
    if "gept" in groups:
        return _GEPT[groups["gept"]]
    scales = {"toeic": (550, 945), "ielts": (4, 7), "toefl": (42, 95), "topik": (3, 5), "hsk": (3, 5), "tocfl": (3, 5)}
    for name, (conversational, fluent) in scales.items():
        if name in groups:
            value = float(groups[name])
            return _FLUENT if value >= fluent else _CONVERSATIONAL if value >= conversational else _BASIC
    return ""


def level_in(folded: str, start: int, end: int) -> str:
    """The level that a stretch of folded text names, "" for none; "not fluent" is basic."""
    for level, pattern in _LEVEL:
        if pattern.search(folded, start, end):
            return level
    return ""
