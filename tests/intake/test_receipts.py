"""What a provider says after it took a message, and addresses where nobody is any more."""

from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import pytest
from anlaufstelle_contracts import MessageDelivered, MessageFailed, NeedArticulated
from pydantic import JsonValue

from services.intake.channels.base import Rejected, Sent, Unreachable
from tests.intake.conftest import Intake, started
from tests.intake.plaza import Provider, answer, open_up
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

NEED = "Шукаю курси німецької для мами, живемо в Грюнау"


@pytest.fixture
def plaza() -> Provider:
    return Provider()


@pytest.fixture
async def intake(bus: Bus, store: Store, plaza: Provider, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Intake]:
    """Intake with a channel of our own."""
    open_up(monkeypatch, plaza)
    await running.provisioned(bus)
    async with started(bus, store) as replica:
        yield replica


async def ask(intake: Intake, plaza: Provider, sender: str = "olena") -> dict[str, Any]:
    heard = await plaza.say(NEED, sender)
    return next(
        event.data for event in await eventually(lambda: intake.events(NeedArticulated)) if event.data["need_id"] == heard.need_id
    )


async def failures(intake: Intake) -> list[tuple[JsonValue, JsonValue]]:
    return [(event.data["message_id"], event.data["reason"]) for event in await intake.events(MessageFailed)]


async def test_an_answer_refers_to_what_was_heard_last(intake: Intake, plaza: Provider) -> None:
    need = await ask(intake, plaza)
    await plaza.say("/help", message_id="last")
    await answer(intake, need, "m1")
    messages = await plaza.heard_at("olena", 2)
    assert [message.reply_to for message in messages] == ["last"] * 2
    assert all(message.heard_at for message in messages)


async def test_a_message_that_bounces_later_failed_once(intake: Intake, plaza: Provider) -> None:
    await answer(intake, await ask(intake, plaza), "m1")
    await eventually(lambda: intake.events(MessageDelivered))
    await plaza.host.receipt("out-1", Sent())
    await plaza.host.receipt("unknown", Unreachable())
    for _ in range(2):
        await plaza.host.receipt("out-1", Unreachable())
    assert await eventually(lambda: failures(intake)) == [("m1", "unreachable")]
    stored = str([document async for document in intake.service.db["references"].find()])
    assert "out-1" not in stored


async def test_a_receipt_that_is_faster_than_we_are_counts(intake: Intake, plaza: Provider) -> None:
    await plaza.host.receipt("out-1", Rejected())
    await answer(intake, await ask(intake, plaza), "m1")
    assert await eventually(lambda: failures(intake)) == [("m1", "rejected")]


async def test_nothing_is_sent_where_nobody_is_until_they_write_again(intake: Intake, plaza: Provider) -> None:
    need = await ask(intake, plaza)
    await plaza.host.gone("olena")
    await plaza.host.gone("nobody we know")
    await answer(intake, need, "m1")
    assert await eventually(lambda: failures(intake)) == [("m1", "unreachable")]
    await plaza.say("/help")
    assert len(await plaza.heard_at("olena")) == 1
    await answer(intake, need, "m2")
    assert (await plaza.heard_at("olena", 2))[1].text == "Є курс"


async def test_a_refusal_as_unreachable_closes_the_address_and_a_rejected_message_does_not(
    intake: Intake, plaza: Provider
) -> None:  # fmt: skip
    need = await ask(intake, plaza)
    plaza.replies["olena"] = deque([Rejected(), Sent(), Unreachable()])
    for number in range(1, 5):
        await answer(intake, need, f"m{number}")
        await eventually(lambda: _settled(intake, number))  # noqa: B023 - awaited here
    assert sorted(await failures(intake)) == [("m1", "rejected"), ("m3", "unreachable"), ("m4", "unreachable")]
    assert not plaza.replies["olena"]


async def _settled(intake: Intake, count: int) -> bool:
    return len(await intake.events(MessageFailed)) + len(await intake.events(MessageDelivered)) == count
