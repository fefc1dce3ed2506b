"""The metrics of a real gateway: on their own port, of a conversation, of an engine that dies."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.doubles.processes import DialogueServer, Gateway
from tests.stack import free_port

pytestmark = pytest.mark.processes


def scrape(port: int) -> dict[tuple[str, str], float]:
    """(name, its labels' values in order of their names, joined) -> value."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = answer.read().decode()
    return {
        (sample.name, " ".join(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_conversation_at_a_real_gateway(make_gateway: Callable[..., Gateway], dialogue: DialogueServer) -> None:
    port = free_port()
    gateway = make_gateway(metrics_port=port, answer_attempts=2).up()
    person = gateway.begin()
    assert person.write("失業給付可以領多少", "m1", wait=20)[0] == 200
    person.write("我想死", "m2", wait=20)
    found = scrape(port)
    assert found["jobseeker_messages_received_total", "web"] == 2
    assert found["jobseeker_messages_answered_total", "web answered"] == 2
    assert found["jobseeker_escalations_total", "crisis"] == 1
    assert found["jobseeker_rasa_requests_total", "ok"] == 1
    assert found["jobseeker_rasa_seconds_count", ""] == 1
    assert found["jobseeker_http_requests_total", "/api/v1/conversations/{id}/messages 200"] == 2
    assert found["jobseeker_cases_waiting", "crisis"] == 1
    assert [found["jobseeker_dependency_up", name] for name in ("database", "rasa", "actions")] == [1, 1, 1]
    assert found["process_resident_memory_bytes", ""] > 10_000_000
    dialogue.kill()
    assert person.write("可以領多久", "m3", wait=20)[0] == 200
    deadline = time.monotonic() + 20
    while (found := scrape(port))["jobseeker_messages_answered_total", "web dead"] < 1:
        assert time.monotonic() < deadline, "the message is not given up"
        time.sleep(0.2)
    assert found["jobseeker_rasa_requests_total", "unavailable"] == 2
    time.sleep(1.1)  # what was asked is remembered for a second
    assert scrape(port)["jobseeker_dependency_up", "rasa"] == 0


def test_who_writes_too_fast_is_counted(make_gateway: Callable[..., Gateway]) -> None:
    port = free_port()
    gateway = make_gateway(metrics_port=port, message_burst=2, messages_per_second=0.01).up()
    person = gateway.begin()
    assert [person.write("你好", f"m{number}")[0] for number in range(4)] == [202, 202, 429, 429]
    found = scrape(port)
    assert found["jobseeker_messages_limited_total", "web"] == 2
    assert found["jobseeker_messages_received_total", "web"] == 2
    assert found["jobseeker_http_requests_total", "/api/v1/conversations/{id}/messages 429"] == 2


def test_the_port_of_people_shows_no_metrics(make_gateway: Callable[..., Gateway]) -> None:
    port = free_port()
    gateway = make_gateway(metrics_port=port).up()
    assert scrape(port)
    for path in ("/metrics", "/metrics/", "//metrics"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(gateway.url + path, timeout=10)
        with refused.value:
            assert refused.value.code == 404
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/conversations", timeout=10)
    with refused.value:
        assert refused.value.code == 404


def test_no_metrics_are_kept_by_default(make_gateway: Callable[..., Gateway]) -> None:
    gateway = make_gateway().up()
    with urllib.request.urlopen(f"{gateway.url}/livez", timeout=10) as answer:
        assert answer.status == 200
    with pytest.raises(OSError):
        urllib.request.urlopen("http://127.0.0.1:9464/metrics", timeout=1).close()
