"""Spans of one turn across gateway, Rasa and action server, by OpenTelemetry; off, and without its libraries, where no collector is named.

A span holds a name, times and the fixed words of ATTRIBUTES: no text, no number of a message, no person. What went wrong is the kind of an exception.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

ATTRIBUTES = frozenset({"channel", "outcome", "action", "replayed", "attempt"})
EXPORT_SECONDS = 3.0
URL_VARIABLE, SHARE_VARIABLE = "JOBSEEKER_TRACE_URL", "JOBSEEKER_TRACE_SHARE"


class Span(Protocol):
    """What may be added to a span under way."""

    def note(self, name: str, value: str | int | bool) -> None:
        """Raises ValueError for a name that is not of ATTRIBUTES."""
        ...


class Tracing(Protocol):
    """Makes spans. Those begun inside another one are its children, also over `headers`."""

    def span(self, name: str, caller: Mapping[str, str] | None = None) -> AbstractContextManager[Span]:
        """A span around what happens inside. caller: the headers of the request that asked for it."""
        ...

    def headers(self) -> dict[str, str]:
        """What a request carries so that its answerer goes on with this trace (W3C `traceparent`)."""
        ...

    def close(self) -> None:
        """Send what is not sent yet; takes seconds where the collector is away."""
        ...


class _NoSpan:
    def note(self, name: str, value: str | int | bool) -> None:
        """Nothing."""


class NoTracing:
    """Does nothing."""

    def span(self, name: str, caller: Mapping[str, str] | None = None) -> AbstractContextManager[Span]:
        """Nothing."""
        return nullcontext(_NO_SPAN)

    def headers(self) -> dict[str, str]:
        """None."""
        return {}

    def close(self) -> None:
        """Nothing."""


_NO_SPAN = _NoSpan()


def tracing_to(url: str, service: str, *, share: float = 1.0, version: str = "") -> Tracing:
    """Tracing to an OTLP/HTTP collector ("http://collector:4318"), or none where `url` is empty.

    Args:
        url: the collector's address; spans go to `<url>/v1/traces`.
        service: "gateway", "rasa" or "actions".
        share: which part of the traces that begin here is sent, 0 to 1; whoever is called follows its caller.
    """
    return _OtlpTracing(url, service, share, version) if url else NoTracing()


class _OtlpSpan:
    def __init__(self, span: Any) -> None:
        self._span = span

    def note(self, name: str, value: str | int | bool) -> None:
        """One more attribute."""
        if name not in ATTRIBUTES:
            raise ValueError(f"{name}: not an attribute of spans (telemetry/tracing.py)")
        self._span.set_attribute(f"jobseeker.{name}", value)


class _OtlpTracing:
    """With a provider of its own: what other libraries trace (rasa_sdk: who is talking) goes nowhere."""

    def __init__(self, url: str, service: str, share: float, version: str) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
        from opentelemetry.trace import Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._propagator = TraceContextTextMapPropagator()
        self._status: Any = Status
        self._error = StatusCode.ERROR
        resource = {"service.name": f"jobseeker-{service}", **({"service.version": version} if version else {})}
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(share)), resource=Resource(resource), shutdown_on_exit=False
        )
        exporter = OTLPSpanExporter(url.rstrip("/") + "/v1/traces", timeout=int(EXPORT_SECONDS))
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1_000))
        self._tracer = self._provider.get_tracer("jobseeker")

    @contextmanager
    def span(self, name: str, caller: Mapping[str, str] | None = None) -> Iterator[Span]:
        """The current span while it lasts. An exception is noted by its kind alone: its text may quote a person."""
        context = None if caller is None else self._propagator.extract(dict(caller))
        with self._tracer.start_as_current_span(
            name, context=context, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield _OtlpSpan(span)
            except BaseException as problem:
                span.set_status(self._status(self._error, type(problem).__name__))
                raise

    def headers(self) -> dict[str, str]:
        """The current span's."""
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier

    def close(self) -> None:
        """Flush and stop."""
        self._provider.shutdown()
