"""What the counterfactual test works with: made-up people, the real reader and ranking, the open vacancies of this installation or the samples."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from app.settings import Settings
from app.vacancies.samples import load_samples
from app.vacancies.workbench import Workbench
from app.wiring_reading import load_reader
from content import load_places, load_ranking
from content.yaml_file import LineDict, LineList, YamlFile
from jobseeker.clock import Clock, local_day
from jobseeker.fairness.counterfactual import LANGUAGES, SLOT, Counterfactual, Listed, Rank, SamplePeople, try_swaps
from jobseeker.matching import Catalogue, Matcher, RankingPolicy
from jobseeker.profile.taking_in import TakingIn
from jobseeker.profile.talk import Talk
from jobseeker.vacancies import Vacancy
from language.remarks import read_remark
from language.resume_reader import ResumeReader

MOST_VACANCIES = 5_000  # of this installation; more prove no more
LISTED = 30  # so many places of a list are compared


async def vacancies_of(settings: Settings, clock: Clock) -> Sequence[Vacancy]:
    """The open vacancies of this installation, or, where it has none, the samples. Raises StoreUnavailable."""
    return await _open(settings, clock) or await samples(settings, clock)


async def samples(settings: Settings, clock: Clock) -> Sequence[Vacancy]:
    """The sample vacancies, read into a database that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        apart = settings.model_copy(update={"var_dir": Path(folder), "database_url": SecretStr(""), "samples": True})
        await load_samples(apart, clock)
        return await _open(apart, clock)


async def _open(settings: Settings, clock: Clock) -> Sequence[Vacancy]:
    async with Workbench(settings, clock).store() as store, store.read() as work:
        return [stored.vacancy for stored in await work.vacancies.open_after(0, MOST_VACANCIES)]


def ranking_of(
    settings: Settings, vacancies: Sequence[Vacancy], day: date, policy: RankingPolicy | None = None
) -> Rank:
    """What a person says -> the list they would be shown: read as the dialogue reads it, ranked as it ranks."""
    root, country = settings.content_dir, settings.country
    reader, taxonomy = load_reader(root, country)
    catalogue = Catalogue(taxonomy, load_places(root, country))
    matcher = Matcher.over(catalogue, policy or load_ranking(root, country), vacancies, day)
    taking_in = TakingIn(reader, ResumeReader(reader), read_remark, taxonomy)

    def rank(said: str) -> Listed:
        talk = taking_in.changed(Talk(), said, "")
        if talk is None:
            return ()
        profile = talk.draft.profile
        ranking = matcher.rank(profile, day, LISTED, hidden=matcher.unwanted(profile))
        return tuple((match.vacancy_id, match.score) for match in ranking.matches)

    return rank


async def sample_swaps(settings: Settings, clock: Clock) -> dict[str, Any]:
    """The counterfactual test over the samples, as docs/reports/fairness.json holds it. Raises ContentError."""
    vacancies, day = await samples(settings, clock), local_day(clock.now())
    found = counterfactual(settings, vacancies, day)
    return {"made_on": day.isoformat(), **swaps_dict(found, len(vacancies))}


def swaps_dict(found: Counterfactual, vacancies: int) -> dict[str, Any]:
    """The result of the swaps as plain values."""
    return {
        "people": found.people,
        "vacancies": vacancies,
        "tried": dict(found.tried),
        "changed": dict(Counter(change.attribute for change in found.changes)),
        "changes": [asdict(change) for change in found.changes],
        "empty_lists": list(found.empty),
    }


def counterfactual(settings: Settings, vacancies: Sequence[Vacancy], day: date) -> Counterfactual:
    """All swaps on these vacancies. Raises ContentError."""
    people = load_people(settings.content_dir, settings.country)
    return try_swaps(people, ranking_of(settings, vacancies, day))


def load_people(root: Path, country: str) -> SamplePeople:
    """The made-up people of packs/<country>/samples/people.yml. Raises ContentError."""
    path = root / "packs" / country / "samples" / "people.yml"
    file = YamlFile(path, path.relative_to(root).as_posix())
    texts: dict[str, Mapping[str, str]] = {}
    for item in file.get(file.root, "people", LineList):
        if not isinstance(item, LineDict):
            raise file.error(1, "a person should look like `id:`, `zh:`, `en:`")
        said = {language: file.get(item, language, str) for language in LANGUAGES}
        for language, text in said.items():
            if text.count(SLOT) != 1:
                raise file.error(item.lines[language], f"`{language}:` should hold {SLOT} once")
        texts[file.get(item, "id", str)] = said
    section = file.get(file.root, "attributes", LineDict)
    attributes = {}
    for name in section:
        entry = file.get(section, name, LineDict)
        attributes[name] = {language: file.texts(entry, language) for language in LANGUAGES}
    if not texts or not attributes:
        raise file.error(1, "there should be people and attributes")
    return SamplePeople(texts, attributes)
