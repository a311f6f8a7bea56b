"""The containers of deploy/compose.yaml under test: a project of its own, looked into from the machine that runs Docker."""

import asyncio
import json
import math
import os
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import nats
from anlaufstelle_contracts import CloudEvent, topology
from nats.aio.client import Client

from chassis.store import connect, database
from deploy import containers, parts
from tests.kit.waiting import eventually

PROJECT = "anlaufstelle-check"
SCALE = {"matching": 3, "notify": 2}


class Stack:
    """A running project. Replicas are reached by their addresses on Docker's bridge, which a Linux machine can."""

    def __init__(self, files: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> None:
        containers.init()
        self.secrets = containers.read(containers.FOLDER / containers.ENV)
        self.port = parts.free_port()
        self.web = f"http://{parts.HOST}:{self.port}"
        self._command = ["docker", "compose", "--project-name", PROJECT]
        for file in files:
            self._command += ["--file", str(containers.FOLDER / file)]
        self._addresses: dict[str, tuple[float, list[str]]] = {}
        self._environment = {"DOCKER_BUILDKIT": "0", **environment, "WEB_LISTEN": f"{parts.HOST}:{self.port}"}

    def compose(self, *arguments: str, timeout: float = 900) -> str:
        """Run `docker compose …`; gives what it printed, fails when it failed."""
        done = subprocess.run(
            [*self._command, *arguments], env=self._environment, capture_output=True, text=True, timeout=timeout, check=False
        )  # fmt: skip
        assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout[-3_000:]}\n{done.stderr[-3_000:]}"
        return done.stdout

    def up(self, scale: Mapping[str, int] = SCALE) -> None:
        """Start it, or change it; returns when everything is ready."""
        self.compose("up", "--wait", *(f"--scale={service}={count}" for service, count in scale.items()))

    def containers(self, service: str) -> list[dict[str, Any]]:
        """What Docker knows of the replicas of a service."""
        ids = self.compose("ps", "--all", "--quiet", service).split()
        inspected = subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True, check=True)
        return list(json.loads(inspected.stdout))

    async def address(self, service: str, replica: int = 0) -> str:
        """The address of a replica, empty while it has none. Docker is asked anew after two seconds: it may have changed."""
        asked, found = self._addresses.get(service, (-math.inf, []))
        if time.monotonic() - asked > 2:
            replicas = await asyncio.to_thread(self.containers, service)
            found = [next(iter(each["NetworkSettings"]["Networks"].values()))["IPAddress"] for each in replicas]
            self._addresses[service] = time.monotonic(), found
        return found[replica]

    def crash(self, service: str, replica: int = 0) -> None:
        """SIGKILL the process in one of our containers; Docker starts it again."""
        name = self.containers(service)[replica]["Id"]
        subprocess.run(["docker", "exec", name, "sh", "-c", "kill -9 -1"], capture_output=True, check=False)

    def kill(self, service: str) -> None:
        """SIGKILL a container and start it again, as after a power cut."""
        self.compose("kill", service)
        self.compose("start", service)

    @asynccontextmanager
    async def people(self) -> AsyncIterator["People"]:
        """People who write on the console channel."""
        headers = {"Authorization": f"Bearer {self.secrets['API_TOKEN']}"}
        async with httpx.AsyncClient(headers=headers, timeout=30, trust_env=False) as client:
            yield People(self, client)

    @asynccontextmanager
    async def bus(self) -> AsyncIterator[Client]:
        """The operator's connection."""
        password = self.secrets[containers.password_name("operator")]
        client = await nats.connect(f"nats://{await self.address('bus')}:4222", user="operator", password=password)
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
            return [CloudEvent.model_validate_json((await subscription.next_msg(timeout=10)).data) for _ in range(count)]

    async def count(self, service: str, collection: str) -> int:
        """Documents in a service's collection."""
        client = connect(f"mongodb://{await self.address('store')}:27017/?directConnection=true")
        try:
            return await database(client, f"anlaufstelle_{service}")[collection].count_documents({})
        finally:
            await client.close()

    async def is_quiet(self) -> bool:
        """Whether every service has handled everything and said everything that it committed."""
        async with self.bus() as client:
            for service in topology.SERVICES:
                info = await client.jetstream().consumer_info(topology.INTERNAL.name, service)
                if info.num_pending or info.num_ack_pending:
                    return False
        return not any([await self.count(service, "unpublished") for service in topology.SERVICES])

    async def handled(self, service: str) -> list[float]:
        """How many causes each replica has handled since it started."""
        found = []
        for replica in range(len(self.containers(service))):
            headers = {"Authorization": f"Bearer {self.secrets['API_TOKEN']}"}
            async with httpx.AsyncClient(headers=headers, trust_env=False) as client:
                metrics = (await client.get(f"http://{await self.address(service, replica)}:8000/metrics")).text
            lines = [
                line
                for line in metrics.splitlines()
                if line.startswith("anlaufstelle_handled_total{") and 'outcome="done"' in line
            ]
            found.append(sum(float(line.rsplit(" ", 1)[1]) for line in lines))
        return found


class People:
    """People who write on the console channel."""

    def __init__(self, stack: Stack, client: httpx.AsyncClient) -> None:
        self._stack, self._client, self._asking = stack, client, asyncio.Lock()

    async def _url(self) -> str:
        async with self._asking:  # one of them asks Docker, not all at once
            return f"http://{await self._stack.address('intake')}:8000/channels/console/messages"

    async def say(self, person: str, text: str, identifier: str) -> str:
        """Say something until it is accepted; gives the id of the need."""

        async def accepted() -> dict[str, Any]:
            try:
                answer = await self._client.post(await self._url(), json={"from": person, "text": text, "id": identifier})
            except httpx.HTTPError as error:
                raise AssertionError(f"not accepted: {type(error).__name__}") from None
            assert answer.status_code == 202, answer.text
            found: dict[str, Any] = answer.json()
            return found

        answer = await eventually(accepted, timeout=120, interval=0.5)
        assert answer["kind"] == "need", text
        return str(answer["need_id"])

    async def answers(self, person: str) -> list[dict[str, Any]]:
        """What a person got. AssertionError when intake cannot be asked."""
        try:
            answer = await self._client.get(await self._url(), params={"from": person})
        except httpx.HTTPError as error:
            raise AssertionError(f"not answered: {type(error).__name__}") from None
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found
