"""kill -9 between accepting and sending: nothing accepted is lost, and nothing is taken twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from anlaufstelle_contracts import NeedArticulated

from deploy.emulator.telegram import TOKEN, TelegramEmulator, serving
from tests.intake.conftest import VAULT_KEY
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

NEED = "Шукаю курси німецької для мами, живемо в Грюнау"
pytestmark = pytest.mark.timeout(240)
TAKE_OVER = 100.0
"""Seconds for the start of a process, the lease of the dead one to expire, and its transaction, which stores keep for 60."""


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TelegramEmulator]:
    """An emulated Bot API, to which the channel is switched on."""
    async with serving(TelegramEmulator()) as emulator:
        running.switch_on(monkeypatch, "telegram", bot_token=TOKEN, api_url=emulator.url)
        yield emulator


def process(bus: Bus, store: Store, log: Path) -> running.ServiceProcess:
    return running.ServiceProcess(running.settings_for("intake", bus, store, vault_key=VAULT_KEY), "intake", log)


async def test_what_was_accepted_is_sent_after_a_kill(bus: Bus, store: Store, telegram: TelegramEmulator, tmp_path: Path) -> None:
    await running.provisioned(bus)
    telegram.fail("sendMessage", 502, "Bad Gateway", times=1000)
    first = process(bus, store, tmp_path / "first.log")
    try:
        telegram.say(1001, "/help")
        await eventually(lambda: "sendMessage" in telegram.calls, TAKE_OVER)
    finally:
        first.kill()
    telegram.recover()
    second = process(bus, store, tmp_path / "second.log")
    try:
        assert "/privacy" in (await telegram.answer(1001, TAKE_OVER)).text
    finally:
        second.kill()


async def test_killed_again_and_again_every_need_is_articulated_once(
    bus: Bus, store: Store, telegram: TelegramEmulator, tmp_path: Path
) -> None:  # fmt: skip
    await running.provisioned(bus)
    people = range(1000, 1060)
    for person in people:
        telegram.say(person, f"{NEED}, нас {person}")
    for number, taken in enumerate((10, 30, len(people))):
        intake = process(bus, store, tmp_path / f"{number}.log")
        try:
            await eventually(lambda: _taken(bus, taken), TAKE_OVER)  # noqa: B023 - awaited here
        finally:
            intake.kill()
    assert "німецької" not in _logs(tmp_path)
    needs = [event for event in await running.heard(bus) if event.type == NeedArticulated.type]
    assert sorted(str(event.data["text"]) for event in needs) == sorted(f"{NEED}, нас {person}" for person in people)


async def _taken(bus: Bus, count: int) -> bool:
    return sum(event.type == NeedArticulated.type for event in await running.heard(bus)) >= count


def _logs(folder: Path) -> str:
    return "".join(log.read_text() for log in folder.glob("*.log"))
