"""Reads from a vacancy's text what its source does not give: skills, licences, languages, years, pay, hours, shifts, contract, place, occupation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jobseeker.vacancies import Contract, Hours, Pay
from language.reading import cues
from language.reading.amounts import advertised_pay
from language.reading.clauses import Mention
from language.skills import Analysis, SkillReader

LEAST_LEVEL = "basic"  # of a language that is asked for without a level: the least that fits the words
_CONTRACTS: tuple[tuple[Contract, re.Pattern[str]], ...] = (
    ("internship", re.compile(r"实习|intern\b|internship")),
    ("dispatch", re.compile(r"派遣|人力派驻|dispatched|temp agency|agency worker")),
    ("contractor", re.compile(r"承揽|外包|接案|论件计酬|freelance|contractor\b")),
    ("fixed_term", re.compile(r"约聘|约雇|定期契约|契约(?:人员|工)|短期|职务代理|fixed term|fixed-term|\b\d+ month contract|seasonal")),
    ("permanent", re.compile(r"正职|正式(?:职|员工|人员)|不定期契约|长期|permanent")),
)  # fmt: skip
_NO_EXPERIENCE = re.compile(
    r"免经验|无经验(?:可|者|亦|也)|不拘|经验不拘|no experience (?:needed|necessary|required)|without experience|欢迎(?:新手|无经验|应届)|应届"
)
_ASKS_YEARS = re.compile(r"经验|经历|年资|以上|experience|\+|at least|minimum")
_NOT_ASKED = re.compile(r"成立|创立|深耕|历史|founded|established|since|合约|契约|保固|满")
_CLOCK = re.compile(
    r"(?<!\d)(?P<from>[01]?\d|2[0-4])[:.點点](?:[0-5]\d)?\s*(?:~|到|至|to|\s)\s*(?:隔日|次日|翌日)?\s*(?P<to>[01]?\d|2[0-4])[:.点](?:[0-5]\d)?"
)
_OFF = re.compile(r"休|放假|off\b")
_PLACE_LABEL = re.compile(
    r"(?:工作|上班|任职|服务)?(?:地点|地址|地区|location|based in|work place|workplace)\s*[:：]?\s*$"
)


@dataclass(frozen=True)
class VacancyFacts:
    """What a vacancy's text says; empty where it says nothing. Ids of the taxonomy and the list of places."""

    occupation_id: str = ""
    essential_skills: tuple[str, ...] = ()
    optional_skills: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    languages: Mapping[str, str] = field(default_factory=dict)
    years_of_experience: float | None = None
    pay: Pay = field(default_factory=Pay)
    hours: Hours = "unknown"
    shifts: tuple[str, ...] = ()
    contract: Contract = "unknown"
    place_id: str = ""
    remote: bool = False

    def found(self) -> tuple[str, ...]:
        """Names of the fields that the text says something of."""
        empty = VacancyFacts()
        return tuple(name for name in vars(empty) if getattr(self, name) != getattr(empty, name))


class VacancyReader:
    """Reads vacancies with the words of a SkillReader."""

    def __init__(self, reader: SkillReader) -> None:
        self.reader = reader

    def read_vacancy(self, text: str, title: str = "") -> VacancyFacts:
        """The facts of one vacancy. Never raises on any text.

        A skill with a word like 「尤佳」 or "is a plus" behind it, or below such a heading, is optional, and so is every soft
        skill; any other skill that is not ruled out is essential. `licences` are the required ones.
        """
        head, body = self.reader.analyse(title, speaker="employer"), self.reader.analyse(text, speaker="employer")
        essential, optional = _sorted_skills([head, body], ("hard", "digital", "soft"))
        licences, _ = _sorted_skills([head, body], ("licence",))
        return VacancyFacts(
            occupation_id=_occupation(head) or _occupation(body),
            essential_skills=essential,
            optional_skills=optional,
            licences=licences,
            languages=_languages(head) | _languages(body),
            years_of_experience=_years(body),
            pay=_pay(head, body),
            hours=_hours([head, body]),
            shifts=_shifts([head, body]),
            contract=_contract(f"{head.folded}\n{body.folded}"),
            place_id=_place(body) or _place(head),
            remote=any(m.meaning != "negated" for a in (head, body) for m in a.wishes if m.hit.entry.kind == "remote"),
        )


def _asked(analysis: Analysis, kinds: Sequence[str]) -> Iterator[tuple[Mention, bool]]:
    """(mention, whether it is optional) of all that is not ruled out, in the order of the text."""
    below_optional = False
    optional: set[int] = set()
    for clause in analysis.clauses:
        line = analysis.folded[clause.start : clause.end].strip()
        if (not clause.mentions and line.endswith(":")) or (len(line) <= 12 and not clause.mentions and line):
            below_optional = clause.has(cues.OPTIONAL)
        if below_optional:
            optional.update(id(mention) for mention in clause.mentions)
    for mention in analysis.skills:
        if mention.hit.entry.kind in kinds and mention.meaning != "negated":
            yield mention, mention.hit.entry.kind == "soft" or mention.meaning == "optional" or id(mention) in optional


def _sorted_skills(analyses: Sequence[Analysis], kinds: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    essential: dict[str, None] = {}
    optional: dict[str, None] = {}
    for analysis in analyses:
        for mention, extra in _asked(analysis, kinds):
            (optional if extra else essential)[mention.hit.entry.id] = None
    return tuple(essential), tuple(key for key in optional if key not in essential)


def _languages(analysis: Analysis) -> dict[str, str]:
    return {m.hit.entry.id: m.level or LEAST_LEVEL for m, optional in _asked(analysis, ("language",)) if not optional}


def _occupation(analysis: Analysis) -> str:
    return next((m.hit.entry.id for m in analysis.occupations if m.meaning != "negated"), "")


def _years(analysis: Analysis) -> float | None:
    for span in analysis.years:
        around = analysis.folded[max(0, span.start - 12) : span.end + 14]
        if _ASKS_YEARS.search(around) and not _NOT_ASKED.search(analysis.folded, max(0, span.start - 10), span.start):
            return span.years
    return 0.0 if _NO_EXPERIENCE.search(analysis.folded) else None


def _pay(head: Analysis, body: Analysis) -> Pay:
    pay = advertised_pay(body.folded)
    return pay if pay.disclosed else advertised_pay(head.folded)


def _hours(analyses: Sequence[Analysis]) -> Hours:
    for analysis in analyses:
        for mention in analysis.wishes:
            if mention.hit.entry.kind == "hours" and mention.meaning != "negated":
                found: Hours = mention.hit.entry.id  # type: ignore[assignment]
                return found
    return "unknown"


def _shifts(analyses: Sequence[Analysis]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for analysis in analyses:
        for mention in analysis.wishes:
            hit = mention.hit
            if hit.entry.kind != "shift" or mention.meaning == "negated":
                continue
            if hit.entry.id == "weekend" and _OFF.search(analysis.folded, max(0, hit.start - 3), hit.end + 4):
                continue
            found[hit.entry.id] = None
    if not found:
        for analysis in analyses:
            found.update((_shift_at(int(match["from"])), None) for match in _CLOCK.finditer(analysis.folded))
    return tuple(found)


def _shift_at(hour: int) -> str:
    """The shift that begins at an hour: day from 5, evening from 12, night from 18."""
    return "day" if 5 <= hour < 12 else "evening" if 12 <= hour < 18 else "night"


def _contract(folded: str) -> Contract:
    return next((contract for contract, pattern in _CONTRACTS if pattern.search(folded)), "unknown")


def _place(analysis: Analysis) -> str:
    if not analysis.places:
        return ""
    for mention, key in analysis.places:
        if _PLACE_LABEL.search(analysis.folded, max(0, mention.hit.start - 14), mention.hit.start):
            return key
    return analysis.places[0][1]
