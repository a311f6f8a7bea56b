"""The host of the channels: takes what they hear exactly once, and lets them read back what their people were sent."""

import asyncio
from typing import Any

import structlog
from anlaufstelle_contracts import Choice, MessageRequested

from chassis import Service, UnitOfWork, new_id, short_code
from chassis.logs import error_name
from chassis.texts import Texts

from .channels.base import Channel, Heard, Incoming, Line, Listening, Result
from .channels.http import MOST_SIGNS
from .delivering import Delivering
from .domain import conversation, language, replies
from .domain.conversation import Message, Turn
from .domain.emergency import emergency
from .domain.person import Address, Person, Shown, Words
from .domain.redaction import redact
from .domain.triage import Kind
from .reading import Reading
from .repository import Memory
from .understanding import Understanding
from .vault import Vault

log = structlog.get_logger()

LONGEST_PAUSE = 30.0


class Reception:
    """Takes messages of all channels."""

    def __init__(self, service: Service, memory: Memory, vault: Vault, texts: Texts, delivering: Delivering) -> None:
        self.service, self.memory, self.vault, self.texts, self.delivering = service, memory, vault, texts, delivering
        self.reading = Reading(service, memory, vault)
        self.understanding = Understanding()

    async def hear(self, channel: str, incoming: Incoming) -> Heard:
        """Take a message: in one commit the person, the conversation, the words and what follows from them."""
        text = _clean(incoming.text)
        kind = await self._kind(text, incoming)
        key = self.vault.name("cause", channel, incoming.address, incoming.message_id)

        async def take(uow: UnitOfWork) -> dict[str, Any]:
            turn = await self._take(channel, incoming, text, kind, uow)
            return {"cause_id": uow.cause.id, "kind": turn.kind, "need_id": turn.need_id}

        result = await self.service.execute(key, take, name=f"channels.{channel}.heard")
        return Heard(**result)

    async def _kind(self, text: str, incoming: Incoming) -> Kind:
        """The kind of a message by itself; whether a word is a choice only the conversation knows."""
        if incoming.pressed is not None:
            return Kind.CHOICE
        if len(text) > MOST_SIGNS:
            return Kind.TOO_LONG
        if not text:
            return Kind.MEDIA
        if conversation.command(text):
            return Kind.COMMAND
        await self.understanding.ready.wait()
        if conversation.idea(text):
            return Kind.IDEA
        if not any(sign.isalpha() for sign in text):
            return Kind.CHATTER  # a number that chooses nothing, an emoji
        return await self.understanding.kind(redact(text))

    async def _take(self, channel: str, incoming: Incoming, text: str, kind: Kind, uow: UnitOfWork) -> Turn:
        person, address = await self._person(channel, incoming, uow)
        shown, choice = await self._choice(person, incoming, text)
        if choice:
            kind = Kind.CHOICE
        said = kind not in (Kind.COMMAND, Kind.CHOICE, Kind.MEDIA, Kind.TOO_LONG)
        if said and len(text) <= MOST_SIGNS:
            person.language = person.chosen_language or language.detect(text, person.language)
        words_id = new_id() if said else None
        turn = conversation.take(
            person,
            Message(
                kind=kind,
                channel=channel,
                language=person.language,
                text=redact(conversation.idea(text) or text) if said or kind is Kind.COMMAND else "",
                words_id=words_id,
                danger=emergency(text) if said else None,
                choice=choice,
                choice_need_id=shown.need_id if shown else None,
            ),
            new_id,
        )
        for event in turn.events:
            uow.emit(event)
        if turn.erases:
            await self._erase(person, address, turn, uow)
            return turn
        await self._keep_words(person, text, words_id, turn, uow)
        self._reply(person, turn, uow)
        if turn.farewell:
            self.delivering.farewell(person, address, self._say(person, turn.farewell)[0], uow)
        uow.save(person)
        uow.save(address)
        return turn

    async def _person(self, channel: str, incoming: Incoming, uow: UnitOfWork) -> tuple[Person, Address]:
        """Who it is; a new pseudonym for an address that never wrote."""
        address_id = self.address_id(channel, incoming.address)
        address = await uow.get(Address, address_id)
        person = await uow.get(Person, address.person_id) if address else None
        if address is None or person is None:
            person = Person(
                id=new_id(),
                address_id=address_id,
                channel=channel,
                language=language.known_language(incoming.language_hint) or language.DEFAULT,
                # Numbers go on growing when a person is forgotten and comes again: who reads after a number misses nothing.
                messages=int(uow.now.timestamp() * 1000),
            )
            sealed = self.vault.seal(incoming.address)
            address = Address(id=address_id, person_id=person.id, channel=channel, sealed=sealed)
        person.address_id, person.channel = address_id, channel
        address.heard_at, address.gone = uow.now, False
        if incoming.pressed is None:
            address.last_message = self.vault.seal(incoming.message_id)
        return person, address

    async def _choice(self, person: Person, incoming: Incoming, text: str) -> tuple[Shown | None, Choice | None]:
        """The choice that was pressed or typed, and the message that it belonged to."""
        if incoming.pressed is None:
            shown = person.conversation.shown
            return shown, shown.pick(text) if shown else None
        number, _, index = incoming.pressed.partition(":")
        if not (number.isdecimal() and index.isdecimal()):
            return None, None
        delivery = await self.memory.delivery(person.id, int(number))
        if delivery is None or int(index) >= len(delivery.choices):
            return None, None
        shown = Shown(number=delivery.number, need_id=delivery.need_id, choices=delivery.choices)
        return shown, delivery.choices[int(index)]

    async def _keep_words(self, person: Person, text: str, words_id: str | None, turn: Turn, uow: UnitOfWork) -> None:
        """Keep the original words of what is kept, and note what they are about."""
        for identifier in turn.keeps:
            words = (
                Words(id=identifier, person_id=person.id, sealed=self.vault.seal(text), at=uow.now)
                if identifier == words_id
                else await uow.get(Words, identifier)
            )
            if words:
                words.about, words.also_about = turn.about, turn.also_about
                uow.save(words)

    def _reply(self, person: Person, turn: Turn, uow: UnitOfWork) -> None:
        for sentence in turn.replies:
            text, choices = self._say(person, sentence)
            uow.emit(
                MessageRequested(
                    message_id=new_id(),
                    person_id=person.id,
                    need_id=sentence.need_id,
                    text=text,
                    language=person.language,
                    choices=choices,
                )
            )

    def _say(self, person: Person, sentence: replies.Sentence) -> tuple[str, list[Choice]]:
        catalogue = self.texts.get(person.language)
        code = short_code(sentence.need_id) if sentence.need_id else ""
        return replies.text(sentence, catalogue, code), replies.choices(sentence, catalogue)

    async def _erase(self, person: Person, address: Address, turn: Turn, uow: UnitOfWork) -> None:
        """Forget a person. One last message says so; it knows the address until it vanishes."""
        for thing in await self.memory.everything_of(person.id):
            uow.delete(thing)
        uow.delete(person)
        if turn.farewell:
            self.delivering.farewell(person, address, self._say(person, turn.farewell)[0], uow)

    def address_id(self, channel: str, address: str) -> str:
        """The id under which an address is kept."""
        return self.vault.name("address", channel, address)


class ChannelHost:
    """The host as one channel sees it."""

    def __init__(self, channel: Channel, reception: Reception) -> None:
        self.id, self.reception = channel.manifest.id, reception
        self.guard = reception.service.token

    async def hear(self, incoming: Incoming) -> Heard:
        """Take a message."""
        return await self.reception.hear(self.id, incoming)

    async def shown(self, address: str, after: int, wait: float) -> list[Line]:
        """Our messages to an address."""
        return await self.reception.reading.shown(self.reception.address_id(self.id, address), after, wait)

    async def conversation(self, address: str) -> tuple[str, list[Line]] | None:
        """Both sides of a conversation."""
        return await self.reception.reading.conversation(self.reception.address_id(self.id, address))

    async def receipt(self, reference: str, result: Result) -> None:
        """Take what the provider said later of something that it took."""
        name = self.reception.vault.name("reference", self.id, reference)

        async def take(uow: UnitOfWork) -> None:
            await self.reception.delivering.receipt(name, result, uow)

        await self.reception.service.execute(f"receipt|{name}|{type(result).__name__}", take, name=f"channels.{self.id}.receipt")

    async def gone(self, address: str) -> None:
        """Send nothing to an address until it is heard again."""
        address_id = self.reception.address_id(self.id, address)

        async def take(uow: UnitOfWork) -> None:
            await self.reception.delivering.set_gone(address_id, uow)

        # No key that names it: who comes back may go again.
        await self.reception.service.execute(new_id(), take, name=f"channels.{self.id}.gone")

    async def moved(self, address: str, to: str) -> None:
        """A group has another address from now on."""

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


def _clean(text: str) -> str:
    """The text without signs that no store and no provider takes: half surrogates and control characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign for sign in whole if sign.isprintable() or sign in "\n\t").strip()
