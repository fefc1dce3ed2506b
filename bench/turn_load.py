"""Starts a Rasa server for bench_turns.py, talks to it over HTTP and measures. What is compared is decided there."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from bench.turn_projects import TOKEN, System


@dataclass
class Round:
    """What one round of one system gave."""

    start_seconds: float = 0.0
    turn_ms: dict[int, float] = field(default_factory=dict)  # median around turn N of one long conversation
    per_second: dict[int, float] = field(default_factory=dict)  # by number of senders, fresh conversations
    rss_mb: float = 0.0
    failures: int = 0


def pin(process: int, core: int) -> None:
    """Server on one core, load on the other, where there are two: neither disturbs the other."""
    if (os.cpu_count() or 1) >= 2 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process, {core})


class Client:
    """One keep-alive connection. Not for several threads."""

    numbers = itertools.count(1)

    def __init__(self, system: System, port: int) -> None:
        self.system = system
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, conversation: str, text: str) -> tuple[float, bool]:
        """Milliseconds until the reply was read, and whether it was a reply."""
        body = json.dumps(self.system.body(conversation, next(self.numbers), text)).encode()
        began = time.perf_counter()
        self.connection.request(
            "POST", self.system.path, body, {"Content-Type": "application/json", "X-Internal-Token": TOKEN}
        )
        response = self.connection.getresponse()
        answer = json.loads(response.read())
        took = (time.perf_counter() - began) * 1000
        said = answer.get("says") or answer.get("commands") if isinstance(answer, dict) else answer
        return took, response.status == 200 and bool(said)


@contextmanager
def served(system: System, port: int, log: str) -> Iterator[tuple[psutil.Process, float]]:
    """A running server and how long it took to answer its health check."""
    with open(log, "ab") as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            [part.format(port=port) for part in system.serve],
            cwd=system.folder,
            env=system.env(),
            stdout=out,
            stderr=out,
        )
    try:
        pin(process.pid, 0)
        wait_until_healthy(system, port, process)
        yield psutil.Process(process.pid), time.perf_counter() - began
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_healthy(system: System, port: int, process: subprocess.Popen[bytes], seconds: float = 300) -> None:
    """Ask until it answers 200. Raises RuntimeError where the process ends or takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{system.name} ended with {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", system.health)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{system.name} was not healthy after {seconds:.0f} s")


def rss_mb(process: psutil.Process) -> float:
    """Resident memory of a process and its children."""
    return sum(p.memory_info().rss for p in [process, *process.children(recursive=True)]) / 1e6


def one_round(
    system: System,
    port: int,
    texts: Sequence[str],
    turns: Sequence[int],
    messages: int,
    log: str,
    tell: Callable[[str], None],
) -> Round:
    """Start, one long conversation, then 1 and 8 senders with conversations of six messages."""
    result = Round()
    with served(system, port, log) as (process, result.start_seconds):
        client = Client(system, port)
        for number in range(20):
            client.ask(f"warm{number % 4}-{time.time_ns()}", texts[number % len(texts)])
        long_conversation(client, texts, turns, result)
        tell(
            f"  {system.name}: start {result.start_seconds:.1f} s, ms per turn { ({n: round(v, 2) for n, v in result.turn_ms.items()}) }"
        )
        for senders in (1, 8):
            result.per_second[senders] = throughput(system, port, texts, senders, messages, result)
        result.rss_mb = rss_mb(process)
        tell(
            f"  {system.name}: messages/s { ({n: round(v) for n, v in result.per_second.items()}) }, RSS {result.rss_mb:.0f} MB"
        )
    return result


def long_conversation(client: Client, texts: Sequence[str], turns: Sequence[int], result: Round) -> None:
    """One conversation that grows; around each wished length the median of the last ten turns."""
    took: list[float] = []
    conversation = f"long-{time.time_ns()}"
    for number in range(max(turns)):
        milliseconds, good = client.ask(conversation, texts[number % len(texts)])
        took.append(milliseconds)
        result.failures += not good
        if number + 1 in turns:
            result.turn_ms[number + 1] = statistics.median(took[-10:])


def throughput(system: System, port: int, texts: Sequence[str], senders: int, messages: int, result: Round) -> float:
    """Messages per second with so many senders at once, each with its own conversations."""
    failures: list[int] = []

    def talk(sender: int) -> None:
        client, bad = Client(system, port), 0
        for number in range(messages // senders):
            conversation = f"s{senders}-{sender}-{number // 6}-{began_at}"
            bad += not client.ask(conversation, texts[(sender + number) % len(texts)])[1]
        failures.append(bad)

    began_at = time.time_ns()
    threads = [threading.Thread(target=talk, args=(sender,)) for sender in range(senders)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if len(failures) < senders:
        raise RuntimeError(f"{system.name}: a sender ended early")
    result.failures += sum(failures)
    return (messages // senders) * senders / took
