"""What an operator does on the bus and the store: provision, and look after parked messages. The chassis does the work."""

import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import nats
from nats.aio.client import Client
from rich.console import Console
from rich.table import Table

from chassis import dead, provision, store

from .control import running
from .home import Home
from .parts import HOST, store_url
from .problem import Problem


async def provisioned(url: str, password: str) -> list[provision.Change]:
    """Make the bus as the topology has it; gives what was changed. Raises Problem."""
    async with _bus(url, password) as client:
        try:
            return await provision.apply(client)
        except provision.ProvisionError as error:
            raise Problem(f"the bus refuses to be provisioned: {error}") from None


class Operator:
    """The operator's way to bus and store: of the instance that runs here, or of those that the environment names."""

    def __init__(self, console: Console, environment: Mapping[str, str] = os.environ) -> None:
        self._console = console
        if "ANLAUFSTELLE_NATS_URL" in environment:
            self._nats_url = environment["ANLAUFSTELLE_NATS_URL"]
            self._password = environment.get("ANLAUFSTELLE_NATS_PASSWORD", "")
            self._store_url = environment.get("ANLAUFSTELLE_STORE_URL", "mongodb://127.0.0.1:27017")
            return
        home = Home.here(environment)
        state = running(home)
        self._nats_url = f"nats://{HOST}:{state.port('bus')}"
        self._password = home.secrets().bus["operator"]
        self._store_url = store_url(state.port("store"))

    async def plan(self) -> int:
        """Show how the bus differs from the topology; gives the number of differences."""
        async with _bus(self._nats_url, self._password) as client:
            changes = await provision.plan(client)
        self._show(changes)
        return len(changes)

    async def apply(self) -> None:
        """Make the bus as the topology has it, and show what was changed."""
        self._show(await provisioned(self._nats_url, self._password))

    async def parked(self) -> None:
        """Show every parked message."""
        table = Table("id", "service", "type", "parked at", "reason", box=None, pad_edge=False)
        async with _store(self._store_url) as client:
            async for service, record in dead.parked(client):
                at = f"{record['at']:%Y-%m-%d %H:%M:%S} UTC"
                table.add_row(record["_id"], service, str(record["type"]), at, str(record["reason"]))
        self._console.print(table if table.row_count else "No message is parked.")

    async def show(self, cause_id: str) -> None:
        """Show one parked message with its body. Raises Problem."""
        async with _store(self._store_url) as client:
            with _known(cause_id):
                service, record = await dead.find(client, cause_id)
        self._console.print_json(json.dumps({"service": service, **record}, default=_readable))

    async def replay(self, cause_id: str) -> None:
        """Give a parked message back to the service that parked it. Raises Problem."""
        async with _store(self._store_url) as client, _bus(self._nats_url, self._password) as bus:
            with _known(cause_id):
                service = await dead.replay(client, bus, cause_id)
        self._console.print(f"Given back to {service}.")

    async def drop(self, cause_id: str) -> None:
        """Forget a parked message. Raises Problem."""
        async with _store(self._store_url) as client:
            with _known(cause_id):
                service = await dead.drop(client, cause_id)
        self._console.print(f"Forgotten; {service} had parked it.")

    def _show(self, changes: list[provision.Change]) -> None:
        for change in changes:
            self._console.print(str(change), markup=False, highlight=False, soft_wrap=True)
        if not changes:
            self._console.print("The bus is as the topology has it.")


@asynccontextmanager
async def _bus(url: str, password: str) -> AsyncIterator[Client]:
    try:
        client = await nats.connect(url, user="operator", password=password, allow_reconnect=False, connect_timeout=5)
    except (OSError, nats.errors.Error) as error:
        raise Problem(f"no way to the bus at {url}: {error}") from None
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def _store(url: str) -> AsyncIterator[store.Client]:
    client = store.connect(url)
    try:
        yield client
    finally:
        await client.close()


@contextmanager
def _known(cause_id: str) -> Iterator[None]:
    try:
        yield
    except dead.NotParked:
        raise Problem(f"no message {cause_id!r} is parked; ./anlaufstelle dead list shows those that are") from None


def _readable(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
