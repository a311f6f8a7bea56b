"""The Telegram adapter against an emulated Bot API: long polling, webhook, buttons, refusals, and what is no text."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from anlaufstelle_contracts import (
    Choice,
    MessageDelivered,
    MessageFailed,
    MessageRequested,
    NeedArticulated,
    ReferralAnswered,
    wrap,
)

from deploy.emulator.telegram import TOKEN, TelegramEmulator, serving
from tests.intake.conftest import Intake, started
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

OLENA, PETRO = 1001, 1002
NEED = "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау"
SECRET = "webhook-secret_1"


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TelegramEmulator]:
    """An emulated Bot API, to which the channel is switched on."""
    async with serving(TelegramEmulator()) as emulator:
        running.switch_on(monkeypatch, "telegram", bot_token=TOKEN, api_url=emulator.url)
        yield emulator


@pytest.fixture
async def intake(bus: Bus, store: Store, telegram: TelegramEmulator) -> AsyncIterator[Intake]:
    """Intake with a bot that polls the emulator."""
    await running.provisioned(bus)
    async with started(bus, store) as replica:
        yield replica


async def ask(intake: Intake, telegram: TelegramEmulator, person: int = OLENA) -> dict[str, Any]:
    """A person asks; gives the event."""
    telegram.say(person, NEED)
    events = await eventually(lambda: intake.events(NeedArticulated))
    return events[-1].data


def message(need: dict[str, Any], text: str = "Є курс", message_id: str = "m1", **more: Any) -> Any:
    request = MessageRequested(
        message_id=message_id, person_id=need["person_id"], need_id=need["need_id"], text=text, language="uk", **more
    )
    return wrap(request, cause_id=message_id, position=0, source="notify")


CHOICES = [Choice(value="helped", label="Допомогло"), Choice(value="not_helped", label="Не допомогло")]


async def test_a_need_is_answered_with_buttons_and_a_pressed_one_counts(intake: Intake, telegram: TelegramEmulator) -> None:
    need = await ask(intake, telegram)
    assert (need["channel"], need["text"], need["language"]) == ("telegram", NEED, "uk")
    await running.say(intake.bus, message(need, "Є курс <b>&amp;</b> *кава*", choices=CHOICES))
    answer = await telegram.answer(OLENA)
    assert answer.text == "Є курс <b>&amp;</b> *кава*"
    assert [label for label, _ in answer.buttons] == ["Допомогло", "Не допомогло"]
    await eventually(lambda: intake.events(MessageDelivered))

    telegram.press(answer, 1)
    (answered,) = await eventually(lambda: intake.events(ReferralAnswered))
    assert (answered.data["need_id"], answered.data["answer"]) == (need["need_id"], "not_helped")
    await eventually(lambda: telegram.answered_callbacks)


async def test_a_button_of_an_older_message_means_the_need_of_that_message(intake: Intake, telegram: TelegramEmulator) -> None:
    first = await ask(intake, telegram)
    await running.say(intake.bus, message(first, choices=CHOICES))
    old = await telegram.answer(OLENA)
    second = {**first, "need_id": "another-need"}
    await running.say(intake.bus, message(second, message_id="m2", choices=CHOICES))
    await telegram.answer(OLENA)
    telegram.press(old, 0)
    (answered,) = await eventually(lambda: intake.events(ReferralAnswered))
    assert answered.data["need_id"] == first["need_id"]


async def test_somebody_elses_button_or_a_made_up_one_does_nothing(intake: Intake, telegram: TelegramEmulator) -> None:
    need = await ask(intake, telegram)
    await running.say(intake.bus, message(need, choices=CHOICES))
    answer = await telegram.answer(OLENA)
    telegram.say(PETRO, "/start")
    await telegram.answer(PETRO)
    for data in (answer.buttons[0][1], "999999999999:0", "0:0", "x", ":", "1:99999999999999999999"):
        telegram.press(type(answer)(PETRO, 1, "", (("x", data),), 0.0), 0)
    await eventually(lambda: len(telegram.answered_callbacks) == 6)
    assert await intake.events(ReferralAnswered) == []
    assert len(await intake.events(NeedArticulated)) == 1


async def test_the_same_update_twice_is_one_need(intake: Intake, telegram: TelegramEmulator) -> None:
    update = telegram.say(OLENA, NEED)
    telegram.repeat(update)
    await eventually(lambda: telegram.waiting() == 0 or None)
    await eventually(lambda: intake.events(NeedArticulated))
    telegram.repeat(update)
    await eventually(lambda: telegram.waiting() == 0 or None)
    assert len(await intake.events(NeedArticulated)) == 1


async def test_photos_and_voice_are_asked_for_in_words_and_a_caption_is_words(
    intake: Intake, telegram: TelegramEmulator
) -> None:  # fmt: skip
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    telegram.send_media(OLENA, voice={"file_id": "a", "file_unique_id": "b", "duration": 3})
    assert "словами" in (await telegram.answer(OLENA)).text
    telegram.send_media(OLENA, photo=photo)
    assert "словами" in (await telegram.answer(OLENA)).text
    telegram.send_media(PETRO, photo=photo, caption=NEED)
    (event,) = await eventually(lambda: intake.events(NeedArticulated))
    assert event.data["text"] == NEED


async def test_a_text_that_is_too_long_is_asked_for_in_short(intake: Intake, telegram: TelegramEmulator) -> None:
    telegram.say(OLENA, "слово " * 170_000)
    assert "задовге" in (await telegram.answer(OLENA)).text
    assert await intake.events(NeedArticulated) == []


async def test_half_a_surrogate_and_control_signs_do_no_harm(intake: Intake, telegram: TelegramEmulator) -> None:
    telegram.say(OLENA, f"\x00{NEED}\ud83d\u202e")
    (event,) = await eventually(lambda: intake.events(NeedArticulated))
    assert event.data["text"] == f"{NEED}?"


async def test_unreadable_updates_are_left_out_and_the_rest_goes_on(intake: Intake, telegram: TelegramEmulator) -> None:
    said = telegram.say(OLENA, "/start")
    await telegram.answer(OLENA)
    telegram.add({"update_id": said["update_id"] + 1000, "message": {"text": 5}})
    telegram.add({"update_id": said["update_id"] + 1001, "message": {**said["message"], "message_id": 77, "text": "/help"}})
    assert "/privacy" in (await telegram.answer(OLENA)).text
    assert await intake.events(NeedArticulated) == []


async def test_a_long_answer_comes_in_parts_with_the_buttons_below_the_last(intake: Intake, telegram: TelegramEmulator) -> None:
    need = await ask(intake, telegram)
    paragraphs = [f"{number} " + "слово 🚋 " * 150 for number in range(8)]
    await running.say(intake.bus, message(need, "\n\n".join(paragraphs), choices=CHOICES))
    parts = [await telegram.answer(OLENA) for _ in range(3)]
    assert [word for part in parts for word in part.text.split()] == " ".join(paragraphs).split()
    assert [bool(part.buttons) for part in parts] == [False, False, True]


async def test_a_busy_provider_is_asked_again_when_it_says(intake: Intake, telegram: TelegramEmulator) -> None:
    need = await ask(intake, telegram)
    telegram.fail("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    await running.say(intake.bus, message(need))
    await telegram.answer(OLENA)
    assert telegram.calls.count("sendMessage") == 2
    assert len(await eventually(lambda: intake.events(MessageDelivered))) == 1


async def test_a_provider_with_a_bad_day_is_tried_again(intake: Intake, telegram: TelegramEmulator) -> None:
    need = await ask(intake, telegram)
    telegram.fail("sendMessage", 502, "Bad Gateway")
    await running.say(intake.bus, message(need))
    await telegram.answer(OLENA)


async def test_who_blocked_the_bot_is_unreachable(intake: Intake, telegram: TelegramEmulator) -> None:
    need = await ask(intake, telegram)
    telegram.blocked.add(OLENA)
    await running.say(intake.bus, message(need))
    (failed,) = await eventually(lambda: intake.events(MessageFailed))
    assert (failed.data["message_id"], failed.data["reason"]) == ("m1", "unreachable")


async def test_a_message_that_is_refused_fails_and_the_next_one_goes_out(intake: Intake, telegram: TelegramEmulator) -> None:
    need = await ask(intake, telegram)
    telegram.fail("sendMessage", 400, "Bad Request: can't parse something")
    await running.say(intake.bus, message(need), message(need, "Друге", "m2"))
    assert (await telegram.answer(OLENA)).text == "Друге"
    (failed,) = await eventually(lambda: intake.events(MessageFailed))
    assert (failed.data["message_id"], failed.data["reason"]) == ("m1", "rejected")


async def test_messages_to_one_person_keep_their_order_past_a_failure(intake: Intake, telegram: TelegramEmulator) -> None:
    need = await ask(intake, telegram)
    telegram.fail("sendMessage", 429, "Too Many Requests", retry_after=1)
    await running.say(intake.bus, *(message(need, str(number), f"m{number}") for number in range(5)))
    assert [(await telegram.answer(OLENA)).text for _ in range(5)] == ["0", "1", "2", "3", "4"]


async def test_hearing_goes_on_after_the_provider_was_away(intake: Intake, telegram: TelegramEmulator) -> None:
    telegram.fail("getUpdates", 502, "Bad Gateway", times=2)
    telegram.say(OLENA, "/start")
    assert (await telegram.answer(OLENA, timeout=30)).text.startswith("Вітаємо")


async def test_start_speaks_the_language_of_the_persons_programme(intake: Intake, telegram: TelegramEmulator) -> None:
    telegram.say(OLENA, "/start", language="de-AT")
    assert (await telegram.answer(OLENA)).text.startswith("Guten Tag")


async def test_a_restart_in_mid_conversation_is_not_noticed(
    bus: Bus, store: Store, telegram: TelegramEmulator, doubtful: str
) -> None:  # fmt: skip
    await running.provisioned(bus)
    async with started(bus, store):
        telegram.say(OLENA, doubtful)
        question = await telegram.answer(OLENA)
        assert question.buttons
    async with started(bus, store) as again:
        telegram.press(question, 0)
        (event,) = await eventually(lambda: again.events(NeedArticulated), timeout=30)
        assert event.data["text"] == doubtful


async def test_only_one_of_two_replicas_asks_for_updates(bus: Bus, store: Store, telegram: TelegramEmulator) -> None:
    await running.provisioned(bus)
    async with started(bus, store) as one, started(bus, store):
        for number in range(10):
            telegram.say(2000 + number, f"{NEED}, {number}")
        await eventually(lambda: telegram.waiting() == 0 or None)
        assert len(await eventually(lambda: one.events(NeedArticulated))) == 10
        assert telegram.calls.count("deleteWebhook") == 1


async def test_two_replicas_send_nothing_twice(bus: Bus, store: Store, telegram: TelegramEmulator) -> None:
    await running.provisioned(bus)
    people = range(2000, 2040)
    async with started(bus, store) as one, started(bus, store):
        for person in people:
            telegram.say(person, "/help")
        await asyncio.gather(*(telegram.answer(person, timeout=60) for person in people))
        await eventually(lambda: _all(one, len(people)))
        assert [len(telegram.sent_to(person)) for person in people] == [1] * len(people)


async def test_a_webhook_is_registered_and_takes_only_what_knows_the_secret(
    bus: Bus, store: Store, telegram: TelegramEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    await running.provisioned(bus)
    running.switch_on(monkeypatch, "telegram", webhook_url="https://help.example.org", webhook_secret=SECRET)
    async with started(bus, store) as intake:
        await eventually(lambda: telegram.webhook)
        assert telegram.webhook == {"url": "https://help.example.org/channels/telegram/webhook", "secret_token": SECRET}
        path, header = "/channels/telegram/webhook", "X-Telegram-Bot-Api-Secret-Token"
        right, wrong = {header: SECRET}, {header: "no"}
        update = telegram.say(OLENA, NEED)
        assert (await intake.http.post(path, json=update)).status_code == 401
        assert (await intake.http.post(path, json=update, headers=wrong)).status_code == 401
        assert (await intake.http.post(path, content=b"\xff\x00", headers=right)).status_code == 400
        assert (await intake.http.post(path, json={"message": 1}, headers=right)).status_code == 400
        assert (await intake.http.post(path, content=b" " * 1_100_000, headers=right)).status_code == 413
        assert await intake.events(NeedArticulated) == []
        for _ in range(2):
            assert (await intake.http.post(path, json=update, headers=right)).status_code == 200
        assert len(await eventually(lambda: intake.events(NeedArticulated))) == 1
        assert "getUpdates" not in telegram.calls


async def test_a_burst_keeps_the_pace_that_the_provider_allows(
    bus: Bus, store: Store, telegram: TelegramEmulator
) -> None:  # fmt: skip
    await running.provisioned(bus)
    telegram.per_second = 30
    async with started(bus, store) as intake:
        for number in range(60):
            telegram.say(3000 + number, "/help")
        await asyncio.gather(*(telegram.answer(3000 + number, timeout=60) for number in range(60)))
        assert telegram.calls.count("sendMessage") == 60
        await eventually(lambda: _all(intake, 60))


async def _all(intake: Intake, count: int) -> list[Any] | None:
    events = await intake.events(MessageDelivered)
    return events if len(events) == count else None
