"""One person on two channels, on a real bus and store: joined by a code, answered where they last wrote, forgotten as one."""

from collections import deque
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from anlaufstelle_contracts import Choice, MessageFailed, NeedArticulated, PersonErased, ReferralAnswered

from services.intake.channels.base import Rejected, Unreachable
from tests.intake.conftest import Intake, started
from tests.intake.plaza import SQUARE, Provider, answer, open_up
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

NEED = "Шукаю курси німецької для мами, живемо в Грюнау"
OTHER = "Шукаємо перетримку для кота на два тижні"
HELPED = [Choice(value="helped", label="Допомогло")]


@pytest.fixture
def plaza() -> Provider:
    return Provider("plaza")


@pytest.fixture
def market() -> Provider:
    return Provider("market")


@pytest.fixture
async def intake(
    bus: Bus, store: Store, plaza: Provider, market: Provider, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Intake]:  # fmt: skip
    """Intake with two channels of our own."""
    open_up(monkeypatch, plaza, market)
    await running.provisioned(bus)
    async with started(bus, store) as replica:
        yield replica


async def need(intake: Intake, provider: Provider, text: str) -> dict[str, Any]:
    heard = await provider.say(text)
    events = await eventually(lambda: intake.events(NeedArticulated))
    return next(event.data for event in events if event.data["need_id"] == heard.need_id)


async def get_code(provider: Provider) -> str:
    before = len(provider.to("olena"))
    await provider.say("/link")
    text = (await provider.heard_at("olena", before + 1))[-1].text
    return text.split("/link ")[1].split()[0]


async def link(first: Provider, second: Provider) -> None:
    code = await get_code(first)
    before = len(second.to("olena"))
    await second.say(f"/link {code.lower()}")
    assert "Готово" in (await second.heard_at("olena", before + 1))[-1].text


async def failed(intake: Intake) -> list[str]:
    return [str(event.data["message_id"]) for event in await intake.events(MessageFailed)]


async def test_answers_go_where_the_person_last_wrote_under_both_pseudonyms(
    intake: Intake, plaza: Provider, market: Provider
) -> None:  # fmt: skip
    first, second = await need(intake, plaza, NEED), await need(intake, market, OTHER)
    assert first["person_id"] != second["person_id"]
    await answer(intake, second, "old", choices=HELPED)
    await market.heard_at("olena")
    await link(plaza, market)
    await answer(intake, first, "m1", "До першого")
    await answer(intake, second, "m2", "До другого")
    assert {message.text for message in (await market.heard_at("olena", 4))[2:]} == {"До першого", "До другого"}
    await plaza.say("/status")
    status = (await plaza.heard_at("olena", 2))[1].text
    assert NEED in status
    assert OTHER in status
    await answer(intake, second, "m3", "Знову")
    assert (await plaza.heard_at("olena", 3))[2].text == "Знову"
    await market.say("", pressed=market.to("olena")[0].buttons[0].token)  # a button from before the link
    (answered,) = await eventually(lambda: intake.events(ReferralAnswered))
    assert answered.data["need_id"] == second["need_id"]


async def test_what_does_not_arrive_goes_to_the_other_channel_and_to_each_once(
    intake: Intake, plaza: Provider, market: Provider
) -> None:  # fmt: skip
    asked = await need(intake, plaza, NEED)
    await link(market, plaza)
    await plaza.say("/help")
    await plaza.heard_at("olena", 2)
    plaza.replies["olena"] = deque([Rejected()])
    await answer(intake, asked, "m1")
    assert (await market.heard_at("olena", 2))[1].text == "Є курс"
    sent = len(market.sent) + len(plaza.sent)
    market.replies["olena"] = deque([Unreachable()])
    plaza.replies["olena"] = deque([Unreachable()])
    await answer(intake, asked, "m2")
    assert await eventually(lambda: failed(intake)) == ["m2"]
    assert len(market.sent) + len(plaza.sent) == sent
    await market.say("/help")
    await answer(intake, asked, "m3", "Знову тут")
    await eventually(lambda: market.to("olena")[-1].text == "Знову тут")


async def test_a_bounce_that_comes_later_sends_it_by_the_other_channel(intake: Intake, plaza: Provider, market: Provider) -> None:
    asked = await need(intake, plaza, NEED)
    await link(market, plaza)
    await answer(intake, asked, "m1")
    messages = await plaza.heard_at("olena", 2)
    assert messages[1].text == "Є курс"
    await plaza.host.receipt(f"out-{len(plaza.sent)}", Unreachable())
    assert (await market.heard_at("olena", 2))[1].text == "Є курс"
    assert await failed(intake) == []


async def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(intake: Intake, plaza: Provider, market: Provider) -> None:
    code = await get_code(plaza)
    assert code not in str([document async for document in intake.service.db["links"].find()])
    await market.say("/link 23456789")
    assert "не знаємо" in (await market.heard_at("olena"))[0].text
    await market.say(f"/link {code}", "petro")
    assert "Готово" in (await market.heard_at("petro"))[0].text
    await market.say(f"/link {code}")
    assert "не знаємо" in (await market.heard_at("olena", 2))[1].text
    late = await get_code(plaza)
    await intake.service.db["links"].update_many({}, {"$set": {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}})
    await market.say(f"/link {late}")
    assert "не знаємо" in (await market.heard_at("olena", 3))[2].text


async def test_what_was_held_in_a_group_comes_when_the_first_private_word_is_a_code(
    intake: Intake, plaza: Provider, market: Provider
) -> None:  # fmt: skip
    code = await get_code(plaza)
    heard = await market.say(NEED, group=SQUARE)
    (asked,) = await eventually(lambda: intake.events(NeedArticulated))
    await answer(intake, asked.data, "m1", choices=HELPED)
    await eventually(lambda: intake.service.db["deliveries"].find_one({"_id": "m1", "state": "held"}))
    await market.say(f"/link {code}")
    assert "Є курс" in [message.text for message in await market.heard_at("olena", 2)]
    assert heard.kind == "need"


@pytest.mark.usefixtures("intake")
async def test_who_asks_for_a_code_after_stop_gets_it(plaza: Provider) -> None:
    await plaza.say("/stop")
    await plaza.heard_at("olena")
    assert len(await get_code(plaza)) == 8


async def test_where_senders_can_be_forged_a_code_is_given_and_not_taken(
    intake: Intake, plaza: Provider, market: Provider
) -> None:  # fmt: skip
    forger, victim = await need(intake, plaza, NEED), await need(intake, market, OTHER)
    code = await get_code(plaza)
    await market.say(f"/link {code}", authenticated=False)
    assert "напишіть тут лише /link" in (await market.heard_at("olena"))[0].text
    await plaza.say("/status")
    assert OTHER not in (await plaza.heard_at("olena", 2))[1].text
    await market.say("/link", authenticated=False)
    code = (await market.heard_at("olena", 2))[1].text.split("/link ")[1].split()[0]
    await plaza.say(f"/link {code}")
    assert "Готово" in (await plaza.heard_at("olena", 3))[2].text
    aliases = {each["_id"]: each["person_id"] async for each in intake.service.db["aliases"].find()}
    assert aliases == {forger["person_id"]: victim["person_id"]}


async def test_delete_forgets_both(intake: Intake, plaza: Provider, market: Provider) -> None:
    first, second = await need(intake, plaza, NEED), await need(intake, market, OTHER)
    await link(plaza, market)
    await plaza.say("/delete")
    (question,) = (await plaza.heard_at("olena", 2))[1:]
    await plaza.say("", pressed=question.buttons[0].token)
    await plaza.heard_at("olena", 3)
    erased = {event.data["person_id"]: event.data["need_ids"] for event in await intake.events(PersonErased)}
    assert erased == {first["person_id"]: [first["need_id"]], second["person_id"]: [second["need_id"]]}
    for collection in ("people", "addresses", "words", "requests", "aliases", "links", "references"):
        assert await intake.service.db[collection].count_documents({}) == 0, collection
    await answer(intake, second, "late")
    await market.say("/help", "petro")
    await market.heard_at("petro")
    assert len(market.to("olena")) == 1
