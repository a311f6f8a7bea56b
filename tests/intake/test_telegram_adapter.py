"""The Telegram adapter by itself, between the emulated Bot API and a host in memory: what recordings cannot show."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from deploy.emulator.telegram import TOKEN, TelegramEmulator, serving
from services.intake.channels import telegram as adapter
from services.intake.channels.base import Button, Heard, Incoming, Outgoing, Rejected, RetryAfter, Sent, Unreachable
from services.intake.channels.telegram import NoNameYet, Telegram, TelegramSettings
from tests.kit.channels.host import RecordingHost
from tests.kit.waiting import eventually

OLENA, PETRO, ADMIN = 1001, 1002, 1003
NEED = "Шукаю кімнату для двох"


@pytest.fixture
async def api() -> AsyncIterator[TelegramEmulator]:
    """The emulated Bot API."""
    async with serving(TelegramEmulator()) as emulator:
        yield emulator


@pytest.fixture
def host() -> RecordingHost:
    """A host in memory."""
    return RecordingHost(Telegram.manifest)


@pytest.fixture
async def telegram(api: TelegramEmulator, host: RecordingHost) -> AsyncIterator[Telegram]:
    """The channel, open and not yet listening."""
    channel = Telegram(TelegramSettings(bot_token=SecretStr(TOKEN), api_url=api.url))
    await channel.open()
    channel.routes(host)
    yield channel
    await channel.close()


@asynccontextmanager
async def listening(telegram: Telegram, host: RecordingHost) -> AsyncIterator[None]:
    """The channel polls."""
    task = asyncio.create_task(telegram.listen(host, lambda: True))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def all_heard(api: TelegramEmulator) -> Callable[[], bool]:
    """Whether every update is confirmed."""
    return lambda: api.waiting() == 0


async def heard(telegram: Telegram, api: TelegramEmulator, host: RecordingHost) -> list[Incoming]:
    """What the host hears of all that waits."""
    async with listening(telegram, host):
        await eventually(all_heard(api))
    return host.heard


# --- who may decide for a group ---


async def test_administrators_are_asked_for_once_and_only_for_commands(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    group = api.make_group(ADMIN)
    api.say(OLENA, NEED, group=group)
    api.say(ADMIN, NEED, group=group)
    await heard(telegram, api, host)
    assert "getChatAdministrators" not in api.calls
    api.say(ADMIN, "/mode@Anlaufstelle_Bot listen", group=group)
    await heard(telegram, api, host)
    api.say(OLENA, "/mode listen", group=group)
    await heard(telegram, api, host)
    said = {(incoming.address, incoming.text): incoming.group and incoming.group.by_admin for incoming in host.heard}
    assert said == {
        (str(OLENA), NEED): False, (str(ADMIN), NEED): False,
        (str(ADMIN), "/mode@Anlaufstelle_Bot listen"): True, (str(OLENA), "/mode listen"): False,
    }  # fmt: skip
    api.say(ADMIN, "/mode answer", group=group)
    await heard(telegram, api, host)
    assert api.calls.count("getChatAdministrators") == 1


async def test_nobody_decides_in_a_group_that_does_not_name_its_administrators(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    group = api.make_group(ADMIN)
    api.fail("getChatAdministrators", 400, "Bad Request: CHANNEL_PRIVATE")
    api.say(ADMIN, "/mode listen", group=group)
    (incoming,) = await heard(telegram, api, host)
    assert incoming.group is not None
    assert not incoming.group.by_admin


# --- what is one message, and what is another ---


async def test_of_an_album_with_words_only_the_words_are_heard(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    api.send_media(OLENA, photo=photo, media_group_id="1")
    api.send_media(OLENA, photo=photo, media_group_id="1", caption=NEED)
    api.send_media(OLENA, photo=photo, media_group_id="1")
    assert [incoming.text for incoming in await heard(telegram, api, host)] == [NEED]


async def test_two_edits_in_one_second_are_two(telegram: Telegram, api: TelegramEmulator, host: RecordingHost) -> None:
    said = api.say(OLENA, NEED)
    edits = [api.edit(said, text=f"{NEED}{more}", edit_date=1764000000) for more in ("!", "?")]
    api.repeat(edits[1])
    original, first, second, again = await heard(telegram, api, host)
    assert first.edits == second.edits == original.message_id
    assert len({original.message_id, first.message_id, second.message_id}) == 3
    assert again == second


async def test_what_was_taken_is_not_taken_again_because_another_one_failed(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    api.say(OLENA, "перше")
    api.block(PETRO)
    api.say(PETRO, "друге")
    host.failing = 1
    await heard(telegram, api, host)
    assert host.refused == 1
    assert sorted(incoming.text for incoming in host.heard) == ["друге", "перше"]
    assert host.left == [str(PETRO)]


async def test_a_group_is_known_to_have_moved_before_its_new_chat_is_heard(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    group = api.make_group(ADMIN, supergroup=False)
    former = api.upgrade(group)
    api.say(OLENA, NEED, group=group)
    known: list[tuple[str, str]] = []

    class Watching(RecordingHost):
        async def hear(self, incoming: Incoming) -> Heard:
            known.extend(self.moves)
            return await super().hear(incoming)

    watching = Watching(Telegram.manifest)
    await heard(telegram, api, watching)
    assert watching.heard
    assert known[0] == (str(former), str(group.id))


# --- sending ---


async def test_an_answer_in_a_forum_stands_in_its_topic(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    group = api.make_group(ADMIN, forum=True)
    topic = api.open_topic(group, ADMIN, "Житло")
    said = api.say(OLENA, NEED, group=group, topic=topic)
    (incoming,) = await heard(telegram, api, host)
    assert incoming.group is not None
    assert (incoming.group.topic, incoming.group.reply_to) == (str(topic), None)
    result = await telegram.send(incoming.group.address, Outgoing("Ось", reply_to=incoming.message_id))
    line = await api.answer(group.id)
    assert (line.topic, line.reply_to) == (topic, said["message"]["message_id"])
    # What was sent has a name like what was heard: who answers it answers that name.
    api.say(OLENA, "Дякую", group=group, topic=topic, reply_to=line.message_id)
    thanks = (await heard(telegram, api, host))[-1]
    assert thanks.group is not None
    assert result == Sent(thanks.group.reply_to)


async def test_in_private_nothing_is_quoted(telegram: Telegram, api: TelegramEmulator, host: RecordingHost) -> None:
    api.say(OLENA, NEED)
    (incoming,) = await heard(telegram, api, host)
    for quoted in (incoming.message_id, "-100/5", "callback/77", "nonsense"):
        await telegram.send(str(OLENA), Outgoing("Ось", reply_to=quoted))
    assert [message.reply_to for message in api.sent] == [None] * 4


async def test_what_was_taken_back_is_not_answered_in_a_group(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    group = api.make_group(ADMIN)
    said = api.say(OLENA, NEED, group=group)
    (incoming,) = await heard(telegram, api, host)
    api.take_back(said)
    assert await telegram.send(str(group.id), Outgoing("Ось", reply_to=incoming.message_id)) == Rejected()
    assert api.sent_to(group.id) == []


async def test_a_group_that_became_a_supergroup_is_answered_there(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    group = api.make_group(ADMIN, supergroup=False)
    said = api.say(OLENA, NEED, group=group)["message"]["message_id"]
    former = api.upgrade(group)
    result = await telegram.send(str(former), Outgoing("Ось", reply_to=f"{former}/{said}"))
    assert isinstance(result, Sent)
    assert host.moves == [(str(former), str(group.id))]
    assert [(line.text, line.reply_to) for line in api.sent_to(group.id)] == [("Ось", None)]


async def test_where_nothing_can_be_sent_is_said_honestly(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    group = api.make_group(ADMIN, forum=True)
    topic = api.open_topic(group, ADMIN, "Житло")
    said = api.say(OLENA, NEED, group=group, topic=topic)["message"]["message_id"]
    line = Outgoing("Ось", reply_to=f"{group.id}/{said}/{topic}")
    assert await telegram.send(str(OLENA), Outgoing("Ось")) == Unreachable()  # she never wrote to the bot alone
    group.closed.add(topic)
    assert await telegram.send(str(group.id), line) == Rejected()
    api.fail("sendMessage", 400, "Bad Request: not enough rights to send text messages to the chat")
    assert await telegram.send(str(group.id), line) == Unreachable()
    api.remove_bot(group)
    assert await telegram.send(str(group.id), line) == Unreachable()


async def test_the_emulated_provider_keeps_its_limits_and_the_adapter_says_when(
    telegram: Telegram, api: TelegramEmulator
) -> None:  # fmt: skip
    group = api.make_group(ADMIN)
    api.per_minute_group = 2
    results = [await telegram.send(str(group.id), Outgoing("Ось")) for _ in range(3)]
    assert [type(result) for result in results] == [Sent, Sent, RetryAfter]
    assert isinstance(results[2], RetryAfter)
    assert 58 <= (results[2].seconds or 0) <= 60


# --- names and commands ---


async def test_a_link_leads_to_the_bot_and_what_comes_first_is_its_code(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    api.open_link(OLENA, telegram.private_link("7KQ29M"))
    (incoming,) = await heard(telegram, api, host)
    assert incoming.text == "/start 7KQ29M"


async def test_a_link_waits_for_the_bots_name(monkeypatch: pytest.MonkeyPatch, api: TelegramEmulator) -> None:
    monkeypatch.setattr(adapter, "NAME_WITHIN", 0.05)
    api.fail("getMe", 502, "Bad Gateway")
    channel = Telegram(TelegramSettings(bot_token=SecretStr(TOKEN), api_url=api.url))
    await channel.open()
    try:
        with pytest.raises(NoNameYet):
            channel.private_link("7KQ29M")
        await eventually(lambda: api.calls.count("getMe") == 2 and channel.private_link("7KQ29M"), timeout=5)
    finally:
        await channel.close()


async def test_commands_are_shown_in_four_languages_once(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    for _ in range(2):
        async with listening(telegram, host):
            await eventually(lambda: "getUpdates" in api.calls)
    names = {place: [each["command"] for each in commands] for place, commands in api.commands.items()}
    for language in ("", "uk", "ru", "de", "en"):
        assert {"need", "offer", "idea", "status", "language", "privacy", "delete", "stop"} <= set(
            names["all_private_chats", language]
        )
        assert names["all_chat_administrators", language] == ["mode", "topic"]
    assert len({str(commands) for commands in api.commands.values()}) == 8  # the default speaks Ukrainian
    assert api.calls.count("setMyCommands") == len(api.commands) == 10


async def test_a_provider_that_takes_no_commands_is_heard_all_the_same(
    telegram: Telegram, api: TelegramEmulator, host: RecordingHost
) -> None:  # fmt: skip
    api.fail("setMyCommands", 400, "Bad Request: BOT_COMMAND_INVALID")
    api.say(OLENA, NEED)
    assert [(incoming.address, incoming.text) for incoming in await heard(telegram, api, host)] == [(str(OLENA), NEED)]


async def test_buttons_are_shown_below_a_message(telegram: Telegram, api: TelegramEmulator, host: RecordingHost) -> None:
    api.say(OLENA, NEED)
    await heard(telegram, api, host)
    await telegram.send(str(OLENA), Outgoing("Допомогло?", [Button("7:0", "Так", "helped"), Button("7:1", "Ні", "not_helped")]))
    assert [message.buttons for message in api.sent] == [(("Так", "7:0"), ("Ні", "7:1"))]
