"""How each mention is meant: cuts a text into clauses and lets the cues of a clause, or of its neighbour, act on its mentions. Finding words is lexicon.py.

A clause runs to punctuation, to a contrast (但, but) or to a new subject. Within it a cue acts on what follows it (「不會 Word、Excel」), or on what
stands before it when the clause begins with its topic (「甜點我不會做」). A bare list goes on with the clause before (「不會Word，Excel」).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from language.reading import cues
from language.reading.lexicon import Entry, Hit, Raw, make_entry

Meaning = Literal["held", "wanted", "negated", "required", "optional", "asked", "other"]
Separator = Literal["strong", "weak", "contrast", "subject"]

_POLAR = frozenset([cues.NEG, cues.AVOID, cues.WANT, cues.SEEK, cues.HELD, cues.DOUBLE, cues.FORGOT])
_MEANT: dict[str, Meaning] = {
    cues.NEG: "negated", cues.AVOID: "negated", cues.FORGOT: "negated", cues.WANT: "wanted", cues.SEEK: "wanted",
    cues.HELD: "held", cues.DOUBLE: "held", cues.REQUIRE: "required",
}  # fmt: skip
_STRONG_MARKS = "。!?;\n\r…|•●■◆▪※."
_WEAK_MARKS = ",()【】"
_WEAK_PHRASES = ("   ", " ~ ")  # " - " is folded to three blanks
_CONNECTORS = re.compile(
    r"\b(?:or|and|nor|either|neither|plus|as well as|etc|e\.g|also|both)\b|以及|还有|还是|等等|之类|和|跟|与|及|或|也|、|/|&|\+|:|\"|「|」|的|等|等等|,|\s"
)
_JOINED = re.compile(r"(?:\band\b|\bso\b|\bbecause\b|,)\s*$")
_OBJECT_LEFT_OUT = re.compile(
    r"^(?:开|操作|做|用|弄|煮|修|骑|驾驶|车|好|很好|一点|的|了|drive|operate|use|do|one|it|them|that|ride|well|still|actually)"
)
_NO_OBJECT = re.compile(
    r"(?:\b(?:do|doing|did|done|it|that|them|those|this|one|ones|at all|yet|though|any ?more|speak|use|used|have|well|so well|very|really|much|"
    r"good|great|ever|either|so far|to|in|with|my|thing|for me|i|am|problem|strong point|know|understand|read|write|drive|cook|make|play|sing|before|today|now|right)\b|['\s,!.])*"
)
MAX_BEHIND_HAN = 6  # characters that may follow a cue that acts backwards
_HAN = re.compile("[㐀-鿿]")
_OF_EMPLOYERS = frozenset([cues.NEG, cues.AVOID, cues.ADJACENT, cues.EXCEPT, cues.OPTIONAL, cues.HEDGE])


@dataclass(slots=True)
class Mention:
    """A word of the taxonomy in a clause, and how it is meant. `nested`: words inside it that are skills by themselves."""

    hit: Hit
    meaning: Meaning = "held"
    hedged: bool = False
    decided: bool = False  # a cue said so; not the default
    nested: tuple[Hit, ...] = ()
    years: float | None = None
    level: str = ""


@dataclass(slots=True)
class Clause:
    """A stretch of text [start, end) with its mentions and cues in order. `before`: what separates it from the clause before."""

    start: int
    end: int
    before: Separator
    asks: bool = False
    mentions: list[Mention] = field(default_factory=list)
    cues: list[Hit] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)

    def has(self, *kinds: str) -> bool:
        """Whether a cue of one of these kinds stands in the clause."""
        return not self.kinds.isdisjoint(kinds)


def edge_entries() -> Iterator[tuple[str, Entry]]:
    """Punctuation as entries of the lexicon."""
    for mark in (*_STRONG_MARKS, *_WEAK_MARKS, *_WEAK_PHRASES):
        yield mark, make_entry("edge", "strong" if mark in _STRONG_MARKS else "weak", mark, mark)


def cut(folded: str, mentions: Sequence[Mention], cue_hits: Sequence[Hit], marks: Sequence[Raw]) -> list[Clause]:
    """The clauses of a text with their mentions and cues. `marks`: hits of `edge_entries`."""
    edges: list[tuple[int, int, str]] = []
    for start, end, entry in marks:
        if not (entry.kind in ",." and _inside_number(folded, start)):
            edges.append((start, -end, entry.id))
    for hit in cue_hits:
        kind = hit.entry.kind
        if kind == cues.CONTRAST:
            edges.append((hit.start, hit.end, "contrast"))
        elif kind == cues.FIRST and hit.entry.latin_start and hit.end - hit.start <= 4:
            if not _JOINED.search(folded, max(0, hit.start - 9), hit.start):
                continue
            edges.append((hit.start, hit.start, "subject"))
    edges.sort()
    clauses: list[Clause] = []
    begin, before = 0, "strong"
    for at, after, kind in [*edges, (len(folded), len(folded), "strong")]:
        if at > begin or kind == "strong":
            clauses.append(Clause(begin, max(at, begin), before, folded[at:after] == "?"))  # type: ignore[arg-type]
            before = kind
        elif kind == "contrast" or before == "weak":
            before = kind if kind != "weak" else before
        begin = max(begin, after)
    _fill(clauses, mentions, cue_hits)
    return clauses


def _inside_number(folded: str, at: int) -> bool:
    """Whether a comma groups digits ("35,000"), or a point ends no sentence ("3.5", "node.js")."""
    following = folded[at + 1 : at + 4]
    if folded[at] == ",":
        return len(following) == 3 and following.isdigit() and at > 0 and folded[at - 1].isdigit()
    return bool(following) and following[0] != " " and following[0].isascii() and following[0] != "\n"


def _fill(clauses: list[Clause], mentions: Sequence[Mention], cue_hits: Sequence[Hit]) -> None:
    at, last = 0, len(clauses) - 1
    for mention in mentions:
        while at < last and mention.hit.start >= clauses[at].end:
            at += 1
        clauses[at].mentions.append(mention)
    at = 0
    for hit in cue_hits:
        while at < last and hit.start >= clauses[at].end:
            at += 1
        if clauses[at].start <= hit.start < clauses[at].end:
            clauses[at].cues.append(hit)
            clauses[at].kinds.add(hit.entry.kind)


def judge(folded: str, clauses: Sequence[Clause], employer: bool = False) -> None:
    """Set meaning and hedging of every mention; see the module's text for the rules.

    Where an employer speaks, nothing is told of a person: only what is ruled out, optional or hedged is looked for.
    """
    state: Meaning | None = None
    other = False
    for index, clause in enumerate(clauses):
        if clause.before != "weak":
            state = None
        if employer and state != "negated" and clause.kinds.isdisjoint(_OF_EMPLOYERS):
            continue
        if clause.before != "weak":
            other = other and clause.before == "contrast" and not clause.has(cues.FIRST)
        following = clauses[index + 1] if index + 1 < len(clauses) and clauses[index + 1].before != "strong" else None
        ahead = index + 1
        while (
            following is not None
            and following.mentions
            and not following.cues
            and following.before == "weak"
            and _is_bare(folded, following)
        ):
            ahead += 1
            following = clauses[ahead] if ahead < len(clauses) and clauses[ahead].before != "strong" else None
        if not clause.mentions:
            continue
        other = _of_another(folded, clause, other)
        if clause.has(cues.EXCEPT):
            _judge_exception(folded, clause, following)
            continue
        if clause.cues:
            walked = _walk(folded, clause)
            state = walked if walked or not _is_bare(folded, clause) else state
        undecided = [mention for mention in clause.mentions if not mention.decided]
        if undecided and following is not None and _is_topic(folded, clause):
            _look_ahead(folded, undecided, following)
        if state is not None and clause.before == "weak":
            for mention in (m for m in undecided if m.hit.entry.layer != "wish"):  # 「不輪班，日班」 wishes for days
                if not mention.decided and (_is_bare(folded, clause) or clause.has(cues.SAME)):
                    mention.meaning, mention.decided = state, True
        if following is not None:
            _change_later(folded, clause, following)
        if clause.mentions[-1].decided:
            state = clause.mentions[-1].meaning
        _ask(folded, clause, clauses, index)
        if other:
            for mention in clause.mentions:
                mention.meaning, mention.decided = "other", True


def _walk(folded: str, clause: Clause) -> Meaning | None:
    """Let the clause's own cues act; the state at its end, None where no cue is left open."""
    polar = [hit for hit in clause.cues if hit.entry.kind in _POLAR or hit.entry.kind in (cues.REQUIRE, cues.OPTIONAL)]
    if cues.HEDGE in clause.kinds:
        _hedge(folded, clause)
    if cues.ADJACENT in clause.kinds:
        _adjacent(clause)
    if not polar:
        return None
    if clause.mentions[0].hit.start < polar[0].start and polar[-1].start > clause.mentions[-1].hit.start:
        _walk_back(folded, clause, polar)
        return None
    return _walk_forward(folded, clause, polar)


def _walk_forward(folded: str, clause: Clause, polar: Sequence[Hit]) -> Meaning | None:
    items: list[Hit | Mention] = sorted(
        [*polar, *clause.mentions], key=lambda item: item.hit.start if isinstance(item, Mention) else item.start
    )
    state: str | None = None
    used, at = True, 0
    for item in items:
        if isinstance(item, Mention):
            if not item.decided and state is not None:
                item.meaning, item.decided = _MEANT[state], True
            used = True
            continue
        kind = item.entry.kind
        if kind == cues.OPTIONAL:
            continue
        if used or state is None or state == cues.HELD:
            state = kind
        elif kind == cues.WANT and state == cues.NEG and item.entry.latin_start and item.start - at <= 12:
            state = cues.AVOID
        elif kind in (cues.WANT, cues.SEEK, cues.DOUBLE, cues.NEG, cues.AVOID, cues.REQUIRE) and state != cues.DOUBLE:
            state = kind if not (state == cues.AVOID and kind != cues.NEG) else state
        used, at = False, item.end
    for item in polar:
        if item.entry.kind == cues.OPTIONAL:
            _optional(clause, item)
    last = clause.mentions[-1]
    if last.meaning == "negated" and any(
        hit.entry.kind == cues.NOW and hit.start >= last.hit.end for hit in clause.cues
    ):
        later = [hit for hit in polar if hit.start >= last.hit.end]
        if later and later[-1].entry.kind == cues.HELD:  # 「我以前不會日文現在會了」
            last.meaning = "held"
    return _MEANT[state] if state is not None else None


def _walk_back(folded: str, clause: Clause, polar: Sequence[Hit]) -> None:
    """The topic comes first: each mention takes the next cue behind it."""
    now = next(
        (hit.start for hit in clause.cues if hit.entry.kind == cues.NOW and hit.start > clause.mentions[-1].hit.end),
        None,
    )
    for place, mention in enumerate(clause.mentions):
        if mention.decided:
            continue
        ahead = [hit for hit in polar if hit.start >= mention.hit.end]
        if now is not None and (later := [hit for hit in ahead if hit.start >= now]):
            ahead = later
        until = clause.mentions[place + 1].hit.start if place + 1 < len(clause.mentions) else clause.end
        chosen = _strongest([hit for hit in ahead if hit.start < until] or ahead[:1])
        if chosen is None:
            continue
        kind = chosen.entry.kind
        if kind == cues.OPTIONAL:
            mention.meaning, mention.decided = "optional", True
        elif kind == cues.HELD or _closes(
            folded, chosen, max(until, chosen.end) if until > chosen.start else clause.end
        ):
            mention.meaning, mention.decided = _MEANT[kind], True
    first = polar[0]
    if first.start < clause.mentions[0].hit.start:
        _walk_forward(folded, clause, polar)


def _strongest(hits: Sequence[Hit]) -> Hit | None:
    """Of several cues behind one mention: what is forgotten, negated or wished for before what is merely said to be there."""
    for kinds in (
        (cues.FORGOT,),
        (cues.DOUBLE,),
        (cues.WANT, cues.SEEK, cues.OPTIONAL, cues.REQUIRE),
        (cues.NEG, cues.AVOID),
    ):
        for hit in hits:
            if hit.entry.kind in kinds:
                return hit
    return hits[0] if hits else None


def _closes(folded: str, cue: Hit, end: int) -> bool:
    """Whether little follows a cue, so that it has no object of its own and acts backwards."""
    rest = folded[cue.end : end].strip()
    return len(rest) <= MAX_BEHIND_HAN if _HAN.search(rest) else _NO_OBJECT.fullmatch(rest) is not None


def _adjacent(clause: Clause) -> None:
    starts = {mention.hit.start: mention for mention in clause.mentions}
    for hit in clause.cues:
        if hit.entry.kind == cues.ADJACENT and hit.end in starts:
            starts[hit.end].meaning, starts[hit.end].decided = "negated", True


def _hedge(folded: str, clause: Clause) -> None:
    """A hedge belongs to the mention nearest to it and to those joined to that one behind it."""
    for hit in clause.cues:
        if hit.entry.kind != cues.HEDGE:
            continue
        behind = [mention for mention in clause.mentions if mention.hit.start >= hit.end]
        ahead = [mention for mention in clause.mentions if mention.hit.end <= hit.start]
        if behind and (not ahead or behind[0].hit.start - hit.end <= hit.start - ahead[-1].hit.end):
            behind[0].hedged = True
            for one, two in pairwise(behind):
                if _CONNECTORS.sub("", folded[one.hit.end : two.hit.start]):
                    break
                two.hedged = True
        elif ahead:
            ahead[-1].hedged = True


def _optional(clause: Clause, cue: Hit) -> None:
    ahead = [mention for mention in clause.mentions if mention.hit.end <= cue.start]
    for mention in ahead or clause.mentions:
        mention.meaning, mention.decided = "optional", True


def _is_bare(folded: str, clause: Clause) -> bool:
    """Whether a clause is a list of mentions and nothing else."""
    rest, at = "", clause.start
    for mention in clause.mentions:
        rest += folded[at : mention.hit.start]
        at = max(at, mention.hit.end)
    rest += folded[at : clause.end]
    return len(_CONNECTORS.sub("", rest)) <= 1


def _is_topic(folded: str, clause: Clause) -> bool:
    """Whether a clause names things without saying anything of them yet."""
    if _is_bare(folded, clause):
        return True
    first, last = clause.mentions[0].hit, clause.mentions[-1].hit
    around = folded[clause.start : first.start] + folded[last.end : clause.end]
    return bool(_HAN.search(folded, first.start, last.end)) and len(around.strip()) <= 4


def _look_ahead(folded: str, mentions: Sequence[Mention], following: Clause) -> None:
    """A list first, what is said of it in the next clause: 「Word，Excel，我都不會」."""
    polar = [hit for hit in following.cues if hit.entry.kind in _POLAR]
    if following.mentions or not polar or following.before != "weak":
        return
    lead = folded[following.start : polar[0].start]
    chosen = _strongest(polar)
    if chosen is not None and len(lead) <= 12 and _closes(folded, chosen, following.end):
        for mention in mentions:
            mention.meaning, mention.decided = _MEANT[chosen.entry.kind], True


def _change_later(folded: str, clause: Clause, following: Clause) -> None:
    """「以前會日文，現在忘光了」: what the next clause says of now counts more; and 「沒有證照但會開」: the licence is missing, the skill is not."""
    if following.mentions:
        return
    polar = [hit for hit in following.cues if hit.entry.kind in _POLAR]
    if not polar:
        return
    if following.has(cues.FORGOT) or (
        following.has(cues.NOW) and (clause.has(cues.BEFORE) or following.before == "contrast")
    ):
        chosen = _strongest(polar)
        if (
            chosen is not None
            and _closes(folded, chosen, following.end)
            and chosen.entry.kind not in (cues.WANT, cues.SEEK)
        ):
            for mention in clause.mentions:
                mention.meaning, mention.decided = _MEANT[chosen.entry.kind], True
    elif following.before == "contrast" and polar[-1].entry.kind in (cues.HELD, cues.DOUBLE, cues.HEDGE):
        rest = folded[polar[-1].end : following.end].strip()
        nested = [m.nested[0] for m in clause.mentions if m.meaning == "negated" and m.nested]
        if _OBJECT_LEFT_OUT.match(rest):
            clause.mentions += [Mention(hit, "held", decided=True) for hit in nested]


def _of_another(folded: str, clause: Clause, before: bool) -> bool:
    """Whether the clause speaks of somebody else: another person is its subject, and the speaker does not come in before the mention."""
    if cues.OTHER not in clause.kinds:
        return before and cues.FIRST not in clause.kinds
    mention = clause.mentions[0].hit.start
    firsts = [
        hit
        for hit in clause.cues
        if hit.start < mention and (hit.entry.kind == cues.FIRST or "我" in hit.entry.surface)
    ]
    for hit in clause.cues:
        if hit.entry.kind == cues.OTHER and hit.start < mention:
            if any(first.start > hit.start for first in firsts):
                return False
            lead = re.sub(
                r"\b(?:and|but|so|my|because|since|even)\b|我的|我|而且|因为|所以|然后|以前|那个|\s",
                "",
                folded[clause.start : hit.start],
            )
            nearest = min(
                [
                    c.start
                    for c in clause.cues
                    if c.start >= hit.end and c.entry.kind in (cues.HELD, cues.NEG, cues.HEDGE, cues.WANT)
                ]
                + [mention]
            )
            between = folded[hit.end : nearest].strip()
            return len(lead) <= 1 and (hit.entry.latin_start or len(between) <= 3)
    return before and not firsts and not clause.has(cues.FIRST)


def _judge_exception(folded: str, clause: Clause, following: Clause | None) -> None:
    """「除了日文以外我都會」: what is excepted is the opposite of "all", and the same as "also"."""
    opening = next(hit for hit in clause.cues if hit.entry.kind == cues.EXCEPT)
    closing = next(
        (hit.end for hit in clause.cues if hit.entry.kind == cues.BEYOND and hit.start > opening.start), clause.end
    )
    inside = [mention for mention in clause.mentions if opening.end <= mention.hit.start < closing]
    if opening.entry.latin_start:
        before = [hit for hit in clause.cues if hit.start < opening.start]
        rest = (
            before
            if before
            else [hit for hit in clause.cues if inside and hit.start > inside[-1].hit.end]
            or (following.cues if following else [])
        )
    else:
        rest = [hit for hit in clause.cues if hit.start >= closing] or (following.cues if following else [])
    polarity: Meaning = next(
        (_MEANT[hit.entry.kind] for hit in rest if hit.entry.kind in (cues.NEG, cues.AVOID)), "held"
    )
    opposite = any(hit.entry.kind == cues.ALL or hit.entry.surface[0] in "都全" for hit in rest)
    opposite = opposite and not any(hit.entry.kind == cues.ALSO or hit.entry.surface[0] in "也还" for hit in rest)
    if opposite or (
        opening.entry.latin_start and polarity == "negated" and any(hit.start < opening.start for hit in rest)
    ):
        polarity = "held" if polarity == "negated" else "negated"
    for mention in inside:
        mention.meaning, mention.decided = polarity, True
    others = [mention for mention in clause.mentions if mention not in inside]
    if others:
        part = Clause(
            clause.start,
            clause.end,
            clause.before,
            clause.asks,
            others,
            [hit for hit in clause.cues if hit is not opening],
            clause.kinds - {cues.EXCEPT},
        )
        _walk(folded, part)


def _ask(folded: str, clause: Clause, clauses: Sequence[Clause], index: int) -> None:
    """A question about a skill, or a condition, says nothing of the speaker, unless they state it in the same clause."""
    asks = clause.asks or clause.has(cues.ASK)
    if not asks and not clause.has(cues.IF):
        return
    first = any(
        hit.entry.kind == cues.FIRST
        and any(c.entry.kind == cues.HELD and 0 <= c.start - hit.end <= 3 for c in clause.cues)
        for hit in clause.cues
    )
    statement = (
        first
        and not clause.has(cues.REQUIRE)
        and not folded[clause.start : clause.end].lstrip().startswith(("do ", "can ", "should ", "could "))
    )
    for mention in clause.mentions:
        if mention.meaning in ("held", "required", "optional") and not statement:
            course = any(hit.entry.kind == cues.COURSE and hit.start >= mention.hit.end for hit in clause.cues)
            mention.meaning, mention.decided = ("wanted" if course else "asked"), True
