"""One message is one trace through gateway, Rasa and action server, told to a real collector's address; and nothing of a person is in it."""

from __future__ import annotations

import gzip
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry.tracing import ATTRIBUTES, NoTracing, tracing_to
from tests.stack import ROOT, Person, free_port, running_stack

PATH_OF_A_TURN = ["answer message", "rasa turn", "turn", "call action", "run action"]
OF_THE_RESOURCE = {"service.name", "service.version", "telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version", "service.instance.id"}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A span as it was sent."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: frozenset[str]
    failed: str


@dataclass
class Collector:
    """Takes OTLP over HTTP, as OpenTelemetry's own collector does."""

    url: str
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Told]:
        """All that was told."""
        return [span for body in self.bodies for span in read(body)]

    def wait_for(self, enough: Callable[[list[Told]], bool]) -> list[Told]:
        """The spans, once they are enough. Fails after 20 seconds."""
        deadline = time.monotonic() + 20
        while not enough(self.spans()):
            assert time.monotonic() < deadline, [(span.service, span.name) for span in self.spans()]
            time.sleep(0.1)
        return self.spans()


def read(body: bytes) -> list[Told]:
    """The spans of one export."""
    request = ExportTraceServiceRequest.FromString(body)
    found: list[Told] = []
    for sent in request.resource_spans:
        resource = {each.key: each.value.string_value for each in sent.resource.attributes}
        assert set(resource) <= OF_THE_RESOURCE, resource
        for scope in sent.scope_spans:
            found += [
                Told(
                    resource["service.name"].removeprefix("jobseeker-"), span.name, span.trace_id.hex(), span.span_id.hex(),
                    span.parent_span_id.hex(), frozenset(each.key for each in span.attributes), span.status.message,
                )
                for span in scope.spans
            ]  # fmt: skip
            assert not any(span.events for span in scope.spans)
    return found


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a free port."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Collector(f"http://127.0.0.1:{server.server_address[1]}", bodies)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def whole_turns(spans: list[Told]) -> list[list[Told]]:
    """The traces in which a message went all the way: each as its spans from the gateway to the action, every one its parent's child."""
    found: list[list[Told]] = []
    for last in (span for span in spans if span.name == PATH_OF_A_TURN[-1]):
        line = [last]
        while (parent := next((each for each in spans if (each.trace, each.id) == (line[0].trace, line[0].parent)), None)) is not None:  # fmt: skip
            line.insert(0, parent)
        if [span.name for span in line] == PATH_OF_A_TURN and line[0].parent == "":
            found.append(line)
    return found


@pytest.mark.model
@pytest.mark.processes
def test_one_message_is_one_trace(tmp_path: Path) -> None:
    secrets = ("王小明", "0912345678", "幫我")
    with collecting() as collector, running_stack(tmp_path, trace_url=collector.url) as stack:
        person = Person(stack)
        assert person.ask("王小明 0912345678 幫我", payload="/help")[0]["act"] == "help"
        assert person.ask("幫我", payload="/help")
        spans = collector.wait_for(lambda spans: len(whole_turns(spans)) >= 2)
        turns = whole_turns(spans)
        assert len({line[0].trace for line in turns}) == 2
        for line in turns:
            assert [span.service for span in line] == ["gateway", "gateway", "rasa", "rasa", "actions"]
            assert not any(span.failed for span in line)
        attributes = {name for span in spans for name in span.attributes}
        assert "jobseeker.outcome" in attributes
        assert attributes <= {f"jobseeker.{name}" for name in ATTRIBUTES}
        sent = b"".join(collector.bodies)
        assert len(sent) > 500
        assert not [word for word in (*secrets, person.id, person.token) if word.encode() in sent]
        stack.kill("actions")
        person.send("幫我", payload="/help", wait=1)
        failed = collector.wait_for(lambda spans: any(span.name == "call action" and span.failed for span in spans))
        [problem] = {span.failed for span in failed if span.name == "call action" and span.failed}
        assert problem.endswith("Error")  # its kind and nothing of what it says


def test_what_a_span_may_not_say_is_refused() -> None:
    with collecting() as collector:
        tracing = tracing_to(collector.url, "gateway", version="1.2.3")
        with pytest.raises(ValueError, match="conversation_id"), tracing.span("x") as span:
            span.note("conversation_id", "c0ffee")
        with pytest.raises(KeyError), tracing.span("y"):
            raise KeyError("我叫王小明")
        tracing.close()
        assert {span.failed for span in collector.spans()} == {"ValueError", "KeyError"}
        assert "王小明".encode() not in b"".join(collector.bodies)


def test_a_share_of_nothing_sends_nothing_and_its_callers_decide() -> None:
    with collecting() as collector:
        silent = tracing_to(collector.url, "gateway", share=0.0)
        with silent.span("x"):
            headers = silent.headers()
        silent.close()
        assert not int(headers["traceparent"].rpartition("-")[2], 16) & 1  # the flag "sampled"
        follows = tracing_to(collector.url, "rasa", share=1.0)
        with follows.span("y", headers):
            pass
        follows.close()
        assert collector.spans() == []
        asked = tracing_to(collector.url, "rasa", share=0.0)
        with asked.span("z", {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}):
            pass
        asked.close()
        assert [(span.trace, span.parent) for span in collector.spans()] == [("ab" * 16, "cd" * 8)]


def test_a_collector_that_is_away_holds_nobody_up() -> None:
    tracing = tracing_to(f"http://127.0.0.1:{free_port()}", "gateway")
    began = time.monotonic()
    for _ in range(100):
        with tracing.span("x"):
            pass
    assert time.monotonic() - began < 2
    tracing.close()
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(("python", "module"), [(".venv", "app.gateway_main"), ("bot/.venv", "bot.channel")])
def test_nothing_is_loaded_where_nothing_is_traced(python: str, module: str) -> None:
    look = f"import {module}, sys; from telemetry.tracing import tracing_to; tracing_to('', 'x'); print('opentelemetry.sdk' in sys.modules)"
    if python == "bot/.venv":
        look = "from bot.launch import prepare; prepare(serving=True); " + look
    done = subprocess.run(
        [str(ROOT / python / "bin" / "python"), "-c", look], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "False", done.stderr[-2_000:]


def test_off_is_the_default() -> None:
    tracing = tracing_to("", "gateway")
    assert isinstance(tracing, NoTracing)
    with tracing.span("x") as span:
        span.note("whatever", "is taken")
    assert tracing.headers() == {}
