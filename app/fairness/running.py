"""One audit from beginning to end: read the store, count, swap, make report and page. Arguments and files are the command's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.database import open_database
from app.fairness.page import Page
from app.fairness.report import Period, report_of, rules_of
from app.fairness.sample import counterfactual, vacancies_of
from app.settings import Settings
from content import load_pack
from content.report_words import load_words
from jobseeker.clock import Clock, local_day
from jobseeker.fairness.audit import audit
from store.fairness_audit import fairness_reader
from store.migrate import upgrade
from store.unit_of_work import SqlStore

ACTOR = "command line"  # of the audit row


@dataclass(frozen=True)
class Wish:
    """What to audit. begin, end: months, "" for the usual ones; language: "zh" or "en"; swaps: with the counterfactual test."""

    begin: str = ""
    end: str = ""
    language: str = "zh"
    swaps: bool = True


async def run_audit(settings: Settings, clock: Clock, wish: Wish) -> tuple[dict[str, Any], str]:
    """(the report, its page). Raises ValueError for a wish that cannot be met, StoreUnavailable, ContentError."""
    if wish.language not in ("zh", "en"):
        raise ValueError(f"--language should be zh or en, not {wish.language!r}")
    day = local_day(clock.now())
    period = Period.of(wish.begin, wish.end, day)
    figures = load_pack(settings.content_dir, settings.country).figures
    since, until = period.moments()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    engines = open_database(settings, pool_size=settings.database_pool_size)
    try:
        await upgrade(engines)
        store = SqlStore(engines)
        async with (
            store.write() as work
        ):  # before anything is read: what people declared is not looked at without a trace
            detail = {"begin": period.begin, "end": period.end}
            await work.ledger.record(at=clock.now(), actor=ACTOR, action="fairness.audited", detail=detail)
        async with fairness_reader(store) as source:
            subjects = await source.subjects(since=since, until=until)
    finally:
        await engines.dispose()
    swaps, vacancies = None, 0
    if wish.swaps:
        listed = await vacancies_of(settings, clock)
        swaps, vacancies = counterfactual(settings, listed, day), len(listed)
    report = report_of(audit(subjects, rules_of(figures, day)), swaps, period, figures, day, vacancies)
    words = load_words(settings.content_dir, "fairness", wish.language)
    return report, Page(report, words, figures, wish.language).html()
