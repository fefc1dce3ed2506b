"""The ways in which one alias is written: English inflection and articles, Chinese with mainland words and with or without blanks. No skills here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from language.reading.folding import fold

_HAN = "[㐀-鿿]"
_HAN_LATIN = re.compile(rf"(?<={_HAN}) ?(?=[a-z0-9])|(?<=[a-z0-9+#]) ?(?={_HAN})")
_HAN_ONLY = re.compile(f"{_HAN}{{2,6}}")
_CHINESE_VERBS = frozenset(
    fold(verb)
    for verb in [
        "開",
        "賣",
        "修",
        "做",
        "煮",
        "顧",
        "帶",
        "洗",
        "切",
        "教",
        "寫",
        "畫",
        "打",
        "跑",
        "站",
        "拉",
        "綁",
        "搬",
        "包",
        "剪",
        "燙",
        "染",
        "車",
        "焊",
        "釘",
        "貼",
        "砌",
        "種",
        "養",
        "採",
        "送",
        "點",
        "收",
        "算",
        "記",
        "報",
        "接",
        "炒",
        "炸",
        "烤",
        "揉",
        "煎",
        "掃",
        "拖",
        "擦",
        "刷",
        "縫",
        "織",
        "拍",
        "架",
        "裝",
        "擺",
        "端",
        "騎",
        "管",
        "排",
        "補",
        "整",
        "折",
        "鋪",
        "推",
        "跟",
        "站",
        "盤",
        "出",
        "進",
        "驗",
        "測",
        "磨",
        "鑽",
        "拆",
        "組",
        "噴",
        "按",
        "泡",
        "調",
        "備",
        "疊",
        "理",
        "吊",
        "操",
        "顧",
        "照顧",
        "操作",
        "維修",
        "駕駛",
        "使用",
        "整理",
        "處理",
        "管理",
        "清洗",
        "清潔",
        "銷售",
        "製作",
        "設計",
        "打掃",
        "組裝",
        "安裝",
        "保養",
        "包裝",
        "教導",
        "訓練",
        "經營",
        "企劃",
        "規劃",
        "負責",
        "翻譯",
        "接待",
        "服務",
        "檢驗",
        "測試",
        "配送",
        "搬運",
        "裝潢",
        "粉刷",
    ]
)
_ASIDE = re.compile(r"\([^()]*\)$")
_LATIN_WORD = re.compile(r"[a-z][a-z'+#.]*")
_ARTICLES = ("a", "an", "the", "my", "some")
_IRREGULAR = {
    "drive": ("drove", "driven", "driving"), "make": ("made", "making"), "sell": ("sold", "selling"), "teach": ("taught", "teaching"),
    "cut": ("cutting",), "run": ("ran", "running"), "keep": ("kept", "keeping"), "write": ("wrote", "written", "writing"),
    "speak": ("spoke", "spoken", "speaking"), "take": ("took", "taken", "taking"), "give": ("gave", "given", "giving"), "lay": ("laid", "laying"),
    "build": ("built", "building"), "sew": ("sewed", "sewn", "sewing"), "grow": ("grew", "grown", "growing"), "ride": ("rode", "ridden", "riding"),
    "feed": ("fed", "feeding"), "lead": ("led", "leading"), "do": ("did", "done", "doing"), "read": ("reading",), "set": ("setting",),
    "buy": ("bought", "buying"), "hang": ("hung", "hanging"), "put": ("putting",), "wash": ("washed", "washing", "washes"),
}  # fmt: skip
_VERBS = frozenset(
    [
        "operate",
        "use",
        "cook",
        "bake",
        "clean",
        "repair",
        "fix",
        "weld",
        "solder",
        "stock",
        "pack",
        "sort",
        "pick",
        "assemble",
        "install",
        "maintain",
        "manage",
        "handle",
        "serve",
        "mix",
        "prepare",
        "wait",
        "care",
        "assist",
        "type",
        "file",
        "answer",
        "book",
        "design",
        "draw",
        "paint",
        "plaster",
        "tile",
        "inspect",
        "test",
        "measure",
        "load",
        "unload",
        "deliver",
        "cut",
        "serve",
        "plan",
        "schedule",
        "massage",
        "style",
        "dye",
        "trim",
        "harvest",
        "plant",
        "prune",
        "iron",
        "mend",
        "alter",
        "hem",
        "translate",
        "interpret",
        "edit",
        "film",
        "photograph",
        "program",
        "code",
        "debug",
        "analyse",
        "analyze",
        "calibrate",
        "lift",
        "operate",
        "polish",
        "grind",
        "mill",
        "turn",
        "label",
        "print",
        "bind",
        "count",
        "process",
        "train",
        "coach",
        "mentor",
        "guide",
        "brew",
        "steam",
        "fry",
        "grill",
        "slice",
        "peel",
        "wrap",
        "bag",
        "scan",
        "wipe",
        "mop",
        "sweep",
        "dust",
        "vacuum",
        "steer",
        "tow",
        "park",
        "check",
        "order",
        "purchase",
        "negotiate",
        "supervise",
        "support",
        "bathe",
        "dress",
        "feed",
        "wash",
        "look",
        "help",
        "move",
        "carry",
        "greet",
        "fill",
        "stack",
        "collect",
        "arrange",
        "organise",
        "organize",
        "guard",
        "knit",
        "raise",
        "change",
        "replace",
        "host",
        "record",
        "enter",
        "reply",
        "calculate",
        "recruit",
        "hire",
        "interview",
        "tutor",
        "fold",
        "stitch",
        "decorate",
        "chop",
        "roast",
        "unclog",
        "mow",
        "monitor",
        "watch",
        "direct",
        "escort",
        "accompany",
        "comfort",
        "rent",
        "spray",
        "water",
        "weed",
        "receive",
        "issue",
        "restock",
        "knead",
        "ship",
    ]
) | frozenset(_IRREGULAR)
# a gerund whose verb or noun means something else in everyday English
_KEEP_GERUND = frozenset(
    [
        "accounting",
        "marketing",
        "engineering",
        "training",
        "planning",
        "scheduling",
        "listening",
        "meeting",
        "learning",
        "understanding",
        "banking",
        "housing",
        "clothing",
        "pricing",
        "branding",
        "modelling",
        "modeling",
        "purchasing",
        "recruiting",
        "networking",
        "counselling",
        "counseling",
        "nursing",
        "tutoring",
        "casting",
        "booking",
        "filing",
        "typing",
        "editing",
        "programming",
        "manufacturing",
        "processing",
        "handling",
        "working",
        "making",
        "being",
        "having",
        "using",
        "operating",
        "doing",
        "testing",
        "coding",
        "merchandising",
        "advertising",
        "trading",
        "reporting",
        "routing",
        "timing",
        "greeting",
        "seating",
        "driving",
        "packing",
        "picking",
        "sorting",
        "painting",
        "building",
        "binding",
        "finishing",
        "cleanroom",
        "negotiating",
        "persuading",
        "multitasking",
        "speaking",
        "reading",
        "writing",
        "writing",
        "staffing",
        "plumbing",
        "flooring",
        "roofing",
        "catering",
        "gardening",
        "drafting",
        "mentoring",
        "coaching",
        "bargaining",
        "training",
        "hearing",
        "wiring",
        "hemming",
        "mending",
        "listing",
        "turning",
        "milling",
        "pressing",
        "checking",
        "serving",
        "fishing",
        "filming",
        "styling",
        "printing",
        "moulding",
        "molding",
        "polishing",
        "grinding",
        "running",
        "standing",
        "bending",
        "coating",
        "acting",
        "billing",
        "buying",
        "costing",
        "stamping",
        "logging",
        "lending",
        "dubbing",
        "labouring",
        "laboring",
        "teaching",
        "sourcing",
        "removals",
    ]
)
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
    verb = next((plain[:size] for size in (2, 1) if plain[:size] in _CHINESE_VERBS and len(plain) > size), "")
    if verb and _HAN_ONLY.fullmatch(plain):
        for aspect in ("过", "了"):
            yield verb + aspect + plain[len(verb) :]


def verb_forms(verb: str) -> tuple[str, ...]:
    """Base, third person, past and -ing of an English verb."""
    if verb in _IRREGULAR:
        return (verb, third_person(verb), *_IRREGULAR[verb])
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
    if not word.endswith("ing") or len(word) < 6 or word in _KEEP_GERUND:
        return ()
    stem = word[:-3]
    for verb, forms in _IRREGULAR.items():
        if word in forms:
            return (verb,)
    if _DOUBLED.search(stem) and not stem.endswith(("ll", "ss")):
        return (stem[:-1],)
    known = [verb for verb in (stem, stem + "e") if verb in _VERBS]
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
    if words[0] in _VERBS and len(words) > 1:
        firsts += verb_forms(words[0])
    else:
        for verb in gerund_verbs(words[0]) if len(words) <= 2 else ():
            firsts += verb_forms(verb)
    if (
        len(words) > 1
        and words[0].endswith("ing")
        and (verbs := [verb for verb in _VERBS if words[0] in verb_forms(verb)])
    ):
        firsts += verb_forms(verbs[0])
    rests = list(_number(words[1:])) if len(words) > 1 else [[]]
    found = {" ".join([first, *rest]) for first in firsts for rest in rests}
    if len(words) == 1:
        found |= {" ".join(item) for item in _number(words)}
    elif words[0] in _VERBS or firsts[1:]:
        found |= set(_with_articles(firsts, rests))
    elif (
        len(words) == 2 and words[1].endswith("ing") and words[0] not in _NO_VEHICLES
    ):  # "forklift driving" -> drive a forklift
        for verb in [v for v in _VERBS if words[1] in verb_forms(v)]:
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
