"""Provisioning, leases, health, logs, traces and metrics."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from typing import Literal

import httpx
import pytest
import structlog
from anlaufstelle_contracts import topology
from nats.aio.client import Client
from nats.js.api import ConsumerConfig, StreamConfig

from chassis import Service, new_id, provision, short_code
from chassis.logs import error_name, set_up_logs
from tests.chassis.test_guarantees import _is, need
from tests.kit import running
from tests.kit.infra import Bus
from tests.kit.waiting import eventually

Build = Callable[..., Service]


async def test_provisioning_makes_what_is_missing_and_then_has_nothing_to_do(bus: Bus) -> None:
    async with running.operator(bus) as client:
        made = await provision.apply(client)
        assert {change.name for change in made} >= {"INTERNAL", "PUBLIC", "DEAD", "KV_leases", *topology.SERVICES}
        assert await provision.plan(client) == []
        assert await provision.drift(client, "matching") == []


async def test_provisioning_mends_what_drifted(bus: Bus) -> None:
    async with running.operator(bus) as client:
        await provision.apply(client)
        await _spoil(client)
        drifted = await provision.drift(client, "matching")
        assert {change.name for change in drifted} == {"INTERNAL", "matching"}
        assert "max_age" in str(next(change for change in drifted if change.name == "INTERNAL"))
        assert await provision.drift(client, "notify") == [change for change in drifted if change.name == "INTERNAL"]
        await provision.apply(client)
        assert await provision.plan(client) == []


async def _spoil(client: Client) -> None:
    js = client.jetstream()
    await js.update_stream(StreamConfig("INTERNAL", subjects=["internal.>"], max_age=60, duplicate_window=60, allow_atomic=True))
    await js._jsm.add_consumer(
        "INTERNAL", ConsumerConfig(durable_name="matching", filter_subjects=["internal.x.>"], ack_wait=30, max_ack_pending=5000)
    )


async def test_what_the_operator_may_choose_is_no_drift(bus: Bus) -> None:
    async with running.operator(bus) as client:
        await provision.apply(client, ack_wait=3)
        assert await provision.drift(client, "matching") == []
        assert {change.name for change in await provision.plan(client)} == {*topology.SERVICES, "partner-partner"}


async def test_one_replica_holds_a_lease_and_another_takes_over_when_it_lets_go(built: Build) -> None:
    async with running.started(built()) as one, running.started(built()) as two:
        async with one.lease("ear") as held:
            other = asyncio.create_task(_take(two))
            await asyncio.sleep(topology.LEASE_TTL * 1.2)  # longer than a lease lives without renewal
            assert held.held
            assert not other.done()
        assert await asyncio.wait_for(other, 5)


async def _take(service: Service) -> bool:
    async with service.lease("ear") as lease:
        return lease.held


async def test_a_lease_whose_holder_fell_silent_is_taken_over(built: Build) -> None:
    async with running.started(built()) as one, running.started(built()) as two:
        lease = one.lease("ear")
        await lease.__aenter__()
        assert lease._renewer
        lease._renewer.cancel()  # as a crash would
        assert await asyncio.wait_for(_take(two), 15)


async def test_a_lease_that_somebody_else_has_got_is_lost(bus: Bus, built: Build) -> None:
    async with running.started(built()) as service, service.lease("ear") as lease:
        async with running.operator(bus) as client:
            await (await client.jetstream().key_value(topology.LEASES)).put("matching.ear", b"somebody")
        await asyncio.wait_for(lease.lost.wait(), topology.LEASE_TTL)
        assert not lease.held


async def test_health_and_metrics(bus: Bus, built: Build) -> None:
    async with running.started(built()) as service:
        need_id = new_id()
        await running.say(bus, need(need_id))
        await eventually(lambda: _is(service, need_id, 1))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(service.api), base_url="http://service") as http:
            assert (await http.get("/health/live")).status_code == 200
            ready = await http.get("/health/ready")
            assert (ready.status_code, ready.json()["problems"]) == (200, [])
            assert (await http.get("/metrics")).status_code == 401
            metrics = (await http.get("/metrics", headers={"Authorization": "Bearer test-token"})).text
            assert 'anlaufstelle_handled_total{outcome="done",service="matching"' in metrics
            for name in ("handler_seconds_bucket", "ledger_backlog", "parked", "unhandled", "oldest_unhandled_seconds"):
                assert f"anlaufstelle_{name}" in metrics
            assert need_id not in metrics
            bus.kill()
            await eventually(lambda: _unready(http), timeout=20)


async def _unready(http: httpx.AsyncClient) -> bool:
    answer = await http.get("/health/ready")
    return answer.status_code == 503 and "the bus does not answer" in answer.json()["problems"]


async def test_internal_routes_want_the_token(built: Build) -> None:
    from fastapi import Depends

    for token, given, expected in (("secret", "Bearer secret", 200), ("secret", "Bearer wrong", 401), ("", "Bearer ", 401)):
        service = built(api_token=token)
        service.api.get("/internal", dependencies=[Depends(service.token)])(lambda: {"ok": True})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(service.api), base_url="http://service") as http:
            assert (await http.get("/internal", headers={"Authorization": given})).status_code == expected


async def test_a_store_that_is_away_is_said_in_http_terms(built: Build) -> None:
    from pymongo.errors import ServerSelectionTimeoutError

    service = built()

    async def away() -> None:
        raise ServerSelectionTimeoutError("mongodb://user:password@host")

    service.api.get("/away")(away)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(service.api), base_url="http://service") as http:
        answer = await http.get("/away")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "password" not in answer.text


async def test_the_trace_of_a_cause_goes_on_in_what_it_emits(bus: Bus, built: Build) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    cause = need("traced").model_copy(update={"traceparent": traceparent, "correlationid": "the first cause"})
    async with running.started(built()) as service:
        await running.say(bus, cause)
        await eventually(lambda: _is(service, "traced", 1))
        await service.ledger.sweep()
    (said,) = [event for event in await running.heard(bus) if event.causationid == cause.id]
    assert said.traceparent is not None
    assert said.traceparent.split("-")[1] == traceparent.split("-")[1]
    assert said.correlationid == "the first cause"


def test_an_error_is_named_without_its_words() -> None:
    try:
        int("+49 341 0001234")
    except ValueError as error:
        name = error_name(error)
    assert name.startswith("ValueError at ")
    assert "341" not in name


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """What a test sets up of the logs ends with it."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.mark.usefixtures("logs_as_before")
def test_logs_are_json_lines_where_nobody_reads_them(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("matching", "json", "info")
    logging.getLogger("somebody").warning("said %s", "something")
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["event"], line["level"], line["service"]) == ("said something", "warning", "matching")


@pytest.mark.usefixtures("logs_as_before")
@pytest.mark.parametrize("form", ["json", "console"])
async def test_an_error_that_nobody_expected_is_logged_without_words(
    form: Literal["json", "console"], capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    set_up_logs("matching", form, "info")

    async def fails(said: str) -> None:
        try:
            raise LookupError(said)
        except LookupError as error:
            raise ExceptionGroup(said, [ValueError(said)]) from error

    task = asyncio.create_task(fails("+49 341 0001234"))
    await asyncio.wait([task])
    try:
        task.result()
    except ExceptionGroup:
        logging.getLogger("somebody").exception("unexpected")
    asyncio.get_running_loop().call_exception_handler({"message": "Task exception was never retrieved", "future": task})
    written = capsys.readouterr().err
    assert "341" not in written
    assert "never retrieved" in written
    assert all(name in written for name in ("ExceptionGroup", "ValueError", "LookupError", "in fails"))


def test_ids_are_ordered_and_codes_readable() -> None:
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(ids)
    codes = {short_code(identifier) for identifier in ids}
    assert len(codes) == 100
    assert all(len(code) == 7 and not set(code) & set("01OIL") for code in codes)
