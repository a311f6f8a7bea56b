"""A bus and a store of a measurement's own."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import nats
from anlaufstelle_contracts import topology
from nats.aio.client import Client

from chassis import provision
from deploy import parts

ROOT = Path(__file__).parents[1]
PASSWORDS = {role.name: f"bench-{role.name}" for role in topology.ROLES}


@dataclass
class Ground:
    """A bus and a store of a run's own."""

    nats_url: str
    store_url: str
    folder: Path


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """Start a fresh bus and store, provisioned; end them afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder, port, monitor, store_port = Path(name), parts.free_port(), parts.free_port(), parts.free_port()
        programs = (parts.bus(folder / "bus", port, monitor, PASSWORDS), parts.store(folder / "store", store_port))
        processes = [parts.spawn(program, folder / f"{program.name}.log", os.environ) for program in programs]
        try:
            for program in programs:
                while not await asyncio.to_thread(program.ready):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.05)
            made = Ground(f"nats://{parts.HOST}:{port}", parts.store_url(store_port), folder)
            async with connected(made) as client:
                await provision.apply(client)
            yield made
        finally:
            for process in processes:
                process.kill()
                process.wait()


@asynccontextmanager
async def connected(on: Ground) -> AsyncIterator[Client]:
    """The operator's connection."""
    client = await nats.connect(on.nats_url, user="operator", password=PASSWORDS["operator"])
    try:
        yield client
    finally:
        await client.close()
