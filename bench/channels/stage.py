"""Where it takes place: a bus, a store, matching, notify, and replicas of intake that somebody kills."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from itertools import count
from typing import Any

import httpx
from anlaufstelle_contracts import CloudEvent, topology

from bench.ground import PASSWORDS, ROOT, Ground, connected
from chassis.store import connect, database
from deploy import parts
from deploy.emulator.telegram import TOKEN, TelegramEmulator

API_TOKEN = "soak"
SECRET = "soak-webhook-secret"
CONNECTIONS = 40
"""Calls of the webhook at once, as many as the provider makes."""
START_WITHIN = 300.0
DEAD_FOR = 2.0
QUIET_FOR = 5.0
QUIET_WITHIN = 300.0


class Provider(TelegramEmulator):
    """Calls the webhook of any replica, many at once, but each person's updates in order and again until they are taken."""

    def __init__(self) -> None:
        super().__init__()
        self.ports: dict[int, int] = {}
        """Of the replicas that run."""
        self.not_taken = 0
        self._last: dict[int, asyncio.Task[None]] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._turn = count()

    def waiting(self) -> int:
        """Updates that nobody has taken yet."""
        return super().waiting() + len(self._under_way)

    async def push(self) -> None:
        """Hand every update over, while it is served."""
        free = asyncio.Semaphore(CONNECTIONS)
        async with httpx.AsyncClient(trust_env=False, timeout=30, limits=httpx.Limits(max_connections=CONNECTIONS)) as client:
            while True:
                self._drop_what_is_not_wanted()
                if not (self.webhook and self._updates):
                    await self._wait(0.1)
                    continue
                update = self._updates.pop(0)
                whose = _whose(update)
                task = asyncio.create_task(self._hand_over(client, free, update, self._last.get(whose)))
                self._last[whose] = task
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _hand_over(
        self, client: httpx.AsyncClient, free: asyncio.Semaphore, update: dict[str, Any], before: asyncio.Task[None] | None
    ) -> None:
        if before:
            await asyncio.wait([before])
        async with free:
            while not await self._taken(client, update):
                self.not_taken += 1
                await asyncio.sleep(0.2)

    async def _taken(self, client: httpx.AsyncClient, update: dict[str, Any]) -> bool:
        ports = list(self.ports.values())
        if not ports:
            return False
        url = f"http://{parts.HOST}:{ports[next(self._turn) % len(ports)]}/channels/telegram/webhook"
        with suppress(httpx.HTTPError):
            answer = await client.post(url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
            return answer.is_success
        return False


def _whose(update: dict[str, Any]) -> int:
    said = next(value for key, value in update.items() if key != "update_id")
    return int(said["from"]["id"])


class Stage:
    """The processes."""

    def __init__(self, on: Ground, telegram: Provider, replicas: int, hears: str) -> None:
        self.on, self.telegram, self.replicas, self.hears = on, telegram, replicas, hears
        self.kills: list[float] = []
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._intake = [parts.free_port() for _ in range(replicas)]
        self.matching_port = parts.free_port()

    async def __aenter__(self) -> "Stage":
        """Everything started, with the sample directory."""
        try:
            async with asyncio.timeout(START_WITHIN):
                self._start("matching", "matching", self.matching_port)
                self._start("notify", "notify", parts.free_port())
                await self._ready(self.matching_port)
                await self._import()
                for number in range(self.replicas):
                    self._start(f"intake-{number}", "intake", self._intake[number])
                for number in range(self.replicas):
                    await self._ready(self._intake[number])
                    self.telegram.ports[number] = self._intake[number]
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Everything ended."""
        for process in self.running.values():
            process.kill()
            process.wait()

    async def kill_now_and_then(self, every: float, by: random.Random) -> None:
        """Kill one of the replicas, and start it again a moment later."""
        while True:
            await asyncio.sleep(every * by.uniform(0.6, 1.4))
            number = by.randrange(self.replicas)
            self.running[f"intake-{number}"].kill()
            self.running[f"intake-{number}"].wait()
            self.kills.append(time.monotonic())
            self.telegram.ports.pop(number, None)
            await asyncio.sleep(DEAD_FOR)
            self._start(f"intake-{number}", "intake", self._intake[number])
            await self._ready(self._intake[number])
            self.telegram.ports[number] = self._intake[number]

    def _start(self, name: str, service: str, port: int) -> None:
        channel = {
            "ANLAUFSTELLE_TELEGRAM_BOT_TOKEN": TOKEN, "ANLAUFSTELLE_TELEGRAM_API_URL": self.telegram.url,
            **({"ANLAUFSTELLE_TELEGRAM_WEBHOOK_URL": "https://soak.example.org", "ANLAUFSTELLE_TELEGRAM_WEBHOOK_SECRET": SECRET}
               if self.hears == "webhook" else {}),
        }  # fmt: skip
        environment = {
            **os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "contracts")]),
            "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive",
            "ANLAUFSTELLE_NATS_URL": self.on.nats_url, "ANLAUFSTELLE_NATS_PASSWORD": PASSWORDS[service],
            "ANLAUFSTELLE_STORE_URL": self.on.store_url, "ANLAUFSTELLE_HTTP_PORT": str(port), "ANLAUFSTELLE_API_TOKEN": API_TOKEN,
            "ANLAUFSTELLE_VAULT_KEY": "soak-" * 10, "ANLAUFSTELLE_HOME": str(self.on.folder), "ANLAUFSTELLE_LOG_FORMAT": "json",
            **(channel if service == "intake" else {}),
        }  # fmt: skip
        with (self.on.folder / f"{name}.log").open("ab") as log:
            command = (sys.executable, "-m", f"services.{service}.main")
            self.running[name] = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    async def _ready(self, port: int) -> None:
        while not await asyncio.to_thread(parts.answers, f"http://{parts.HOST}:{port}/health/ready"):
            if ended := [name for name, process in self.running.items() if process.poll() not in (None, -9)]:
                raise RuntimeError(f"{ended[0]} ended:\n{(self.on.folder / f'{ended[0]}.log').read_text()[-2000:]}")
            await asyncio.sleep(0.1)

    async def _import(self) -> None:
        offers = (ROOT / "data" / "devset" / "offers.jsonl").read_bytes()
        headers = {"Authorization": f"Bearer {API_TOKEN}", "Content-Type": "application/x-ndjson"}
        async with httpx.AsyncClient(trust_env=False, timeout=300) as client:
            url = f"http://{parts.HOST}:{self.matching_port}/directory/import?sample=true"
            (await client.post(url, content=offers, headers=headers)).raise_for_status()

    # --- afterwards ---

    async def quiet(self) -> bool:
        """Wait until nothing is on its way any more. False when that does not come."""
        deadline, still, since = time.monotonic() + QUIET_WITHIN, -1, time.monotonic()
        while time.monotonic() - since < QUIET_FOR:
            if time.monotonic() > deadline:
                return False
            if self.telegram.waiting() or len(self.telegram.sent) != still or await self._under_way():
                still, since = len(self.telegram.sent), time.monotonic()
            await asyncio.sleep(0.5)
        return True

    async def _under_way(self) -> int:
        async with connected(self.on) as client:
            names = ("intake", "matching", "notify")
            infos = [await client.jetstream().consumer_info(topology.INTERNAL.name, name) for name in names]
        store = connect(self.on.store_url)
        try:
            waiting = await database(store, "anlaufstelle_intake")["deliveries"].count_documents({"state": "waiting"})
        finally:
            await store.close()
        return waiting + sum((info.num_pending or 0) + (info.num_ack_pending or 0) for info in infos)

    async def events(self) -> dict[str, list[CloudEvent]]:
        """Everything that was said on the bus, by type."""
        found: dict[str, list[CloudEvent]] = defaultdict(list)
        async with connected(self.on) as client:
            stream = client.jetstream()
            messages = (await stream.stream_info(topology.INTERNAL.name)).state.messages
            subscription = await stream.subscribe("internal.>", ordered_consumer=True)
            for _ in range(messages):
                event = CloudEvent.model_validate_json((await subscription.next_msg(timeout=30)).data)
                found[event.type].append(event)
        return found
