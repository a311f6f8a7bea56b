"""The channel in the real intake, on a real bus and store: a conversation with messages that come twice and a restart."""

from functools import partial
from typing import Any

import httpx
import pytest
from anlaufstelle_contracts import Choice, CloudEvent, Event, MessageRequested, NeedArticulated, ReferralAnswered, wrap

from services.intake import channels
from services.intake.channels.base import Capability
from tests.intake.conftest import Intake, started
from tests.kit import running
from tests.kit.channels import logs, rig
from tests.kit.channels.provider import Provider, Received
from tests.kit.channels.recordings import Fixtures
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

NEED = "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау"
ANSWER = "Є курс німецької щовівторка"
CHOICES = [Choice(value="helped", label="Допомогло"), Choice(value="not_helped", label="Не допомогло")]


class Door(httpx.AsyncBaseTransport):
    """Where the provider calls: the replica that runs at the moment, if one does."""

    def __init__(self) -> None:
        self.intake: Intake | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a call on."""
        if self.intake is None:
            raise httpx.ConnectError("no replica runs")
        return await httpx.ASGITransport(app=self.intake.service.api).handle_async_request(request)


async def test_a_conversation_goes_on_over_repetitions_and_a_restart(
    provider: tuple[Fixtures, Provider],
    bus: Bus,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fixtures, people = provider
    door = Door()
    await running.provisioned(bus)
    async with httpx.AsyncClient(transport=door, base_url="http://intake", timeout=30) as client:
        with logs.listening() as said:
            async with rig.connected(fixtures, people, client, monkeypatch):
                async with started(bus, store) as door.intake:
                    need = await _asked_twice(door.intake, people)
                    answer = await _answered(door.intake, people, need, fixtures.kit.channel)
                async with started(bus, store) as door.intake:
                    buttons = Capability.BUTTONS in channels.load(fixtures.kit.channel).manifest.capabilities
                    assert answer.buttons == (tuple(choice.label for choice in CHOICES) if buttons else ())
                    await people.deliver(people.press(1, answer, 1) if buttons else people.text(1, "2"))
                    (chosen,) = await eventually(partial(_events, door.intake, ReferralAnswered), timeout=20)
                door.intake = None
    assert (chosen.data["need_id"], chosen.data["answer"]) == (need["need_id"], "not_helped")
    leaks = said.leaks([NEED, ANSWER, people.address(1), *people.private()], *capsys.readouterr())
    assert leaks == [], "a log tells texts, names or addresses of people"


async def _asked_twice(intake: Intake, people: Provider) -> dict[str, Any]:
    update = people.text(1, NEED)
    await people.deliver(update)
    await people.deliver(update)
    await eventually(partial(_events, intake, NeedArticulated), timeout=20)
    await people.deliver(people.text(1, "/help"))
    await eventually(partial(_with, people, "/privacy"), timeout=20)
    (event,) = await intake.events(NeedArticulated)
    assert event.data["text"] == NEED
    return event.data


async def _answered(intake: Intake, people: Provider, need: dict[str, Any], channel: str) -> Received:
    request = MessageRequested(
        message_id="m1", person_id=need["person_id"], need_id=need["need_id"], text=ANSWER, language="uk", choices=CHOICES
    )
    await running.say(intake.bus, wrap(request, cause_id="m1", position=0, source="notify"))
    answers = await eventually(partial(_with, people, ANSWER), timeout=20)
    assert len(answers) == 1
    assert need["channel"] == channel
    return answers[0]


async def _with(people: Provider, words: str) -> list[Received]:
    return [message for message in await people.sent() if words in message.text and message.address == people.address(1)]


async def _events(intake: Intake, kind: type[Event]) -> list[CloudEvent]:
    return await intake.events(kind)
