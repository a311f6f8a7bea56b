"""A bus of the topology with everything said on it once, as the services say it, and a partner's connection to it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import nats
import pytest
from anlaufstelle_contracts import REGISTRY, CloudEvent, topology
from nats.aio.client import Client

from chassis import Settings
from chassis.bus import Bus as ServiceBus
from tests.kit.infra import Bus, Infra
from tests.kit.running import example, provisioned

NAME = f"partner-{topology.PARTNERS[0]}"


@pytest.fixture(scope="module")
def bus(infra: Infra) -> Iterator[Bus]:
    """One bus for the tests of a module: what a partner may not do changes nothing."""
    server = infra.bus()
    yield server
    server.kill()


@pytest.fixture
async def spoken(bus: Bus) -> list[CloudEvent]:
    """The golden example of every event, said by the services that emit it (the bus drops what it has heard before)."""
    await provisioned(bus)
    said = []
    for service, traffic in topology.TRAFFIC.items():
        events = [with_source(example(kind), service) for kind in traffic.emits]
        said += events
        if events:
            connection = await service_bus(bus, service)
            await connection.publish(events)
            await connection.broker.stop()
    assert {event.type for event in said} == set(REGISTRY)
    return said


def with_source(event: CloudEvent, service: str) -> CloudEvent:
    """The event as one of several services that say it."""
    return event.model_copy(update={"id": f"{event.id}-{service}", "source": f"urn:anlaufstelle:{service}"})


async def service_bus(bus: Bus, service: str) -> ServiceBus:
    """The connection of a service, with nothing but what the chassis makes of it."""

    async def closed() -> None:
        """These tests close it themselves."""

    settings = Settings(nats_url=bus.url, nats_password=bus.passwords[service], store_url="mongodb://none")
    connection = ServiceBus(service, settings, closed)
    await connection.connect()
    return connection


@dataclass
class Partner:
    """A partner's connection and what the bus refused it."""

    client: Client
    refused: list[str] = field(default_factory=list)


@pytest.fixture
async def partner(bus: Bus, spoken: list[CloudEvent]) -> AsyncIterator[Partner]:
    """The partner, on a bus that has something to say."""
    refused: list[str] = []

    async def note(error: Exception) -> None:
        refused.append(str(error).lower())

    client = await nats.connect(
        bus.url, user=NAME, password=bus.passwords[NAME], inbox_prefix=f"_INBOX_{NAME}", error_cb=note, allow_reconnect=False
    )
    yield Partner(client, refused)
    await client.close()
