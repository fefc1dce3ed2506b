"""What the contents of a changed cell must keep to, said for people who do not program. content/lint.py checks the same files again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from app.knowledge_sheet.layout import KINDS, LIST_FIELDS, Path_
from app.knowledge_sheet.problems import Problems
from content.lint import SHORT_HAN, SHORT_WORDS, too_long
from content.readers import CONFIDENCES, GROUPS, RISKS
from jobseeker.figures import MARK, FigureBook
from jobseeker.knowledge import Pack

TITLE_HAN, TITLE_WORDS = 14, 6
CHOICES: Mapping[str, tuple[str, ...]] = {"group": GROUPS, "risk": RISKS, "confidence": CONFIDENCES}
_HAN = re.compile("[㐀-鿿]")
_LATIN = re.compile("[A-Za-z]{2,}")
_NAMED = re.compile(
    r"第\s*\d+\s*條(?:之\s*\d+)?|(?:articles?|arts?\.?|paragraph|section)\s*\d[\d\-, andorto–]*|55\s?Plus\+?|Web\s?\d|Level\s?\d|iCAP|B2B|N95|\b104\b|\b1111\b|A4|24H",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"^\s*\d+[.、)]\s", re.MULTILINE)
_DIGITS = re.compile("[0-9０-９]+")
AROUND = 8


def check_field(path: Path_, text: str, place: tuple[str, str, str], pack: Pack, day: date, problems: Problems) -> None:
    """Note what is wrong with the changed text of one field.

    Args:
        path: the field.
        text: the new text; not empty.
        place: sheet, cell and topic, for the words of a problem.
        pack: for figures and offices.
        day: on which figures are filled in.
        problems: where it is noted.
    """
    name = str(path[0])
    if name in CHOICES and text not in CHOICES[name]:
        problems.add("not_in_list", *place, value=text, choices=", ".join(CHOICES[name]))
    elif name == "decides" or name in LIST_FIELDS:
        for office in text.split(", "):
            if office not in pack.offices:
                problems.add("unknown_office", *place, value=office)
    elif name == "as_of" and not re.fullmatch(r"(?:19|20)\d\d", text):
        problems.add("not_a_year", *place, value=text)
    elif name == "reviewed_on":
        _check_day(text, place, problems)
    elif len(path) == 2:
        _check_text(name, str(path[1]), text, place, pack, day, problems)


def _check_day(text: str, place: tuple[str, str, str], problems: Problems) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        problems.add("not_a_day", *place, value=text)


def _check_text(
    name: str, language: str, text: str, place: tuple[str, str, str], pack: Pack, day: date, problems: Problems
) -> None:
    if not in_language(text, language):
        problems.add("wrong_language", *place, language=language)
        return
    if name == "title":
        length, limit = (len(text), TITLE_HAN) if language == "zh" else (len(text.split()), TITLE_WORDS)
        if length > limit:
            problems.add("title_too_long", *place, length=length, limit=limit)
        return
    typed = _LIST_NUMBER.sub("", _NAMED.sub("", MARK.sub("", text)))
    if digits := _DIGITS.search(typed):
        around = typed[max(0, digits.start() - AROUND) : digits.end() + AROUND].replace("\n", " ")
        problems.add("digits", *place, value=digits.group(), around=around)
    try:
        filled = FigureBook(pack.figures, pack.offices).fill(text, language, day)
    except LookupError:
        book = FigureBook(pack.figures, pack.offices)
        for mark in MARK.finditer(text):
            try:
                book.fill(mark.group(), language, day)
            except LookupError:
                problems.add("unknown_mark", *place, value=mark.group())
        return
    if name == "short" and too_long(filled, language):
        length = len("".join(filled.split())) if language == "zh" else len(filled.split())
        problems.add("short_too_long", *place, length=length, limit=SHORT_HAN if language == "zh" else SHORT_WORDS)


def in_language(text: str, language: str) -> bool:
    """Whether a text is in the language of its sheet; one without any word of either is."""
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(MARK.sub("", text)))
    return han > 0 or latin == 0 if language == "zh" else han <= latin


def check_kind(
    language: str, kind: str, places: tuple[tuple[str, str, str], tuple[str, str, str]], problems: Problems
) -> bool:
    """Whether language and kind of a question are known; notes it where they are not. `places`: of the two cells."""
    if language not in KINDS:
        problems.add("not_in_list", *places[0], value=language, choices=", ".join(KINDS))
        return False
    if kind not in KINDS[language]:
        problems.add("wrong_kind", *places[1], value=kind, language=language, choices=", ".join(KINDS[language]))
        return False
    return True
