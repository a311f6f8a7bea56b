"""What an operator does with parked messages: list, show, replay, drop. Used by the command line, not by services."""

from collections.abc import AsyncIterator
from typing import Any

from anlaufstelle_contracts import CONTENT_TYPE, subjects, topology
from nats.aio.client import Client as Bus

from .ids import new_id
from .store import Client, Document, database


class NotParked(LookupError):
    """No service has parked a message of that id."""


async def parked(store: Client) -> AsyncIterator[tuple[str, Document]]:
    """Every parked record with its service, oldest first in each: `_id`, `type`, `reason`, `at`, `stream_sequence`, `body`."""
    for service in topology.SERVICES:
        async for record in _collection(store, service).find().sort("at", 1):
            yield service, record


async def find(store: Client, cause_id: str) -> tuple[str, Document]:
    """One record. Raises NotParked."""
    async for service, record in parked(store):
        if record["_id"] == cause_id:
            return service, record
    raise NotParked(cause_id)


async def replay(store: Client, bus: Bus, cause_id: str) -> str:
    """Give a message back to the service that parked it, and forget the record; gives the service. Raises NotParked, APIError."""
    service, record = await find(store, cause_id)
    subject = subjects.retry_pattern(service).replace("*", new_id())
    headers = {"Nats-Msg-Id": new_id(), "Content-Type": CONTENT_TYPE}  # a new id: the bus has seen the old one
    await bus.jetstream().publish(subject, record["body"], stream=topology.INTERNAL.name, headers=headers)
    await drop(store, cause_id)
    return service


async def drop(store: Client, cause_id: str) -> str:
    """Forget a record; gives the service that had parked it. Raises NotParked."""
    service, record = await find(store, cause_id)
    await _collection(store, service).delete_one({"_id": record["_id"]})
    return service


def _collection(store: Client, service: str) -> Any:
    return database(store, f"anlaufstelle_{service}")["parked"]
