"""The ways in which one alias is written: English inflection and articles, Chinese with mainland words and with or without blanks. No skills here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from language.reading.folding import fold
from language.reading.verbs import CHINESE_VERBS, IRREGULAR, KEEP_GERUND, VERBS

_HAN = "[㐀-鿿]"
_HAN_LATIN = re.compile(rf"(?<={_HAN}) ?(?=[a-z0-9])|(?<=[a-z0-9+#]) ?(?={_HAN})")
_HAN_ONLY = re.compile(f"{_HAN}{{2,6}}")
_ASIDE = re.compile(r"\([^()]*\)$")
_LATIN_WORD = re.compile(r"[a-z][a-z'+#.]*")
_ARTICLES = ("a", "an", "the", "my", "some")
# words whose other number means something else in everyday English ("till tomorrow", "extra money", "in my own words")
_ONE_NUMBER = frozenset(["tills", "extras", "futures", "websites", "orchids", "noodles", "nails", "word"])
# mainland phrases of a conversion that mean something else to everybody: 「社區」 for 「社群」
_NOT_SAID = frozenset(["社区"])
_LEVELLED = re.compile("(?P<trade>[㐀-鿿]{2,})(?P<level>[甲乙丙]级)(?:技术士)?")
_NO_VEHICLES = frozenset(["delivery", "courier", "defensive"])  # "delivery driving" is not driving a delivery
_DOUBLED = re.compile(r"([bdgklmnprt])\1$")


@cache
def _mainland() -> Any:
    import opencc

    return opencc.OpenCC("tw2sp"), opencc.OpenCC("t2s")


def chinese_forms(alias: str) -> frozenset[str]:
    """Folded writings of a Chinese alias: with mainland words (軟體, 软件), with and without blanks between Han and Latin."""
    found: set[str] = set()
    for written in (alias, str(_mainland()[0].convert(alias)), str(_mainland()[1].convert(alias))):
        plain = fold(written).strip()
        if bare := _ASIDE.sub("", plain).strip():  # 堆高機操作技術士（單一級）
            plain = bare
        if plain.endswith("级技术士"):
            found.add(plain.removesuffix("技术士"))
        if levelled := _LEVELLED.fullmatch(plain):  # 室內配線乙級: people say 「乙級室內配線」, too
            found.add(levelled["level"] + levelled["trade"])
        found |= {fold(written).strip(), plain, _HAN_LATIN.sub("", plain), _HAN_LATIN.sub(" ", plain)}
        found |= set(_with_aspect(plain))
        if " " in plain and not _LATIN_WORD.search(plain):
            found.add(plain.replace(" ", ""))
    return frozenset(form for form in found if form) - _NOT_SAID


def _with_aspect(plain: str) -> Iterator[str]:
    """「開過堆高機」, 「顧過攤」: a verb's aspect stands between it and its object."""
    verb = next((plain[:size] for size in (2, 1) if plain[:size] in CHINESE_VERBS and len(plain) > size), "")
    if verb and _HAN_ONLY.fullmatch(plain):
        for aspect in ("过", "了"):
            yield verb + aspect + plain[len(verb) :]


def verb_forms(verb: str) -> tuple[str, ...]:
    """Base, third person, past and -ing of an English verb."""
    if verb in IRREGULAR:
        return (verb, third_person(verb), *IRREGULAR[verb])
    if verb.endswith("e"):
        return verb, verb + "s", verb + "d", verb[:-1] + "ing"
    if re.search(r"[^aeiou]y$", verb):
        return verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    stem = verb + verb[-1] if re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]", verb) else verb
    return verb, third_person(verb), stem + "ed", stem + "ing"


def third_person(word: str) -> str:
    """Third person of a verb, plural of a noun: the spelling rule is one."""
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    return word[:-1] + "ies" if re.search(r"[^aeiou]y$", word) else word + "s"


def gerund_verbs(word: str) -> tuple[str, ...]:
    """Verbs whose -ing form a word may be: "welding" -> weld; empty where the verb means something else ("accounting")."""
    if not word.endswith("ing") or len(word) < 6 or word in KEEP_GERUND:
        return ()
    stem = word[:-3]
    for verb, forms in IRREGULAR.items():
        if word in forms:
            return (verb,)
    if _DOUBLED.search(stem) and not stem.endswith(("ll", "ss")):
        return (stem[:-1],)
    known = [verb for verb in (stem, stem + "e") if verb in VERBS]
    if known:
        return tuple(known)
    return (
        (stem + "e",)
        if re.search(r"[^aeiou][aeiou][sv]$|[aeiou][kz]$|at$|dg$|ng$|c$", stem) and not stem.endswith("ook")
        else (stem,)
    )


def english_forms(alias: str) -> frozenset[str]:
    """Folded writings of an English alias: plural, verb forms of the first word, articles, US and British -our/-or, -re/-er, licence/license."""
    plain = " ".join(fold(alias).split())
    if not plain:
        return frozenset()
    words = plain.split(" ")
    firsts = [words[0]]
    if words[0] in VERBS and len(words) > 1:
        firsts += verb_forms(words[0])
    else:
        for verb in gerund_verbs(words[0]) if len(words) <= 2 else ():
            firsts += verb_forms(verb)
    if (
        len(words) > 1
        and words[0].endswith("ing")
        and (verbs := [verb for verb in VERBS if words[0] in verb_forms(verb)])
    ):
        firsts += verb_forms(verbs[0])
    rests = list(_number(words[1:])) if len(words) > 1 else [[]]
    found = {" ".join([first, *rest]) for first in firsts for rest in rests}
    if len(words) == 1:
        found |= {" ".join(item) for item in _number(words)}
    elif words[0] in VERBS or firsts[1:]:
        found |= set(_with_articles(firsts, rests))
    elif (
        len(words) == 2 and words[1].endswith("ing") and words[0] not in _NO_VEHICLES
    ):  # "forklift driving" -> drive a forklift
        for verb in [v for v in VERBS if words[1] in verb_forms(v)]:
            found |= set(_with_articles(list(verb_forms(verb)), list(_number(words[:1]))))
    found.add(plain)
    return frozenset(variant for form in found for variant in _spellings(form))


def _number(words: list[str]) -> Iterator[list[str]]:
    """The words with the last one as it is, in the plural, in the singular."""
    yield words
    last = words[-1]
    if not last.isalpha() or len(last) < 3 or (len(words) == 1 and last in _ONE_NUMBER):
        return
    if last.endswith("s"):
        if not last.endswith(("ss", "us", "is", "ics", "ews")):
            yield [*words[:-1], last[:-3] + "y" if last.endswith("ies") else last[:-1]]
    elif not last.endswith("ing"):
        yield [*words[:-1], third_person(last)]


def _with_articles(firsts: Iterable[str], rests: Iterable[list[str]]) -> Iterator[str]:
    rests = list(rests)
    for first in firsts:
        for rest in rests:
            bare = rest[1:] if rest[0] in _ARTICLES else rest
            if not bare:
                continue
            yield " ".join([first, *bare])
            for article in ("a", "the"):
                yield " ".join([first, article, *bare])


def _spellings(form: str) -> Iterator[str]:
    yield form
    swapped = form
    for british, american in (
        ("licence", "license"),
        ("colour", "color"),
        ("mould", "mold"),
        ("labour", "labor"),
        ("centre", "center"),
    ):
        if british in form:
            swapped = swapped.replace(british, american)
        elif american in form:
            swapped = swapped.replace(american, british)
    if swapped != form:
        yield swapped
    if "'s " in form:
        yield form.replace("'s ", "s ")
        yield form.replace("'s ", " ")
