"""The host of the channels: what each of them may ask of intake."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog

from chassis import Service, UnitOfWork, new_id
from chassis.logs import error_name
from chassis.store import to_document

from .channels.base import Channel, Heard, Incoming, Line, Listening, Result
from .domain.keeping import Note, Spooled
from .overhearing import Overhearing
from .reading import Reading
from .reception import Reception

log = structlog.get_logger()

LONGEST_PAUSE = 30.0
KEPT = timedelta(days=7)
"""How long a channel may keep something. The ledger remembers longer what was heard."""


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

    async def spool(self, received: Sequence[str]) -> list[str]:
        """Keep what does not come again."""
        vault, until = self.reception.vault, datetime.now(UTC) + KEPT
        # Ids are ordered by time. What is spooled twice, since the first answer was lost, is heard twice and taken once.
        kept = [Spooled(id=new_id(), channel=self.id, sealed=vault.seal(each), expires_at=until) for each in received]
        if kept:
            await self.reception.memory.spool.collection.insert_many([to_document(each, version=1) for each in kept])
        return [each.id for each in kept]

    async def spooled(self) -> list[tuple[str, str]]:
        """What nobody has heard yet."""
        kept = await self.reception.memory.spool.find({"channel": self.id}, sort=[("_id", 1)])
        return [(each.id, self.reception.vault.open(each.sealed)) for each in kept]

    async def unspool(self, name: str) -> None:
        """It was heard."""
        await self.reception.memory.spool.collection.delete_one({"_id": name})

    async def note(self, name: str, value: str) -> None:
        """Remember something of a name."""
        vault = self.reception.vault
        note = Note(id=vault.name("note", self.id, name), sealed=vault.seal(value), expires_at=datetime.now(UTC) + KEPT)
        await self.reception.memory.notes.collection.replace_one({"_id": note.id}, to_document(note, version=1), upsert=True)

    async def noted(self, name: str) -> str | None:
        """What was noted of a name."""
        found = await self.reception.memory.notes.get(self.reception.vault.name("note", self.id, name))
        return self.reception.vault.open(found.sealed) if found else None


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
