"""One person on two channels: a code given by one and said by the other joins them."""

import secrets
from datetime import timedelta

from chassis import UnitOfWork

from .domain.conversation import Turn
from .domain.delivery import Delivery
from .domain.person import Address, Alias, Link, Person
from .domain.replies import Reply
from .domain.triage import Kind
from .repository import Memory
from .vault import Vault

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0/O, 1/I/L: read out over the phone
CODE_LENGTH = 8
CODE_KEPT = timedelta(minutes=15)


class Linking:
    """Gives codes and takes them."""

    def __init__(self, memory: Memory, vault: Vault) -> None:
        self.memory, self.vault = memory, vault

    def give_code(self, person: Person, uow: UnitOfWork) -> Turn:
        """A code that is good for a quarter of an hour and for one use."""
        code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
        uow.save(Link(id=self.vault.name("link", code), person_id=person.id, expires_at=uow.now + CODE_KEPT))
        turn = Turn(Kind.COMMAND)
        turn.say(Reply.LINK_CODE, code=code)
        return turn

    async def take_code(
        self, code: str, person: Person, address: Address, authenticated: bool, uow: UnitOfWork
    ) -> tuple[Person, Turn]:  # fmt: skip
        """Join who says a code to who was given it; gives the person that they are from now on."""
        turn = Turn(Kind.COMMAND)
        if not authenticated:
            # Who was given the code can then read what who says it has asked, and delete it: a forger could take anybody over.
            # The other way round is safe: the code that a forged `/link` asks for goes to the owner of the address alone.
            turn.say(Reply.LINK_OTHER_WAY)
            return person, turn
        link = await uow.get(Link, self.vault.name("link", code.strip().upper()))
        first = await uow.get(Person, link.person_id) if link and link.expires_at > uow.now else None
        if link is None or first is None:
            turn.say(Reply.LINK_UNKNOWN)
            return person, turn
        uow.delete(link)
        turn.say(Reply.LINKED)
        if first.id == person.id:
            return person, turn
        await self._join(first, person, uow)
        address.person_id = first.id
        first.address_id, first.channel = address.id, address.channel
        return first, turn

    async def _join(self, first: Person, second: Person, uow: UnitOfWork) -> None:
        """Everything of the second belongs to the first; the second's pseudonyms lead there."""
        aliases = {second.id: second.conversation.need_ids, **second.aliases}
        first.aliases |= aliases
        first.messages = max(first.messages, second.messages)
        first.conversation.need_id = first.conversation.need_id or second.conversation.need_id
        first.conversation.offer_id = first.conversation.offer_id or second.conversation.offer_id
        first.is_private = first.is_private or second.is_private
        for pseudonym in aliases:
            alias = await uow.get(Alias, pseudonym) or Alias(id=pseudonym, person_id=first.id)
            alias.person_id = first.id
            uow.save(alias)
        for found in await self.memory.addresses_of(second.id):
            if address := await uow.get(Address, found.id):
                address.person_id = first.id
                uow.save(address)
        for unsent in await self.memory.unsent([second.id]):
            if waiting := await uow.get(Delivery, unsent.id):  # it may just have been released
                waiting.person_id = waiting.queue = first.id
                uow.save(waiting)
        if second.version:
            uow.delete(second)
