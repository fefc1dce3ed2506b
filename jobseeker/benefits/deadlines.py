"""The benefit clock: from a person's own dates to all days that matter, over weekends and public holidays. Pure; no wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from jobseeker.benefits.calendar import months_after, years_after
from jobseeker.benefits.parameters import NoFigureError, Parameters
from jobseeker.benefits.records import Used
from jobseeker.business_days import on_or_after, on_or_before
from jobseeker.knowledge import Figure
from jobseeker.office_hours import Holiday

LIMIT, APPOINTMENT, FROM = "limit", "appointment", "from"
RECERTIFY = "recertify"


@dataclass(frozen=True)
class CaseDates:
    """Days of a case, None where they are not known: left the job and the insurance; registered for work; last certified (at
    the centre); got a referral card; started a new job; received a decision of the Bureau; received one of the review."""

    left_on: date | None = None
    registered_on: date | None = None
    certified_on: date | None = None
    referred_on: date | None = None
    started_on: date | None = None
    decided_on: date | None = None
    reviewed_on: date | None = None

    def to_dict(self) -> dict[str, str]:
        """JSON form, without what is not known."""
        return {one.name: day.isoformat() for one in fields(self) if (day := getattr(self, one.name)) is not None}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> CaseDates:
        """Read the JSON form back. Raises ValueError or TypeError for what is not of this form."""
        known: dict[str, Any] = {name: date.fromisoformat(day) for name, day in (value or {}).items()}
        return cls(**known)


@dataclass(frozen=True)
class Deadline:
    """A day that matters.

    kind: its stable id, the key of its text; of: LIMIT (to be done by then), APPOINTMENT (to be there on it), FROM (possible
    from then on); nominal: as counted; day: as it falls on a business day; safe: the last business day up to `nominal`, by which
    it is in time by any reading; number: of a row of equal ones, from 1; used: the rows it rests on.
    """

    kind: str
    of: str
    nominal: date
    day: date
    safe: date
    used: tuple[Used, ...]
    number: int = 0

    @property
    def moved(self) -> bool:
        """Whether a weekend or a holiday moved it."""
        return self.day != self.nominal

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        days = {name: getattr(self, name).isoformat() for name in ("nominal", "day", "safe")}
        used = [one.to_dict() for one in self.used]
        return {"kind": self.kind, "of": self.of, **days, "number": self.number, "used": used}


def deadlines(
    dates: CaseDates, figures: Mapping[str, Figure], holiday: Holiday, *, longer: bool = False
) -> tuple[Deadline, ...]:
    """All of them, earliest first. The rows in force on the day a period begins count.

    Args:
        longer: the benefit can be drawn for the longer time (from 45, or with a disability).
    """
    found: list[Deadline] = []
    for make in (_claim, _certification, _referral, _new_job, _remedies):
        try:
            found += make(dates, figures, holiday, longer)
        except NoFigureError:
            continue  # no rule is known of that time
    return tuple(sorted(found, key=lambda one: (one.day, one.kind, one.number)))


def upcoming(found: Sequence[Deadline], today: date) -> tuple[Deadline, ...]:
    """Those that have not passed."""
    return tuple(one for one in found if one.day >= today)


def _claim(dates: CaseDates, figures: Mapping[str, Figure], holiday: Holiday, longer: bool) -> Iterator[Deadline]:
    """Articles 24 and 25: to be claimed within two years of leaving."""
    if dates.left_on is None:
        return
    law = Parameters(figures, dates.left_on)
    last = years_after(dates.left_on, law.whole("unemployment.apply_within"))
    yield _limit("claim", last, holiday, law.rows("unemployment.apply_within"))


def _certification(
    dates: CaseDates, figures: Mapping[str, Figure], holiday: Holiday, longer: bool
) -> Iterator[Deadline]:
    """Articles 11, 20, 25 and 29: determination on the 15th day of registration, then every month until the benefit ends."""
    begins = dates.certified_on or dates.registered_on
    if begins is None:
        return
    law = Parameters(figures, begins)
    if dates.registered_on is not None:
        first = dates.registered_on + timedelta(days=law.whole("unemployment.first_paid_day") - 1)
        used = law.rows("unemployment.first_paid_day", "unemployment.waiting")
        determination = _appointment("determination", first, holiday, used)
        if dates.certified_on is None or dates.certified_on < determination.nominal:
            yield determination
        begins = dates.certified_on or determination.day
    months = law.whole("unemployment.months_longer" if longer else "unemployment.months")
    used = law.rows("clock.recertify_every", "job_search.records", "job_search.lookback")
    every = timedelta(days=law.whole("clock.recertify_every"))
    for number in range(1, months):
        yield replace(_appointment(RECERTIFY, begins + number * every, holiday, used), number=number)


def _referral(dates: CaseDates, figures: Mapping[str, Figure], holiday: Holiday, longer: bool) -> Iterator[Deadline]:
    """Article 27: the reply card goes back within seven days of the referral; the day of referral is counted."""
    if dates.referred_on is None:
        return
    law = Parameters(figures, dates.referred_on)
    last = dates.referred_on + timedelta(days=law.whole("unemployment.reply_card") - 1)
    yield _limit("reply_card", last, holiday, law.rows("unemployment.reply_card"))


def _new_job(dates: CaseDates, figures: Mapping[str, Figure], holiday: Holiday, longer: bool) -> Iterator[Deadline]:
    """Articles 32, 18 and 24: the report within three days, the first counted; the award after three months insured, for two years."""
    if dates.started_on is None:
        return
    law = Parameters(figures, dates.started_on)
    last = dates.started_on + timedelta(days=law.whole("unemployment.report_job") - 1)
    yield _limit("report_job", last, holiday, law.rows("unemployment.report_job"))
    used = law.rows("early_award.insured_months", "early_award.claim_within")
    possible = months_after(dates.started_on, law.whole("early_award.insured_months"))
    yield Deadline("award_from", FROM, possible, possible, possible, used)
    yield _limit("award", years_after(possible, law.whole("early_award.claim_within")), holiday, used)


def _remedies(dates: CaseDates, figures: Mapping[str, Figure], holiday: Holiday, longer: bool) -> Iterator[Deadline]:
    """The review within 60 days of the day after the decision came, the appeal within 30 of the day after the review's."""
    for kind, name, begins in (
        ("review", "appeal.review_within", dates.decided_on),
        ("appeal", "appeal.suyuan_within", dates.reviewed_on),
    ):
        if begins is not None:
            law = Parameters(figures, begins)
            yield _limit(kind, begins + timedelta(days=law.whole(name)), holiday, law.rows(name))


def _limit(kind: str, nominal: date, holiday: Holiday, used: tuple[Used, ...]) -> Deadline:
    return Deadline(kind, LIMIT, nominal, on_or_after(nominal, holiday), on_or_before(nominal, holiday), used)


def _appointment(kind: str, nominal: date, holiday: Holiday, used: tuple[Used, ...]) -> Deadline:
    day = on_or_after(nominal, holiday)
    return Deadline(kind, APPOINTMENT, nominal, day, day, used)
