"""How each mention of a text is meant: clause by clause, with what the neighbours say. How a cue acts in its own clause is walking.py.

A bare list goes on with the clause before (「不會Word，Excel」); what another person can do, what is only asked and what is excepted are told apart here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from language.reading import cues
from language.reading.clauses import Clause, Meaning, Mention, is_bare, is_topic
from language.reading.walking import MEANT, POLAR, closes, strongest, walk

_OBJECT_LEFT_OUT = re.compile(
    r"^(?:开|操作|做|用|弄|煮|修|骑|驾驶|车|好|很好|一点|的|了|drive|operate|use|do|one|it|them|that|ride|well|still|actually)"
)
_TO_LEARN = re.compile("学.?$")  # 「可以學電腦嗎」: who asks where to learn it wishes to
_FOR = tuple("帮替给为教陪")  # 「幫老闆記帳」: the other person is not the one who does it
_OF_EMPLOYERS = frozenset([cues.NEG, cues.AVOID, cues.ADJACENT, cues.EXCEPT, cues.OPTIONAL, cues.HEDGE])


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
            and is_bare(folded, following)
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
            walked = walk(folded, clause)
            state = walked if walked or not is_bare(folded, clause) else state
        undecided = [mention for mention in clause.mentions if not mention.decided]
        if undecided and following is not None and is_topic(folded, clause):
            _look_ahead(folded, undecided, following)
        if state is not None and clause.before == "weak":
            for mention in (m for m in undecided if m.hit.entry.layer != "wish"):  # 「不輪班，日班」 wishes for days
                if not mention.decided and (is_bare(folded, clause) or clause.has(cues.SAME)):
                    mention.meaning, mention.decided = state, True
        if following is not None:
            _change_later(folded, clause, following)
        if clause.mentions[-1].decided:
            state = clause.mentions[-1].meaning
        _ask(folded, clause, clauses, index)
        if other:
            for mention in clause.mentions:
                mention.meaning, mention.decided = "other", True
        if following is not None and following.before == "contrast":
            _answer_for_self(folded, clause, following)


def _look_ahead(folded: str, mentions: Sequence[Mention], following: Clause) -> None:
    """A list first, what is said of it in the next clause: 「Word，Excel，我都不會」."""
    polar = [hit for hit in following.cues if hit.entry.kind in POLAR]
    if following.mentions or not polar or following.before not in ("weak", "contrast"):
        return
    lead = folded[following.start : polar[0].start]
    chosen = strongest(polar)
    affirms = chosen is not None and chosen.entry.kind in (cues.HELD, cues.DOUBLE)
    wishes = chosen is not None and chosen.entry.kind in (cues.WANT, cues.SEEK)
    if not affirms and (following.before == "contrast" or (wishes and following.has(cues.ASK))):
        return
    if chosen is not None and len(lead) <= 12 and closes(folded, chosen, following.end):
        for mention in mentions:
            mention.meaning, mention.decided = MEANT[chosen.entry.kind], True


def _answer_for_self(folded: str, clause: Clause, following: Clause) -> None:
    """「主管說要會Python，但我沒學過」: what others have, ask or require, the speaker then says of themselves."""
    if following.mentions or not any(
        hit.entry.kind == cues.FIRST or "我" in hit.entry.surface for hit in following.cues
    ):
        return
    chosen = strongest([hit for hit in following.cues if hit.entry.kind in POLAR])
    if chosen is not None and chosen.entry.kind in (cues.NEG, cues.HELD) and closes(folded, chosen, following.end):
        for mention in clause.mentions:
            if mention.meaning in ("required", "asked") or (mention.meaning == "other" and clause.has(cues.REQUIRE)):
                mention.meaning, mention.decided = MEANT[chosen.entry.kind], True


def _change_later(folded: str, clause: Clause, following: Clause) -> None:
    """「以前會日文，現在忘光了」: what the next clause says of now counts more; and 「沒有證照但會開」: the licence is missing, the skill is not."""
    if following.mentions:
        return
    polar = [hit for hit in following.cues if hit.entry.kind in POLAR]
    if not polar:
        return
    if following.has(cues.FORGOT) or (
        following.has(cues.NOW) and (clause.has(cues.BEFORE) or following.before == "contrast")
    ):
        chosen = strongest(polar)
        if (
            chosen is not None
            and closes(folded, chosen, following.end)
            and chosen.entry.kind not in (cues.WANT, cues.SEEK)
        ):
            for mention in clause.mentions:
                mention.meaning, mention.decided = MEANT[chosen.entry.kind], True
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
        if hit.entry.kind == cues.OTHER and hit.start < mention and folded[hit.start - 1 : hit.start] not in _FOR:
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
        (MEANT[hit.entry.kind] for hit in rest if hit.entry.kind in (cues.NEG, cues.AVOID)), "held"
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
        walk(folded, part)


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
            course = _TO_LEARN.search(folded, clause.start, mention.hit.start + 1) is not None or any(
                hit.entry.kind == cues.COURSE and hit.start >= mention.hit.end for hit in clause.cues
            )
            mention.meaning, mention.decided = ("wanted" if course else "asked"), True
