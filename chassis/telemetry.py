"""Metrics for Prometheus and traces that travel in the events (W3C trace context). No ids in labels."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter, Gauge, Histogram

HANDLED = Counter("anlaufstelle_handled_total", "Causes handled, by outcome", ["service", "type", "outcome"])
DURATION = Histogram(
    "anlaufstelle_handler_seconds", "Time in a handler, without the commit", ["service", "type"],
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10),
)  # fmt: skip
COMMITTED = Histogram(
    "anlaufstelle_commit_causes", "Causes committed together", ["service"], buckets=(1, 3, 10, 30, 100, 300, 1000)
)
BACKLOG = Gauge("anlaufstelle_ledger_backlog", "Batches committed and not yet known to be published", ["service"])
PARKED = Gauge("anlaufstelle_parked", "Messages parked and not yet dealt with", ["service"])
UNHANDLED = Gauge("anlaufstelle_unhandled", "Messages waiting for the service", ["service"])
OLDEST = Gauge("anlaufstelle_oldest_unhandled_seconds", "Upper bound of the age of the oldest message waiting", ["service"])

_PROPAGATOR = TraceContextTextMapPropagator()


def set_up_traces(service: str, endpoint: str) -> TracerProvider | None:
    """A tracer provider that exports to an endpoint (OTLP over HTTP); None without one."""
    if not endpoint:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    provider = TracerProvider(resource=Resource.create({"service.name": f"anlaufstelle-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return provider


@contextmanager
def span(tracer: trace.Tracer | None, name: str, traceparent: str | None) -> Iterator[str]:
    """A span below the one that `traceparent` names; gives the `traceparent` for what is emitted within.

    Without a tracer nothing is recorded and the trace is passed on, or begun, all the same.
    """
    if tracer is None:
        yield traceparent or f"00-{os.urandom(16).hex()}-{os.urandom(8).hex()}-00"
        return
    parent = _PROPAGATOR.extract({"traceparent": traceparent}) if traceparent else None
    with tracer.start_as_current_span(name, context=parent, record_exception=False):
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier)
        yield carrier["traceparent"]
