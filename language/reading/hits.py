"""Which of the words that a lexicon finds count: not those in a name, not a workplace, not the end of a cue; and whether an employer speaks. Nothing
here says how a word is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from language.reading import cues
from language.reading.introductions import names, nationalities
from language.reading.lexicon import Hit, Raw, leftmost

SKILL_KINDS = ("hard", "soft", "digital")
MIN_EMPLOYER_CUES = 2
MIN_BEHIND_A_VERB = 2  # characters that must be left of a word without its verb
_TURNING = frozenset([cues.NEG, cues.AVOID, cues.WANT, cues.DOUBLE, cues.HELD])
_VERBS = frozenset(
    [
        "会",
        "会写",
        "会说",
        "会做",
        "会用",
        "会开",
        "会看",
        "做",
        "做过",
        "用过",
        "学过",
        "写",
        "说",
        "用",
        "开",
        "学",
        "上",
        "当",
        "do",
        "did",
        "do any",
        "use",
        "learn",
    ]
)
_WORKPLACES = frozenset("店厂场坊摊")
_AT = frozenset(("在", "从", "到", "间", "家"))
_SAME_CLAUSE = re.compile("[\u4e00-\u9fff]{0,8}")  # what may stand between a workplace and what is done there
MAX_GAP_OF_A_WISH = 4  # characters between "willing to learn" and what


def without_introductions(skills: Sequence[Hit], text: str, folded: str) -> list[Hit]:
    """What stands in a name is no skill; where a nationality is told, no language."""
    nations = nationalities(folded) if any(hit.entry.kind == "language" for hit in skills) else ()
    spoken = [hit for hit in skills if hit.entry.kind == "language"]
    dropped = {id(hit) for hit in spoken} - {id(hit) for hit in not_inside(spoken, nations)}
    return [hit for hit in not_inside(skills, names(text)) if id(hit) not in dropped]


def without_workplaces(folded: str, skills: Sequence[Hit]) -> list[Hit]:
    """「在早餐店站煎台」: where the clause says what is done there, the workplace is only where."""
    kept = []
    for place, hit in enumerate(skills):
        following = skills[place + 1] if place + 1 < len(skills) else None
        if not (
            folded[hit.end - 1] in _WORKPLACES
            and following is not None
            and folded[max(hit.start - 1, 0) : hit.start] in _AT
            and _SAME_CLAUSE.fullmatch(folded, hit.end, following.start)
        ):
            kept.append(hit)
    return kept


def without_wishes(skills: Sequence[Hit], raw_cues: Sequence[Raw]) -> list[Hit]:
    """「願意學」 alone is a soft skill; right before another skill (「願意學CNC」) it is a wish for that one."""
    wishes = {start: -end for start, end, entry in raw_cues if entry.kind == cues.WANT}
    size = skills[-1].end + 1 if skills else 0
    kept = []
    for place, hit in enumerate(skills):
        following = skills[place + 1] if place + 1 < len(skills) else None
        near = following is not None and 0 <= following.start - hit.end <= MAX_GAP_OF_A_WISH
        if not (near and hit.entry.kind == "soft" and wishes.get(hit.start, size) <= hit.end):
            kept.append(hit)
    return kept


def without_cue(folded: str, hits: Sequence[Hit], cue_hits: Sequence[Hit]) -> list[Hit]:
    """A word whose verb is the end of a cue (「不會寫程式」, "don't do nails", where 「會寫程式」 and "do nails" are words) begins behind that verb."""
    begins = {hit.start: place for place, hit in enumerate(hits)}
    kept = list(hits)
    for cue in cue_hits:
        if cue.entry.kind not in _TURNING:
            continue
        for at in range(cue.start + 1, cue.end):
            place = begins.get(at)
            if place is None or kept[place].end <= cue.end or folded[at : cue.end] not in _VERBS:
                continue
            hit = kept[place]
            start = cue.end + (folded[cue.end] == " ")
            if hit.end - start >= MIN_BEHIND_A_VERB:
                kept[place] = Hit(start, hit.end, hit.entry)
    return kept


def free(cue_hits: Sequence[Hit], covered: Sequence[Hit], size: int, raw: Sequence[Raw]) -> list[Hit]:
    """Cues that are not a part of a word of the taxonomy, without those that only look like one.

    Where the longest runs into such a word a shorter one of `raw` takes its place: 「想學會計」 has 「想學」, not 「想學會」.
    """
    taken = bytearray(size + 1)
    for hit in covered:
        taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
    whole = (cues.NOTHING, cues.BUSY)
    if any(taken[hit.end - 1] and not taken[hit.start] and hit.entry.kind not in whole for hit in cue_hits):
        cue_hits = leftmost([hit for hit in raw if hit[2].kind in whole or not taken[-hit[1] - 1]])
    return [
        hit
        for hit in cue_hits
        if hit.entry.kind != cues.NOTHING
        and not taken[hit.start]
        and (not taken[hit.end - 1] or hit.entry.kind == cues.BUSY)
    ]


def not_inside(hits: Sequence[Hit], stretches: Sequence[tuple[int, int]]) -> list[Hit]:
    """Those that do not lie inside one of the stretches."""
    return [hit for hit in hits if not any(begin <= hit.start and hit.end <= end for begin, end in stretches)]


def nested(hit: Hit, raw: Sequence[Raw]) -> tuple[Hit, ...]:
    """Skills by other names inside a licence's name, longest first."""
    if hit.entry.kind != "licence":
        return ()
    inside = [
        Hit(start, -end, entry)
        for start, end, entry in raw
        if hit.start <= start and -end <= hit.end and entry.kind in SKILL_KINDS
    ]
    return tuple(sorted(inside, key=lambda h: (h.start - h.end, h.start)))


def employer_speaks(cue_hits: Sequence[Hit]) -> bool:
    kinds = [hit.entry.kind for hit in cue_hits]
    employer = kinds.count(cues.EMPLOYER)
    if employer < MIN_EMPLOYER_CUES:
        return False
    return cues.RESUME not in kinds and kinds.count(cues.FIRST) < employer
