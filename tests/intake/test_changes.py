"""Edits, deletions and places on the map, and who writes too fast: on a real bus and store."""

from collections.abc import AsyncIterator

import pytest
from anlaufstelle_contracts import Choice, CloudEvent, NeedArticulated, NeedWithdrawn, OfferRetracted, OfferSubmitted
from pydantic import JsonValue

from services.intake.channels.base import Group
from tests.intake.conftest import Intake, started
from tests.intake.plaza import SQUARE, Provider, answer, open_up
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

NEED = "Шукаю репетитора з математики для сина"
OTHER = "Шукаю репетитора з фізики для доньки"
GOHLIS = (51.3600, 12.3660)
BERLIN = (52.52, 13.40)


@pytest.fixture
def plaza() -> Provider:
    return Provider()


@pytest.fixture
async def intake(bus: Bus, store: Store, plaza: Provider, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Intake]:
    """Intake with a channel of our own."""
    open_up(monkeypatch, plaza)
    await running.provisioned(bus)
    async with started(bus, store, messages_a_minute=12) as replica:
        yield replica


async def texts(intake: Intake, count: int) -> list[JsonValue]:
    """What was asked for, once it was asked `count` times."""

    async def enough() -> list[JsonValue]:
        found = [event.data["text"] for event in await intake.events(NeedArticulated)]
        return found if len(found) >= count else []

    return await eventually(enough)


async def withdrawn(intake: Intake, count: int) -> list[JsonValue]:
    async def enough() -> list[JsonValue]:
        found = [event.data["need_id"] for event in await intake.events(NeedWithdrawn)]
        return found if len(found) >= count else []

    return await eventually(enough)


@pytest.mark.parametrize("group", [None, SQUARE])
async def test_a_changed_message_is_another_need(intake: Intake, plaza: Provider, group: Group | None) -> None:
    first = await plaza.say(NEED, message_id="one", group=group)
    assert (await plaza.say(f" {NEED.upper()} !\n", message_id="one/e1", edits="one", group=group)).kind == "ignored"
    second = await plaza.say(OTHER, message_id="one/e2", edits="one", group=group)
    assert await texts(intake, 2) == [NEED, OTHER]
    assert await withdrawn(intake, 1) == [first.need_id]
    look = {"reason": "call back"}
    words = await intake.http.get(f"/needs/{second.need_id}/words", params=look)
    assert [one["text"] for one in words.json()["words"]] == [OTHER]
    assert (await intake.http.get(f"/needs/{first.need_id}/words", params=look)).status_code == 404
    await plaza.say("Дякую!", message_id="one/e3", edits="one", group=group)
    assert await withdrawn(intake, 2) == [first.need_id, second.need_id]
    assert await intake.service.db["words"].count_documents({}) == 0


@pytest.mark.parametrize("group", [None, SQUARE])
async def test_a_change_that_overtakes_its_original_wins(intake: Intake, plaza: Provider, group: Group | None) -> None:
    await plaza.say(OTHER, message_id="one/e1", edits="one", group=group)
    assert (await plaza.say(NEED, message_id="one", group=group)).kind == "ignored"
    await plaza.say("", message_id="two/d", deletes="two", group=group)
    if group is None:
        assert (await plaza.say(NEED, message_id="two", group=group)).kind == "ignored"
        assert await texts(intake, 1) == [OTHER]


@pytest.mark.parametrize("group", [None, SQUARE])
async def test_what_is_taken_back_is_withdrawn_and_forgotten(intake: Intake, plaza: Provider, group: Group | None) -> None:
    need = await plaza.say(NEED, message_id="one", group=group)
    for _ in range(2):
        await plaza.say("", message_id="one/d", deletes="one", group=group)
    assert await withdrawn(intake, 1) == [need.need_id]
    assert await intake.service.db["words"].count_documents({}) == 0
    assert plaza.sent == []


async def test_a_changed_offer_stays_the_same_offer(intake: Intake, plaza: Provider) -> None:
    await plaza.say("Віддам дитяче ліжко і матрац", message_id="one")
    await plaza.say("Віддам дитяче ліжко без матраца", message_id="one/e", edits="one")
    offers = await eventually(lambda: _offers(intake, 2))
    assert offers[0].data["offer_id"] == offers[1].data["offer_id"]


async def _offers(intake: Intake, count: int) -> list[CloudEvent]:
    offers = await intake.events(OfferSubmitted)
    return offers if len(offers) == count else []


@pytest.mark.parametrize("group", [None, SQUARE])
async def test_an_offer_whose_words_are_gone_is_taken_back(intake: Intake, plaza: Provider, group: Group | None) -> None:
    for name in ("sofa", "bed", "lamp"):
        await plaza.say("Віддам дитяче ліжко і матрац", message_id=name, group=group)
    await plaza.say("Віддам дитяче ліжко і матрац. ВІДДАНО", message_id="bed/e", edits="bed", group=group)
    await plaza.say("", message_id="lamp/d", deletes="lamp", group=group)
    await plaza.say("Дякую всім, гарного дня!", message_id="sofa/e", edits="sofa", group=group)
    gone = await eventually(lambda: _gone(intake, 3))
    sofa, bed, lamp = (event.data["offer_id"] for event in await intake.events(OfferSubmitted))
    assert gone == [bed, lamp, sofa]
    assert await intake.service.db["words"].count_documents({}) == 0


@pytest.mark.parametrize("group", [None, SQUARE])
async def test_danger_goes_before_an_offer_that_is_gone(intake: Intake, plaza: Provider, group: Group | None) -> None:
    await plaza.say("Віддам дитяче ліжко і матрац", message_id="one", group=group)
    await plaza.say("Ліжко вже віддали. Мама не дихає, що робити", message_id="one/e", edits="one", group=group)
    (asked,) = await eventually(lambda: intake.events(NeedArticulated))
    assert asked.data["emergency"] is True


async def test_an_offer_that_was_made_by_a_button_or_taken_back_in_words_leaves_nothing(
    intake: Intake, plaza: Provider, doubtful: str
) -> None:  # fmt: skip
    await plaza.say(doubtful, message_id="one")
    await plaza.heard_at("olena")
    await plaza.say("2")
    await eventually(lambda: intake.events(OfferSubmitted))
    await plaza.say("", message_id="one/d", deletes="one")
    assert len(await eventually(lambda: _gone(intake, 1))) == 1
    await plaza.say("Віддам дитяче ліжко і матрац", message_id="two")
    await plaza.say("Вже віддала")
    assert len(await eventually(lambda: _gone(intake, 2))) == 2
    assert await intake.service.db["words"].count_documents({}) == 0
    # Changed afterwards, it is an offer of its own.
    await plaza.say("Віддам велике ліжко без матраца", message_id="two/e", edits="two")
    offers = await eventually(lambda: _offers(intake, 3))
    assert len({event.data["offer_id"] for event in offers}) == 3


async def _gone(intake: Intake, count: int) -> list[JsonValue]:
    gone = [event.data["offer_id"] for event in await intake.events(OfferRetracted)]
    return gone if len(gone) == count else []


async def test_stop_withdraws_all_that_is_open(intake: Intake, plaza: Provider) -> None:
    asked = [(await plaza.say(text)).need_id for text in (NEED, OTHER)]
    await plaza.say("/stop")
    assert await withdrawn(intake, 2) == asked


async def test_a_place_on_the_map_becomes_the_district(intake: Intake, plaza: Provider) -> None:
    first = await plaza.say(NEED)
    assert (await plaza.say("", location=BERLIN)).kind == "location"
    assert "далеко" in (await plaza.heard_at("olena"))[0].text
    second = await plaza.say("", location=GOHLIS)
    assert "Gohlis" in (await plaza.heard_at("olena", 2))[1].text
    assert await texts(intake, 2) == [NEED, NEED]
    events = await intake.events(NeedArticulated)
    assert [event.data["district"] for event in events] == [None, "Gohlis"]
    assert await withdrawn(intake, 1) == [first.need_id]
    words = await intake.http.get(f"/needs/{second.need_id}/words", params={"reason": "call back"})
    assert [one["text"] for one in words.json()["words"]] == [NEED]


async def test_the_district_is_asked_for_once_with_the_answer(intake: Intake, plaza: Provider) -> None:
    await plaza.say(NEED)
    (need,) = await eventually(lambda: intake.events(NeedArticulated))
    helped = [Choice(value="helped", label="Допомогло")]
    await answer(intake, need.data, "m1", choices=helped)
    (message,) = await plaza.heard_at("olena")
    assert message.text == "Є курс\n\nУ якому районі Ви живете? Тоді ми зможемо пошукати поблизу."
    assert [button.label for button in message.buttons] == ["Допомогло", "Неважливо"]
    assert (await plaza.say("В Гоголісі, Gohlis")).kind == "location"
    events = await eventually(lambda: _asked(intake, 2))
    assert events[1].data["district"] == "Gohlis"
    await answer(intake, events[1].data, "m2", choices=helped)
    assert (await plaza.heard_at("olena", 3))[2].text == "Є курс"


async def _asked(intake: Intake, count: int) -> list[CloudEvent]:
    events = await intake.events(NeedArticulated)
    return events if len(events) >= count else []


async def test_who_writes_too_fast_is_told_once_and_danger_is_always_heard(intake: Intake, plaza: Provider) -> None:
    kinds = [(await plaza.say("👍", "petro")).kind for _ in range(15)]
    assert kinds == ["chatter"] * 12 + ["too_fast"] * 3
    assert "швидше" in (await plaza.heard_at("petro", 2))[1].text
    assert (await plaza.say("Мій чоловік б'є мене", "petro")).kind == "emergency"
    assert (await plaza.say(NEED, "olena")).kind == "need"
    assert "110" in (await plaza.heard_at("petro", 3))[2].text
    page = [await intake.http.post("/channels/web/messages", json={"text": "👍", "token": "t" * 32}) for _ in range(13)]
    assert [answer.status_code for answer in page] == [202] * 12 + [429]
