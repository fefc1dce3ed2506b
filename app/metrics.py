"""The service's metrics in Prometheus' form. What each is for stands in docs/operations.md; reaching them is gateway/metrics_site.py.

Labels are fixed words: a channel, an outcome, a route's pattern. Nothing of a person ever becomes one (LABELS is tested).
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from jobseeker.answering import Plan
from jobseeker.handoff import URGENCY_AT_ONCE, URGENCY_CRISIS
from jobseeker.metering import Answer, Delivery, Engine, Understood, answer_of, escalated_of, understood_of
from jobseeker.storage_operations import Sample
from jobseeker.switches import CAPABILITIES

LABELS = frozenset(
    {"channel", "outcome", "level", "urgency", "capability", "dependency", "route", "status", "version", "knowledge"}
)
URGENCIES: Mapping[int, str] = {URGENCY_CRISIS: "crisis", URGENCY_AT_ONCE: "at_once"}
FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)
PATIENT = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)  # up to a message given up
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def version() -> str:
    """The release that runs here."""
    return importlib.metadata.version("jobseeker")


class Observed(Collector):
    """What is looked at when somebody asks: the database's queues and what the gateway leans on. Absent while it is not known."""

    def __init__(self) -> None:
        self.sample: Sample | None = None
        self.up: Mapping[str, bool] = {}

    def describe(self) -> list[Metric]:
        """Nothing is known before somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The families."""
        up = GaugeMetricFamily("jobseeker_dependency_up", "1: it answers", labels=["dependency"])
        for name, fine in self.up.items():
            up.add_metric([name], float(fine))
        yield up
        if self.sample is not None:
            yield from _families(self.sample)


def _families(sample: Sample) -> Iterator[Metric]:
    yield GaugeMetricFamily("jobseeker_inbox_pending", "Messages without an answer", sample.inbox.count)
    yield GaugeMetricFamily(
        "jobseeker_inbox_oldest_seconds", "Age of the oldest unanswered", sample.inbox.oldest_seconds
    )
    pending = GaugeMetricFamily("jobseeker_outbox_pending", "Replies not sent yet", labels=["channel"])
    oldest = GaugeMetricFamily("jobseeker_outbox_oldest_seconds", "Age of the oldest of them", labels=["channel"])
    for channel, waiting in sample.outbox.items():
        pending.add_metric([channel], waiting.count)
        oldest.add_metric([channel], waiting.oldest_seconds)
    yield from (pending, oldest)
    cases = GaugeMetricFamily("jobseeker_cases_waiting", "Cases that nobody has claimed", labels=["urgency"])
    waits = GaugeMetricFamily("jobseeker_cases_oldest_seconds", "Wait of the oldest of them", labels=["urgency"])
    for urgency in {**dict.fromkeys(URGENCIES, None), **sample.cases}:
        name, found = URGENCIES.get(urgency, "offer"), sample.cases.get(urgency)
        cases.add_metric([name], found.count if found else 0)
        waits.add_metric([name], found.oldest_seconds if found else 0.0)
    yield from (cases, waits)
    yield GaugeMetricFamily("jobseeker_cases_claimed", "Cases with a counsellor", sample.claimed)
    yield GaugeMetricFamily("jobseeker_deadlines_due", "Steps of the hand-off that are due", sample.deadlines.count)
    yield GaugeMetricFamily(
        "jobseeker_deadlines_oldest_seconds",
        "How long the oldest of them has been due",
        sample.deadlines.oldest_seconds,
    )
    off = GaugeMetricFamily("jobseeker_capability_off", "1: switched off", labels=["capability"])
    for capability in CAPABILITIES:
        off.add_metric([capability], float(capability in sample.off))
    yield off


class PrometheusMeter:
    """jobseeker.metering.Meter on a registry of its own, which `exposition` writes out."""

    def __init__(self, channels: Iterable[str] = (), *, knowledge: str = "") -> None:
        """channels: those that are on; knowledge: the version of the pack that is served."""
        self.registry = own = CollectorRegistry()
        self.observed = Observed()
        own.register(self.observed)
        ProcessCollector(registry=own)
        self._received = Counter("jobseeker_messages_received_total", "Messages kept", ["channel"], registry=own)
        self._limited = Counter(
            "jobseeker_messages_limited_total", "Messages refused: written too fast", ["channel"], registry=own
        )
        self._answered = Counter(
            "jobseeker_messages_answered_total", "Messages settled", ["channel", "outcome"], registry=own
        )
        self._answer_seconds = Histogram(
            "jobseeker_answer_seconds", "From inbox to answer", ["channel"], buckets=PATIENT, registry=own
        )
        self._understood = Counter(
            "jobseeker_understandings_total", "Texts by how they were understood", ["outcome"], registry=own
        )
        self._escalated = Counter(
            "jobseeker_escalations_total", "Messages that call for a person", ["level"], registry=own
        )
        self._engine = Counter(
            "jobseeker_rasa_requests_total", "Turns asked of the dialogue engine", ["outcome"], registry=own
        )
        self._engine_seconds = Histogram(
            "jobseeker_rasa_seconds", "Time of one turn in the dialogue engine", buckets=FAST, registry=own
        )
        self._delivered = Counter(
            "jobseeker_deliveries_total", "Attempts to send a reply", ["channel", "outcome"], registry=own
        )
        self._delivery_seconds = Histogram(
            "jobseeker_delivery_seconds", "From written to sent", ["channel"], buckets=PATIENT, registry=own
        )
        self._requested = Counter("jobseeker_http_requests_total", "HTTP requests", ["route", "status"], registry=own)
        self._request_seconds = Histogram(
            "jobseeker_http_seconds", "Time of an HTTP request, streams left out", ["route"], buckets=FAST, registry=own
        )
        build = Gauge("jobseeker_build_info", "What runs here", ["version", "knowledge"], registry=own)
        build.labels(version(), knowledge).set(1)
        self._begin_at_zero(channels)

    def _begin_at_zero(self, channels: Iterable[str]) -> None:
        """A series that appears with its first event has no rate for it: the first dead letter would alert nobody."""
        for channel in channels:
            self._received.labels(channel)
            self._limited.labels(channel)
            for answer in get_args(Answer):
                self._answered.labels(channel, answer)
            for delivery in get_args(Delivery):
                self._delivered.labels(channel, delivery)
        for understood in get_args(Understood):
            self._understood.labels(understood)
        for level in ("offer", "immediate", "crisis"):
            self._escalated.labels(level)
        for outcome in get_args(Engine):
            self._engine.labels(outcome)

    def received(self, channel: str) -> None:
        """A message was kept."""
        self._received.labels(channel).inc()

    def limited(self, channel: str) -> None:
        """A message was refused."""
        self._limited.labels(channel).inc()

    def answered(self, channel: str, plan: Plan, seconds: float) -> None:
        """A message is settled."""
        outcome = answer_of(plan)
        self._answered.labels(channel, outcome).inc()
        if outcome == "answered":
            self._answer_seconds.labels(channel).observe(max(0.0, seconds))
        if understood := understood_of(plan):
            self._understood.labels(understood).inc()
        if level := escalated_of(plan):
            self._escalated.labels(level).inc()

    def asked_engine(self, outcome: Engine, seconds: float) -> None:
        """A turn was asked for."""
        self._engine.labels(outcome).inc()
        self._engine_seconds.observe(seconds)

    def delivered(self, channel: str, outcome: Delivery, seconds: float) -> None:
        """A reply was sent or not."""
        self._delivered.labels(channel, outcome).inc()
        if outcome == "delivered":
            self._delivery_seconds.labels(channel).observe(max(0.0, seconds))

    def requested(self, route: str, status: int, seconds: float | None) -> None:
        """A request was answered."""
        self._requested.labels(route, str(status)).inc()
        if seconds is not None:
            self._request_seconds.labels(route).observe(seconds)

    def exposition(self) -> bytes:
        """Everything, in the text format."""
        return generate_latest(self.registry)
