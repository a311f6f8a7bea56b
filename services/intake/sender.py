"""Sends what is to be said: each message once claimed, in order for each person, at the channel's pace, with a receipt."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from anlaufstelle_contracts import Event

from chassis import Service, UnitOfWork
from chassis.logs import error_name

from .channels.base import Button, Capability, Channel, Outgoing, Result, RetryAfter, Sent, Unreachable
from .delivering import Delivering
from .domain.delivery import Delivery
from .domain.person import Address, reachable
from .domain.splitting import numbered, split
from .repository import Memory
from .vault import Vault

log = structlog.get_logger()

CLAIM = timedelta(seconds=15)
"""How long a replica may take to send; after that another one tries."""
SEND_WITHIN = 10.0
LOOK_EVERY = 1.0
AT_ONCE = 50


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
        self.delivering = Delivering(memory, vault)
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
        references: list[str] = []
        result = await self._send(address, delivery, references) if address else Unreachable()

        async def note(uow: UnitOfWork) -> None:
            await self.delivering.settle(delivery.id, address, result, references, uow)

        await self.service.execute(f"delivery|{delivery.id}|{delivery.claimed_by}", note, name="deliveries.settled")

    async def _address(self, delivery: Delivery) -> Address | None:
        """Where to write to the person."""
        if delivery.farewell:
            return delivery.farewell
        person = await self.memory.people.get(delivery.person_id)
        return reachable(person, await self.memory.addresses_of(person.id), delivery.tried) if person else None

    async def _send(self, address: Address, delivery: Delivery, references: list[str]) -> Result:
        """Send all parts of a message; adds to `references` what the provider calls them."""
        channel = self.channels.get(address.channel)
        if channel is None:
            log.warning("no such channel in this replica", channel=address.channel)
            return RetryAfter()
        result: Result = Sent()
        try:
            to, reply_to = (
                self.vault.open(address.sealed),
                self.vault.open(address.last_message) if address.last_message else None,
            )
            async with asyncio.timeout(SEND_WITHIN):
                for message in render(delivery, channel):
                    await self._paces[address.channel].turn()
                    result = await channel.send(to, replace(message, reply_to=reply_to, heard_at=address.heard_at))
                    if not isinstance(result, Sent):
                        break
                    references += [result.reference] if result.reference else []
        except Exception as error:  # noqa: BLE001 - whatever a provider does, the message stays ours to deliver
            log.warning("not sent", channel=address.channel, reason=error_name(error))
            return RetryAfter()
        return result


def render(delivery: Delivery, channel: Channel) -> list[Outgoing]:
    """The message in as many parts as the channel needs; the choices go with the last one."""
    has_buttons = Capability.BUTTONS in channel.manifest.capabilities
    text = delivery.text if has_buttons else numbered(delivery.text, [choice.label for choice in delivery.choices])
    parts = [Outgoing(part) for part in split(text, channel.manifest.limits.text)]
    if has_buttons and delivery.choices:
        parts[-1] = replace(parts[-1], buttons=buttons(delivery))
    return parts


def buttons(delivery: Delivery) -> list[Button]:
    """The choices of a message as buttons."""
    return [Button(f"{delivery.number}:{index}", choice.label, choice.value) for index, choice in enumerate(delivery.choices)]
