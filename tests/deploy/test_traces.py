"""What a collector is sent: one trace through the services, and nothing about people in it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from anlaufstelle_contracts import Event, MessageRequested, NeedArticulated, ProjectApplied, ProjectProposed
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.kit.infra import Bus, Store
from tests.kit.running import build, example, heard, provisioned, say, settings_for, started
from tests.kit.waiting import eventually

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector:
    """A tiny OTLP/HTTP receiver; `spans` holds what came by service."""

    def __init__(self) -> None:
        self.spans: dict[str, list[Span]] = {}
        self.bodies: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.receive(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing of every request."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/traces"

    def receive(self, body: bytes) -> None:
        self.bodies.append(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            (name,) = [entry.value.string_value for entry in resource.resource.attributes if entry.key == "service.name"]
            for scope in resource.scope_spans:
                self.spans.setdefault(name, []).extend(scope.spans)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")  # milliseconds between exports; five seconds otherwise
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "none")
    made = Collector()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.mark.parametrize(
    ("first", "service", "second"), [(ProjectApplied, "projects", ProjectProposed), (NeedArticulated, "matching", None)]
)  # fmt: skip
async def test_one_trace_leads_from_an_event_through_a_service_to_the_message_that_notify_asks_for(
    bus: Bus, store: Store, collector: Collector, first: type[Event], service: str, second: type[Event] | None
) -> None:
    cause = example(first).model_copy(update={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    await provisioned(bus)
    one = build(service, settings_for(service, bus, store, otlp_endpoint=collector.url))
    notify = build("notify", settings_for("notify", bus, store, otlp_endpoint=collector.url))
    async with started(one), started(notify):
        await say(bus, cause)
        await eventually(lambda: {"anlaufstelle-notify", f"anlaufstelle-{service}"} <= set(collector.spans), 20)
    # A service also does things of its own accord, in traces of their own.
    (handling,) = [span for span in collector.spans[f"anlaufstelle-{service}"] if span.name == first.type]
    (telling,) = collector.spans["anlaufstelle-notify"]
    assert second is None or telling.name == second.type
    assert {handling.trace_id.hex(), telling.trace_id.hex()} == {TRACE}
    assert (handling.parent_span_id.hex(), telling.parent_span_id) == (PARENT, handling.span_id)
    (message,) = [event for event in await heard(bus) if event.type == MessageRequested.type]
    assert message.traceparent == f"00-{TRACE}-{telling.span_id.hex()}-01"

    for span in (handling, telling):
        assert not span.attributes
        assert not span.events
    for word in (cause.subject, *(value for value in cause.data.values() if isinstance(value, str) and len(value) > 8)):
        assert not [body for body in collector.bodies if word.encode() in body], word


async def test_without_an_endpoint_the_trace_travels_on_all_the_same(bus: Bus, store: Store) -> None:
    cause = example(ProjectApplied).model_copy(update={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    await provisioned(bus)
    async with started(build("projects", settings_for("projects", bus, store))):
        await say(bus, cause)

        async def proposed() -> list[str | None]:
            return [event.traceparent for event in await heard(bus) if event.type == ProjectProposed.type]

        (traceparent,) = await eventually(proposed)
    assert traceparent is not None
    assert traceparent.split("-")[1] == TRACE
