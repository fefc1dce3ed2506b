"""The facts of a card, from vacancies, matches and courses. They travel in the reply, so that rendering it needs nothing else. No wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from jobseeker.journeys.names import Names, title_of
from jobseeker.journeys.toolbox import line
from jobseeker.matching import Change, Match, Missing, Reason
from jobseeker.vacancies import Course, Vacancy

Fact = dict[str, Any]
CHANGES_SHOWN, MISSING_SHOWN = 2, 4
SAYS_NOTHING = frozenset(
    {"none_named", "not_given", "no_wish", "none_asked", "not_comparable"}
)  # states without a reason in them


def vacancy_facts(
    names: Names,
    vacancy: Vacancy,
    match: Match | None,
    *,
    saved: bool = False,
    broken: Sequence[str] = (),
    full: bool = False,
) -> Fact:
    """A vacancy as it is shown. `broken`: the limits that keep it out of the list; `full`: with every reason."""
    facts: Fact = {
        "type": "vacancy",
        "id": vacancy.id,
        "title": title_of(vacancy),
        "employer": vacancy.employer,
        "place": names.place(vacancy.place_id) if vacancy.place_id else None,
        "address": vacancy.address,
        "remote": vacancy.remote,
        "pay": {"low": _number(vacancy.pay.low), "high": _number(vacancy.pay.high), "period": vacancy.pay.period},
        "hours": vacancy.hours,
        "shifts": list(vacancy.shifts),
        "contract": vacancy.contract,
        "openings": vacancy.openings,
        "posted_on": vacancy.posted_on.isoformat(),
        "expires_on": vacancy.expires_on.isoformat() if vacancy.expires_on else None,
        "source": vacancy.source,
        "url": vacancy.url,
        "read_from_text": [name for name in vacancy.read_from_text if name in ("pay", "hours", "place_id", "shifts")],
        "saved": saved,
        "broken": list(broken),
        "full": full,
    }
    return facts | (
        _match_facts(names, match, ranked=not broken)
        if match
        else {"rank": None, "reasons": [], "missing": [], "changes": []}
    )


def _match_facts(names: Names, match: Match, *, ranked: bool = True) -> Fact:
    total = sum(reason.points for reason in match.reasons) or 1
    ordered = sorted(match.reasons, key=lambda reason: -reason.points)
    return {
        "rank": match.rank if ranked else None,
        "score": match.score,
        "most": sum(reason.weight for reason in match.reasons),
        "distance": _distance(names, match),
        "reasons": [
            {
                "feature": reason.feature,
                "points": reason.points,
                "weight": reason.weight,
                "share": round(reason.points / total, 4),
                "telling": str(reason.detail.get("state", "")) not in SAYS_NOTHING
                and reason.points * 2 >= reason.weight,
                "why": because(reason, names),
            }
            for reason in ordered
        ],
        "missing": [missing_line(one, names) for one in match.missing[:MISSING_SHOWN]],
        "changes": [
            change_line(change, match, names, ranked=ranked) for change in telling_changes(match, ranked=ranked)
        ],
        "tied": len(match.tied_with),
    }


def _distance(names: Names, match: Match) -> Fact | None:
    detail = next((one.detail for one in match.reasons if one.feature == "commute"), {})
    if detail.get("state") != "distance":
        return None
    return {"km": detail["km"], "from": names.place(detail["from"])}


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def missing_line(missing: Missing, names: Names) -> Fact:
    """What the vacancy asks for and the person has not shown."""
    name = names.occupation(missing.id) if missing.kind == "experience" else names.skill(missing.id)
    level = line(f"level_{missing.level}") if missing.kind == "language" and missing.level else missing.level
    return line(f"missing_{missing.kind}", name=name, level=level)


def telling_changes(match: Match, *, ranked: bool = True) -> list[Change]:
    """Those that move the vacancy up or open others, the farthest move first. `ranked`: it has a place in the list."""
    telling = [one for one in match.changes if (ranked and one.rank_after < match.rank) or one.more_matches]
    return sorted(telling, key=lambda one: (one.rank_after, -one.more_matches, one.skill_id))[:CHANGES_SHOWN]


def change_line(change: Change, match: Match, names: Names, *, ranked: bool = True) -> Fact:
    """What one more skill would change: for this vacancy, and how many others it opens."""
    moves = ranked and change.rank_after < match.rank
    key = ("change_moves" if change.more_matches else "change_moves_only") if moves else "change_opens"
    return line(
        key,
        skill=names.skill(change.skill_id),
        skill_id=change.skill_id,
        rank=match.rank,
        after=change.rank_after,
        more=change.more_matches,
    )


def course_facts(names: Names, course: Course, *, for_skills: tuple[str, ...] = (), day: date) -> Fact:
    """A course as it is shown. What the person would pay follows from the fee and the share that the source names."""
    own = None
    if course.fee is not None and course.subsidy is not None:
        own = round(course.fee * (1 - course.subsidy))
    return {
        "type": "course",
        "id": course.id,
        "title": title_of(course),
        "provider": course.provider,
        "starts_on": course.starts_on.isoformat() if course.starts_on else None,
        "ends_on": course.ends_on.isoformat() if course.ends_on else None,
        "begun": bool(course.starts_on and course.starts_on < day),
        "hours": course.hours,
        "fee": _number(course.fee),
        "subsidy": None if course.subsidy is None else float(course.subsidy),
        "own": own,
        "credential": course.credential,
        "level": course.level,
        "place": names.place(course.place_id) if course.place_id else None,
        "online": course.online,
        "skills": names.skills(for_skills or course.skills),
        "source": course.source,
        "url": course.url,
    }


# -- one reason in words ---------------------------------------------------------------------------------------------


def because(reason: Reason, names: Names) -> Fact:
    """The sentence of one reason: a key for its feature and state, and the facts in it."""
    made = _SENTENCES.get(reason.feature, _plain)(reason, names)
    return made


def _plain(reason: Reason, names: Names) -> Fact:
    return line(f"why_{reason.feature}_{reason.detail.get('state', 'known')}", **_simple(reason.detail))


def _simple(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if isinstance(value, (int, float, str)) and name != "state"}


def _skills(reason: Reason, names: Names) -> Fact:
    detail = reason.detail
    if detail["state"] != "named":
        return line(f"why_{reason.feature}_none_named")
    held, missing = detail["held"], detail["missing"]
    near = [{"skill": names.skill(one["skill"]), "through": names.skill(one["through"])} for one in detail["partly"]]
    if held:
        return line(f"why_{reason.feature}_held", held=names.skills(held), count=len(held), of=_asked(detail))
    if near and detail["partly"][0]["how"] == "wanted":
        return line(f"why_{reason.feature}_wanted", skill=near[0]["skill"])
    if near:
        return line(f"why_{reason.feature}_near", skill=near[0]["skill"], through=near[0]["through"])
    return line(f"why_{reason.feature}_missing", missing=names.skills(missing[:3]))


def _asked(detail: Mapping[str, Any]) -> int:
    return sum(len(detail[name]) for name in ("held", "partly", "missing"))


def _occupation(reason: Reason, names: Names) -> Fact:
    detail = reason.detail
    if detail["state"] != "compared":
        return line(f"why_occupation_{detail['state']}")
    occupation, nearest = names.occupation(detail["occupation"]), names.occupation(detail["nearest"])
    relation = detail["relation"] if detail["relation"] in ("same", "none") else "near"
    source = "wish" if detail["source"] == "wish" else "job"
    return line(f"why_occupation_{relation}_{source}", occupation=occupation, nearest=nearest)


def _commute(reason: Reason, names: Names) -> Fact:
    detail = reason.detail
    if detail["state"] != "distance":
        return line(f"why_commute_{detail['state']}")
    if not detail["km"]:
        return line("why_commute_here", place=names.place(detail["from"]))
    return line("why_commute_distance", km=detail["km"], place=names.place(detail["from"]))


def _pay(reason: Reason, names: Names) -> Fact:
    detail = reason.detail
    if detail["state"] != "compared":
        return line(f"why_pay_{detail['state']}")
    key = "why_pay_enough" if detail["monthly"] >= detail["wish_monthly"] else "why_pay_below"
    return line(key, wish={"twd": int(float(detail["wish"]))}, period=line(f"period_{detail['wish_period']}"))


def _choice(reason: Reason, names: Names) -> Fact:
    given = reason.detail.get(reason.feature)
    if given is None:
        return line("why_wish_not_given", what=line(f"feature_{reason.feature}"))
    values = given if isinstance(given, list) else [given]
    if reason.feature == "shifts" and not reason.detail.get("wished") and reason.detail["state"] == "as_wished":
        return line("why_shifts_not_avoided", given=[line(f"shifts_{value}") for value in values])
    shown = [line(f"{reason.feature}_{value}") for value in values]
    return line(f"why_wish_{reason.detail['state']}", given=shown, what=line(f"feature_{reason.feature}"))


def _licence(reason: Reason, names: Names) -> Fact:
    detail = reason.detail
    if detail["state"] != "asked":
        return line("why_licence_none_asked")
    which = "missing" if detail["missing"] else "held"
    return line(f"why_licence_{which}", names=names.skills(detail[which]))


def _language(reason: Reason, names: Names) -> Fact:
    detail = reason.detail
    if detail["state"] != "asked":
        return line("why_language_none_asked")
    which = "missing" if detail["missing"] else "met"
    return line(f"why_language_{which}", names=names.skills(one["id"] for one in detail[which]))


def _quality(reason: Reason, names: Names) -> Fact:
    told, untold = reason.detail.get("told", ()), reason.detail.get("not_told", ())
    return line("why_quality_known", told=len(told), of=len(told) + len(untold))


_SENTENCES: Mapping[str, Callable[[Reason, Names], Fact]] = {
    "essential_skills": _skills,
    "optional_skills": _skills,
    "occupation": _occupation,
    "commute": _commute,
    "pay": _pay,
    "hours": _choice,
    "shifts": _choice,
    "contract": _choice,
    "licence": _licence,
    "language": _language,
    "quality": _quality,
}
