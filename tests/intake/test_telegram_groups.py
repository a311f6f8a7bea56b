"""Groups of Telegram from end to end: the emulated provider, the adapter, and intake on a real bus and store."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from anlaufstelle_contracts import Choice, CloudEvent, MessageDelivered, MessageFailed, NeedArticulated, NeedWithdrawn

from deploy.emulator.telegram import BOT, TOKEN, SentMessage, TelegramEmulator, serving
from tests.intake.conftest import Intake, started
from tests.intake.plaza import answer
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

OLENA, PETRO, ADMIN = 1001, 1002, 1003
NEED = "Шукаю курси німецької для мами, живемо в Грюнау"
ANOTHER = "Шукаємо перетримку для кота на два тижні"
CHATTER = "Дякую всім, гарного дня!"
CHOICES = [Choice(value="helped", label="Допомогло"), Choice(value="not_helped", label="Не допомогло")]


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


async def needs(intake: Intake, count: int) -> list[dict[str, Any]]:
    """What was asked for, as soon as it is so many needs."""

    async def enough() -> list[CloudEvent]:
        events = await intake.events(NeedArticulated)
        return events if len(events) >= count else []

    return [event.data for event in await eventually(enough, timeout=15)]


async def all_heard(telegram: TelegramEmulator) -> None:
    """Everything that was said is safe with intake."""
    await eventually(lambda: telegram.waiting() == 0 or None, timeout=15)


def link_of(line: SentMessage) -> str:
    return next(word for word in line.text.split() if word.startswith("https://"))


async def test_a_need_in_a_group_is_answered_in_private(intake: Intake, telegram: TelegramEmulator) -> None:
    group = telegram.make_group(ADMIN)
    said = telegram.say(OLENA, NEED, group=group)["message"]["message_id"]
    (need,) = await needs(intake, 1)
    await answer(intake, need, "m1", choices=CHOICES)
    line = await telegram.answer(group.id)
    assert (line.reply_to, line.buttons, "\n" in line.text) == (said, (), False)
    assert link_of(line).startswith(f"https://t.me/{BOT['username']}?start=")
    assert telegram.sent_to(OLENA) == []
    telegram.open_link(OLENA, link_of(line))
    private = await telegram.answer(OLENA)
    assert (private.text, [label for label, _ in private.buttons]) == ("Є курс", ["Допомогло", "Не допомогло"])
    await answer(intake, need, "m2", "Ще одне")
    assert (await telegram.answer(OLENA)).text == "Ще одне"
    assert len(telegram.sent_to(group.id)) == 1
    assert {event.data["message_id"] for event in await intake.events(MessageDelivered)} >= {"m1"}


async def test_the_bot_is_quiet_but_for_one_line_in_a_thread(intake: Intake, telegram: TelegramEmulator) -> None:
    group = telegram.make_group(ADMIN)
    telegram.say(PETRO, CHATTER, group=group)
    telegram.say(PETRO, "/help", group=group)
    telegram.send_media(PETRO, group=group, voice={"file_id": "a", "file_unique_id": "b", "duration": 3})
    first = telegram.say(OLENA, NEED, group=group)["message"]["message_id"]
    await all_heard(telegram)
    telegram.say(OLENA, ANOTHER, group=group)
    one, two = await needs(intake, 2)
    helped = telegram.say(PETRO, "Потрібен перекладач до лікаря на четвер", group=group)["message"]["message_id"]
    third = (await needs(intake, 3))[2]
    telegram.say(ADMIN, "Я допоможу, напишіть мені", group=group, reply_to=helped)
    await all_heard(telegram)
    for message_id, need in (("m1", one), ("m2", two), ("m3", third)):
        await answer(intake, need, message_id, choices=CHOICES)
    assert (await telegram.answer(group.id)).reply_to == first
    await eventually(lambda: held(intake, "m2", "m3"))
    assert [line.reply_to for line in telegram.sent] == [first]


async def test_administrators_set_how_a_group_is_treated(intake: Intake, telegram: TelegramEmulator) -> None:
    group = telegram.make_group(ADMIN)
    telegram.say(OLENA, "/mode listen", group=group)
    telegram.say(ADMIN, "/mode@another_bot listen", group=group)
    await all_heard(telegram)
    assert telegram.sent == []
    said = telegram.say_as_group(group, "/mode suggest")["message"]["message_id"]
    assert (await telegram.answer(group.id)).reply_to == said
    telegram.say(OLENA, NEED, group=group)
    assert (await needs(intake, 1))[0]["review"] is True
    telegram.say(ADMIN, f"/mode@{BOT['username']} listen", group=group)
    await telegram.answer(group.id)
    telegram.say(PETRO, ANOTHER, group=group)
    _, silent = await needs(intake, 2)
    await answer(intake, silent, "m1", choices=CHOICES)
    telegram.say(PETRO, "/start")
    assert (await telegram.answer(PETRO)).text.startswith("Вітаємо")
    assert [message.text for message in telegram.sent_to(PETRO)[1:]] == []
    assert len(telegram.sent_to(group.id)) == 2


async def test_a_topic_of_a_forum_is_about_a_category(intake: Intake, telegram: TelegramEmulator) -> None:
    group = telegram.make_group(ADMIN, forum=True)
    topic = telegram.open_topic(group, ADMIN, "Хвостики")
    telegram.say(ADMIN, "/topic Тварини", group=group, topic=topic)
    assert (await telegram.answer(group.id)).topic == topic
    said = telegram.say(OLENA, "Хто може допомогти нам у ці вихідні? Дуже потрібна Ваша допомога", group=group, topic=topic)
    (need,) = await needs(intake, 1)
    assert need["categories"] == ["animals"]
    await answer(intake, need, "m1", choices=CHOICES)
    line = await telegram.answer(group.id)
    assert (line.topic, line.reply_to) == (topic, said["message"]["message_id"])


async def test_a_group_that_becomes_a_supergroup_stays_the_same(intake: Intake, telegram: TelegramEmulator) -> None:
    group = telegram.make_group(ADMIN, supergroup=False)
    telegram.say(ADMIN, "/mode suggest", group=group)
    await telegram.answer(group.id)
    telegram.say(OLENA, NEED, group=group)
    (need,) = await needs(intake, 1)
    telegram.upgrade(group)
    telegram.say(PETRO, ANOTHER, group=group)
    assert [each["review"] for each in await needs(intake, 2)] == [True, True]
    await answer(intake, need, "m1", choices=CHOICES)
    await telegram.answer(group.id)
    assert "sendMessage" in telegram.calls


async def test_a_group_whose_move_was_not_heard_is_found_when_something_is_sent(
    intake: Intake, telegram: TelegramEmulator
) -> None:  # fmt: skip
    group = telegram.make_group(ADMIN, supergroup=False)
    telegram.say(OLENA, NEED, group=group)
    (need,) = await needs(intake, 1)
    former = telegram.upgrade(group)
    telegram._updates.clear()
    await answer(intake, need, "m1", choices=CHOICES)
    assert (await telegram.answer(group.id)).text
    assert telegram.sent_to(former) == []


async def test_a_changed_message_is_another_need(intake: Intake, telegram: TelegramEmulator) -> None:
    group = telegram.make_group(ADMIN)
    said = telegram.say(OLENA, NEED, group=group)
    (need,) = await needs(intake, 1)
    telegram.edit(said, text=ANOTHER)
    _, changed = await needs(intake, 2)
    assert changed["text"] == ANOTHER
    (withdrawn,) = await eventually(lambda: intake.events(NeedWithdrawn))
    assert withdrawn.data["need_id"] == need["need_id"]
    telegram.edit(said, text=ANOTHER, edit_date=1)  # nothing that is said changed
    private = telegram.say(PETRO, NEED)
    await needs(intake, 3)
    telegram.edit(private, text=f"{NEED}, дуже терміново")
    assert (await needs(intake, 4))[3]["text"].endswith("терміново")
    assert len(await intake.events(NeedWithdrawn)) == 2


async def test_a_group_that_removed_the_bot_is_left_alone_until_it_is_heard_again(
    intake: Intake, telegram: TelegramEmulator
) -> None:  # fmt: skip
    group = telegram.make_group(ADMIN)
    telegram.say(OLENA, NEED, group=group)
    (need,) = await needs(intake, 1)
    telegram.remove_bot(group)
    await all_heard(telegram)
    await answer(intake, need, "m1", choices=CHOICES)
    await eventually(lambda: held(intake, "m1"))
    await eventually(lambda: failed_lines(intake))
    assert "sendMessage" not in telegram.calls
    telegram.add_bot(group)
    telegram.say(PETRO, ANOTHER, group=group)
    _, other = await needs(intake, 2)
    await answer(intake, other, "m2", choices=CHOICES)
    await telegram.answer(group.id)


async def test_who_blocked_the_bot_is_not_written_to_until_they_write(intake: Intake, telegram: TelegramEmulator) -> None:
    telegram.say(OLENA, NEED)
    (need,) = await needs(intake, 1)
    telegram.block(OLENA)
    await all_heard(telegram)
    await answer(intake, need, "m1")
    (failed,) = await eventually(lambda: intake.events(MessageFailed))
    assert (failed.data["message_id"], failed.data["reason"]) == ("m1", "unreachable")
    assert "sendMessage" not in telegram.calls
    telegram.unblock(OLENA)
    telegram.say(OLENA, "/start")
    assert (await telegram.answer(OLENA)).text.startswith("Вітаємо")


async def test_a_place_on_the_map_is_a_district(intake: Intake, telegram: TelegramEmulator) -> None:
    telegram.send_media(OLENA, location={"latitude": 51.3142, "longitude": 12.2891})
    assert "Grünau" in (await telegram.answer(OLENA)).text


async def test_danger_in_a_group_is_answered_with_the_number_at_once(intake: Intake, telegram: TelegramEmulator) -> None:
    group = telegram.make_group(ADMIN)
    said = telegram.say(OLENA, "Мій чоловік б'є мене, я з дітьми", group=group)["message"]["message_id"]
    line = await telegram.answer(group.id)
    assert (line.reply_to, "110" in line.text) == (said, True)
    assert (await needs(intake, 1))[0]["emergency"] is True


async def held(intake: Intake, *messages: str) -> bool:
    """Whether messages wait for a private chat."""
    wanted = {"_id": {"$in": list(messages)}, "state": "held"}
    return await intake.service.db["deliveries"].count_documents(wanted) == len(messages)


async def failed_lines(intake: Intake) -> int:
    """How many lines could not be said in a group."""
    return await intake.service.db["deliveries"].count_documents({"group": {"$ne": None}, "state": "failed"})
