"""Sending, when it is cut short: by a replica that is stopped, a store that is away, a provider that says "later"."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from anlaufstelle_contracts import MessageDelivered, MessageFailed, NeedArticulated
from pydantic import JsonValue

from services.intake.channels.base import Group, Limits, RetryAfter, Sent
from services.intake.domain import delivery as domain
from services.intake.domain.delivery import Delivery
from services.intake.host import ChannelHost
from services.intake.queue import Queue
from tests.intake.conftest import Intake, started
from tests.intake.plaza import SQUARE, Provider, answer, open_up
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

NEED = "Шукаю курси німецької для мами, живемо в Грюнау"


@pytest.fixture
def plaza() -> Provider:
    return Provider(limits=Limits(text=300, per_second_each=0.5))


@pytest.fixture
async def replica(
    bus: Bus, store: Store, plaza: Provider, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AsyncExitStack]:  # fmt: skip
    """One replica, which ends when the stack is closed."""
    open_up(monkeypatch, plaza)
    await running.provisioned(bus)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(started(bus, store))
        yield stack


@pytest.fixture
async def intake(bus: Bus, store: Store, replica: AsyncExitStack) -> AsyncIterator[Intake]:
    """Another, which stays."""
    async with started(bus, store) as other:
        yield other


async def need(intake: Intake, plaza: Provider, group: Group | None = None) -> dict[str, JsonValue]:
    heard = await plaza.say(NEED, group=group)
    events = await eventually(lambda: intake.events(NeedArticulated))
    return next(event.data for event in events if event.data["need_id"] == heard.need_id)


def texts(plaza: Provider) -> list[str]:
    return [message.text for message in plaza.to("olena")]


async def test_what_the_provider_was_given_is_noted_before_a_replica_ends(
    bus: Bus, store: Store, plaza: Provider, replica: AsyncExitStack
) -> None:
    plaza.is_answering = asyncio.Event()
    await plaza.say("/language uk")
    await plaza.heard_at("olena")
    ending = asyncio.create_task(replica.aclose())
    assert isinstance(plaza.host, ChannelHost)
    service = plaza.host.reception.service
    await eventually(lambda: service._stopping)
    plaza.is_answering.set()
    await ending
    async with started(bus, store) as next_one:
        delivery = await next_one.service.db["deliveries"].find_one()
        assert delivery is not None
        assert delivery["state"] == "sent"
        await eventually(lambda: next_one.events(MessageDelivered))
    assert len(plaza.sent) == 1


async def test_a_replica_that_ends_leaves_the_parts_it_did_not_send_to_another(
    bus: Bus, store: Store, plaza: Provider, replica: AsyncExitStack
) -> None:
    await plaza.say("/help")
    await plaza.heard_at("olena")
    await replica.aclose()
    sent = len(plaza.sent)
    async with started(bus, store) as next_one:
        await eventually(lambda: next_one.events(MessageDelivered), timeout=30)
    assert 0 < sent < len(plaza.sent)
    assert len(set(texts(plaza))) == len(plaza.sent)


async def test_parts_that_arrived_are_not_said_again_when_the_next_has_to_wait(intake: Intake, plaza: Provider) -> None:
    plaza.replies["olena"] = deque([Sent("first"), RetryAfter(0), RetryAfter(0)])
    await plaza.say("/help")
    await eventually(lambda: intake.events(MessageDelivered), timeout=30)
    assert len(plaza.sent) > 1
    assert len(set(texts(plaza))) == len(plaza.sent)
    known = await intake.service.db["references"].count_documents({})
    assert known == len(plaza.sent), "a receipt for the part that was sent first would not be known"


async def test_a_store_that_is_away_after_sending_makes_nobody_say_it_twice(
    intake: Intake, plaza: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    passed, away = Queue.passed, iter(range(3))

    async def away_first(self: Queue, delivery: Delivery) -> None:
        if next(away, None) is not None:
            raise ConnectionError
        await passed(self, delivery)

    monkeypatch.setattr(Queue, "passed", away_first)
    await plaza.say("/language uk")
    await eventually(lambda: intake.events(MessageDelivered))
    assert len(plaza.sent) == 1


async def test_a_line_in_a_group_waits_until_its_link_is_known(intake: Intake, plaza: Provider) -> None:
    plaza.has_name = False
    asked = await need(intake, plaza, group=SQUARE)
    await answer(intake, asked, "m1", choices=[{"value": "helped", "label": "Допомогло"}])
    await eventually(lambda: _put_off(intake))
    plaza.has_name = True
    (line,) = await plaza.heard_at(SQUARE.address)
    assert "plaza.example.org/" in line.text


async def test_a_provider_that_is_away_for_a_day_says_nothing_about_the_person(
    intake: Intake, plaza: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(domain, "GIVE_UP_AFTER", timedelta(0))
    asked = await need(intake, plaza)
    plaza.replies["olena"] = deque([RetryAfter(0), RetryAfter(0)])
    await answer(intake, asked, "m1")
    (failed,) = await eventually(lambda: intake.events(MessageFailed), timeout=30)
    assert (failed.data["message_id"], failed.data["reason"]) == ("m1", "unreachable")
    await answer(intake, asked, "m2", "Знайшлося")
    assert [message.text for message in await plaza.heard_at("olena")] == ["Знайшлося"]


def test_what_was_held_for_long_is_tried_for_a_day_when_it_is_released() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    held = Delivery(
        id="m1", person_id="p", number=1, queue="p", lane="plaza", order=1, text="Є курс", language="uk",
        created_at=monday, due_at=monday, claimed_until=monday,
    )  # fmt: skip
    held.hold(monday)
    wednesday = monday + timedelta(days=2)
    held.again(wednesday, "plaza")
    assert held.put_off(wednesday, None)
    assert held.put_off(wednesday + timedelta(hours=23), None)
    assert not held.put_off(wednesday + timedelta(hours=25), None)


async def _put_off(intake: Intake) -> bool:
    return await intake.service.db["deliveries"].count_documents({"group": {"$ne": None}, "attempts": {"$gt": 0}}) == 1
