"""`jobseeker match` and `jobseeker vacancies index`: rank for a profile in a file, build the index. The work is in jobseeker/matching/."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jobseeker.matching import Catalogue, Match, Matcher, Ranking
    from jobseeker.vacancies import Vacancy
    from store.unit_of_work import SqlStore

TOP_REASONS = 3


def register(app: typer.Typer, vacancies: typer.Typer) -> None:
    """Add the commands."""
    app.command("match")(match)
    vacancies.command("index")(build_index)


def match(
    profile: Annotated[Path, typer.Option(help="A profile as JSON (Profile.to_dict; docs/matching.md).")],
    top: Annotated[int, typer.Option(min=1, max=1_000, help="How many.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON; else a table for people.")] = False,
    vacancies: Annotated[
        Path | None, typer.Option(help="Rank these instead of the database's: JSON Lines (Vacancy.to_dict).")
    ] = None,
    day: Annotated[str, typer.Option(help="What today is, as 2026-11-28 (default: today).")] = "",
    changes: Annotated[bool, typer.Option(help="Work out what would change each result.")] = True,
) -> None:
    """The best open vacancies for a profile, with the reasons that make up each score."""
    import orjson

    from app.match_input import UnreadableInput, read_profile, read_vacancies
    from jobseeker.errors import ContentError, MatchingError, StoreUnavailable
    from jobseeker.matching import log_of

    settings = Settings()
    try:
        today = _day(day)
        catalogue = _catalogue(settings)
        person = read_profile(profile, catalogue)
        listed = read_vacancies(vacancies) if vacancies else None
        matcher, ranking, shown = asyncio.run(_rank(settings, catalogue, person, today, top, changes, listed))
        if as_json:
            log = log_of(matcher, ranking, person, today, top, hidden=matcher.unwanted(person), changes=changes)
            log["vacancies"] = {str(key): item.to_dict() for key, item in shown.items()}
            typer.echo(orjson.dumps(log, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode())
        else:
            _show(matcher, ranking, shown)
    except (UnreadableInput, ContentError) as problem:
        raise _fail(str(problem)) from problem
    except MatchingError as problem:
        raise _fail(f"{problem.code}: {problem.detail}") from problem
    except StoreUnavailable as problem:
        raise _fail(f"{problem.code}: {problem.en}") from problem


def build_index() -> None:
    """Build the index of open vacancies now. The service does it by itself; this saves the first search from waiting."""
    from app.vacancy_index import VacancyIndex
    from content import load_ranking
    from jobseeker.errors import ContentError, StoreUnavailable

    settings = Settings()

    async def run() -> tuple[str, int]:
        async with _store(settings) as store:
            catalogue, policy = _catalogue(settings), load_ranking(settings.content_dir, settings.country)
            index = VacancyIndex(store, settings.var_dir / "index", catalogue, policy)
            return await index.build(_day(""), lambda count: typer.echo(f"\r{count:,} read", nl=False, err=True))

    try:
        name, count = asyncio.run(run())
    except ContentError as problem:
        raise _fail(str(problem)) from problem
    except StoreUnavailable as problem:
        raise _fail(f"{problem.code}: {problem.en}") from problem
    typer.echo(f"{settings.var_dir / 'index' / name}: {count:,} open vacancies")


def _fail(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(1)


def _day(given: str) -> date:
    from app.match_input import UnreadableInput
    from jobseeker.clock import SystemClock, local_day

    if not given:
        return local_day(SystemClock().now())
    try:
        return date.fromisoformat(given)
    except ValueError as problem:
        raise UnreadableInput(f"--day should look like 2026-11-28, not {given!r}") from problem


def _catalogue(settings: Settings) -> Catalogue:
    from content import load_places, load_taxonomy
    from jobseeker.matching import Catalogue

    return Catalogue(load_taxonomy(settings.content_dir), load_places(settings.content_dir, settings.country))


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[SqlStore]:
    from app.database import open_database
    from store.migrate import upgrade
    from store.unit_of_work import SqlStore

    settings.var_dir.mkdir(parents=True, exist_ok=True)
    engines = open_database(settings, pool_size=settings.database_pool_size)
    try:
        await upgrade(engines)
        yield SqlStore(engines)
    finally:
        await engines.dispose()


async def _rank(
    settings: Settings,
    catalogue: Catalogue,
    person: Any,
    today: date,
    top: int,
    changes: bool,
    listed: list[Vacancy] | None,
) -> tuple[Matcher, Ranking, Mapping[int, Vacancy]]:
    from app.vacancy_index import VacancyIndex
    from content import load_ranking
    from jobseeker.matching import Matcher

    policy = load_ranking(settings.content_dir, settings.country)
    if listed is not None:
        matcher = Matcher.over(catalogue, policy, listed, today)
        ranking = matcher.rank(person, today, top, hidden=matcher.unwanted(person), changes=changes)
        wanted = _shown(ranking)
        return matcher, ranking, {item.id: item for item in listed if item.id in wanted}
    async with _store(settings) as store:
        index = VacancyIndex(store, settings.var_dir / "index", catalogue, policy)
        matcher = await index.matcher(today)
        ranking = matcher.rank(person, today, top, hidden=matcher.unwanted(person), changes=changes)
        async with store.read() as work:
            stored = await work.vacancies.by_ids(sorted(_shown(ranking)))
    return matcher, ranking, {key: item.vacancy for key, item in stored.items()}


def _shown(ranking: Ranking) -> set[int]:
    return {item.vacancy_id for item in (*ranking.matches, *(near for _, near in ranking.near_misses))}


def _show(matcher: Matcher, ranking: Ranking, shown: Mapping[int, Vacancy]) -> None:
    typer.echo(f"{ranking.considered:,} open vacancies looked at")
    for limit, count in ranking.excluded.items():
        typer.echo(f"  {count:,} ruled out by: {limit}")
    for item in ranking.matches:
        _show_match(matcher, item, shown)
    if not ranking.matches:
        typer.echo("\nnothing fits within these limits" + ("; nearest:" if ranking.near_misses else ""))
    for limit, item in ranking.near_misses:
        typer.echo(f"\n  breaks only: {limit}")
        _show_match(matcher, item, shown)


def _show_match(matcher: Matcher, item: Match, shown: Mapping[int, Vacancy]) -> None:
    vacancy, labels = shown[item.vacancy_id], matcher.policy.labels
    pay = vacancy.pay
    offered = f"{pay.low:,}{f'-{pay.high:,}' if pay.high else ''} TWD/{pay.period}" if pay.low else "pay not disclosed"
    place = matcher.catalogue.places.get(vacancy.place_id)
    where = "remote" if vacancy.remote else place.name["en"] if place else "place not given"
    typer.echo(
        f"\n{item.rank:>3}. {item.score:>6,.0f}  {vacancy.title} | {vacancy.employer} | {where} | {offered} | id {vacancy.id}"
    )
    best = sorted(item.reasons, key=lambda reason: -reason.points)[:TOP_REASONS]
    told = [f"{labels[f'weight.{one.feature}']['en']} {one.points:,.0f} of {one.weight:,.0f}" for one in best]
    typer.echo(f"       why: {'; '.join(told)}")
    if item.missing:
        missing = [
            f"{_name(matcher, one.id)} ({one.kind}{f', {one.level}' if one.level else ''})" for one in item.missing
        ]
        typer.echo(f"       missing: {'; '.join(missing)}")
    for change in item.changes:
        more = f", {change.more_matches:,} more jobs" if change.more_matches else ""
        typer.echo(
            f"       with {_name(matcher, change.skill_id)}: {change.score_after:,.0f}, rank {change.rank_after}{more}"
        )
    if item.tied_with:
        typer.echo(f"       same score as: {', '.join(map(str, item.tied_with))}")


def _name(matcher: Matcher, identifier: str) -> str:
    taxonomy = matcher.catalogue.taxonomy
    known = taxonomy.skills.get(identifier) or taxonomy.occupations.get(identifier)
    return known.name["en"] if known else identifier
