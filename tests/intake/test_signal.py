"""What signal-cli says of a message that it did not send, the forms in which its versions say that they did, and whom a message
that cannot be taken holds up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from services.intake.channels import signal
from services.intake.channels.base import Heard, Incoming, Rejected, Result, RetryAfter, Sent, Unreachable
from services.intake.channels.signal import Signal, SignalSettings, _refused, _taken
from tests.channels.signal.provider import Provider
from tests.kit.channels.host import NotTaken, RecordingHost
from tests.kit.waiting import eventually

PERSON, GROUP = "11111111-0000-4000-8000-000000000001", "group.QUFFQw=="


@pytest.mark.parametrize(
    ("status", "why", "result"),
    [
        (400, "The user +493410000001 is not registered.", Unreachable()),
        (400, "Unregistered user: +493410000001", Unreachable()),
        (400, "User is not a member in group: Сусіди (QUFFQw==)", Unreachable()),
        (400, "User is not allowed to send message to group: Сусіди (QUFFQw==)", Unreachable()),
        (400, "Group not found: QUFFQw==", Unreachable()),
        (400, "User +493410000000 is not registered.", RetryAfter()),  # that is us
        (400, "Specified account does not exist", RetryAfter()),
        (400, "Unable to complete request due to untrusted recipient keys", RetryAfter()),
        (400, "Failed to send message", RetryAfter()),
        (
            400,
            'Failed to send (some) messages:\n+493410000001: CAPTCHA proof required for sending to "+493410000001"',
            RetryAfter(),
        ),
        (429, "Failed to send message due to rate limiting. Use the attached challenge tokens", RetryAfter()),
        (500, "", RetryAfter()),
        (400, "Couldn't process request - invalid request", Rejected()),
    ],
)
def test_refusals_are_told_apart(status: int, why: str, result: Result) -> None:
    assert _refused(status, why) == result


@pytest.mark.parametrize(
    ("address", "said", "result"),
    [
        (PERSON, [{"timestamp": "1764000000001"}], Sent(f"{PERSON}/1764000000001")),
        (PERSON, {"timestamp": "1764000000001"}, Sent(f"{PERSON}/1764000000001")),
        (PERSON, [{"timestamp": "1", "errors": {"recipients": [{"reason": "UNREGISTERED_FAILURE"}]}}], Unreachable()),
        (PERSON, [{"timestamp": "1", "errors": {"recipients": [{"reason": "NETWORK_FAILURE"}]}}], RetryAfter()),
        (GROUP, [{"timestamp": "1", "errors": {"recipients": [{"reason": "UNREGISTERED_FAILURE"}]}}], Sent()),
    ],
)
def test_what_was_taken(address: str, said: Any, result: Result) -> None:
    assert _taken(address, said) == result


class Refusing(RecordingHost):
    """Cannot take what one person writes."""

    refuses = ""

    async def hear(self, incoming: Incoming) -> Heard:
        if incoming.address == self.refuses:
            self.refused += 1
            raise NotTaken("nothing of theirs can be kept now")
        return await super().hear(incoming)

    def texts(self) -> list[str]:
        """What was heard."""
        return [incoming.text for incoming in self.heard]


@pytest.fixture
async def people() -> AsyncIterator[Provider]:
    """A stand-in of the REST API."""
    provider = Provider()
    await provider.start()
    yield provider
    await provider.stop()


@pytest.fixture
async def host(people: Provider) -> AsyncIterator[Refusing]:
    """A host that hears the channel, and for now refuses the first person."""
    host, channel = Refusing(Signal.manifest), Signal(SignalSettings(**people.settings()))  # type: ignore[arg-type]
    host.refuses = people.address(1)
    await channel.open()
    listening = asyncio.create_task(channel.listen(host, lambda: True))
    yield host
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
    await channel.close()


async def test_a_message_that_cannot_be_taken_holds_up_its_sender_alone(people: Provider, host: Refusing) -> None:
    for person, text in ((1, "one"), (1, "two"), (2, "three")):
        await people.deliver(people.text(person, text))
    await eventually(lambda: host.refused and host.texts() == ["three"])
    await people.deliver(people.text(2, "four"))
    await eventually(lambda: host.texts() == ["three", "four"])
    host.refuses = ""
    await eventually(lambda: host.texts() == ["three", "four", "one", "two"] and not host.kept)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives up at once and tries again soon."""
    monkeypatch.setattr(signal, "GIVE_UP_AFTER", 0.0)
    monkeypatch.setattr(signal, "LOOK_AGAIN", 0.2)


@pytest.mark.usefixtures("impatient")
async def test_a_message_that_was_given_up_is_kept_and_tried_again(people: Provider, host: Refusing) -> None:
    await people.deliver(people.text(1, "one"))
    await eventually(lambda: host.refused >= 2)
    assert len(host.kept) == 1
    host.refuses = ""
    await eventually(lambda: host.texts() == ["one"] and not host.kept)


async def test_nothing_is_taken_back_by_an_administrator_before_it_was_said(people: Provider, host: Refusing) -> None:
    said, deletion = people.text(1, "one"), people.text(3, "")
    target = {"targetAuthorUuid": people.address(1), "targetSentTimestamp": said["envelope"]["timestamp"]}
    deletion["envelope"]["dataMessage"] |= {"message": None, "adminDelete": target}
    await people.deliver(said)
    await people.deliver(deletion)
    await people.deliver(people.text(2, "two"))
    await eventually(lambda: host.texts() == ["two"])
    host.refuses = ""
    await eventually(lambda: [bool(incoming.deletes) for incoming in host.heard] == [False, False, True])


async def test_it_is_told_when_a_message_was_said_however_late_it_is_heard(people: Provider, host: Refusing) -> None:
    update = people.text(2, "one")
    update["envelope"]["serverReceivedTimestamp"] = 1_763_980_000_500
    await people.deliver(update)
    (heard,) = await eventually(lambda: host.heard)
    assert heard.said_at == datetime(2025, 11, 24, 10, 26, 40, 500_000, UTC)


async def test_what_says_nothing_for_us_is_not_kept(people: Provider, host: Refusing) -> None:
    typing = people.text(1, "")
    typing["envelope"].pop("dataMessage")
    typing["envelope"]["typingMessage"] = {"action": "STARTED", "timestamp": typing["envelope"]["timestamp"]}
    for update in (typing, people.text(1, "one")):
        await people.deliver(update)
    await eventually(lambda: host.refused)
    assert len(host.kept) == 1
