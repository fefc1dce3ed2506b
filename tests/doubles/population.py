"""A made-up population in a real store: what they say of themselves, what the real ranking showed them, how they were treated otherwise."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import insert

from jobseeker.fairness.declared import AGE_BANDS
from jobseeker.matching import Matcher, RankingPolicy
from jobseeker.matching.policy import FEATURES
from jobseeker.messages import Understanding
from jobseeker.profile import Held, Profile, Wishes
from store.fairness_tables import self_declaration
from store.matching_tables import match_log
from store.tables import conversation, handoff_case, inbox, person
from tests.doubles.kit import NOW, Kit
from tests.doubles.matching_world import CATALOGUE, DAY, OCCUPATIONS, PLACES, POLICY, SKILLS, vacancy

MARKET = 200


@dataclass(frozen=True)
class Someone:
    """One of them, by number."""

    number: int
    sex: str
    age_band: str
    channel: str
    variety: str


@dataclass
class Population:
    """How they are treated. Each function gets the person and a source of chance that is the same in every run.

    failed: of 4 messages, how many are not understood; offered, opened, taken: hand-offs; wait: minutes.
    """

    size: int = 160
    seed: int = 11
    failed: Callable[[Someone, random.Random], int] = lambda who, chance: int(chance.random() < 0.3)
    offered: Callable[[Someone, random.Random], bool] = lambda who, chance: chance.random() < 0.6
    wait: Callable[[Someone, random.Random], float] = lambda who, chance: chance.uniform(1, 30)
    says: Callable[[Someone], bool] = lambda who: True  # whether they told age band and sex
    policy: RankingPolicy = POLICY
    part_time_every: int = 2  # every so many vacancies are part-time
    hours_by_sex: bool = False  # women look for those, and men for the others
    varieties: tuple[str, ...] = ("zh-Hant", "en")
    people: list[Someone] = field(default_factory=list)

    async def move_in(self, kit: Kit) -> None:
        """Into the store of this kit."""
        chance = random.Random(self.seed)
        matcher, waits = market(self.policy, self.part_time_every), []
        async with kit.services.engines.writer.begin() as connection:
            for number in range(self.size):
                who = Someone(
                    number,
                    ("female", "male")[number % 2],
                    AGE_BANDS[number // 2 % 3],
                    ("web", "line")[number // 3 % 2],
                    self.varieties[number // 5 % len(self.varieties)],
                )
                self.people.append(who)
                key = f"{number:032x}"
                await connection.execute(insert(person).values(id=key, created_at=NOW))
                await connection.execute(insert(conversation).values(_conversation(key, who)))
                offered = self.offered(who, chance)
                bad = self.failed(who, chance)
                rows = [_message(key, who, seq, seq <= bad, offered and seq == 4) for seq in range(1, 5)]
                await connection.execute(insert(inbox), rows)
                if self.says(who):
                    told = {"person_id": key, "age_band": who.age_band, "sex": who.sex, "at": NOW}
                    await connection.execute(insert(self_declaration).values(told))
                shown = matcher.rank(profile_of(who, chance, self.hours_by_sex), DAY, 5)
                ranked = [[match.vacancy_id, match.score] for match in shown.matches]
                log = {
                    "person_id": key,
                    "conversation_id": key,
                    "query": {"kind": "ranking"},
                    "versions": {},
                    "at": NOW,
                }
                await connection.execute(insert(match_log).values(**log, result={"ranked": ranked, "matches": []}))
                wait = self.wait(who, chance)
                if offered and chance.random() < 0.8:
                    await connection.execute(insert(handoff_case).values(_case(key, number, who)))
                    waits.append((number, wait))
        for number, minutes in waits:
            if chance.random() < 0.15:
                continue  # nobody has taken it yet
            async with kit.services.store.write() as work:
                at = NOW + timedelta(minutes=minutes)
                await work.ledger.record(at=at, actor="account:1", action="case.claimed", case_id=number + 1)


def market(policy: RankingPolicy, part_time_every: int) -> Matcher:
    """A labour market in which every so many vacancies are part-time."""
    chance = random.Random(3)
    found = [
        replace(
            vacancy(chance, number),
            hours="part_time" if number % part_time_every == 0 else "full_time",
            expires_on=None,
        )
        for number in range(1, MARKET + 1)
    ]
    return Matcher.over(CATALOGUE, policy, found, DAY)


def profile_of(who: Someone, chance: random.Random, hours_by_sex: bool) -> Profile:
    """The same for everybody but for the hours they look for."""
    part_time = hours_by_sex and who.sex == "female"
    hours = ("part_time",) if part_time else ("full_time",)
    wishes = Wishes(occupations=(chance.choice(OCCUPATIONS),), hours=hours)
    return Profile(tuple(Held(name) for name in chance.sample(SKILLS, 6)), (), wishes, chance.choice(PLACES))


def weighing(weights: Mapping[str, int]) -> RankingPolicy:
    """The real policy with these weights, the rest shared out among the others."""
    others = [feature for feature in FEATURES if feature not in weights]
    each = (10_000 - sum(weights.values())) // len(others)
    rows = dict(POLICY.rows)
    for feature in FEATURES:
        row = rows[f"weight.{feature}"][-1]
        rows[f"weight.{feature}"] = (replace(row, value=weights.get(feature, each)),)
    return RankingPolicy(rows, POLICY.requirements, POLICY.labels)


def _conversation(key: str, who: Someone) -> dict[str, object]:
    return {
        "id": key, "channel": who.channel, "channel_key": key, "variety": who.variety, "variety_chosen": False, "owner": "bot",
        "owner_version": 0, "last_topic": "", "last_act": "", "failed_turns": 0, "next_seq": 9, "created_at": NOW, "updated_at": NOW,
        "person_id": key,
    }  # fmt: skip


def _message(key: str, who: Someone, seq: int, failed: bool, offered: bool) -> dict[str, object]:
    understood = (
        Understanding("faq/ui_amount", 0.9) if not failed else Understanding("faq/ui_amount", 0.1, outcome="unsure")
    )
    return {
        "conversation_id": key, "channel": who.channel, "event_id": f"{key}:{seq}", "seq": seq, "text": "…", "command": "",
        "state": "done", "attempts": 0, "due_at": NOW, "last_error": "", "understanding": understood.to_dict(),
        "escalation": {"level": "offer" if offered else "none", "reasons": []}, "received_at": NOW + timedelta(seconds=seq),
    }  # fmt: skip


def _case(key: str, number: int, who: Someone) -> dict[str, object]:
    return {
        "id": number + 1, "conversation_id": key, "reasons": ["asked_for_human"], "urgency": 1, "variety": who.variety,
        "state": "waiting", "opened_at": NOW, "version": 0,
    }  # fmt: skip
