"""The Telegram adapter against a Bot API that nobody here wrote: what it takes for granted of one is not only our emulator's."""

import pytest
from anlaufstelle_contracts import CloudEvent, NeedArticulated

from tests.intake.conftest import Intake, started
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually
from tests.peers import telegram_test_api

OLENA, PETRO = 1001, 1002
TOKEN = "4343:token-of-a-bot-at-a-peers-provider"
NEED = "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау"


async def test_a_conversation(bus: Bus, store: Store, monkeypatch: pytest.MonkeyPatch, doubtful: str) -> None:
    """From /start to a need, with a question back, and two people who are not taken for each other."""
    await running.provisioned(bus)
    async with telegram_test_api.serving(TOKEN) as peer:
        running.switch_on(monkeypatch, "telegram", bot_token=TOKEN, api_url=peer.url)
        async with started(bus, store) as intake:
            await peer.say(OLENA, "/start")
            (greeting,) = await peer.answers(OLENA)
            assert greeting["message"]["text"].startswith("Вітаємо")
            await peer.say(OLENA, doubtful)
            _, question = await peer.answers(OLENA, 2)
            assert [len(row) for row in question["message"]["reply_markup"]["inline_keyboard"]] == [1, 1, 1]
            await peer.say(OLENA, "1")
            (need,) = await eventually(lambda: intake.events(NeedArticulated))
            assert need.data["text"] == doubtful
            await peer.say(PETRO, NEED)
            _, other = await eventually(lambda: _needs(intake, 2))
            assert other.data["text"] == NEED
            assert other.data["person_id"] != need.data["person_id"]


async def _needs(intake: Intake, count: int) -> list[CloudEvent] | None:
    needs = await intake.events(NeedArticulated)
    return needs if len(needs) == count else None
