"""The host of the channels: what each of them may ask of intake."""

import asyncio

import structlog

from chassis import Service, UnitOfWork, new_id
from chassis.logs import error_name

from .channels.base import Channel, Heard, Incoming, Line, Listening, Result
from .overhearing import Overhearing
from .reading import Reading
from .reception import Reception

log = structlog.get_logger()

LONGEST_PAUSE = 30.0


class ChannelHost:
    """The host as one channel sees it."""

    def __init__(self, channel: Channel, reception: Reception, overhearing: Overhearing, reading: Reading) -> None:
        self.id, self.reception, self.overhearing, self.reading = channel.manifest.id, reception, overhearing, reading
        self.guard = reception.service.token

    async def hear(self, incoming: Incoming) -> Heard:
        """Take a message."""
        if incoming.group:
            return await self.overhearing.hear(self.id, incoming, incoming.group)
        return await self.reception.hear(self.id, incoming)

    async def shown(self, address: str, after: int, wait: float) -> list[Line]:
        """Our messages to an address."""
        return await self.reading.shown(self.reception.address_id(self.id, address), after, wait)

    async def conversation(self, address: str) -> tuple[str, list[Line]] | None:
        """Both sides of a conversation."""
        return await self.reading.conversation(self.reception.address_id(self.id, address))

    async def receipt(self, reference: str, result: Result) -> None:
        """Take what the provider said later of something that it took."""
        name = self.reception.vault.name("reference", self.id, reference)

        async def take(uow: UnitOfWork) -> None:
            await self.reception.delivering.receipt(name, result, uow)

        await self.reception.service.execute(f"receipt|{name}|{type(result).__name__}", take, name=f"channels.{self.id}.receipt")

    async def gone(self, address: str) -> None:
        """Send nothing to an address until it is heard again."""
        ids = [self.reception.address_id(self.id, address), self.reception.delivering.place_id(self.id, address)]

        async def take(uow: UnitOfWork) -> None:
            await self.reception.delivering.set_gone(ids, uow)

        # No key that names it: who comes back may go again.
        await self.reception.service.execute(new_id(), take, name=f"channels.{self.id}.gone")

    async def moved(self, address: str, to: str) -> None:
        """A group has another address from now on."""

        async def take(uow: UnitOfWork) -> None:
            await self.reception.delivering.move(self.id, address, to, uow)

        await self.reception.service.execute(new_id(), take, name=f"channels.{self.id}.moved")

    def secret(self, *parts: str) -> str:
        """A secret that only the vault's key can repeat."""
        return self.reception.vault.name("secret", self.id, *parts)


async def keep_listening(service: Service, channel: Listening, host: ChannelHost) -> None:
    """Hear a channel that can only be heard once; again, after a growing pause, when it fails."""
    pause = 1.0
    while True:
        async with service.lease(host.id) as lease:
            started = asyncio.get_running_loop().time()
            try:
                await channel.listen(host, lambda: lease.held)
            except Exception as error:  # noqa: BLE001 - whatever a provider does, the other channels go on
                log.warning("channel is not heard", channel=host.id, reason=error_name(error))
            pause = 1.0 if asyncio.get_running_loop().time() - started > LONGEST_PAUSE else min(LONGEST_PAUSE, pause * 2)
        await asyncio.sleep(pause)
