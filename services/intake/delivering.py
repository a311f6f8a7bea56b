"""What becomes of a message to a person: put on its way, sent, not arrived, tried elsewhere, failed. Each in one commit."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from anlaufstelle_contracts import Choice, MessageDelivered, MessageFailed, MessageRequested

from chassis import UnitOfWork, new_id

from .channels.base import Rejected, Result, RetryAfter, Sent, Unreachable
from .domain.delivery import Delivery, Failure, Reference, State
from .domain.person import Address, Person, Shown, reachable
from .repository import Memory
from .vault import Vault

log = structlog.get_logger()

FAREWELL_KEPT = timedelta(hours=1)
REFERENCES_KEPT = timedelta(days=14)
"""How long a receipt is waited for; mail servers try for five days."""


class Delivering:
    """The steps of deliveries."""

    def __init__(self, memory: Memory, vault: Vault) -> None:
        self.memory, self.vault = memory, vault
        self._lanes: set[str] = set()

    def pop_lanes(self) -> set[str]:
        """The lanes into which something was put since this was last asked."""
        lanes, self._lanes = self._lanes, set()
        return lanes

    async def create(self, event: MessageRequested, uow: UnitOfWork) -> None:
        """Put a message on its way, once. Nobody to say it to: it fails, or is let go when they were forgotten."""
        if await uow.get(Delivery, event.message_id):
            return
        person = await uow.get(Person, event.person_id)
        if person is None:
            log.info("nobody to say this to")
            return
        delivery = _next(person, event.message_id, event.text, event.language, event.choices, event.need_id, uow)
        self._lanes.add(delivery.lane)
        if person.stopped:
            delivery.failed("none", Failure.UNREACHABLE)
            uow.emit(_failure(delivery))
        elif event.choices:
            person.conversation.shown = Shown(number=delivery.number, need_id=event.need_id, choices=event.choices)
        uow.save(person)
        uow.save(delivery)

    def farewell(self, person: Person, address: Address, text: str, uow: UnitOfWork) -> None:
        """Say one last thing to somebody who is not to be written to, or not to be known, from now on."""
        delivery = _next(person, new_id(), text, person.language, [], None, uow)
        delivery.farewell = address
        delivery.expires_at = uow.now + FAREWELL_KEPT
        self._lanes.add(delivery.lane)
        uow.save(delivery)

    async def settle(
        self, delivery_id: str, address: Address | None, result: Result, references: Sequence[str], uow: UnitOfWork
    ) -> None:  # fmt: skip
        """Note what the channel said of a message, and the provider's names for it."""
        delivery = await uow.get(Delivery, delivery_id)
        if delivery is None:  # its person was forgotten meanwhile
            return
        channel = address.channel if address else "none"
        if isinstance(result, Sent) and address:
            delivery.sent(channel, address.id)
            if not delivery.farewell:
                uow.emit(
                    MessageDelivered(
                        message_id=delivery.id, person_id=delivery.person_id, need_id=delivery.need_id, channel=channel
                    )
                )
            if refused := await self._note_references(delivery, address, references, uow):
                await self._fall_back(delivery, refused, uow)
        elif not (isinstance(result, RetryAfter) and delivery.put_off(uow.now, result.seconds)):
            delivery.channel, delivery.address_id = channel, address.id if address else None
            await self._fall_back(delivery, Failure.REJECTED if isinstance(result, Rejected) else Failure.UNREACHABLE, uow)
        uow.save(delivery)

    async def receipt(self, name: str, result: Result, uow: UnitOfWork) -> None:
        """Take what the provider said later of something that it took. Only that it did not arrive changes anything."""
        if not isinstance(result, Unreachable | Rejected):
            return
        reference = await uow.get(Reference, name) or Reference(id=name, expires_at=uow.now + REFERENCES_KEPT)
        if reference.failure:
            return
        reference.failure = Failure.REJECTED if isinstance(result, Rejected) else Failure.UNREACHABLE
        uow.save(reference)
        delivery = await uow.get(Delivery, reference.delivery_id) if reference.delivery_id else None
        if delivery and delivery.state is State.SENT and delivery.address_id == reference.address_id:
            await self._fall_back(delivery, reference.failure, uow)
            uow.save(delivery)

    async def _note_references(
        self, delivery: Delivery, address: Address, references: Sequence[str], uow: UnitOfWork
    ) -> Failure | None:  # fmt: skip
        """Remember what receipts will call it; gives what one that was faster than us said."""
        refused = None
        for name in (self.vault.name("reference", address.channel, reference) for reference in references):
            reference = await uow.get(Reference, name) or Reference(id=name, expires_at=uow.now + REFERENCES_KEPT)
            reference.delivery_id, reference.person_id, reference.address_id = delivery.id, delivery.person_id, address.id
            refused = reference.failure or refused
            uow.save(reference)
        return refused

    async def _fall_back(self, delivery: Delivery, why: Failure, uow: UnitOfWork) -> None:
        """It did not arrive: try another address of the person, never the same twice, else give up and say so."""
        if delivery.address_id:
            delivery.tried.append(delivery.address_id)
            address = await uow.get(Address, delivery.address_id)
            if address and why is Failure.UNREACHABLE:
                address.gone = True
                uow.save(address)
        person = await uow.get(Person, delivery.person_id)
        others = await self.memory.addresses_of(delivery.person_id)
        if person and not delivery.farewell and (other := reachable(person, others, delivery.tried)):
            delivery.again(uow.now, other.channel)
            self._lanes.add(other.channel)
            return
        delivery.failed(delivery.channel or "none", why)
        if not delivery.farewell:
            uow.emit(_failure(delivery))

    async def set_gone(self, address_id: str, uow: UnitOfWork) -> None:
        """Nothing can be sent to an address until it is heard again."""
        address = await uow.get(Address, address_id)
        if address and not address.gone:
            address.gone = True
            uow.save(address)


def _next(
    person: Person, message_id: str, text: str, language: str, choices: list[Choice], need_id: str | None, uow: UnitOfWork
) -> Delivery:  # fmt: skip
    person.messages += 1
    now = uow.now
    return Delivery(
        id=message_id,
        person_id=person.id,
        number=person.messages,
        queue=person.id,
        lane=person.channel,
        order=int(uow.cause.time.timestamp() * 1_000_000),
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
