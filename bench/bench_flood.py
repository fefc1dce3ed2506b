"""Whether one person who floods the service slows the others: their p95 with the flood against their p95 without it, one table.

.venv/bin/python bench/bench_flood.py            # needs the trained model (make train)
.venv/bin/python bench/bench_flood.py --quick    # does it run at all

The whole service as real processes with the limits of an installation. Quiet and flooded rounds take turns, so that whatever
else the machine does meets both. Where /tmp/… is not a place for it, set TMPDIR.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import platform
import statistics
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import bench_turns, load_services  # noqa: E402
from bench.load_driver import FAILED, Load, Talker, session  # noqa: E402
from bench.load_services import Service  # noqa: E402
from bench.turn_projects import TOKEN, System  # noqa: E402
from content import load_examples  # noqa: E402

RESULTS = ROOT / "bench" / "results" / "flood.json"
OTHERS, FLOOD_PER_SECOND = 8, 50
PAUSE_SECONDS = 1.0  # between a person's messages: nobody reads faster
EXPECTED_AT_MOST = 2.0
LIMITS = {"JOBSEEKER_MESSAGE_BURST": "20", "JOBSEEKER_MESSAGES_PER_SECOND": "1"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the service, measure by turns, print and keep the table."""
    parsed = parser().parse_args(arguments)
    if parsed.quick:
        parsed.rounds, parsed.messages = 1, 4
    if not (ROOT / "models" / "current").is_file():
        raise SystemExit("there is no trained model: run make train")
    texts = bench_turns.questions(load_examples(ROOT))
    with tempfile.TemporaryDirectory(prefix="bench-flood-") as folder:
        var = Path(folder)
        with load_services.ours(product(), var, var / "log", **LIMITS) as service:
            asyncio.run(talk(service, texts, messages=3))  # warm
            quiet, flooded, statuses = [], [], Counter[int]()
            for _ in range(parsed.rounds):
                quiet.append(asyncio.run(talk(service, texts, parsed.messages)))
                flooded.append(asyncio.run(talk(service, texts, parsed.messages, statuses)))
    found = summary(quiet, flooded, statuses)
    show(found)
    if not parsed.quick:
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        bench_turns.tell(f"kept in {RESULTS.relative_to(ROOT)}")
    return 0 if not found["failures"] and found["limited"] else 1


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--rounds", type=int, default=4, help="quiet and flooded, by turns")
    made.add_argument("--messages", type=int, default=20, help="of each of the others in a round")
    made.add_argument("--quick", action="store_true", help="few of everything; nothing is kept")
    return made


def product() -> System:
    """The service as it is, with the model of `make train`."""
    python = str(ROOT / "bot" / ".venv" / "bin" / "python")
    return System(
        "ours", ROOT, [], [python, "-m", "bot.launch", "run", "--port", "{port}"],
        {"JOBSEEKER_INTERNAL_TOKEN": TOKEN, "JOBSEEKER_SAMPLES": "false"}, "/webhooks/jobseeker/health", "",
    )  # fmt: skip


async def talk(service: Service, texts: Sequence[str], messages: int, statuses: Counter[int] | None = None) -> Load:
    """OTHERS people ask `messages` each; with `statuses` somebody floods meanwhile, and what they were told is counted there."""
    load, numbers = Load(), itertools.count()
    async with session() as http:

        async def one() -> None:
            talker = Talker(service, http)
            await talker.begin()
            for _ in range(messages):
                took = await talker.ask(texts[next(numbers) % len(texts)])
                if took == FAILED:
                    load.failures += 1
                else:
                    load.took.append(took)
                await asyncio.sleep(PAUSE_SECONDS)

        flooding = asyncio.create_task(flood(service, http, texts, statuses)) if statuses is not None else None
        await asyncio.gather(*(one() for _ in range(OTHERS)))
        if flooding is not None:
            flooding.cancel()
            await asyncio.gather(flooding, return_exceptions=True)
    return load


async def flood(service: Service, http: Any, texts: Sequence[str], statuses: Counter[int]) -> None:
    """One person, 50 messages a second, whatever the answers are."""
    talker = Talker(service, http)
    await talker.begin()
    address = f"{service.url}/api/v1/conversations/{talker.id}/messages"
    headers = {"Authorization": f"Bearer {talker.token}"}

    async def send(number: int) -> None:
        body = {"text": texts[number % len(texts)], "client_message_id": uuid.uuid4().hex}
        async with http.post(address, json=body, headers=headers) as answer:
            statuses[answer.status] += 1
            await answer.read()

    loop = asyncio.get_running_loop()
    began, sending = loop.time(), set()
    try:
        for number in itertools.count():
            await asyncio.sleep(max(0.0, began + number / FLOOD_PER_SECOND - loop.time()))
            task = asyncio.create_task(send(number))
            sending.add(task)
            task.add_done_callback(sending.discard)
    finally:
        await asyncio.gather(*sending, return_exceptions=True)


def summary(quiet: Sequence[Load], flooded: Sequence[Load], statuses: Counter[int]) -> dict[str, Any]:
    """What is kept. The ratio is of the medians over the rounds."""
    numbers = {}
    for name, loads in (("quiet", quiet), ("flooded", flooded)):
        for share in (50, 95):
            numbers[f"{name}_p{share}_ms"] = round(statistics.median(load.percentile(share / 100) for load in loads), 1)
    return {
        "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {bench_turns.psutil_cores()} cores shared by service and load",
        "load_average": round(os.getloadavg()[0], 1),  # of the last minute, our own work included
        **numbers,
        "ratio_p95": round(numbers["flooded_p95_ms"] / numbers["quiet_p95_ms"], 2),
        "expected_at_most": EXPECTED_AT_MOST,
        "others": OTHERS,
        "answered": sum(len(load.took) for load in (*quiet, *flooded)),
        "failures": sum(load.failures for load in (*quiet, *flooded)),
        "taken_of_the_flood": statuses[202],
        "limited": statuses[429],
    }


def show(found: dict[str, Any]) -> None:
    """Print it."""
    for name, value in found.items():
        bench_turns.tell(f"  {name:22}{value}")
    verdict = "ok" if found["ratio_p95"] <= EXPECTED_AT_MOST else "ABOVE"
    bench_turns.tell(
        f"p95 of the others with the flood: {found['ratio_p95']}x, expected <= {EXPECTED_AT_MOST}x  {verdict}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
