"""Works a logged result or answer out again and compares it byte for byte with what was kept. The command is app/commands/replay.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.settings import Settings
from app.vacancy_tools import MatcherRanker, NoReader, build_vacancy_tools
from app.wiring import Services
from content import load_pack
from jobseeker.benefits import Circumstances, estimate
from jobseeker.errors import CannotRepeat
from jobseeker.journeys.listing import ranking_dict
from jobseeker.journeys.search import Search
from jobseeker.matching.facts import Facts
from jobseeker.matching.matcher import CODE_VERSION, Matcher
from jobseeker.matching.score import missing, score
from jobseeker.records import Outbound, Owner
from jobseeker.storage import Store
from jobseeker.storage_jobs import LoggedRanking

PRECHECK = "precheck"
WHOLE = ("ranking", "what_if", "alert")  # kinds whose whole list is worked out again
LIST_PARTS = ("ranked", "considered", "excluded")
OWNERS: tuple[Owner, ...] = (
    "bot",
    "queued",
)  # whether somebody had been asked for is not in an answer's row; it decides about the offer
SAME_FOR_SCORES = ("code", "catalogue")
SAME_FOR_LIST = (*SAME_FOR_SCORES, "revision", "policy")


@dataclass(frozen=True)
class Replayed:
    """One part that was compared: what was kept, what comes out now."""

    part: str
    kept: bytes
    now: bytes

    @property
    def same(self) -> bool:
        """Byte for byte."""
        return self.kept == self.now


@dataclass(frozen=True)
class Outcome:
    """All parts that could be compared, and in words what could not."""

    parts: tuple[Replayed, ...]
    remark: str = ""

    @property
    def same(self) -> bool:
        """Everything that was compared is; something was."""
        return bool(self.parts) and all(part.same for part in self.parts)


def written(value: Any) -> bytes:
    """A result as bytes that are the same for the same result."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def replay_estimate(settings: Settings, logged: LoggedRanking) -> Outcome:
    """The estimate of the logged case on the logged day."""
    pack = load_pack(settings.content_dir, settings.country)
    found = estimate(
        Circumstances.from_dict(logged.query["case"]), pack.figures, date.fromisoformat(logged.query["on"])
    )
    then = logged.versions.get("knowledge")
    return Outcome(
        (Replayed("estimate", written(logged.result), written(found.to_dict())),),
        f"contents then {then}, here {pack.version}",
    )


async def replay_ranking(settings: Settings, store: Store, logged: LoggedRanking) -> Outcome:
    """The scores of what was shown from the logged facts, and the whole list where the vacancies are still those of then.

    Raises CannotRepeat: the code, the taxonomy or the places are others, or a row of the policy is gone.
    """
    day = date.fromisoformat(str(logged.query["day"]))
    toolbox = await build_vacancy_tools(settings, store, NoReader()).toolbox(day)
    ranker = toolbox.ranker
    assert isinstance(ranker, MatcherRanker), "as it was built"
    now = {
        "code": CODE_VERSION,
        "catalogue": ranker.matcher.catalogue.version,
        "revision": ranker.revision,
        "policy": dict(ranker.matcher.policy.on(day).valid_from),
    }
    other = [name for name in SAME_FOR_LIST if logged.versions.get(name) != now[name]]
    if changed := [name for name in other if name in SAME_FOR_SCORES]:
        raise CannotRepeat("; ".join(f"{name} was {logged.versions.get(name)}, is {now[name]}" for name in changed))
    parts = [scores(ranker.matcher, logged, day)] if "facts" in logged.result else []
    if logged.query.get("kind") not in WHOLE:
        return Outcome(tuple(parts))
    if other:
        return Outcome(tuple(parts), f"the list itself cannot be made again: {', '.join(other)} changed since")
    search = Search.from_dict(logged.query["search"])
    again = ranking_dict(ranker.rank(search, day=day, limit=int(logged.query["limit"])), ())
    kept, made = ({name: one.get(name) for name in LIST_PARTS} for one in (logged.result, again))
    return Outcome((*parts, Replayed("list", written(kept), written(made))))


def scores(matcher: Matcher, logged: LoggedRanking, day: date) -> Replayed:
    """Score, reasons and what is missing of each vacancy that was shown, from its logged facts and the logged rows of the policy."""
    parameters = matcher.policy.repeat(logged.versions["policy"])
    query = matcher.query(Search.from_dict(logged.query["search"]).profile, day, parameters)
    again = []
    for item in logged.result["facts"]:
        facts = Facts.from_dict(item)
        if lacking := sorted({*facts.essential, *facts.optional} - logged.result["rarity"].keys()):
            raise CannotRepeat(f"the log has no rarity of {', '.join(lacking)}")
        scored = score(query, facts, logged.result["rarity"])
        again.append(
            {
                "vacancy_id": facts.id,
                "score": scored.score,
                "reasons": [asdict(reason) for reason in scored.reasons],
                "missing": [asdict(one) for one in missing(query, facts)],
            }
        )
    names = ("vacancy_id", "score", "reasons", "missing")
    kept = [{name: match[name] for name in names} for match in logged.result["matches"]]
    return Replayed("scores", written(kept), written(again))


async def replay_answer(services: Services, row: Outbound, versions: Mapping[str, Any]) -> Outcome:
    """An answer of the service rendered again as of the moment it was kept, from the contents that are here."""
    if row.rendered is None or row.say.kind == "text":
        return Outcome((), "what a person wrote, or what is not rendered yet, is not worked out")
    made: list[bytes] = []
    for owner in OWNERS:
        reply = services.composer.render(
            row.say, variety=row.variety, now=row.created_at, author=row.author, owner=owner,
            act=row.act, topic=row.topic, escalation=row.escalation,
        )  # fmt: skip
        made.append(written(reply.to_dict()))
    kept = written(row.rendered)
    pack, then = services.composer.answers.pack.version, versions.get("knowledge")
    return Outcome((Replayed("answer", kept, kept if kept in made else made[0]),), f"contents then {then}, here {pack}")
