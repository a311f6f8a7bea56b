"""What Signal handed over once is heard once, whatever happens to the replica that read it: on a real bus and store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from anlaufstelle_contracts import CloudEvent, NeedArticulated, NeedWithdrawn

from services.intake.channels import signal
from services.intake.understanding import Understanding
from tests.channels.signal.provider import Provider
from tests.intake.conftest import VAULT_KEY, Intake, started
from tests.kit import running
from tests.kit.channels.provider import Failure
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

NEED = "Шукаю курси німецької для мами, живемо в Грюнау"
OTHER = "Шукаю репетитора з математики для сина"
THIRD = "Потрібна дитяча коляска для двійні"
START_WITHIN = 100.0
"""Seconds for the start of a process, the lease of the dead one to expire, and its transaction, which stores keep for 60."""
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def people(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Provider]:
    """A stand-in of the REST API, to which the channel is switched on."""
    await running.provisioned(bus)
    provider = Provider()
    await provider.start()
    running.switch_on(monkeypatch, "signal", **provider.settings())
    yield provider
    await provider.stop()


@pytest.fixture
def understanding(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until it is set, replicas that are started load their models: what needs to be read is not heard."""
    may_load, load = asyncio.Event(), Understanding.warm_up

    async def warm_up(self: Understanding) -> None:
        await may_load.wait()
        await load(self)

    monkeypatch.setattr(Understanding, "warm_up", warm_up)
    return may_load


async def asked(bus: Bus, count: int = 1) -> list[str]:
    """What was asked for, once it was asked `count` times."""

    async def enough() -> list[CloudEvent]:
        found = [event for event in await running.heard(bus) if event.type == NeedArticulated.type]
        return found if len(found) >= count else []

    return [str(event.data["text"]) for event in await eventually(enough, START_WITHIN)]


async def nothing_spooled(intake: Intake) -> bool:
    return await intake.service.db["spool"].count_documents({}) == 0


@pytest.mark.parametrize("step", ["known", "committed"])
async def test_a_kill_between_reading_and_hearing(bus: Bus, store: Store, people: Provider, tmp_path: Path, step: str) -> None:
    """Killed before it is heard it is not lost; killed after that, before the spool knows, it is heard again and taken once."""
    settings = running.settings_for("intake", bus, store, vault_key=VAULT_KEY)
    first = running.ServiceProcess(settings, "intake", tmp_path / "log", crash_at=step)
    try:
        await eventually(lambda: people.is_heard, START_WITHIN)
        await people.deliver(people.text(1, NEED))
        await eventually(first.killed_itself, START_WITHIN)
    finally:
        first.kill()
    async with started(bus, store) as intake:
        assert await asked(bus) == [NEED]
        await eventually(lambda: nothing_spooled(intake), START_WITHIN)
    assert NEED not in (tmp_path / "log").read_text()


async def test_a_stop(bus: Bus, store: Store, people: Provider, understanding: asyncio.Event) -> None:
    async with started(bus, store) as intake:
        for text in (NEED, OTHER, THIRD):
            await people.deliver(people.text(1, text))
        kept = await eventually(lambda: spooled(intake, 3))
        assert NEED not in str(kept)
        assert people.address(1) not in str(kept)
    understanding.set()
    async with started(bus, store) as intake:
        assert await asked(bus, 3) == [NEED, OTHER, THIRD]
        await eventually(lambda: nothing_spooled(intake))


async def spooled(intake: Intake, count: int) -> list[Any]:
    found = await intake.service.db["spool"].find({}).to_list()
    return found if len(found) == count else []


async def test_a_stop_while_the_store_is_away(bus: Bus, store: Store, people: Provider) -> None:
    async with started(bus, store):
        await people.deliver(people.text(1, "/help"))
        store.kill()
        for text in (NEED, OTHER):
            await people.deliver(people.text(1, text))

        async def back() -> None:
            await asyncio.sleep(3)  # it is asked more than once to end
            store.start()

        returning = asyncio.create_task(back())
    await returning
    async with started(bus, store):
        assert await asked(bus, 2) == [NEED, OTHER]


async def test_the_rest_api_is_started_anew(bus: Bus, store: Store, people: Provider, understanding: asyncio.Event) -> None:
    async with started(bus, store):
        await people.deliver(people.text(1, NEED))
        people.fail(Failure.DOWN)
        people.fail(None)
        await people.deliver(people.text(1, OTHER))
        understanding.set()
        assert await asked(bus, 2) == [NEED, OTHER]


async def test_another_replica_takes_what_one_has_read(
    bus: Bus, store: Store, people: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(signal, "GIVE_WAY_AFTER", 0.0)
    async with AsyncExitStack() as stack:
        with monkeypatch.context() as patch:
            patch.setattr(Understanding, "warm_up", lambda _: asyncio.Event().wait())  # it reads, and never understands
            await stack.enter_async_context(started(bus, store))
        await people.deliver(people.text(1, NEED))
        await stack.enter_async_context(started(bus, store))
        people.fail(Failure.DOWN)
        assert await asked(bus) == [NEED]


async def test_changes_are_followed_over_restarts(bus: Bus, store: Store, people: Provider) -> None:
    """Each change names the one before, a deletion the last."""
    said, first, second = people.text(1, NEED), people.text(1, OTHER), people.text(1, THIRD)
    names = [each["envelope"]["dataMessage"]["timestamp"] for each in (said, first, second)]
    for change, target in zip((first, second), names, strict=False):
        envelope = change["envelope"]
        envelope["editMessage"] = {"targetSentTimestamp": target, "dataMessage": envelope.pop("dataMessage")}
    deletion = people.text(1, "")
    deletion["envelope"]["dataMessage"] |= {"message": None, "remoteDelete": {"timestamp": names[-1]}}
    for update, needs, withdrawn in ((said, 1, 0), (first, 2, 1), (second, 3, 2), (deletion, 3, 3)):
        async with started(bus, store) as intake:
            await people.deliver(update)
            assert await asked(bus, needs) == [NEED, OTHER, THIRD][:needs]
            await eventually(lambda: is_withdrawn(intake, withdrawn))  # noqa: B023 - awaited here
            await eventually(lambda: nothing_spooled(intake))
            notes = str(await intake.service.db["notes"].find({}).to_list())
    assert people.address(1) not in notes
    assert str(names[0]) not in notes


async def is_withdrawn(intake: Intake, count: int) -> bool:
    return len(await intake.events(NeedWithdrawn)) == count
