"""Cues that act on the mentions of their own clause: forward (「不會 Word、Excel」), or backward on a topic that comes first (「甜點我不會做」).

What a neighbouring clause, a question or another person does to them is judging.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from language.reading import cues
from language.reading.clauses import CONNECTORS, HAN, Clause, Meaning, Mention
from language.reading.lexicon import Hit

POLAR = frozenset([cues.NEG, cues.AVOID, cues.WANT, cues.SEEK, cues.HELD, cues.DOUBLE, cues.FORGOT])
MEANT: dict[str, Meaning] = {
    cues.NEG: "negated", cues.AVOID: "negated", cues.FORGOT: "negated", cues.WANT: "wanted", cues.SEEK: "wanted",
    cues.HELD: "held", cues.DOUBLE: "held", cues.REQUIRE: "required",
}  # fmt: skip
_NO_OBJECT = re.compile(
    r"(?:\b(?:do|doing|did|done|it|that|them|those|this|one|ones|at all|yet|though|any ?more|speak|use|used|have|well|so well|very|really|much|"
    r"good|great|ever|either|so far|to|in|with|my|thing|for me|i|am|problem|strong point|know|understand|read|write|drive|cook|make|play|sing|before|today|now|right)\b|['\s,!.])*"
)
MAX_BEHIND_HAN = 6  # characters that may follow a cue that acts backwards


def walk(folded: str, clause: Clause) -> Meaning | None:
    """Let the clause's own cues act; the state at its end, None where no cue is left open."""
    polar = [hit for hit in clause.cues if hit.entry.kind in POLAR or hit.entry.kind in (cues.REQUIRE, cues.OPTIONAL)]
    if cues.HEDGE in clause.kinds:
        hedge(folded, clause)
    if clause.has(cues.ADJACENT, cues.LOST):
        adjacent(clause)
    if cues.BUSY in clause.kinds:
        _busy(clause)
    if cues.THAN in clause.kinds:
        _rather_than(clause)
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
                item.meaning, item.decided = MEANT[state], True
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
    return MEANT[state] if state is not None else None


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
        chosen = strongest([hit for hit in ahead if hit.start < until] or ahead[:1])
        if chosen is None:
            continue
        kind = chosen.entry.kind
        if kind == cues.OPTIONAL:
            mention.meaning, mention.decided = "optional", True
        elif kind == cues.HELD or closes(
            folded, chosen, max(until, chosen.end) if until > chosen.start else clause.end
        ):
            mention.meaning, mention.decided = MEANT[kind], True
    first = polar[0]
    if first.start < clause.mentions[0].hit.start:
        _walk_forward(folded, clause, polar)


def strongest(hits: Sequence[Hit]) -> Hit | None:
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


def closes(folded: str, cue: Hit, end: int) -> bool:
    """Whether little follows a cue, so that it has no object of its own and acts backwards."""
    rest = folded[cue.end : end].strip()
    return len(rest) <= MAX_BEHIND_HAN if HAN.search(rest) else _NO_OBJECT.fullmatch(rest) is not None


def adjacent(clause: Clause) -> None:
    starts = {mention.hit.start: mention for mention in clause.mentions}
    for hit in clause.cues:
        if hit.entry.kind == cues.ADJACENT and hit.end in starts:
            starts[hit.end].meaning, starts[hit.end].decided = "negated", True
        elif hit.entry.kind == cues.LOST:  # a licence can be lost, a trade cannot
            lost = next((m for m in clause.mentions if m.hit.start >= hit.end), None)
            if lost is not None and lost.hit.entry.kind == "licence":
                lost.meaning, lost.decided = "negated", True


def _busy(clause: Clause) -> None:
    """「六日要顧小孩」: at these times the person cannot work."""
    for mention in clause.mentions:
        if mention.hit.entry.layer == "wish":
            mention.meaning, mention.decided = "negated", True


def _rather_than(clause: Clause) -> None:
    """ "I would rather do gardening than office work": what comes behind "than" is not wished for."""
    for hit in clause.cues:
        if hit.entry.kind == cues.THAN and (
            len(hit.entry.surface) > len("than")
            or any(c.entry.kind == cues.WANT and c.end <= hit.start for c in clause.cues)
        ):
            for mention in clause.mentions:
                if mention.hit.start >= hit.end:
                    mention.meaning, mention.decided = "negated", True


def hedge(folded: str, clause: Clause) -> None:
    """A hedge belongs to the mention nearest to it and to those joined to that one behind it."""
    for hit in clause.cues:
        if hit.entry.kind != cues.HEDGE:
            continue
        behind = [mention for mention in clause.mentions if mention.hit.start >= hit.end]
        ahead = [mention for mention in clause.mentions if mention.hit.end <= hit.start]
        if behind and (not ahead or behind[0].hit.start - hit.end <= hit.start - ahead[-1].hit.end):
            behind[0].hedged = True
            for one, two in pairwise(behind):
                if CONNECTORS.sub("", folded[one.hit.end : two.hit.start]):
                    break
                two.hedged = True
        elif ahead:
            ahead[-1].hedged = True


def _optional(clause: Clause, cue: Hit) -> None:
    ahead = [mention for mention in clause.mentions if mention.hit.end <= cue.start]
    for mention in ahead or clause.mentions:
        mention.meaning, mention.decided = "optional", True
