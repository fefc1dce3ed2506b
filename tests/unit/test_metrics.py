"""The metrics: what a conversation leaves in them, that nothing of a person does, and that the queues are counted by their indexes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from app.metrics import LABELS, PrometheusMeter
from app.settings import Settings
from app.wiring import build_services
from jobseeker.clock import FixedClock
from jobseeker.errors import DialogueUnavailable
from jobseeker.messages import InboundMessage
from jobseeker.ports import Refused
from jobseeker.storage_operations import Sample, Waiting
from store.operations import QUERIES
from tests.doubles.kit import NOW, Kit, QuickHasher, ScriptedDialogue, copied_sqlite, migrated_sqlite, real_content
from tests.stack import KEY

SET_BY_THE_LIBRARY = {"le", "quantile"}


def label_names(registry: CollectorRegistry, meter: PrometheusMeter | None = None) -> set[str]:
    """Every label name: of what has been counted, and of metrics that have counted nothing yet."""
    shown = {name for family in registry.collect() for sample in family.samples for name in sample.labels}
    declared = {
        name
        for metric in vars(meter or object).values()
        if isinstance(metric, MetricWrapperBase)
        for name in metric._labelnames
    }
    return (shown | declared) - SET_BY_THE_LIBRARY


def values(meter: PrometheusMeter) -> dict[str, float]:
    """ "name{label=value,…}" -> value, as read back from the text that Prometheus gets."""
    return {
        sample.name
        + "{"
        + ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
        + "}": sample.value
        for family in text_string_to_metric_families(meter.exposition().decode())
        for sample in family.samples
    }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file."""
    return migrated_sqlite(tmp_path_factory.mktemp("metrics"))


class Refusing:
    """A platform that takes nothing."""

    async def send(self, delivery: object) -> Refused:
        """No."""
        return Refused("not allowed")

    async def language_of(self, key: str) -> str:
        """Not known."""
        return ""


@pytest.fixture
async def counted(template: Path, tmp_path: Path) -> AsyncIterator[tuple[Kit, PrometheusMeter]]:
    """Services whose meter is looked at."""
    meter, clock, dialogue = PrometheusMeter(["web", "line"], knowledge="k1"), FixedClock(NOW), ScriptedDialogue()
    settings = Settings(database_url=copied_sqlite(template, tmp_path), encryption_keys=KEY, answer_attempts=1)
    services = build_services(
        settings, dialogue=dialogue, senders={"line": Refusing()}, clock=clock, hasher=QuickHasher(),
        content=real_content(), meter=meter,
    )  # fmt: skip
    yield Kit(services, dialogue, clock), meter
    await services.close()


async def test_a_conversation_is_counted(counted: tuple[Kit, PrometheusMeter]) -> None:
    kit, meter = counted
    started = await kit.start()
    received = await kit.say(started, "失業給付可以領多少")
    kit.later(3)
    await kit.work()
    assert await kit.replies_to(received)
    await kit.ask(started, "???")
    await kit.say(started, "我想死")
    kit.dialogue.problems = [DialogueUnavailable("down")]
    again = await kit.start()
    await kit.ask(again, "可以領多久")
    found = values(meter)
    assert found["jobseeker_messages_received_total{channel=web}"] == 4
    assert found["jobseeker_messages_answered_total{channel=web,outcome=answered}"] == 3
    assert found["jobseeker_messages_answered_total{channel=web,outcome=dead}"] == 1
    assert found["jobseeker_answer_seconds_count{channel=web}"] == 3
    assert found["jobseeker_answer_seconds_sum{channel=web}"] == pytest.approx(3)
    assert found["jobseeker_understandings_total{outcome=answer}"] == 1
    assert found["jobseeker_understandings_total{outcome=unsure}"] == 1
    assert found["jobseeker_escalations_total{level=crisis}"] == 1
    assert found["jobseeker_build_info{knowledge=k1,version=0.1.0}"] == 1


async def test_a_duplicate_is_not_counted_twice(counted: tuple[Kit, PrometheusMeter]) -> None:
    kit, meter = counted
    started = await kit.start()
    for _ in range(2):
        await kit.say(started, "你好", client_id="same")
    assert values(meter)["jobseeker_messages_received_total{channel=web}"] == 1


async def test_a_reply_that_a_platform_refuses_is_counted(counted: tuple[Kit, PrometheusMeter]) -> None:
    kit, meter = counted
    await kit.start(channel="line")
    await kit.services.deliver_replies()
    found = values(meter)
    assert found["jobseeker_deliveries_total{channel=line,outcome=dead}"] == 1
    assert found["jobseeker_deliveries_total{channel=line,outcome=delivered}"] == 0


async def test_a_platforms_person_who_writes_too_fast_is_counted(counted: tuple[Kit, PrometheusMeter]) -> None:
    kit, meter = counted
    for number, text in enumerate(("你好", "我想死")):
        message = InboundMessage(conversation_key="U1", channel="line", event_id=f"e{number}", text=text)
        await kit.services.receive_event(message, too_fast=True)
    found = values(meter)
    assert found["jobseeker_messages_limited_total{channel=line}"] == 1
    assert found["jobseeker_messages_received_total{channel=line}"] == 1  # a crisis is kept all the same
    assert found["jobseeker_escalations_total{level=crisis}"] == 1


async def test_the_queues_are_as_the_database_has_them(counted: tuple[Kit, PrometheusMeter]) -> None:
    kit, meter = counted
    started = await kit.start()
    await kit.say(started, "你好")
    await kit.start(channel="line")
    other = await kit.start()
    await kit.say(other, "我要找真人", payload="/human")
    await kit.services.switch_capability(None, "alerts", off=True, reason="test")
    kit.later(90)
    async with kit.services.store.read() as work:
        sample = await work.operations.sample(kit.clock.now())
    assert sample.inbox == Waiting(1, 90.0)
    assert sample.outbox["line"] == Waiting(1, 90.0)
    assert sample.cases == {1: Waiting(1, 90.0)}
    assert sample.claimed == 0
    meter.observed.sample = sample
    found = values(meter)
    assert found["jobseeker_inbox_pending{}"] == 1
    assert found["jobseeker_inbox_oldest_seconds{}"] == 90
    assert found["jobseeker_cases_waiting{urgency=at_once}"] == 1
    assert found["jobseeker_cases_waiting{urgency=crisis}"] == 0
    assert found["jobseeker_outbox_oldest_seconds{channel=line}"] == 90
    assert found["jobseeker_capability_off{capability=nlu}"] == 0
    assert found["jobseeker_capability_off{capability=alerts}"] == 1


async def test_queues_that_are_not_known_are_absent(counted: tuple[Kit, PrometheusMeter]) -> None:
    _, meter = counted
    meter.observed.up = {"database": False}
    found = values(meter)
    assert found["jobseeker_dependency_up{dependency=database}"] == 0
    assert not [name for name in found if name.startswith("jobseeker_inbox")]


@pytest.mark.parametrize("name", ["inbox", "outbox", "deadlines", "cases", "claimed"])
async def test_counting_reads_an_index(counted: tuple[Kit, PrometheusMeter], name: str) -> None:
    kit, _ = counted
    async with kit.services.engines.reader.connect() as connection:
        query = str(QUERIES[name].compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
        plan = [str(row[-1]) for row in await connection.exec_driver_sql("EXPLAIN QUERY PLAN " + query)]
    assert plan
    assert all("USING" in step or "TEMP B-TREE" in step for step in plan), plan


async def test_no_label_is_of_a_person(counted: tuple[Kit, PrometheusMeter]) -> None:
    kit, meter = counted
    started = await kit.start()
    await kit.ask(started, "我叫王小明，電話 0912345678，可以領多少")
    meter.observed.sample, meter.observed.up = Sample(outbox={"line": Waiting(1, 1.0)}), {"rasa": True}
    names = label_names(meter.registry, meter)
    assert {"channel", "outcome", "urgency", "route"} <= names
    assert names <= LABELS
    text = meter.exposition().decode()
    assert len(text) > 2_000
    assert not [part for part in ("王小明", "0912345678", started.conversation.id, started.token) if part in text]


def test_a_label_of_a_person_would_be_found() -> None:
    registry = CollectorRegistry()
    Counter("jobseeker_odd_total", "odd", ["channel_key"], registry=registry).labels("U123").inc()
    assert label_names(registry) - LABELS == {"channel_key"}
    meter = PrometheusMeter()
    meter._received = Counter("odd_total", "odd", ["conversation_id"], registry=meter.registry)  # type: ignore[attr-defined]
    assert label_names(meter.registry, meter) - LABELS == {"conversation_id"}


def test_what_an_alert_waits_for_begins_at_zero() -> None:
    found = values(PrometheusMeter(["web"]))
    assert found["jobseeker_messages_answered_total{channel=web,outcome=dead}"] == 0
    assert found["jobseeker_rasa_requests_total{outcome=unavailable}"] == 0


def documented(text: str) -> set[str]:
    """The metrics in the table of docs/operations.md."""
    return set(re.findall(r"^\| `(jobseeker_\w+)`", text, re.MULTILINE))


def families(meter: PrometheusMeter) -> Iterable[str]:
    """Their names, as docs and dashboards call them."""
    meter.observed.sample = Sample()
    return [
        family.name + ("_total" if family.type == "counter" else "")
        for family in meter.registry.collect()
        if family.name.startswith("jobseeker_")
    ]


def test_every_metric_is_documented_and_nothing_else(root: Path) -> None:
    rows = documented((root / "docs" / "operations.md").read_text("utf-8"))
    assert len(rows) > 15
    assert rows == set(families(PrometheusMeter()))
