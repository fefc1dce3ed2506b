"""Results as plain values for the log, and working them out again from it. Keeping the log is the store's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from jobseeker.errors import CannotRepeat
from jobseeker.matching.facts import Facts
from jobseeker.matching.matcher import CODE_VERSION, Matcher
from jobseeker.matching.query import Query
from jobseeker.matching.records import Ranking
from jobseeker.matching.score import Scored, score
from jobseeker.profile.records import Profile


def plain(value: Any) -> Any:
    """Records as JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def log_of(
    matcher: Matcher,
    ranking: Ranking,
    profile: Profile,
    day: date,
    k: int,
    *,
    hidden: Iterable[int] = (),
    changes: bool = False,
) -> dict[str, Any]:
    """What match_log keeps: `query` (the whole input), `result`, `versions`.

    The result holds the facts of every vacancy shown and the rarity of its skills, so that its score can be worked out again when the
    vacancy has changed or gone.
    """
    shown = [*ranking.matches, *(match for _, match in ranking.near_misses)]
    facts = [matcher.facts(match.vacancy_id, day) for match in shown]
    rarity = matcher.snapshot.rarity_by_name
    skills = sorted({name for item in facts for name in (*item.essential, *item.optional)})
    query = {
        "profile": profile.to_dict(),
        "day": day.isoformat(),
        "k": k,
        "hidden": sorted(set(hidden)),
        "changes": changes,
    }
    result = plain(ranking) | {
        "facts": [item.to_dict() for item in facts],
        "rarity": {name: rarity[name] for name in skills},
    }
    return {"query": query, "result": result, "versions": plain(ranking.versions)}


def rerun(matcher: Matcher, query: Mapping[str, Any], versions: Mapping[str, Any]) -> Ranking:
    """Rank again with the logged input: the same bytes come out.

    Raises:
        CannotRepeat: code, taxonomy, places, index, vacancies or policy rows are no longer those of the log; the detail names them.
            `rescore` works all the same as long as code and taxonomy are the same.
    """
    now = {
        "code": CODE_VERSION,
        "catalogue": matcher.catalogue.version,
        "index": matcher.snapshot.version,
        "revision": matcher.snapshot.revision,
    }
    changed = [
        f"{name} was {versions.get(name)}, is {value}" for name, value in now.items() if versions.get(name) != value
    ]
    if changed:
        raise CannotRepeat("; ".join(changed))
    return matcher.rank(
        Profile.from_dict(query["profile"]),
        date.fromisoformat(query["day"]),
        query["k"],
        hidden=query["hidden"],
        changes=query["changes"],
        parameters=matcher.policy.repeat(versions["policy"]),
    )


def rescore(matcher: Matcher, log: Mapping[str, Any]) -> tuple[Scored, ...]:
    """Score the logged vacancies again from their logged facts, in the order shown. Raises CannotRepeat for another code or taxonomy."""
    versions, query, result = log["versions"], log["query"], log["result"]
    for name, value in (("code", CODE_VERSION), ("catalogue", matcher.catalogue.version)):
        if versions.get(name) != value:
            raise CannotRepeat(f"{name} was {versions.get(name)}, is {value}")
    parameters = matcher.policy.repeat(versions["policy"])
    asked = Query(Profile.from_dict(query["profile"]), matcher.catalogue, parameters, date.fromisoformat(query["day"]))
    return tuple(score(asked, Facts.from_dict(item), result["rarity"]) for item in result["facts"])
