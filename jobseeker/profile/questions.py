"""What is still to be asked of a person, one short question at a time, and how a bare answer is read in its light. Wording is data/responses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from jobseeker.profile.drafting import Draft
from jobseeker.profile.reading import Found, Reading, Remark, Status
from jobseeker.profile.records import Profile
from jobseeker.taxonomy import Taxonomy

CONFIRM, RESTART, EPISODE = "confirm", "restart", "episode:"
NO_EPISODE = frozenset(
    {"business_travel", "early_start_work", "night_shift_work", "physical_stamina", "manual_dexterity"}
)
HOURLY_BELOW = Decimal(2_000)  # a bare amount below it can only be pay by the hour
LEAST_PAY, FARTHEST_KM = Decimal(100), Decimal(150)  # what a bare number can mean
MAX_JOB_CHARACTERS = 30


def _has_skill(profile: Profile, taxonomy: Taxonomy) -> bool:
    """Whether a skill or licence was told; one that is only the name of a job again does not count."""
    jobs = [job.words for job in profile.jobs]
    told = [held for held in profile.held if not (held.words and any(held.words in words for words in jobs))]
    kinds = {taxonomy.skills[held.id].kind for held in told if held.id in taxonomy.skills}
    return bool(kinds & {"hard", "digital", "licence"})


def _has_language(profile: Profile, taxonomy: Taxonomy) -> bool:
    return any(taxonomy.skills[held.id].kind == "language" for held in profile.held if held.id in taxonomy.skills)


KNOWN: Mapping[str, Callable[[Profile, Taxonomy], bool]] = {
    "job": lambda profile, taxonomy: bool(profile.jobs),
    "job_years": lambda profile, taxonomy: not profile.jobs or any(job.years is not None for job in profile.jobs),
    "skills": _has_skill,
    "languages": _has_language,
    "place": lambda profile, taxonomy: bool(profile.home or profile.wishes.places or profile.wishes.remote),
    "commute": lambda profile, taxonomy: profile.wishes.commute_km is not None or not profile.home,
    "hours": lambda profile, taxonomy: bool(
        profile.wishes.hours or profile.wishes.shifts or profile.wishes.avoid_shifts
    ),
    "pay": lambda profile, taxonomy: profile.wishes.pay_low is not None,
    "learn": lambda profile, taxonomy: bool(profile.wishes.skills),
    "avoid": lambda profile, taxonomy: bool(
        profile.wishes.avoid_skills or profile.wishes.avoid_occupations or profile.wishes.avoid_shifts
    ),
}  # in the order in which they are asked; true: it was said already, in whatever sentence


def next_question(draft: Draft, asked: Collection[str], taxonomy: Taxonomy) -> str:
    """The next question of the guided form: neither put before nor answered by anything said so far; "" when none is left."""
    for name, known in KNOWN.items():
        if name not in asked and not known(draft.profile, taxonomy):
            return name
    return ""


def episode_question(draft: Draft, asked: Collection[str], taxonomy: Taxonomy) -> str:
    """The question for a situation that shows a soft skill which was only named, or ""."""
    for held in draft.profile.held:
        skill = taxonomy.skills.get(held.id)
        if skill is None or skill.kind != "soft" or held.id in NO_EPISODE or held.episode:
            continue
        if held.evidence == "stated" and EPISODE + held.id not in asked:
            return EPISODE + held.id
    return ""


def in_context(reading: Reading, question: str, remark: Remark) -> Reading:
    """What was read, as an answer to `question`: a bare "Excel" is something to learn where that was asked for."""
    if question == "learn" and not remark.claims:
        return replace(reading, skills=_turned(reading.skills, "wanted"), licences=_turned(reading.licences, "wanted"),
                       languages=_turned(reading.languages, "wanted"), occupations=_turned(reading.occupations, "wanted"))  # fmt: skip
    if question == "avoid" and not remark.claims:
        return replace(reading, skills=_turned(reading.skills, "negated"), occupations=_turned(reading.occupations, "negated"),
                       shifts=(), avoid_shifts=(*reading.avoid_shifts, *reading.shifts))  # fmt: skip
    if question == "job":
        return replace(reading, occupations=_turned(reading.occupations, "held", only="wanted"))
    if remark.amount is None or not reading.empty:
        return reading
    if question == "pay" and remark.amount >= LEAST_PAY:
        return replace(reading, pay_low=remark.amount, pay_period="hour" if remark.amount < HOURLY_BELOW else "month")
    if question == "commute" and remark.amount <= FARTHEST_KM:
        return replace(reading, commute_km=float(remark.amount))
    return reading


def remark_in_context(remark: Remark, question: str, characters: int) -> Remark:
    """A remark as an answer to `question`: all of an answer to "what would you rather avoid?" is not wanted."""
    return replace(remark, declined=((0, characters),)) if question == "avoid" and not remark.claims else remark


def _turned(found: tuple[Found, ...], status: Status, only: str = "held") -> tuple[Found, ...]:
    return tuple(replace(item, status=status) if item.status == only else item for item in found)
