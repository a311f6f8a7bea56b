"""The pace of a channel: kept by all replicas together, in the order of requests, fair between people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from anlaufstelle_contracts import MessageDelivered, MessageRequested, wrap

from services.intake import sender
from services.intake.channels.base import Limits
from services.intake.delivering import Delivering
from services.intake.domain.delivery import Delivery, InGroup
from services.intake.host import ChannelHost
from services.intake.queue import Queue
from tests.intake.conftest import Intake, started
from tests.intake.plaza import Provider, Said, open_up
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

PER_SECOND, EACH = 30, 2
PEOPLE, OF_ONE = 40, 4


@pytest.fixture
def plaza() -> Provider:
    return Provider(limits=Limits(text=200, per_second=PER_SECOND, per_second_each=EACH))


@pytest.fixture
async def intake(bus: Bus, store: Store, plaza: Provider, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Intake]:
    """Two replicas with a channel of our own."""
    open_up(monkeypatch, plaza)
    await running.provisioned(bus)
    async with AsyncExitStack() as stack:
        first, _ = [await stack.enter_async_context(started(bus, store)) for _ in range(2)]
        yield first


async def test_a_burst_goes_out_in_order_fair_and_at_the_pace_of_the_provider(intake: Intake, plaza: Provider) -> None:
    names = [f"person-{number}" for number in range(PEOPLE)]
    await asyncio.gather(*(plaza.say("/language uk", name, message_id=name) for name in ["many", *names]))
    people = {address["_id"]: address["person_id"] async for address in intake.service.db["addresses"].find()}
    ids = {name: people[intake_address(plaza, name)] for name in ["many", *names]}
    await eventually(lambda: len(plaza.sent) == PEOPLE + 1)
    plaza.sent.clear()
    later = datetime.now(UTC) + timedelta(seconds=2.5)  # all are requested before the first one goes
    await intake.service.db["slots"].update_one({"_id": plaza.id}, {"$set": {"next": later}})

    wanted = [("many", number) for number in range(OF_ONE)] + [(name, 0) for name in names]
    events = [
        MessageRequested(message_id=f"{name}-{number}", person_id=ids[name], text=f"{name} {number}", language="uk")
        for name, number in wanted
    ]
    await running.say(intake.bus, *(wrap(event, cause_id=event.message_id, position=0, source="notify") for event in events))
    await eventually(lambda: len(plaza.sent) == len(wanted), timeout=30)

    most = max(sum(other.at - 1 < said.at <= other.at for said in plaza.sent) for other in plaza.sent)
    assert most <= PER_SECOND + 1, "more in a second than the provider allows"
    to_many = [said for said in plaza.sent if said.address == "many"]
    assert [said.message.text for said in to_many] == [f"many {number}" for number in range(OF_ONE)]
    assert all(late.at - early.at > 0.9 / EACH for early, late in pairwise(to_many))
    assert [said.address for said in plaza.sent if said.address != "many"] == names
    assert plaza.sent[-1].at - plaza.sent[0].at < 1.5 * len(wanted) / PER_SECOND + 1, "slower than it may be"
    assert len(await eventually(lambda: _delivered(intake, len(wanted)))) == len(wanted) + PEOPLE + 1


async def test_the_parts_of_a_long_message_keep_the_pace_too(intake: Intake, plaza: Provider) -> None:
    await plaza.say("/help")
    parts: list[Said] = await eventually(lambda: plaza.sent[:] if plaza.sent and "112" in plaza.sent[-1].message.text else [])
    assert len(parts) > 1
    assert all(late.at - early.at > 0.9 / EACH for early, late in pairwise(parts))


async def test_lines_in_a_group_may_follow_each_other_but_no_more_in_a_minute_than_allowed(
    intake: Intake, plaza: Provider
) -> None:  # fmt: skip
    assert isinstance(plaza.host, ChannelHost)
    queue = Queue(intake.service, plaza.host.reception.memory.deliveries)
    limits = Limits(per_second_each=1, per_minute_group=3)
    group = InGroup(place_id="group", reply_to=b"")
    began = datetime.now(UTC).replace(microsecond=0)
    line = Delivery(
        id="line", person_id="", number=1, queue="group", lane="plaza", order=1, text="Ось", language="uk",
        created_at=began, due_at=began, claimed_until=began, group=group, expires_at=began,
    )  # fmt: skip

    async def next_after(seconds: float) -> float:
        await queue.pace(line, [began + timedelta(seconds=seconds)], limits)
        slot = await intake.service.db["slots"].find_one({"_id": "group"})
        assert slot is not None
        return float((slot["next"] - began).total_seconds())

    assert [await next_after(seconds) for seconds in (0, 1, 2, 60, 61.5, 63)] == [1, 2, 60, 61, 62.5, 120]


def intake_address(plaza: Provider, name: str) -> str:
    """The id under which an address is kept."""
    assert isinstance(plaza.host, ChannelHost)
    return plaza.host.reception.address_id(plaza.id, name)


async def _delivered(intake: Intake, count: int) -> list[object]:
    events = await intake.events(MessageDelivered)
    return list(events) if len(events) >= count + PEOPLE + 1 else []


async def test_who_dies_between_sending_and_noting_it_is_not_said_again(
    intake: Intake, plaza: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, tries = Delivering.settle, list[str]()

    async def dies_first(self: Delivering, delivery_id: str, *more: Any) -> None:
        tries.append(delivery_id)
        if len(tries) == 1:
            raise RuntimeError("killed")
        await settle(self, delivery_id, *more)

    monkeypatch.setattr(sender, "CLAIM", timedelta(seconds=1))
    monkeypatch.setattr(Delivering, "settle", dies_first)
    await plaza.say("/language uk")
    assert len(await eventually(lambda: intake.events(MessageDelivered), timeout=20)) == 1
    assert len(tries) > 1
    assert len(plaza.sent) == 1


async def test_who_was_held_up_says_nothing_that_another_replica_has_taken_over(
    intake: Intake, plaza: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, taken = Queue.keep, list[str]()

    async def taken_over(self: Queue, delivery: Delivery, until: datetime) -> bool:
        if not taken:
            taken.append(delivery.id)
            change = {"$set": {"claimed_by": "another", "claimed_until": datetime.now(UTC) + timedelta(seconds=2)}}
            await intake.service.db["deliveries"].update_one({"_id": delivery.id}, change)
            assert not await keep(self, delivery, until)
            return False
        assert plaza.sent == [], "said although another has it"
        return await keep(self, delivery, until)

    monkeypatch.setattr(sender, "SEND_WITHIN", 60.0)  # longer than any claim lasts: always asked
    monkeypatch.setattr(Queue, "keep", taken_over)
    await plaza.say("/language uk")
    await eventually(lambda: plaza.sent, timeout=30)  # when the other one did not send it either
    assert len(await eventually(lambda: intake.events(MessageDelivered))) == len(plaza.sent) == len(taken) == 1
