"""Puts together what the vacancy dialogue works with: taxonomy, places, reader, ranking over the open vacancies, the store. No decisions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from app.settings import Settings
from app.vacancy_index import VacancyIndex
from content import load_pack, load_places
from content.journeys import fold, load_barriers, load_phrases
from content.ranking import load_ranking
from content.taxonomy import load_taxonomy
from jobseeker.errors import UnknownVacancy
from jobseeker.journeys.search import Search
from jobseeker.journeys.toolbox import Judged, Toolbox
from jobseeker.matching import Match, Ranking
from jobseeker.matching.catalogue import Catalogue
from jobseeker.matching.index.snapshot import Part
from jobseeker.matching.matcher import Matcher
from jobseeker.matching.score import broken_limits
from jobseeker.profile import Profile, Reading
from jobseeker.storage import Store
from jobseeker.storage_jobs import JobAlert, Mark
from jobseeker.vacancies import Course, Vacancy
from language.asking import WishReader
from language.skills import SkillReader


class StoreLibrary:
    """jobseeker.journeys.toolbox.Library over the store: reads only."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def profile(self, person: str) -> Profile:
        """The one in force."""
        async with self._store.read() as work:
            return await work.profiles.current(person)

    async def marks(self, person: str) -> Sequence[Mark]:
        """The newest first."""
        async with self._store.read() as work:
            return await work.marks.of(person)

    async def alert(self, person: str) -> JobAlert | None:
        """The person's alert."""
        async with self._store.read() as work:
            return await work.job_alerts.of(person)

    async def vacancies(self, ids: Iterable[int]) -> Mapping[int, Vacancy]:
        """Whatever their state: a saved one may be closed by now."""
        async with self._store.read() as work:
            found = await work.vacancies.by_ids(list(ids))
        return {key: stored.vacancy for key, stored in found.items()}

    async def courses(self) -> Sequence[Course]:
        """Those one can still join."""
        async with self._store.read() as work:
            return await work.courses.all_open()


@dataclass(frozen=True, eq=False)
class MatcherRanker:
    """jobseeker.journeys.toolbox.Ranker on one snapshot of the open vacancies."""

    matcher: Matcher

    def rank(self, search: Search, *, day: date, limit: int) -> Ranking:
        """The best ones."""
        return self.matcher.rank(search.profile, day, limit, hidden=search.left_out)

    def with_changes(self, search: Search, matches: Sequence[Match], *, day: date) -> list[Match]:
        """The same with what would change their places."""
        query = self.matcher.query(search.profile, day)
        changes = self.matcher.changes(query, matches, search.left_out)
        return [replace(match, changes=found) for match, found in zip(matches, changes, strict=True)]

    def judge(self, search: Search, vacancy_id: int, *, day: date) -> Judged | None:
        """One vacancy and its place among all."""
        hidden = [one for one in search.left_out if one != vacancy_id]
        try:
            match = self.matcher.explain(search.profile, day, vacancy_id, hidden=hidden)
            facts = self.matcher.facts(vacancy_id, day)
        except UnknownVacancy:
            return None
        query = self.matcher.query(search.profile, day)
        versions = self.matcher.versions(query, self.matcher.snapshot.on(day))
        return Judged(match, broken_limits(query, facts), versions)

    def basis(self, vacancy_ids: Sequence[int], *, day: date) -> Mapping[str, Any]:
        """Facts, and the rarity of the skills in them."""
        facts = [self.matcher.facts(vacancy_id, day) for vacancy_id in vacancy_ids]
        rarity = self.matcher.snapshot.rarity_by_name
        skills = sorted({name for item in facts for name in (*item.essential, *item.optional)})
        return {"facts": [item.to_dict() for item in facts], "rarity": {name: rarity[name] for name in skills}}

    def open_in(self, occupation_id: str, limit: int) -> Sequence[int]:
        """Ids of open vacancies of this occupation, the newest first."""
        number = self.matcher.catalogue.occupation_number.get(occupation_id)
        if number is None:
            return []
        found: list[tuple[int, int]] = []
        for part in self.matcher.snapshot.parts:
            rows = np.setdiff1d(np.flatnonzero(part.segment.columns["occupation"] == number), part.gone)
            posted, ids = part.segment.columns["posted"], part.segment.columns["ids"]
            found += [(-int(posted[row]), int(ids[row])) for row in rows]
        return [vacancy_id for _, vacancy_id in sorted(found)[:limit]]

    def counts(self) -> Mapping[str, int]:
        """Occupation id -> open vacancies."""
        totals: dict[str, int] = {}
        for part in self.matcher.snapshot.parts:
            for number, count in enumerate(_occupations(part)):
                if count and number:
                    name = self.matcher.catalogue.occupations[number]
                    totals[name] = totals.get(name, 0) + count
        return totals

    @property
    def revision(self) -> int:
        """Of the vacancies that this knows."""
        return self.matcher.snapshot.revision


def _occupations(part: Part) -> list[int]:
    return [int(count) for count in part.counts["occupation"]]


@dataclass(frozen=True, eq=False)
class VacancyTools:
    """Loaded once per process; `toolbox` gives what one message is answered with."""

    base: Toolbox
    index: VacancyIndex

    async def toolbox(self, day: date) -> Toolbox:
        """With a ranker that knows all vacancies that are committed now."""
        return self.base.with_ranker(MatcherRanker(await self.index.matcher(day)))


class NoReader:
    """For a process that reads no messages: building a real reader takes seconds and memory."""

    def read(self, text: str) -> Reading:
        """Nothing is found."""
        return Reading()


class LateTools:
    """Loads the tools when they are first asked for: a gateway without job alerts needs neither taxonomy nor ranking."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._tools: VacancyTools | None = None

    async def __call__(self, day: date) -> Toolbox:
        """Everything as of a day."""
        if self._tools is None:
            self._tools = await asyncio.to_thread(build_vacancy_tools, self._settings, self._store, NoReader())
        return await self._tools.toolbox(day)


def stop_words(root: Path, country: str) -> Callable[[str], bool]:
    """Whether a whole message is one of the words that end job alerts. Raises ContentError."""
    words = frozenset(load_phrases(root, country).stop_alerts)
    return lambda text: fold(text).strip(" 。.!！,，、~～\n") in words


def build_vacancy_tools(settings: Settings, store: Store, reader: WishReader | NoReader | None = None) -> VacancyTools:
    """Read the taxonomy, the places, the policies and the words. Raises ContentError.

    reader: of questions and wishes, where one is loaded already; building one takes a second. What reads statements
        (SkillReader) would take every question for nothing.
    """
    root, country = settings.content_dir, settings.country
    taxonomy, places = load_taxonomy(root), load_places(root, country)
    index = VacancyIndex(store, settings.var_dir / "index", Catalogue(taxonomy, places), load_ranking(root, country))
    base = Toolbox(
        taxonomy=taxonomy,
        places=places,
        reader=reader or WishReader(SkillReader(taxonomy, places)),
        library=StoreLibrary(store),
        phrases=load_phrases(root, country),
        barriers=load_barriers(root, country),
        figures=load_pack(root, country).figures,
        fold=fold,
    )
    return VacancyTools(base, index)
