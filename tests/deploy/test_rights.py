"""The users of the services on a real bus: each can do all that it needs, and say nothing but what it emits."""

from collections.abc import Iterator
from functools import partial

import nats
import pytest
from anlaufstelle_contracts import REGISTRY, Sensitivity, public_view, subjects, topology
from nats.js.errors import KeyNotFoundError

from chassis import provision
from tests.kit.infra import Bus, Infra
from tests.kit.running import example, operator, provisioned
from tests.kit.waiting import eventually

every_service = pytest.mark.parametrize("service", topology.SERVICES)


@pytest.fixture(scope="module")
def bus(infra: Infra) -> Iterator[Bus]:
    """One bus for all tests of this module."""
    server = infra.bus()
    yield server
    server.kill()


class User:
    """The connection of a service, and what the bus refused it."""

    def __init__(self, bus: Bus, service: str) -> None:
        self.bus, self.service = bus, service
        self.refused: set[str] = set()

    async def __aenter__(self) -> "User":
        async def note(error: Exception) -> None:
            self.refused.add(str(error).lower())

        self.client = await nats.connect(
            self.bus.url, user=self.service, password=self.bus.passwords[self.service], error_cb=note,
            inbox_prefix=topology.inbox_prefix(self.service),
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()

    def was_refused(self, action: str, subject: str) -> bool:
        return any(f'permissions violation for {action} to "{subject}"'.lower() in error for error in self.refused)


@every_service
async def test_a_service_does_what_it_needs(bus: Bus, service: str) -> None:
    await provisioned(bus)
    emits, durable = topology.TRAFFIC[service].emits, topology.service_consumer(service)
    said = [subjects.subject(example(kind), Sensitivity.INTERNAL) for kind in emits]
    said += [subjects.subject(example(kind), Sensitivity.PUBLIC) for kind in emits if public_view(kind)]
    async with operator(bus) as client:
        await client.jetstream().publish(durable.filters[0].replace("*", "x"), b"{}")
    async with User(bus, service) as user:
        js = user.client.jetstream()
        for subject in [*said, subjects.dead_subject(service, "cause")]:
            await js.publish(subject, b"{}")
        assert [str(change) for change in await provision.drift(user.client, service)] == []
        reading = await js.pull_subscribe_bind(service, topology.INTERNAL.name)
        (message,) = await reading.fetch()
        await message.ack_sync()
        leases = await js.key_value(topology.LEASES)
        revision = await leases.create(f"{service}.channel", b"me")
        assert (await leases.get(f"{service}.channel")).value == b"me"
        await leases.delete(f"{service}.channel", last=revision)
        with pytest.raises(KeyNotFoundError):
            await leases.get(f"{service}.channel")
        assert user.refused == set()


@every_service
async def test_a_service_says_nothing_that_it_does_not_emit_and_does_nothing_that_is_the_operators(
    bus: Bus, service: str
) -> None:
    await provisioned(bus)
    emits = topology.TRAFFIC[service].emits
    others = [name for name in (*topology.SERVICES, *(f"partner-{partner}" for partner in topology.PARTNERS)) if name != service]
    forbidden = [
        *(subjects.subject(example(kind), view) for kind in REGISTRY.values() if kind not in emits for view in Sensitivity),
        *(subjects.subject(example(kind), Sensitivity.PUBLIC) for kind in emits if not public_view(kind)),
        *(f"$JS.API.CONSUMER.MSG.NEXT.{stream.name}.{other}" for stream in topology.STREAMS for other in others),
        *(f"dead.{other}.x" for other in others), *(f"internal.retry.{name}.x" for name in (*others, service)),
        *(f"$KV.{topology.LEASES}.{other}.x" for other in others), *(f"{topology.inbox_prefix(other)}.x" for other in others),
        *(f"$JS.API.STREAM.{verb}.INTERNAL" for verb in ("CREATE", "UPDATE", "DELETE", "PURGE", "MSG.GET", "MSG.DELETE")),
        *(f"$JS.API.CONSUMER.{verb}.INTERNAL.spy" for verb in ("CREATE", "DURABLE.CREATE", "DELETE")),
        "$JS.API.DIRECT.GET.INTERNAL", "$SYS.REQ.SERVER.PING", "anything",
    ]  # fmt: skip
    async with User(bus, service) as user:
        for subject in forbidden:
            await user.client.publish(subject, b"{}")
        await user.client.flush()
        for subject in forbidden:
            await eventually(partial(user.was_refused, "publish", subject))
        for subject in ("internal.>", "public.>", ">", f"{topology.inbox_prefix(others[0])}.>", "_INBOX.>", "$JS.>"):
            await user.client.subscribe(subject)
            await user.client.flush()
            await eventually(partial(user.was_refused, "subscription", subject))
