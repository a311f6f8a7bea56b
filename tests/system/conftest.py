"""The whole system as a newcomer starts it, in a folder and on ports of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import nats
import pytest
from anlaufstelle_contracts import CloudEvent, topology
from nats.aio.client import Client

from chassis.store import connect, database
from deploy import parts
from deploy.home import Home, State
from deploy.programs import child_environment
from tests.kit.waiting import eventually

ROOT = Path(__file__).parents[2]


class System:
    """A running instance. `settings` go into its environment."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.home = Home(folder)
        self.web = f"http://{parts.HOST}:{settings.setdefault('ANLAUFSTELLE_PORT', str(parts.free_port()))}"
        self.environment = {**child_environment(), "ANLAUFSTELLE_HOME": str(folder), **settings}

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`./anlaufstelle …` on this instance."""
        command = [sys.executable, "-m", "deploy.cli", *words]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=150)

    def up(self) -> None:
        """Start it; returns when everything is ready."""
        done = self.command("up", "--detach")
        assert done.returncode == 0, done.stdout + done.stderr

    def down(self) -> None:
        """Stop it."""
        self.command("down")

    @property
    def state(self) -> State:
        state = self.home.state()
        assert state is not None, "the supervisor has ended"
        return state

    def kill(self, name: str) -> bool:
        """SIGKILL one process; False when it does not run just now."""
        known = next(process for process in self.state.processes if process.name == name)
        if known.process() is None or known.pid is None:
            return False
        os.kill(known.pid, signal.SIGKILL)
        return True

    def http(self, service: str) -> httpx.AsyncClient:
        """A client of a service's internal routes."""
        token = {"Authorization": f"Bearer {self.home.secrets().api_token}"}
        url = f"http://{parts.HOST}:{self.state.port(service)}"
        return httpx.AsyncClient(base_url=url, headers=token, timeout=30, trust_env=False)

    @asynccontextmanager
    async def bus(self) -> AsyncIterator[Client]:
        """The operator's connection."""
        url = f"nats://{parts.HOST}:{self.state.port('bus')}"
        client = await nats.connect(url, user="operator", password=self.home.secrets().bus["operator"])
        try:
            yield client
        finally:
            await client.close()

    async def events(self) -> list[CloudEvent]:
        """Everything said on the internal view."""
        async with self.bus() as client:
            js = client.jetstream()
            count = (await js.stream_info(topology.INTERNAL.name)).state.messages
            subscription = await js.subscribe("internal.>", ordered_consumer=True)
            messages = [await subscription.next_msg(timeout=10) for _ in range(count)]
            return [CloudEvent.model_validate_json(message.data) for message in messages]

    async def quiet(self, timeout: float = 60) -> None:
        """Return when every service has handled everything and said everything that it committed."""
        await eventually(self._is_quiet, timeout, interval=0.2)

    async def _is_quiet(self) -> bool:
        async with self.bus() as client:
            for service in topology.SERVICES:
                info = await client.jetstream().consumer_info(topology.INTERNAL.name, service)
                if info.num_pending or info.num_ack_pending:
                    return False
        return not any([await self.count(service, "unpublished") for service in topology.SERVICES])

    async def count(self, service: str, collection: str) -> int:
        """Documents in a service's collection."""
        client = connect(parts.store_url(self.state.port("store")))
        try:
            return await database(client, f"anlaufstelle_{service}")[collection].count_documents({})
        finally:
            await client.close()

    async def say(self, text: str, person: str, identifier: str) -> dict[str, Any]:
        """Say something on the console channel, again and again until it is accepted: what a client does that wants no loss."""

        async def accepted() -> dict[str, Any] | None:
            try:
                async with self.http("intake") as client:
                    body = {"from": person, "text": text, "id": identifier}
                    answer = await client.post("/channels/console/messages", json=body)
            except (httpx.HTTPError, StopIteration):
                return None
            return answer.json() if answer.status_code == 202 else None

        return await eventually(accepted, timeout=180, interval=0.3)

    async def answers(self, person: str) -> list[dict[str, Any]]:
        """What a person got on the console channel."""
        async with self.http("intake") as client:
            answer = await client.get("/channels/console/messages", params={"from": person, "after": 0, "wait": 0})
            answer.raise_for_status()
            return list(answer.json()["messages"])

    def logs(self) -> str:
        """Everything that any process has written."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.home.logs.glob("*")))


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """A fresh instance, ready."""
    made = System(tmp_path / "home", ANLAUFSTELLE_LOG_LEVEL="debug")
    made.up()
    yield made
    made.down()
