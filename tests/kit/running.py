"""Services under test: built as their main module builds them, in this process or as processes that can be killed."""

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_type_hints

import nats
import pytest
from anlaufstelle_contracts import CloudEvent, Event, Sensitivity, subjects, topology
from nats.aio.client import Client

from chassis import Service, Settings, provision
from tests.kit.infra import Bus, Store

ROOT = Path(__file__).parents[2]
ACK_WAIT = 2.0
"""Seconds until an unsettled message comes again; half a minute in production."""

EXTRA: dict[str, Any] = {"retry_delay": 0.05, "api_token": "test-token", "give_up_after": 10.0, "http_port": 0}


def get_settings_class(service: str) -> type[Settings]:
    """What the service's `build` takes."""
    module = importlib.import_module(f"services.{service}.main")
    settings: type[Settings] = get_type_hints(module.build)["settings"]
    return settings


def settings_for(service: str, bus: Bus, store: Store, **more: Any) -> Settings:
    """The settings of a service for the servers of a test."""
    values = {"nats_url": bus.url, "nats_password": bus.passwords[service], "store_url": store.url, **EXTRA, **more}
    return get_settings_class(service)(**values)


def build(service: str, settings: Settings) -> Service:
    """The service as its main module builds it."""
    built: Service = importlib.import_module(f"services.{service}.main").build(settings)
    return built


@asynccontextmanager
async def operator(bus: Bus) -> AsyncIterator[Client]:
    """A connection that may do anything."""
    client = await nats.connect(bus.url, user="operator", password=bus.passwords["operator"])
    try:
        yield client
    finally:
        await client.close()


async def provisioned(bus: Bus) -> None:
    """Bring a fresh bus to what the topology says."""
    async with operator(bus) as client:
        await provision.apply(client, ack_wait=ACK_WAIT)


@asynccontextmanager
async def started(service: Service) -> AsyncIterator[Service]:
    """The service in this process, without its HTTP side."""
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


async def say(bus: Bus, *events: CloudEvent, reply_to: str = "", suffix: str = "") -> None:
    """Say events on the internal view; another suffix gets the same event past the bus's own dedupe."""
    async with operator(bus) as client:
        for event in events:
            subject = subjects.subject(event, Sensitivity.INTERNAL)
            headers = {"Nats-Msg-Id": event.id + suffix} | ({"reply_to": reply_to} if reply_to else {})
            await client.jetstream().publish(subject, event.to_json(), headers=headers)


async def heard(bus: Bus, stream: str = topology.INTERNAL.name) -> list[CloudEvent]:
    """Everything that a stream holds, in order."""
    async with operator(bus) as client:
        js = client.jetstream()
        info = await js.stream_info(stream)
        found = []
        for sequence in range(info.state.first_seq, info.state.last_seq + 1) if info.state.messages else ():
            message = await js.get_msg(stream, sequence)
            found.append(CloudEvent.model_validate_json(message.data or b""))
        return found


def example(event: type[Event]) -> CloudEvent:
    """The golden example of an event."""
    body = json.loads((ROOT / "contracts" / "examples" / f"{event.type}.json").read_text())
    return CloudEvent.model_validate(body)


def switch_on(monkeypatch: pytest.MonkeyPatch, channel: str, **settings: object) -> None:
    """Set a channel's settings for what is started from now on, in this process or as one of its own."""
    for name, value in settings.items():
        monkeypatch.setenv(f"ANLAUFSTELLE_{channel.upper()}_{name.upper()}", str(value))


class ServiceProcess:
    """A service as a process of its own, which may kill itself at a step of the ledger."""

    def __init__(self, settings: Settings, service: str, log: Path, crash_at: str = "") -> None:
        environment = {f"ANLAUFSTELLE_{key.upper()}": value for key, value in _plain(settings).items()}
        command = [sys.executable, "-m", "tests.kit.crashing", service, crash_at]
        path = os.pathsep.join([str(ROOT), str(ROOT / "contracts")])
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **environment, "PYTHONPATH": path}, stdout=output, stderr=output
            )

    def ended(self) -> bool:
        """Whether it is gone."""
        return self.process.poll() is not None

    def killed_itself(self) -> bool:
        """Whether it is gone by SIGKILL."""
        return self.process.poll() == -signal.SIGKILL

    def kill(self) -> None:
        """SIGKILL, if it still runs."""
        if not self.ended():
            self.process.kill()
        self.process.wait()


def _plain(settings: Settings) -> dict[str, str]:
    reveal: Callable[[Any], Any] = lambda value: value.get_secret_value() if hasattr(value, "get_secret_value") else value  # noqa: E731
    values = {name: reveal(getattr(settings, name)) for name in settings.model_fields_set}
    return {name: json.dumps(value) if isinstance(value, list | dict) else str(value) for name, value in values.items()}


def handled(service: str) -> list[type[Event]]:
    """The events that a service handles, in a steady order."""
    return sorted(topology.TRAFFIC[service].handles, key=lambda event: event.type)
