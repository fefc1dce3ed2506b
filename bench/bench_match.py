"""`make bench-match`: exact ranking of generated vacancies against a plain NumPy pass, PostgreSQL, SQLite FTS5 and Tantivy. One run, one table.

Everything runs on one core. Times are milliseconds of the clock and, where the work is in this process, of the processor, which is
what counts on a busy machine. "found": how many of the exact ten best are among the ten a peer gives.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from match_peers import PEERS, asked, document
from match_world import DAY, World

from app.vacancy_index import VacancyIndex
from content import load_ranking
from jobseeker.matching import Matcher, facts_of
from jobseeker.matching.index import Builder, IndexFolder
from jobseeker.matching.index.segment import Segment
from jobseeker.matching.index.tables import pay_points, tables_of, weighed
from jobseeker.matching.query import Query
from jobseeker.profile import Profile
from store.engine import create_engines
from store.migrate import upgrade
from store.unit_of_work import SqlStore

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results" / "match.json"
K = 10


@dataclass
class Timing:
    """Milliseconds of each query, by the clock and by the processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        """Percentiles."""
        result = {}
        for name, values in (("wall", self.wall), ("cpu", self.cpu)):
            if values:
                for share in (50, 95, 99):
                    result[f"{name}_p{share}"] = round(float(np.percentile(values, share)), 2)
        return result


class Naive:
    """A plain NumPy pass: every feature of every vacancy, then the ten best. Exact, and nothing left out."""

    def __init__(self, segment: Segment, rarity: np.ndarray) -> None:  # type: ignore[type-arg]
        self.segment, self.rarity = segment, rarity

    def top(self, query: Query) -> list[int]:
        """Ids of the best. No limits but those the tables hold, and pay."""
        columns, tables = self.segment.columns, tables_of(query, self.segment, self.rarity)
        total = tables.occupation[columns["occupation"]] + tables.locality[columns["locality"]]
        total += tables.terms[columns["terms"]] + tables.licence_set[columns["licence_set"]]
        total += tables.language_set[columns["language_set"]] + tables.quality[columns["quality"]]
        total += tables.posted[np.minimum(columns["posted"], len(tables.posted) - 1)]
        total += pay_points(query, columns["pay_middle"])
        got = np.concatenate((np.zeros(1, np.int64), np.cumsum(tables.credit[columns["skills"]], dtype=np.int64)))
        start = columns["skill_start"].astype(np.int64)
        middle = start[:-1] + columns["essential_count"]
        for name, part in (("essential", got[middle] - got[start[:-1]]), ("optional", got[start[1:]] - got[middle])):
            named = columns[f"{name}_rarity"].astype(np.int64)
            value = np.where(named == 0, query.neutral, 10 * part // np.maximum(1, named))
            total += weighed(query.weights[f"{name}_skills"], value.astype(np.int32))
        if "pay" in query.firm and query.wish_monthly is not None:
            total[(columns["pay_top"] >= 0) & (columns["pay_top"] < query.wish_monthly)] = -1
        least = np.partition(total, len(total) - K)[len(total) - K]
        rows = np.flatnonzero(total >= max(0, least))
        order = np.lexsort((columns["ids"][rows], -columns["posted"][rows].astype(np.int64), -total[rows]))[:K]
        return columns["ids"][rows[order]].tolist()  # type: ignore[no-any-return]


def timed(work: Any, items: Sequence[Any]) -> tuple[Timing, list[Any]]:
    """Do each and time it."""
    timing, results = Timing(), []
    for item in items:
        cpu, wall = time.process_time(), time.perf_counter()
        results.append(work(item))
        timing.wall.append((time.perf_counter() - wall) * 1000)
        timing.cpu.append((time.process_time() - cpu) * 1000)
    return timing, results


def say(text: str) -> None:
    """A line of progress."""
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


def build(world: World, size: int, documents: Path, folder: Path) -> dict[str, Any]:
    """Generate, write the peers' file, build the index and put it on disk. Only the last two count as building."""
    parameters = load_ranking(ROOT).on(DAY)
    builder = Builder(world.catalogue, parameters)
    wall = cpu = 0.0
    with documents.open("w", encoding="utf-8") as out:
        for number, batch in enumerate(world.vacancies(size)):
            out.writelines(document(vacancy, world.catalogue) for vacancy in batch)
            began, began_cpu = time.perf_counter(), time.process_time()
            for vacancy in batch:
                builder.add(facts_of(vacancy, world.catalogue, parameters))
            wall, cpu = wall + time.perf_counter() - began, cpu + time.process_time() - began_cpu
            if number % 10 == 9:
                say(f"{(number + 1) * len(batch):,} generated")
    began, began_cpu = time.perf_counter(), time.process_time()
    segment, rarity = builder.finish()
    IndexFolder(folder).write(segment, rarity, world.catalogue, parameters, 0)
    wall, cpu = wall + time.perf_counter() - began, cpu + time.process_time() - began_cpu
    return {"build_wall_seconds": round(wall, 1), "build_cpu_seconds": round(cpu, 1), "bytes": segment.nbytes}


async def updates(world: World, index: VacancyIndex, store: SqlStore, count: int) -> dict[str, float]:
    """Change so many vacancies in the database; how long until a search knows them, and what it then costs."""
    await index.matcher(DAY)
    batches = world.vacancies(count, batch=500)
    for batch in batches:
        async with store.write() as work:
            await work.vacancies.put(batch, now=datetime.now(UTC), today=DAY)
    say(f"{count:,} vacancies changed in the database")
    cpu, wall = time.process_time(), time.perf_counter()
    matcher = await index.matcher(DAY)
    matcher.rank(Profile(), DAY, K)
    return {
        "changed": count,
        "update_wall_seconds": round(time.perf_counter() - wall, 2),
        "update_cpu_seconds": round(time.process_time() - cpu, 2),
    }


def recall(exact: Sequence[Sequence[int]], found: Sequence[Sequence[int]]) -> float:
    """Mean share of the exact best that were found."""
    shares = [len(set(one) & set(other)) / len(one) for one, other in zip(exact, found, strict=True) if one]
    return round(sum(shares) / len(shares), 3)


async def run(wish: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All of it."""
    world = World(ROOT, wish.seed)
    world.catalogue.prepare()
    documents = folder / "documents.tsv"
    result: dict[str, Any] = {
        "size": wish.size,
        "profiles": wish.profiles,
        "seed": wish.seed,
        "python": platform.python_version(),
    }
    result |= await asyncio.to_thread(build, world, wish.size, documents, folder / "index")
    result["bytes_per_vacancy"] = round(result["bytes"] / wish.size, 1)
    say(f"built: {result['build_wall_seconds']} s, {result['build_cpu_seconds']} s of processor")
    policy = load_ranking(ROOT)
    snapshot = IndexFolder(folder / "index").load(world.catalogue, policy.on(DAY))
    assert snapshot is not None
    matcher = Matcher(world.catalogue, policy, snapshot)
    profiles, warm = world.profiles(wish.profiles), world.profiles(30)
    timed(lambda profile: matcher.rank(profile, DAY, K), warm)
    timing, rankings = timed(lambda profile: matcher.rank(profile, DAY, K), profiles)
    exact = [[match.vacancy_id for match in ranking.matches] for ranking in rankings]
    rows: dict[str, Any] = {"ours": timing.summary() | {"found": 1.0, "queries": len(profiles)}}
    say(f"ours: {rows['ours']}")
    naive = Naive(snapshot.parts[0].segment, snapshot.rarity)
    open_today = snapshot.on(DAY)
    assert len(open_today) == len(snapshot), "nothing has expired, so the plain pass sees the same"
    few = profiles[: wish.peer_profiles]
    timing, found = timed(lambda profile: naive.top(matcher.query(profile, DAY)), few)
    rows["NumPy, everything"] = timing.summary() | {"found": recall(exact[: len(few)], found), "queries": len(few)}
    assert [ids for ids in found if ids] == [ids for ids in exact[: len(few)] if ids], "the bounds lost a vacancy"
    say(f"NumPy: {rows['NumPy, everything']}")
    engines = create_engines(f"sqlite+aiosqlite:///{folder / 'bench.db'}")
    await upgrade(engines)
    store = SqlStore(engines)
    index = VacancyIndex(store, folder / "index", world.catalogue, policy)
    result |= await updates(world, index, store, max(1, wish.size // 100))
    later = await index.matcher(DAY)
    timed(lambda profile: later.rank(profile, DAY, K), warm)
    timing, _ = timed(lambda profile: later.rank(profile, DAY, K), few)
    rows["ours, after 1 % changed"] = timing.summary() | {"found": 1.0, "queries": len(few)}
    await engines.dispose()
    say(f"updates: {result['update_wall_seconds']} s; then {rows['ours, after 1 % changed']}")
    if not wish.no_peers:
        questions = [asked(profile, world.catalogue) for profile in few]
        for name, peer in PEERS.items():
            say(f"{name} …")
            told = await asyncio.to_thread(peer, documents, questions)
            timing = Timing([milliseconds for milliseconds, _ in told["results"]])
            found = [ids for _, ids in told["results"]]
            rows[f"{name} ({told['version']})"] = timing.summary() | {
                "found": recall(exact[: len(few)], found),
                "queries": len(few),
                "build_seconds": round(told["build_seconds"], 1),
                "bytes_per_vacancy": round(told["bytes"] / wish.size, 1),
            }
            say(f"{name}: {timing.summary()}")
    result["rows"] = rows
    return result


def table(result: dict[str, Any]) -> str:
    """As Markdown."""
    lines = [
        f"{result['size']:,} vacancies, {result['profiles']:,} profiles, one core; build {result['build_cpu_seconds']} s of processor"
        f" ({result['build_wall_seconds']} s by the clock), {result['bytes_per_vacancy']} bytes a vacancy; {result['changed']:,} changed vacancies"
        f" visible after {result['update_cpu_seconds']} s of processor ({result['update_wall_seconds']} s by the clock)",
        "",
        "| | queries | ms p50 | p95 | p99 | processor ms p50 | p95 | p99 | of the exact ten best |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in result["rows"].items():
        times = [row.get(f"{kind}_p{share}", "") for kind in ("wall", "cpu") for share in (50, 95, 99)]
        lines.append(f"| {name} | {row['queries']:,} | " + " | ".join(map(str, times)) + f" | {row['found']:.0%} |")
    return "\n".join(lines)


def main() -> int:
    """Run and print; with the full size, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--profiles", type=int, default=1_000)
    parser.add_argument("--peer-profiles", type=int, default=30, help="how many of them the others are asked")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--keep", action="store_true", help="write bench/results/match.json also for another size")
    wish = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    folder = Path(tempfile.mkdtemp(prefix="bench-match-"))
    try:
        result = asyncio.run(run(wish, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result["measured_on"] = datetime.now(UTC).date().isoformat()
    result["load"] = [round(value, 1) for value in os.getloadavg()]
    print(table(result))
    if wish.keep or wish.size == parser.get_default("size"):
        RESULTS.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
