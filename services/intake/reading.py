"""What people read here: both sides of their conversations, for channels without a provider that would show them."""

import asyncio

from chassis import Service

from .channels.base import Line
from .domain.delivery import Delivery
from .repository import Memory
from .sender import buttons
from .vault import Vault

LOOK_EVERY = 0.25
"""Seconds between two looks for messages that another replica sent."""


class Reading:
    """Reads back what was said."""

    def __init__(self, service: Service, memory: Memory, vault: Vault) -> None:
        self.service, self.memory, self.vault = service, memory, vault

    async def shown(self, address_id: str, after: int, wait: float) -> list[Line]:
        """What was sent to an address since; waits for the first message."""
        deadline = asyncio.get_running_loop().time() + wait
        while True:
            sent = await self.memory.sent_to(address_id, after)
            left = deadline - asyncio.get_running_loop().time()
            if sent or left <= 0 or self.service.api.state.closing:
                return [_line(delivery) for delivery in sent]
            await asyncio.sleep(min(LOOK_EVERY, left))

    async def conversation(self, address_id: str) -> tuple[str, list[Line]] | None:
        """Both sides of a conversation, as far as they are kept."""
        known = await self.memory.addresses.get(address_id)
        person = await self.memory.people.get(known.person_id) if known else None
        if known is None or person is None:
            return None
        said = [
            Line(ours=False, text=self.vault.open(words.sealed), time=words.at, need_id=words.about)
            for words in await self.memory.words_of(person.ids)
        ]
        sent = [_line(delivery) for delivery in await self.memory.sent_to(known.id, 0)]
        return person.language, sorted([*said, *sent], key=lambda line: line.time)


def _line(delivery: Delivery) -> Line:
    return Line(
        ours=True,
        text=delivery.text,
        time=delivery.created_at,
        number=delivery.number,
        message_id=delivery.id,
        need_id=delivery.need_id,
        buttons=buttons(delivery),
    )
