"""The front door of matching: rank, score one, count what a skill would change. Everything it returns are records; it stores nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from jobseeker.errors import UnknownVacancy
from jobseeker.matching import alike, opening
from jobseeker.matching.catalogue import Catalogue
from jobseeker.matching.facts import Facts, facts_of
from jobseeker.matching.index.build import build
from jobseeker.matching.index.search import Search
from jobseeker.matching.index.segment import Array
from jobseeker.matching.index.snapshot import Part, Snapshot
from jobseeker.matching.policy import Parameters, RankingPolicy
from jobseeker.matching.query import Query
from jobseeker.matching.records import Change, Match, Ranking
from jobseeker.matching.score import missing, score
from jobseeker.profile.records import Profile
from jobseeker.vacancies import Vacancy

CODE_VERSION = "1"  # raise when a score can come out differently from the same input
MOST_TIES = 20
MOST_WANTED = 3  # of what a vacancy misses, so many are tried out
HIDDEN = "not_for_me"


@dataclass(frozen=True, eq=False)
class Matcher:
    """Matching on one snapshot of the open vacancies. Cheap to make; a new snapshot gets a new matcher."""

    catalogue: Catalogue
    policy: RankingPolicy
    snapshot: Snapshot

    @classmethod
    def over(
        cls, catalogue: Catalogue, policy: RankingPolicy, vacancies: Iterable[Vacancy], day: date, revision: int = 0
    ) -> Matcher:
        """A matcher over a list in memory: for files, tests and small services without an index."""
        parameters = policy.on(day)
        facts = (facts_of(vacancy, catalogue, parameters) for vacancy in vacancies)
        segment, rarity = build(facts, catalogue, parameters)
        return cls(catalogue, policy, Snapshot(catalogue, (Part(segment),), rarity, revision))

    def query(self, profile: Profile, day: date, parameters: Parameters | None = None) -> Query:
        """The profile made ready. Raises UnusableProfile for a wish that cannot be understood."""
        query = Query(profile, self.catalogue, parameters or self.policy.on(day), day)
        _ = query.weights, query.firm, query.wish_monthly  # complain now, not in the middle of a search
        return query

    def rank(
        self,
        profile: Profile,
        day: date,
        k: int = 10,
        *,
        hidden: Iterable[int] = (),
        changes: bool = False,
        parameters: Parameters | None = None,
    ) -> Ranking:
        """The k best open vacancies with reasons, exactly.

        Args:
            profile: confirmed facts and wishes.
            day: what "today" is; expired vacancies are left out and freshness counts from it.
            k: how many, at least 1.
            hidden: vacancies the person has put aside ("not for me"); counted in `excluded` as such.
            changes: whether to work out for each match what would change it (some milliseconds each).

        Raises:
            UnusableProfile: a wish names a feature, limit or amount that does not exist.
        """
        query, hidden = self.query(profile, day, parameters), sorted(set(hidden))
        snapshot = self.snapshot.on(day)
        search = Search(query, snapshot, hidden)
        matches = self._matches(query, snapshot, search, k)
        if changes:
            found = zip(matches, self.changes(query, matches, hidden), strict=True)
            matches = tuple(replace(match, changes=changes) for match, changes in found)
        excluded = {name: count for name, count in search.excluded().items() if count or name in query.firm}
        if search.hidden:
            excluded[HIDDEN] = search.hidden
        near = () if matches else self.near_misses(query, snapshot, k, hidden)
        return Ranking(matches, len(snapshot), excluded, near, self.versions(query, snapshot))

    def versions(self, query: Query, snapshot: Snapshot) -> dict[str, Any]:
        """All that must be the same for the same result to come out again."""
        return {
            "policy": dict(query.parameters.valid_from),
            "catalogue": self.catalogue.version,
            "taxonomy": self.catalogue.taxonomy.version,
            "index": snapshot.version,
            "revision": snapshot.revision,
            "code": CODE_VERSION,
            "ignored": list(query.ignored),
        }

    def _matches(self, query: Query, snapshot: Snapshot, search: Search, k: int) -> tuple[Match, ...]:
        best = search.top(max(1, k))
        by_score: dict[int, list[int]] = {}
        for points, vacancy_id, _, _ in best:
            by_score.setdefault(points, []).append(vacancy_id)
        found = []
        for rank, (points, vacancy_id, part, row) in enumerate(best[: max(1, k)], start=1):
            facts = snapshot.parts[part].segment.facts(row, self.catalogue)
            ties = tuple(name for name in by_score[points] if name != vacancy_id)[:MOST_TIES]
            found.append(self._match(query, snapshot, facts, rank, ties))
        return tuple(found)

    def _match(self, query: Query, snapshot: Snapshot, facts: Facts, rank: int, ties: tuple[int, ...] = ()) -> Match:
        scored = score(query, facts, snapshot.rarity_by_name)
        return Match(facts.id, rank, scored.score, scored.reasons, missing(query, facts), tied_with=ties)

    def of_occupation(self, occupation: str) -> Array:
        """Ids of the open vacancies of one kind of work, ascending; none where the kind is not known."""
        number = self.catalogue.occupation_number.get(occupation)
        found = [np.zeros(0, np.int64)]
        for part in self.snapshot.parts if number is not None else ():
            rows = np.setdiff1d(np.flatnonzero(part.segment.columns["occupation"] == number), part.gone)
            found.append(part.segment.columns["ids"][rows].astype(np.int64))
        return np.sort(np.concatenate(found))

    def unwanted(self, profile: Profile) -> tuple[int, ...]:
        """Open vacancies of the kinds of work that a profile says no to, for `hidden`."""
        wishes = profile.wishes
        kinds = [one for one in wishes.avoid_occupations if one not in wishes.occupations]
        return tuple(int(one) for kind in kinds for one in self.of_occupation(kind))

    def facts(self, vacancy_id: int, day: date) -> Facts:
        """The facts of an open vacancy. Raises UnknownVacancy."""
        facts = self.snapshot.on(day).find(vacancy_id)
        if facts is None:
            raise UnknownVacancy(f"no open vacancy has the id {vacancy_id}")
        return facts

    def explain(
        self, profile: Profile, day: date, vacancy_id: int, *, hidden: Iterable[int] = (), changes: bool = True
    ) -> Match:
        """One vacancy with reasons, its rank among all, what is missing and what would change it. Raises UnknownVacancy."""
        query, hidden = self.query(profile, day), sorted(set(hidden))
        facts, snapshot = self.facts(vacancy_id, day), self.snapshot.on(day)
        match = self._match(query, snapshot, facts, 0)
        rank = Search(query, snapshot, hidden).rank_of(int(match.score), facts.posted_on.toordinal(), facts.id)
        match = replace(match, rank=rank)
        return replace(match, changes=self.changes(query, [match], hidden)[0]) if changes else match

    def near_misses(
        self, query: Query, snapshot: Snapshot, k: int = 3, hidden: Sequence[int] = ()
    ) -> tuple[tuple[str, Match], ...]:
        """The best vacancies that break exactly one of the person's limits, with its name; for when nothing fits them all.

        A licence that the law requires is never set aside.
        """
        found: list[tuple[str, Match, date]] = []
        for limit in sorted(query.firm):
            eased = query.without_limit(limit)
            for match in self._matches(eased, snapshot, Search(eased, snapshot, hidden), k):
                found.append((limit, match, self.facts(match.vacancy_id, query.day).posted_on))
        found.sort(key=lambda item: (-item[1].score, -item[2].toordinal(), item[1].vacancy_id, item[0]))
        unique = {match.vacancy_id: (limit, match) for limit, match, _ in reversed(found)}
        chosen = [unique[match.vacancy_id] for _, match, _ in found]
        best = list(dict.fromkeys((match.vacancy_id, limit) for limit, match in chosen))[:k]
        return tuple((limit, replace(unique[name][1], rank=rank)) for rank, (name, limit) in enumerate(best, start=1))

    # --- what would change it

    def changes(self, query: Query, matches: Sequence[Match], hidden: Sequence[int] = ()) -> list[tuple[Change, ...]]:
        """For each match, what it misses and the skill that opens most jobs: score and rank after adding it, exactly."""
        snapshot = self.snapshot.on(query.day)
        wanted = [
            [(item.id, item.level) for item in match.missing if item.kind != "experience"][:MOST_WANTED]
            for match in matches
        ]
        opened = opening.opened_by(query, snapshot, {name for items in wanted for name, _ in items}, k=1)
        most = next((name for name, count in opened.items() if count), None)
        searches: dict[tuple[str, str], Search] = {}
        result = []
        for match, items in zip(matches, wanted, strict=True):
            extra = [(most, "")] if most is not None and most not in {name for name, _ in items} else []
            changes = []
            for name, level in [*items, *extra]:
                if (name, level) not in searches:
                    searches[name, level] = Search(query.with_skill(name, level), snapshot, hidden)
                changes.append(self._change(searches[name, level], match.vacancy_id, name, opened.get(name, 0)))
            result.append(tuple(changes))
        return result

    def _change(self, search: Search, vacancy_id: int, skill_id: str, more: int) -> Change:
        """What a search with the skill added says of one vacancy."""
        facts = self.facts(vacancy_id, search.query.day)
        points = score(search.query, facts, search.snapshot.rarity_by_name).score
        rank = search.rank_of(points, facts.posted_on.toordinal(), facts.id)
        return Change(skill_id, points, rank, more)

    def what_if(
        self,
        profile: Profile,
        day: date,
        skill_id: str,
        vacancy_id: int,
        *,
        level: str = "",
        hidden: Iterable[int] = (),
    ) -> Change:
        """The change that one skill makes to one vacancy. Raises UnknownVacancy."""
        query, snapshot = self.query(profile, day), self.snapshot.on(day)
        more = opening.opened_by(query, snapshot, [skill_id])
        search = Search(query.with_skill(skill_id, level), snapshot, sorted(set(hidden)))
        return self._change(search, vacancy_id, skill_id, more.get(skill_id, 0))

    def opens_most(self, profile: Profile, day: date, k: int = 3) -> tuple[tuple[str, int], ...]:
        """The skills that would open most jobs, with how many: vacancies within reach that lack nothing essential but this one."""
        opened = opening.opened_by(self.query(profile, day), self.snapshot.on(day), k=k)
        return tuple(opened.items())

    def more_like(
        self, profile: Profile, day: date, vacancy_id: int, k: int = 10, *, hidden: Iterable[int] = ()
    ) -> Ranking:
        """Vacancies like this one; the vacancy itself is left out. Raises UnknownVacancy."""
        alike_profile = alike.like_vacancy(self.query(profile, day), self.facts(vacancy_id, day))
        return self.rank(alike_profile, day, k, hidden={*hidden, vacancy_id})

    def like_last_job(self, profile: Profile, day: date, k: int = 10, *, hidden: Iterable[int] = ()) -> Ranking:
        """Vacancies of the kind of work of the latest job."""
        return self.rank(alike.like_last_job(profile), day, k, hidden=hidden)

    def compare(self, profile: Profile, day: date, vacancy_ids: Sequence[int]) -> alike.Comparison:
        """Vacancies side by side, facts only. Raises UnknownVacancy."""
        return alike.compare(self.query(profile, day), [self.facts(name, day) for name in vacancy_ids])
