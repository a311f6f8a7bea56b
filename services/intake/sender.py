"""Sends what is to be said: each message once claimed, in order for each person, at the channel's pace, with a receipt."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from anlaufstelle_contracts import Choice, Event, MessageDelivered, MessageFailed, MessageRequested

from chassis import Service, UnitOfWork, new_id
from chassis.logs import error_name

from .channels.base import Button, Capability, Channel, Outgoing, Rejected, Result, RetryAfter, Sent, Unreachable
from .domain.delivery import Delivery, Failure
from .domain.person import Address, Person, Shown
from .domain.splitting import numbered, split
from .repository import Memory
from .vault import Vault

log = structlog.get_logger()

CLAIM = timedelta(seconds=15)
"""How long a replica may take to send; after that another one tries."""
SEND_WITHIN = 10.0
LOOK_EVERY = 1.0
AT_ONCE = 50
FAREWELL_KEPT = timedelta(hours=1)


class Pace:
    """Lets through at most so many a second."""

    def __init__(self, per_second: float | None) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for a turn."""
        loop = asyncio.get_running_loop()
        self._next = max(self._next, loop.time()) + self._gap
        await asyncio.sleep(max(0.0, self._next - self._gap - loop.time()))


class Sender:
    """Sends by the channels that this replica has."""

    def __init__(self, service: Service, memory: Memory, vault: Vault, channels: Mapping[str, Channel]) -> None:
        self.service, self.memory, self.vault, self.channels = service, memory, vault, channels
        self._wake = asyncio.Event()
        self._busy = 0
        self._paces = {name: Pace(channel.manifest.limits.per_second) for name, channel in channels.items()}

    def wake(self, _: list[Event]) -> None:
        """There may be something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, for as long as the service runs."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                for delivery in await self._claim():
                    self._busy += 1
                    tasks.create_task(self._deliver(delivery))
                # Look now and then anyway: something put off may be due, or another replica may have died. No wait_for here:
                # in Python 3.11 it can swallow the cancellation that ends this task.
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
                        await self._wake.wait()

    async def _claim(self) -> list[Delivery]:
        free = AT_ONCE - self._busy
        try:
            return await self.memory.claim(datetime.now(UTC), CLAIM, free) if free else []
        except Exception as error:  # noqa: BLE001 - a store that is away; the chassis decides how long that may last
            log.warning("nothing can be claimed", reason=error_name(error))
            return []

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            await self._send_and_note(delivery)
        except Exception as error:  # noqa: BLE001 - the claim lapses, and the message is sent again
            log.warning("delivery not noted", message=delivery.id, reason=error_name(error))
        finally:
            self._busy -= 1

    async def _send_and_note(self, delivery: Delivery) -> None:
        address = await self._address(delivery)
        channel_id = address.channel if address else "none"
        result = await self._send(channel_id, self.vault.open(address.sealed), delivery) if address else Unreachable()

        async def note(uow: UnitOfWork) -> None:
            await settle(delivery.id, channel_id, address.id if address else None, result, uow)

        await self.service.execute(f"delivery|{delivery.id}|{delivery.claimed_by}", note, name="deliveries.settled")

    async def _address(self, delivery: Delivery) -> Address | None:
        """Where the person last wrote from."""
        if delivery.farewell:
            return delivery.farewell
        person = await self.memory.people.get(delivery.person_id)
        return await self.memory.addresses.get(person.address_id) if person else None

    async def _send(self, channel_id: str, address: str, delivery: Delivery) -> Result:
        channel = self.channels.get(channel_id)
        if channel is None:
            log.warning("no such channel in this replica", channel=channel_id)
            return RetryAfter()
        result: Result = Sent()
        try:
            async with asyncio.timeout(SEND_WITHIN):
                for message in render(delivery, channel):
                    await self._paces[channel_id].turn()
                    result = await channel.send(address, message)
                    if not isinstance(result, Sent):
                        break
        except Exception as error:  # noqa: BLE001 - whatever a provider does, the message stays ours to deliver
            log.warning("not sent", channel=channel_id, reason=error_name(error))
            return RetryAfter()
        return result


def render(delivery: Delivery, channel: Channel) -> list[Outgoing]:
    """The message in as many parts as the channel needs; the choices go with the last one."""
    has_buttons = Capability.BUTTONS in channel.manifest.capabilities
    text = delivery.text if has_buttons else numbered(delivery.text, [choice.label for choice in delivery.choices])
    parts = [Outgoing(part) for part in split(text, channel.manifest.limits.text)]
    if has_buttons and delivery.choices:
        parts[-1] = Outgoing(parts[-1].text, buttons(delivery))
    return parts


def buttons(delivery: Delivery) -> list[Button]:
    """The choices of a message as buttons."""
    return [Button(f"{delivery.number}:{index}", choice.label, choice.value) for index, choice in enumerate(delivery.choices)]


async def create(event: MessageRequested, uow: UnitOfWork) -> None:
    """Put a message on its way; the same one only once. Nobody to say it to: it fails, or is let go when they were forgotten."""
    if await uow.get(Delivery, event.message_id):
        return
    person = await uow.get(Person, event.person_id)
    if person is None:
        log.info("nobody to say this to")
        return
    delivery = _next(person, event.message_id, event.text, event.language, event.choices, event.need_id, uow)
    if person.stopped:
        delivery.failed("none", Failure.UNREACHABLE)
        uow.emit(_failure(delivery))
    elif event.choices:
        person.conversation.shown = Shown(number=delivery.number, need_id=event.need_id, choices=event.choices)
    uow.save(person)
    uow.save(delivery)


def farewell(person: Person, address: Address, text: str, uow: UnitOfWork) -> None:
    """Say one last thing to somebody who is not to be written to, or not to be known, from now on."""
    delivery = _next(person, new_id(), text, person.language, [], None, uow)
    delivery.farewell = address
    delivery.expires_at = uow.now + FAREWELL_KEPT
    uow.save(delivery)


async def settle(delivery_id: str, channel: str, address_id: str | None, result: Result, uow: UnitOfWork) -> None:
    """Note what the channel said of a message."""
    delivery = await uow.get(Delivery, delivery_id)
    if delivery is None:  # its person was forgotten meanwhile
        return
    if isinstance(result, Sent) and address_id:
        delivery.sent(channel, address_id)
        if not delivery.farewell:
            uow.emit(
                MessageDelivered(message_id=delivery.id, person_id=delivery.person_id, need_id=delivery.need_id, channel=channel)
            )
    elif isinstance(result, RetryAfter) and delivery.put_off(uow.now, result.seconds):
        pass
    else:
        delivery.failed(channel, Failure.REJECTED if isinstance(result, Rejected) else Failure.UNREACHABLE)
        if not delivery.farewell:
            uow.emit(_failure(delivery))
    uow.save(delivery)


def _next(
    person: Person, message_id: str, text: str, language: str, choices: list[Choice], need_id: str | None, uow: UnitOfWork
) -> Delivery:  # fmt: skip
    person.messages += 1
    now = uow.now
    return Delivery(
        id=message_id,
        person_id=person.id,
        number=person.messages,
        need_id=need_id,
        text=text,
        language=language,
        choices=choices,
        created_at=now,
        due_at=now,
        claimed_until=now,
    )


def _failure(delivery: Delivery) -> MessageFailed:
    return MessageFailed(
        message_id=delivery.id,
        person_id=delivery.person_id,
        need_id=delivery.need_id,
        channel=delivery.channel or "none",
        reason=delivery.failure or Failure.UNREACHABLE,
    )
