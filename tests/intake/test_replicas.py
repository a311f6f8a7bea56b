"""Replicas as processes that come, go and are killed: a channel that can only be heard once is heard by one of them, always."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from anlaufstelle_contracts import NeedArticulated

from deploy.emulator.telegram import TOKEN, TelegramEmulator, serving
from tests.intake.conftest import VAULT_KEY
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

NEED = "Шукаю курси німецької для мами, живемо в Грюнау"
TAKE_OVER = 15.0
"""Seconds within which another replica hears after one was killed."""
START_WITHIN = 60.0
SAYS_EVERY = 0.25
pytestmark = pytest.mark.timeout(240)


class Watched(TelegramEmulator):
    """Notes when it was asked for updates, and how often by two at once."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[float] = []
        self.asking = 0
        self.collisions = 0

    async def _api_getUpdates(self, *arguments: Any, **more: Any) -> list[dict[str, Any]]:
        self.asked.append(time.monotonic())
        self.collisions += self.asking > 0
        self.asking += 1
        try:
            return await super()._api_getUpdates(*arguments, **more)
        finally:
            self.asking -= 1


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    """An emulated Bot API, to which the channel is switched on."""
    async with serving(Watched()) as emulator:
        running.switch_on(monkeypatch, "telegram", bot_token=TOKEN, api_url=emulator.url)
        yield emulator


class Replicas:
    """Processes of intake."""

    def __init__(self, bus: Bus, store: Store, folder: Path, stack: ExitStack) -> None:
        self.bus, self.store, self.folder, self.stack = bus, store, folder, stack
        self.made = 0

    async def add(self) -> running.ServiceProcess:
        """Start one, and wait until it takes part."""
        self.made += 1
        log = self.folder / f"{self.made}.log"
        settings = running.settings_for("intake", self.bus, self.store, vault_key=VAULT_KEY)
        process = running.ServiceProcess(settings, "intake", log)
        self.stack.callback(process.kill)
        await eventually(lambda: "started" in log.read_text(), START_WITHIN)
        return process


async def test_one_hears_whoever_comes_goes_or_dies(bus: Bus, store: Store, telegram: Watched, tmp_path: Path) -> None:
    await running.provisioned(bus)
    said: list[str] = []

    async def people() -> None:
        while True:
            text = f"{NEED}, нас {len(said) + 2}"
            said.append(text)
            telegram.say(5000 + len(said), text)
            await asyncio.sleep(SAYS_EVERY)

    with ExitStack() as stack:
        replicas = Replicas(bus, store, tmp_path, stack)
        talking = asyncio.create_task(people())
        first = await replicas.add()
        await eventually(lambda: telegram.asked, START_WITHIN)
        second = await replicas.add()
        assert telegram.collisions == 0

        first.kill()
        killed = time.monotonic()
        await eventually(lambda: telegram.asked[-1] > killed, TAKE_OVER)
        await replicas.add()
        asked = len(telegram.asked)
        second.process.terminate()  # goes in order: gives its lease back
        await asyncio.to_thread(second.process.wait, 30)
        await eventually(lambda: len(telegram.asked) > asked, TAKE_OVER)
        third = await replicas.add()
        assert not third.ended()
        talking.cancel()
        await eventually(lambda: telegram.waiting() == 0, START_WITHIN)
        # What the dead one had asked was still open when its heir asked; otherwise there was never more than one.
        assert telegram.collisions <= 1
        needs = [event for event in await running.heard(bus) if event.type == NeedArticulated.type]
        assert sorted(str(event.data["text"]) for event in needs) == sorted(said)
