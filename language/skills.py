"""Reads a text for facts about work: skills, licences, languages, occupations, places, pay, hours, shifts - and how each is meant. Deterministic.

The parts are in language/reading/; docs/reading.md says how they work together. As a spaCy component it is language/reading/component.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import Literal

from jobseeker.places import Place
from jobseeker.profile.reading import Found, Reading, Status
from jobseeker.taxonomy import Taxonomy
from language.places import PlaceFinder
from language.reading import cues
from language.reading.amounts import Span, commute_of, pay_of, years_of
from language.reading.clauses import Clause, Mention, cut, edge_entries
from language.reading.folding import fold
from language.reading.hits import (
    SKILL_KINDS,
    employer_speaks,
    free,
    nested,
    not_inside,
    without_cue,
    without_introductions,
    without_wishes,
    without_workplaces,
)
from language.reading.introductions import names
from language.reading.judging import judge
from language.reading.levels import exam_entries, exams, level_in
from language.reading.lexicon import Entry, Hit, Lexicon, alias_entries, cue_entries, leftmost, longest
from language.reading.lookalikes import lookalike_entries, outside
from language.reading.wishes import wish_entries

STATUS: Mapping[str, Status] = {"held": "held", "wanted": "wanted", "negated": "negated"}
_LIGHT_VERBS = (
    "做过",
    "做了",
    "当过",
    "当了",
    "做",
    "当",
    "会",
    "用",
    "use a ",
    "use the ",
    "use ",
    "using ",
    "used ",
    "do the ",
    "did the ",
    "doing the ",
    "do ",
    "did ",
    "doing ",
)
Speaker = Literal["unknown", "person", "employer"]


@dataclass(slots=True)
class Analysis:
    """A text with everything found in it, before it is sorted for a reader. `employer`: an employer speaks, not a jobseeker."""

    text: str
    folded: str
    clauses: list[Clause]
    skills: list[Mention]  # skills, licences and languages
    occupations: list[Mention]
    places: list[tuple[Mention, str]]
    wishes: list[Mention]
    years: list[Span]
    employer: bool = False
    leftover_years: list[Span] = field(default_factory=list)


class SkillReader:
    """Reads texts against one taxonomy and one list of places. Building it takes a second or so; reading changes nothing in it.

    Args:
        taxonomy: skills and occupations with their aliases.
        places: counties and districts by id; may be empty.
        today: the day from which "since 2015" is counted; the present day (UTC) where none is given.
    """

    def __init__(
        self, taxonomy: Taxonomy, places: Mapping[str, Place] | None = None, today: Callable[[], date] | None = None
    ) -> None:
        self.taxonomy = taxonomy
        self.places = PlaceFinder(places or {})
        self.today = today or _today
        self.lexicon = Lexicon(
            [
                *alias_entries(taxonomy),
                *self.places.entries(),
                *cue_entries(),
                *wish_entries(),
                *edge_entries(),
                *exam_entries(),
                *lookalike_entries(),
            ]
        )

    def read(self, text: str, home: str = "", speaker: Speaker = "unknown") -> Reading:
        """All that a person says of themselves in a text. Never raises on any text.

        What an employer asks for, what is only asked about and what others can do is left out. `home`: id of the person's
        place, which settles names that several counties have. `speaker`: "person" where it is known to be no advertisement.
        """
        analysis = self.analyse(text, home, speaker)
        if analysis.employer:
            return Reading()
        pay = pay_of(analysis.folded)
        return Reading(
            skills=self._found(analysis, SKILL_KINDS),
            licences=self._found(analysis, ("licence",)),
            languages=self._found(analysis, ("language",)),
            occupations=tuple(_as_found(text, m, m.hit.entry.id) for m in analysis.occupations if m.meaning in STATUS),
            places=tuple(_as_found(text, m, key) for m, key in analysis.places if m.meaning in STATUS),
            pay_low=pay.low,
            pay_period=pay.period,
            hours=_wished(analysis, "hours", ("held", "wanted")),
            shifts=_wished(analysis, "shift", ("held", "wanted")),
            avoid_shifts=_wished(analysis, "shift", ("negated",)),
            commute_km=commute_of(analysis.folded),
            remote=_remote(analysis),
        )

    def analyse(self, text: str, home: str = "", speaker: Speaker = "unknown") -> Analysis:
        """Everything found in a text with its meaning, also what is asked, required or another person's."""
        folded = fold(text)
        layers = self.lexicon.hits(folded, text)
        if layers["lookalike"] and layers["skill"]:
            layers["skill"] = outside(layers["skill"], layers["lookalike"])
        size = len(folded)
        results = exams(folded) if layers["exam"] else []
        skills = [self._without_light_verb(folded, hit) for hit in longest(layers["skill"])]
        skills = without_workplaces(folded, skills) + [_exam_hit(result) for result in results]
        occupations = longest(layers["occupation"])
        placed = self.places.resolve(longest(layers["place"]), folded, home) if layers["place"] else []
        wishes = leftmost(layers["wish"])
        skills = without_wishes(without_introductions(skills, text, folded), layers["cue"])
        occupations = not_inside(occupations, names(text))
        turning = leftmost(layers["cue"])
        skills, occupations = without_cue(folded, skills, turning), without_cue(folded, occupations, turning)
        mentions = [Mention(hit, nested=nested(hit, layers["skill"])) for hit in skills]
        held_jobs = [Mention(hit) for hit in occupations]
        spots = [(Mention(hit), key) for hit, key in placed]
        times = [Mention(hit) for hit in wishes]
        covered = [*skills, *occupations, *(hit for hit, _ in placed), *wishes]
        cue_hits = free(turning, covered, size, layers["cue"])
        everything = sorted([*mentions, *held_jobs, *(spot for spot, _ in spots), *times], key=_start)
        clauses = cut(folded, everything, cue_hits, layers["edge"])
        employer = speaker == "employer" or (speaker == "unknown" and employer_speaks(cue_hits))
        judge(folded, clauses, employer)
        known = set(map(id, mentions))
        mentions += [
            m for clause in clauses for m in clause.mentions if m.hit.entry.layer == "skill" and id(m) not in known
        ]
        analysis = Analysis(
            text,
            folded,
            clauses,
            mentions,
            held_jobs,
            spots,
            times,
            years_of(folded, self.today()),
            employer,
        )
        _give_years(analysis)
        self._give_levels(analysis, results)
        _settle_places(analysis)
        return analysis

    def _found(self, analysis: Analysis, kinds: Sequence[str]) -> tuple[Found, ...]:
        return tuple(
            _as_found(analysis.text, m, m.hit.entry.id)
            for m in sorted(analysis.skills, key=_start)
            if m.hit.entry.kind in kinds and m.meaning in STATUS
        )

    def _without_light_verb(self, folded: str, hit: Hit) -> Hit:
        """「做客服」 begins with 「客服」, "do nails" with "nails", where what the verb leaves is a word for the same skill."""
        if folded[hit.start] not in "做当会用du":
            return hit
        verb = next((verb for verb in _LIGHT_VERBS if folded.startswith(verb, hit.start)), "")
        start = hit.start + len(verb)
        if verb and any(
            entry.layer == "skill" and entry.id == hit.entry.id
            for entry in self.lexicon.surfaces.get(folded[start : hit.end], ())
        ):
            return Hit(start, hit.end, hit.entry)
        return hit

    def _give_levels(self, analysis: Analysis, results: Iterable[tuple[int, int, str, str]]) -> None:
        by_place = {(start, end): level for start, end, _, level in results}
        for number, clause in enumerate(analysis.clauses):
            languages = [m for m in clause.mentions if m.hit.entry.kind == "language"]
            for place, mention in enumerate(languages):
                hit = mention.hit
                mention.level = by_place.get((hit.start, hit.end), "")
                if mention.level or mention.meaning == "negated":
                    continue
                last = place + 1 == len(languages)
                until = _level_ends(analysis, number) if last else languages[place + 1].hit.start
                since = languages[place - 1].hit.end if place else clause.start
                mention.level = level_in(analysis.folded, hit.end, until) or level_in(analysis.folded, since, hit.start)


def _level_ends(analysis: Analysis, number: int) -> int:
    """Where what is said of the last language of a clause ends: with the next clause where that names nothing (「英文，流利」, "English, fluent")."""
    following = analysis.clauses[number + 1] if number + 1 < len(analysis.clauses) else None
    goes_on = following is not None and following.before in ("weak", "contrast") and not following.mentions
    return following.end if following is not None and goes_on else analysis.clauses[number].end


def _today() -> date:
    return datetime.now(timezone.utc).date()


def _start(mention: Mention) -> int:
    return mention.hit.start


def _as_found(text: str, mention: Mention, identifier: str) -> Found:
    start, end = mention.hit.start, mention.hit.end
    return Found(
        identifier, text[start:end], start, end, STATUS[mention.meaning], mention.hedged, mention.years, mention.level
    )


def _exam_hit(result: tuple[int, int, str, str]) -> Hit:
    start, end, identifier, _ = result
    return Hit(start, end, Entry("skill", identifier, "language", "", end - start, False, False))


def _give_years(analysis: Analysis) -> None:
    """Years belong to the nearest skill or occupation of their clause, and to those listed with it; else to the clause before."""
    carriers = ("skill", "occupation")
    for span in analysis.years:
        clause = next(
            (clause for clause in analysis.clauses if clause.start <= span.start < max(clause.end, clause.start + 1)),
            None,
        )
        if clause is None:
            continue
        near = [m for m in clause.mentions if m.hit.entry.layer in carriers and m.meaning != "negated"]
        if not near and clause.before != "strong":
            place = analysis.clauses.index(clause)
            near = (
                [
                    m
                    for m in analysis.clauses[place - 1].mentions
                    if m.hit.entry.layer in carriers and m.meaning == "held"
                ][-1:]
                if place
                else []
            )
        if not near:
            analysis.leftover_years.append(span)
            continue
        best = min(near, key=lambda m: (_distance(m, span), m.hit.start))
        for mention in near:
            if mention.years is None and (
                mention is best
                or mention.hit.start <= best.hit.start < mention.hit.end
                or best.hit.start <= mention.hit.start < best.hit.end
            ):
                mention.years = span.years


def _distance(mention: Mention, span: Span) -> int:
    if mention.hit.start >= span.end:
        return mention.hit.start - span.end
    return max(span.start - mention.hit.end, 0)


def _settle_places(analysis: Analysis) -> None:
    """A place beside a word of living is home; beside a word of looking for work it is wished for."""
    for mention, _ in analysis.places:
        number = next((n for n, c in enumerate(analysis.clauses) if c.start <= mention.hit.start < c.end), None)
        if number is None or mention.meaning == "negated":
            continue
        clause = analysis.clauses[number]
        if _SCHOOL.match(analysis.folded, mention.hit.end):
            mention.meaning = "other"
            continue
        before = [hit for hit in clause.cues if hit.end <= mention.hit.start]
        if any(hit.entry.kind == cues.LIVE for hit in before[-3:]):
            mention.meaning = "held"
        elif _goes_on_wishing(analysis.clauses, number) or any(
            word in analysis.folded[mention.hit.end : clause.end] for word in _WORK_THERE
        ):
            mention.meaning = "wanted"


_SCHOOL = re.compile(
    r"[^,。;!?\s]{0,6}(?:大学|学院|科大|专科|高中|高职|高工|高商|国中|中学|国小|小学)|"
    r"(?: [a-z]+){0,3} (?:university|college|high school|senior high|junior high|elementary school)\b"
)  # a school is named after a place; nobody lives there for that


def _goes_on_wishing(clauses: Sequence[Clause], number: int) -> bool:
    """Whether a clause wishes, or goes on with one that does and says nothing else of having (「希望月薪三萬五，最好在新竹」)."""
    while number >= 0:
        clause = clauses[number]
        if clause.has(cues.SEEK, cues.WANT):
            return True
        if clause.before != "weak" or clause.has(cues.LIVE, cues.HELD, cues.FIRST):
            return False
        number -= 1
    return False


_WORK_THERE = ("工作", "上班", "找", "都可", "都行", "也可", "附近", "job", "work")


def _wished(analysis: Analysis, kind: str, meanings: Sequence[str]) -> tuple[str, ...]:
    found = [m.hit.entry.id for m in analysis.wishes if m.hit.entry.kind == kind and m.meaning in meanings]
    return tuple(dict.fromkeys(found))


def _remote(analysis: Analysis) -> bool | None:
    said = [m.meaning for m in analysis.wishes if m.hit.entry.kind == "remote" and m.meaning in STATUS]
    return None if not said else said[-1] != "negated"
