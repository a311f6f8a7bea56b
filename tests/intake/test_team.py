"""What a coordinator writes reaches the person of a need, and what they answer reaches the coordinators."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from anlaufstelle_contracts import (
    Choice,
    MessageDelivered,
    MessageFailed,
    MessageRequested,
    NeedArticulated,
    NeedWithdrawn,
    PersonReplied,
    ReferralAnswered,
    ReviewClosed,
    ReviewRequested,
    wrap,
)

from chassis import new_id
from services.intake import delivering
from services.intake.api import MOST_WRITTEN
from tests.intake.conftest import Intake, started
from tests.intake.plaza import SQUARE, Provider, answer, open_up
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

NEED = "Шукаю кімнату для себе й дитини, живемо в Грюнау"
DANGER = "Допоможіть, чоловік мене б'є, я боюся"
WORDS = "Ми можемо зателефонувати. Скільки вас?"
HELPED = [Choice(value="helped", label="Допомогло"), Choice(value="not_helped", label="Не допомогло")]
PHONE = "+380 00 000 0000"


@pytest.fixture
def plaza() -> Provider:
    return Provider()


@pytest.fixture
async def intake(bus: Bus, store: Store, plaza: Provider, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Intake]:
    open_up(monkeypatch, plaza)
    await running.provisioned(bus)
    async with started(bus, store) as replica:
        yield replica


async def write(intake: Intake, need_id: str | None, text: str = WORDS, message_id: str | None = None) -> httpx.Response:
    return await intake.http.post(f"/needs/{need_id}/messages", json={"id": message_id or new_id(), "text": text})


async def replies(intake: Intake, count: int) -> list[dict[str, Any]]:
    """What the desk is told of replies."""

    async def enough() -> list[dict[str, Any]]:
        found = [event.data for event in await intake.events(PersonReplied)]
        return found if len(found) >= count else []

    return await eventually(enough)


async def taken_care_of(intake: Intake, need_id: str | None) -> None:
    """A coordinator looks at a need and closes it."""
    (person_id,) = {e.data["person_id"] for e in await eventually(lambda: intake.events(NeedArticulated))}
    of_need = {"need_id": need_id, "person_id": person_id}
    for event in (ReviewRequested(**of_need, language="uk"), ReviewClosed(**of_need)):
        await running.say(intake.bus, wrap(event, cause_id=new_id(), position=0, source="matching"))

    async def noted() -> bool:
        return await intake.service.db["requests"].find_one({"_id": need_id, "progress": "taken_care_of"}) is not None

    await eventually(noted)


async def test_what_a_coordinator_writes_arrives_once_and_is_not_said_on_the_bus(intake: Intake, plaza: Provider) -> None:
    need_id = (await plaza.say(NEED)).need_id
    sent = [await write(intake, need_id, message_id="0123456789abcdef") for _ in range(2)]
    assert [(each.status_code, each.json()["held"]) for each in sent] == [(202, False)] * 2
    (arrived,) = await plaza.heard_at("olena")
    assert arrived.text == f"Від нашої команди:\n{WORDS}"
    delivered = await eventually(lambda: intake.events(MessageDelivered))
    assert [(each.data["need_id"], each.data["message_id"]) for each in delivered] == [(need_id, sent[0].json()["message_id"])]
    assert not [event for event in await running.heard(intake.bus) if WORDS in str(event.data)]
    await write(intake, need_id, "Ще одне")
    assert (await plaza.heard_at("olena", 2))[1].text.endswith("Ще одне")


async def test_the_answer_goes_to_the_coordinators_and_is_answered_by_no_machine(intake: Intake, plaza: Provider) -> None:
    first = (await plaza.say(NEED)).need_id
    (asked,) = [event.data for event in await eventually(lambda: intake.events(NeedArticulated))]
    await answer(intake, asked, "m1", choices=HELPED)
    await plaza.heard_at("olena")
    await write(intake, first)
    await plaza.heard_at("olena", 2)
    evening = "Так, можу поговорити з людиною після шостої"
    for text in ("2", evening, f"Нас троє, ще шукаємо ліжко, {PHONE}", "Вже не треба, дякую"):
        heard = await plaza.say(text)
        assert (heard.kind, heard.need_id) == ("reply", first)
    said = await replies(intake, 4)
    assert [each["need_id"] for each in said] == [first] * 4
    assert [each["text"] for each in said[:2]] == ["2", evening]
    assert "ліжко" in said[2]["text"]
    assert PHONE not in str(said)
    assert len(await intake.events(NeedArticulated)) == 1
    assert await intake.events(NeedWithdrawn) == await intake.events(ReferralAnswered) == []
    thanks = (await plaza.heard_at("olena", 3))[2:]
    assert [message.text.startswith("Дякуємо, наша команда це прочитає") for message in thanks] == [True]
    shown = await intake.http.get(f"/needs/{first}/words", params={"reason": "call back"})
    assert PHONE in [word["text"] for word in shown.json()["words"]][3]


async def test_a_changed_reply_takes_no_need_back_and_a_changed_need_is_no_reply(intake: Intake, plaza: Provider) -> None:
    first = (await plaza.say(NEED, message_id="asked")).need_id
    await write(intake, first)
    await plaza.say("Нас троє", message_id="reply")
    await plaza.say("Нас четверо", message_id="edit-1", edits="reply")
    assert [each["text"] for each in await replies(intake, 2)] == ["Нас троє", "Нас четверо"]
    assert await intake.events(NeedWithdrawn) == []
    assert (await plaza.say(NEED + ", до 400 євро", message_id="edit-2", edits="asked")).kind == "need"
    assert [event.data["need_id"] for event in await eventually(lambda: intake.events(NeedWithdrawn))] == [first]


async def test_danger_commands_and_later_days_are_no_replies(
    intake: Intake, plaza: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    need_id = (await plaza.say(NEED)).need_id
    await write(intake, need_id)
    assert (await plaza.say(DANGER)).kind == "emergency"
    assert (await plaza.say("/need Потрібен дитячий візок")).kind == "need"
    await plaza.say("/need")
    assert (await plaza.say("Потрібен дитячий візок")).kind == "need"
    assert (await plaza.say("Шукаю курси німецької", group=SQUARE)).kind == "need"
    assert await intake.events(PersonReplied) == []
    assert (await plaza.say("Нас троє")).kind == "reply"
    monkeypatch.setattr(delivering, "TEAM_TALK", timedelta(0))
    await write(intake, need_id)
    assert (await plaza.say(NEED)).kind == "need"


@pytest.mark.parametrize(("text", "status", "words"), [
    (" \n", 400, "empty"), ("я" * (MOST_WRITTEN + 1), 413, str(MOST_WRITTEN)), ("я" * MOST_WRITTEN, 202, "held"),
])  # fmt: skip
async def test_how_much_may_be_written(intake: Intake, plaza: Provider, text: str, status: int, words: str) -> None:
    sent = await write(intake, (await plaza.say(NEED)).need_id, text)
    assert (sent.status_code, words in sent.text) == (status, True)


async def test_nobody_is_written_to_who_is_gone_or_wants_none(intake: Intake, plaza: Provider) -> None:
    assert (await write(intake, "unknown")).status_code == 404
    stranger = await intake.http.post("/needs/x/messages", json={}, headers={"Authorization": "Bearer wrong"})
    assert stranger.status_code == 401
    need_id = (await plaza.say(NEED)).need_id
    await plaza.say("/stop")
    assert (await write(intake, need_id)).status_code == 409
    await plaza.say("/delete")
    await plaza.say("1")
    assert (await write(intake, need_id)).status_code == 404
    assert not [message for message in plaza.to("olena") if WORDS in message.text]


async def test_the_desk_hears_when_it_did_not_arrive(intake: Intake, plaza: Provider) -> None:
    need_id = (await plaza.say(NEED)).need_id
    await plaza.host.gone("olena")
    message_id = (await write(intake, need_id)).json()["message_id"]
    (failed,) = await eventually(lambda: intake.events(MessageFailed))
    assert (failed.data["message_id"], failed.data["need_id"]) == (message_id, need_id)


async def test_who_is_known_from_a_group_reads_it_in_private_after_one_line(intake: Intake, plaza: Provider) -> None:
    need_id = (await plaza.say(NEED, group=SQUARE)).need_id
    for words in (WORDS, "Ще одне"):
        assert (await write(intake, need_id, words)).json()["held"] is True
    await taken_care_of(intake, need_id)  # what was written before is read all the same
    (line,) = await plaza.heard_at("square")
    assert line.text.startswith("Є відповідь для Вас")
    assert WORDS not in line.text
    assert plaza.to("olena") == []
    await plaza.say(f"/start {line.text.rsplit('/', 1)[1]}")
    assert [message.text.splitlines()[1] for message in await plaza.heard_at("olena", 2)] == [WORDS, "Ще одне"]
    assert (await plaza.say("Нас троє")).kind == "reply"
    assert len(plaza.to("square")) == 1


async def test_who_spoke_where_we_only_listen_is_not_written_to(
    bus: Bus, store: Store, plaza: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_up(monkeypatch, plaza)
    await running.provisioned(bus)
    async with started(bus, store, group_mode="listen") as intake:
        need_id = (await plaza.say(NEED, group=SQUARE)).need_id
        assert (await write(intake, need_id)).status_code == 409
        assert plaza.sent == []


async def test_status_says_that_somebody_took_care_of_it(intake: Intake, plaza: Provider) -> None:
    need_id = (await plaza.say(NEED)).need_id
    await taken_care_of(intake, need_id)
    assert await intake.events(MessageRequested) == []
    await plaza.say("/status")
    assert "ним зайнялася людина" in (await plaza.heard_at("olena"))[0].text
