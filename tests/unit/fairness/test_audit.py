"""The audit over a real store with the real ranking: biased weights and biased treatment are flagged, and unbiased ones are not."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from app.fairness.report import Period, report_of, rules_of
from jobseeker.fairness.audit import FLAGGED, HIDDEN, Audit, Cell, audit
from jobseeker.knowledge import Pack
from jobseeker.matching import RankingPolicy
from store.fairness_audit import fairness_reader
from tests.doubles.kit import NOW, Kit
from tests.doubles.matching_world import POLICY
from tests.doubles.population import Population, Someone, weighing

pytestmark = pytest.mark.slow  # with `make test`

MONTH = Period("2026-11", "2026-11")


async def audited(kit: Kit, population: Population, pack: Pack) -> Audit:
    await population.move_in(kit)
    since, until = MONTH.moments()
    async with fairness_reader(kit.services.store) as source:
        subjects = await source.subjects(since=since, until=until)
    assert len(subjects) == population.size
    return audit(subjects, rules_of(pack.figures, NOW.date()))


def found(result: Audit, dimension: str, outcome: str) -> dict[str, Cell]:
    return {cell.group: cell for cell in result.cells if (cell.dimension, cell.outcome) == (dimension, outcome)}


def flags(result: Audit) -> set[tuple[str, str, str]]:
    return {(cell.dimension, cell.outcome, cell.group) for cell in result.flagged}


@pytest.mark.parametrize("seed", [11, 12, 13])
async def test_an_even_hand_is_not_flagged(kit: Kit, pack: Pack, seed: int) -> None:
    result = await audited(kit, Population(seed=seed), pack)
    assert flags(result) == set()
    assert result.comparisons >= 25, "it did compare"
    assert {cell.outcome for cell in result.cells} == {
        "matches_shown", "match_points", "handoff_offered", "handoff_made", "case_taken", "waited_short", "turn_failed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "flagged"),
    [
        (weighing({"hours": 0}), False),
        (weighing({"hours": 7_000}), True),
    ],
)
async def test_a_biased_weight_is_flagged(kit: Kit, pack: Pack, policy: RankingPolicy, flagged: bool) -> None:
    """The same people and the same vacancies, few of them part-time: only the weight of the hours, which women and men here wish
    differently, is another."""
    result = await audited(kit, Population(policy=policy, part_time_every=12, hours_by_sex=True), pack)
    wrong = ("sex", "match_points", "female")
    assert (wrong in flags(result)) is flagged
    assert flags(result) <= {wrong}
    if flagged:
        cell = found(result, "sex", "match_points")["female"]
        assert cell.ratio is not None
        assert cell.ratio < 0.5
        assert cell.ratio_interval is not None
        assert cell.ratio_interval[1] < 0.8
        assert cell.p is not None
        assert cell.p < 0.001


def slow_for(dimension: str, group: str) -> Population:
    def wait(who: Someone, chance: random.Random) -> float:
        return chance.uniform(40, 90) if getattr(who, dimension) == group else chance.uniform(1, 30)

    return Population(wait=wait, size=240)


BIASED = {
    ("variety", "turn_failed", "en"): Population(failed=lambda who, chance: 3 if who.variety == "en" else int(chance.random() < 0.3)),
    ("age_band", "handoff_offered", "35_44"): Population(offered=lambda who, chance: chance.random() < (0.15 if who.age_band == "35_44" else 0.8)),
    ("channel", "waited_short", "line"): slow_for("channel", "line"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", BIASED, ids=str)
async def test_unequal_treatment_is_flagged_where_it_is(kit: Kit, pack: Pack, wrong: tuple[str, str, str]) -> None:
    result = await audited(kit, replace(BIASED[wrong], people=[]), pack)
    assert wrong in flags(result)
    dimension, outcome, group = wrong
    others = {one for one in flags(result) if one[0] == dimension and one[1] == outcome}
    assert others == {wrong}, "and not elsewhere in that table"
    if outcome == "waited_short":
        waits = found(result, dimension, outcome)
        assert 40 * 60 < (waits[group].median_wait_seconds or 0) < 90 * 60
        assert 60 < (waits["web"].median_wait_seconds or 0) < 30 * 60


async def test_small_groups_are_hidden_everywhere(kit: Kit, pack: Pack) -> None:
    """Six people write in simplified Chinese; nothing of them may stand in the report, nor follow from it."""
    population = Population(varieties=("zh-Hant",), says=lambda who: who.number < 30)
    await population.move_in(kit)
    async with kit.services.engines.writer.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE conversation SET variety = 'zh-Hans' WHERE id < '00000000000000000000000000000006'"
        )
    since, until = MONTH.moments()
    async with fairness_reader(kit.services.store) as source:
        result = audit(await source.subjects(since=since, until=until), rules_of(pack.figures, NOW.date()))
    for outcome in {cell.outcome for cell in result.cells}:
        cells = found(result, "variety", outcome)
        assert {cell.verdict for cell in cells.values()} == {HIDDEN}, (
            "with the larger one shown the smaller would follow"
        )
    report = report_of(result, None, MONTH, pack.figures, NOW.date(), 0)
    hidden = [cell for cell in report["cells"] if cell["verdict"] == HIDDEN]
    assert len(hidden) > 7
    for cell in hidden:
        told = {name for name, value in cell.items() if value is not None}
        assert told == {"dimension", "outcome", "group", "verdict"}
    ages = found(result, "age_band", "turn_failed")
    assert [ages[band].people for band in ("15_24", "25_34", "35_44")] == [10, 10, 10]
    assert ages["unknown"].verdict == "not_said"


async def test_an_empty_service_has_nothing_to_flag(kit: Kit, pack: Pack) -> None:
    since, until = MONTH.moments()
    async with fairness_reader(kit.services.store) as source:
        result = audit(await source.subjects(since=since, until=until), rules_of(pack.figures, NOW.date()))
    assert (result.cells, result.people, result.comparisons) == ((), 0, 0)


def test_periods_are_whole_months() -> None:
    today = NOW.date()
    assert Period.of("", "", today) == Period("2025-12", "2026-11")
    assert Period.of("", "2026-01", today) == Period("2025-02", "2026-01")
    assert Period.of("2026-03", "2026-12", today).moments()[1].isoformat() == "2027-01-01T00:00:00+08:00"
    for wrong in (("2026-11-03", ""), ("2026-12", "2026-11"), ("soon", "")):
        with pytest.raises(ValueError):
            Period.of(*wrong, today)
    assert POLICY.rows["weight.hours"][-1].value == 500, "the real one, in test_an_even_hand_is_not_flagged"
    assert FLAGGED == "flagged"
