"""Intake on a real bus and a real store, in this process, spoken to over its own HTTP side without a port."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from anlaufstelle_contracts import CloudEvent, Event

from chassis import Service
from services.intake import understanding
from services.intake.domain.triage import Kind
from services.intake.understanding import Understood
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

VAULT_KEY = "a-key-for-tests-that-is-long-enough-0123456789"


class Intake:
    """One running replica."""

    def __init__(self, service: Service, bus: Bus) -> None:
        self.service, self.bus = service, bus
        transport = httpx.ASGITransport(app=service.api)
        self.http = httpx.AsyncClient(
            transport=transport, base_url="http://intake", headers={"Authorization": "Bearer test-token"}, timeout=30
        )

    async def say(self, text: str, sender: str = "olena", **more: Any) -> dict[str, Any]:
        """Say something at the console."""
        answer = await self.http.post("/channels/console/messages", json={"from": sender, "text": text, **more})
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    async def answers(self, sender: str = "olena", after: int = 0, count: int = 1) -> list[dict[str, Any]]:
        """The messages that came back at the console, at least `count` of them."""

        async def enough() -> list[dict[str, Any]]:
            answer = await self.http.get("/channels/console/messages", params={"from": sender, "after": after, "wait": 1})
            messages = list(answer.json()["messages"])
            return messages if len(messages) >= count else []

        return await eventually(enough, timeout=15)

    async def events(self, kind: type[Event]) -> list[CloudEvent]:
        """Every event of a kind on the bus."""
        return [event for event in await running.heard(self.bus) if event.type == kind.type]


@asynccontextmanager
async def started(bus: Bus, store: Store, **settings: Any) -> AsyncIterator[Intake]:
    """A replica of intake, started."""
    made = running.settings_for("intake", bus, store, **{"vault_key": VAULT_KEY, **settings})
    async with AsyncExitStack() as stack:
        intake = Intake(await stack.enter_async_context(running.started(running.build("intake", made))), bus)
        await stack.enter_async_context(intake.http)
        yield intake


@pytest.fixture
async def intake(bus: Bus, store: Store) -> AsyncIterator[Intake]:
    """One replica on a fresh bus and store."""
    await running.provisioned(bus)
    async with started(bus, store) as replica:
        yield replica


@pytest.fixture
def doubtful(monkeypatch: pytest.MonkeyPatch) -> str:
    """A text that the model is unsure of, whatever it was fitted to."""
    text, read = "велосипед, кажуть", understanding._read

    def doubted(texts: list[str]) -> list[Understood]:
        return [Understood(Kind.UNCLEAR) if said == text else found for said, found in zip(texts, read(texts), strict=True)]

    monkeypatch.setattr(understanding, "_read", doubted)
    return text
