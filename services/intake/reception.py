"""Hearing: takes what the channels hear exactly once, in one commit each, with everything that follows from it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from anlaufstelle_contracts import (
    Answer,
    Choice,
    Event,
    MessageRequested,
    NeedArticulated,
    NeedWithdrawn,
    OfferRetracted,
    ReferralAnswered,
)

from chassis import Service, UnitOfWork, new_id, short_code
from chassis.texts import Texts

from .channels.base import Capability, Channel, Heard, Incoming
from .channels.http import MOST_SIGNS
from .delivering import Delivering
from .domain import conversation, language, replies
from .domain.conversation import Message, Turn
from .domain.emergency import emergency
from .domain.person import Address, Person, Shown, Superseded, Words
from .domain.phrases import GIVEN_AWAY, MEANT, bare, plain
from .domain.points import nearest
from .domain.redaction import redact
from .domain.replies import Reply, Sentence
from .domain.requests import Asked, Progress, Request
from .domain.triage import Kind
from .linking import Linking
from .rates import Rates, Verdict
from .repository import Memory
from .understanding import Understanding, Understood
from .vault import Vault

SUPERSEDED_KEPT = timedelta(days=2)
"""How much later than its change an original may come."""
STATUS_SIGNS = 60
NOT_SAID = (Kind.COMMAND, Kind.CHOICE, Kind.MEDIA, Kind.TOO_LONG, Kind.LOCATION)


class Reception:
    """Takes messages that people write alone."""

    def __init__(
        self, service: Service, memory: Memory, vault: Vault, texts: Texts, delivering: Delivering,
        channels: Mapping[str, Channel], rates: Rates,
    ) -> None:  # fmt: skip
        self.service, self.memory, self.vault, self.texts, self.delivering = service, memory, vault, texts, delivering
        self.understanding, self.linking = Understanding(), Linking(memory, vault)
        self._rates = rates
        self._editing = {name for name, each in channels.items() if Capability.EDITS in each.manifest.capabilities}
        self._editing |= {name for name, each in channels.items() if Capability.DELETIONS in each.manifest.capabilities}

    def address_id(self, channel: str, address: str) -> str:
        """The id under which an address is kept."""
        return self.vault.name("address", channel, address)

    def message_key(self, channel: str, incoming: Incoming, message_id: str) -> str:
        """The name under which a message is known: nobody can tell the message from it."""
        return self.vault.name("cause", channel, incoming.address, message_id)

    def admits(self, channel: str, incoming: Incoming) -> Verdict:
        """Whether somebody writes slowly enough to be read; who is in danger always does."""
        message = self.message_key(channel, incoming, incoming.message_id)
        said_at = incoming.said_at.timestamp() if incoming.said_at else None
        verdict = self._rates.take(self.address_id(channel, incoming.address), message, said_at)
        return Verdict.READ if verdict is not Verdict.READ and emergency(incoming.text[:MOST_SIGNS]) else verdict

    async def hear(self, channel: str, incoming: Incoming) -> Heard:
        """Take a message: in one commit the person, the conversation, the words and what follows from them."""
        verdict = self.admits(channel, incoming)
        if verdict is not Verdict.READ:
            if verdict is Verdict.WARN:
                await self._warn(channel, incoming)
            return Heard(new_id(), Kind.TOO_FAST, None)
        found, text = await self._understand(clean(incoming.text), incoming)

        async def take(uow: UnitOfWork) -> dict[str, Any]:
            turn = await self._take(channel, incoming, text, found, uow)
            return {"cause_id": uow.cause.id, "kind": turn.kind, "need_id": turn.need_id}

        key = self.message_key(channel, incoming, incoming.message_id)
        result = await self.service.execute(key, take, name=f"channels.{channel}.heard")
        return Heard(**result)

    async def _understand(self, text: str, incoming: Incoming) -> tuple[Understood, str]:
        """What a message is by itself, and its text; whether a word is a choice only the conversation knows."""
        if kind := _evident(text, incoming):
            return Understood(kind), "" if kind is Kind.IGNORED else text
        if command := conversation.command(text):
            name, argument = command
            please = conversation.PLEASE.get(name) if argument else None
            return (Understood(please[0], emergency(argument)), argument) if please else (Understood(Kind.COMMAND), text)
        if (meant := conversation.meant(text)) and not emergency(text):
            return Understood(Kind.COMMAND), f"/{meant} {text}"
        if said := conversation.idea(text):
            return Understood(Kind.IDEA, emergency(said)), said
        if not any(sign.isalpha() for sign in text):
            return Understood(Kind.CHATTER), text  # a number that chooses nothing, an emoji
        await self.understanding.ready.wait()
        found = await self.understanding.read(redact(text))
        # The model has learned from longer texts than «вже не треба»; the phrases of danger go before.
        guessed = None if conversation.takes_back(text) else found.danger
        return Understood(found.kind, emergency(text) or guessed), text

    async def _take(self, channel: str, incoming: Incoming, text: str, found: Understood, uow: UnitOfWork) -> Turn:
        words_id = self.message_key(channel, incoming, incoming.edits or incoming.deletes or incoming.message_id)
        is_news, earlier = await self.supersede(channel, incoming, text, words_id, uow)
        if not is_news:
            return Turn(Kind.IGNORED)
        person, address = await self.person(channel, incoming, uow)
        is_released = await self._welcome(person, address, uow)
        if incoming.deletes or (not found.danger and self.is_given_away(text, earlier)):
            turn = self.take_back(person, earlier)
        else:
            person, turn = await self._turn(person, address, incoming, text, found, words_id, earlier, is_released, uow)
        for event in turn.events:
            uow.emit(event)
        if turn.erases:
            await self._erase(person, address, turn, uow)
            return turn
        await self.note(person, turn, None, uow)
        await self.keep_words(person, text, words_id, turn, earlier, uow)
        await self.reply(person, turn, uow)
        if turn.farewell:
            self.delivering.farewell(person, address, self._say(person, turn.farewell)[0], uow)
        uow.save(person)
        uow.save(address)
        return turn

    async def _turn(
        self, person: Person, address: Address, incoming: Incoming, text: str, found: Understood, words_id: str,
        earlier: Words | None, is_released: bool, uow: UnitOfWork,
    ) -> tuple[Person, Turn]:  # fmt: skip
        """What a message means to this person, who may turn out to be somebody known."""
        name, argument = (conversation.command(text) or ("", "")) if found.kind is Kind.COMMAND else ("", "")
        if name == "link":
            person.stopped = False
            if argument:
                return await self.linking.take_code(argument, person, address, incoming.authenticated, uow)
            return person, self.linking.give_code(person, uow)
        if name == "start" and argument and is_released:
            return person, Turn(Kind.COMMAND)  # they came for the answer, and get it
        shown, choice = await self._choice(person, incoming, text)
        kind = Kind.CHOICE if choice else found.kind
        said = kind not in NOT_SAID
        if said or name in MEANT:
            person.language = person.chosen_language or language.detect(argument or text, person.language)
        if person.conversation.pending_words_id == words_id:
            person.conversation.pending = person.conversation.pending_words_id = None
        retracted = conversation.retract(person, earlier.needs) if earlier else []
        message = Message(
            kind=kind,
            channel=address.channel,
            language=person.language,
            text=redact(text) if said or kind is Kind.COMMAND else "",
            words_id=words_id if said else None,
            danger=found.danger if said else None,
            open_needs=[each for each in person.need_ids if await self._is_open(each, uow)] if name == "stop" else [],
            choice=choice,
            choice_need_id=shown.need_id if shown else None,
            district=nearest(*incoming.location) if incoming.location else None,
            offer_id=earlier.about if earlier and earlier.kind is Kind.OFFER else None,
        )
        turn = conversation.take(person, message, new_id)
        turn.events[:0] = retracted + self.offer_gone(person, earlier, turn.kind)
        return person, turn

    async def _is_open(self, need_id: str, uow: UnitOfWork) -> bool:
        request = await uow.get(Request, need_id)
        return request is not None and request.progress is not Progress.CLOSED

    # --- who it is ---

    async def person(self, channel: str, incoming: Incoming, uow: UnitOfWork) -> tuple[Person, Address]:
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
        if incoming.group is None:  # what is said in a group says nothing about the private chat
            address.heard_at, address.gone = uow.now, False
            if incoming.pressed is None:
                address.last_message = self.vault.seal(incoming.message_id)
        return person, address

    async def _welcome(self, person: Person, address: Address, uow: UnitOfWork) -> bool:
        """Somebody writes where nobody else reads: from now on answers go there. Gives whether some waited for that."""
        person.address_id, person.channel, address.is_private = address.id, address.channel, True
        if person.is_private:
            return False
        person.is_private = True
        return await self.delivering.release(person, uow)

    async def _choice(self, person: Person, incoming: Incoming, text: str) -> tuple[Shown | None, Choice | None]:
        """The choice that was pressed or typed, and the message that it belonged to."""
        if incoming.pressed is None:
            shown = person.conversation.shown
            return shown, shown.pick(text) if shown else None
        number, _, index = incoming.pressed.partition(":")
        if not (number.isdecimal() and index.isdecimal()):
            return None, None
        delivery = await self.memory.delivery(person.ids, int(number))
        if delivery is None or int(index) >= len(delivery.choices):
            return None, None
        shown = Shown(number=delivery.number, need_id=delivery.need_id, choices=delivery.choices)
        return shown, delivery.choices[int(index)]

    # --- changes and words ---

    async def supersede(
        self, channel: str, incoming: Incoming, text: str, words_id: str, uow: UnitOfWork
    ) -> tuple[bool, Words | None]:  # fmt: skip
        """Whether a message says something new, and the words whose place it takes. A change that overtakes its original wins."""
        if not (incoming.edits or incoming.deletes):
            is_overtaken = channel in self._editing and await uow.get(Superseded, words_id) is not None
            return not is_overtaken, None
        known = await uow.get(Superseded, words_id)
        if known is None:
            uow.save(Superseded(id=words_id, expires_at=uow.now + SUPERSEDED_KEPT))
        earlier = await uow.get(Words, words_id)
        if incoming.deletes:
            return earlier is not None, earlier
        is_same = earlier is not None and bare(redact(self.vault.open(earlier.sealed))) == bare(redact(text))
        return not is_same, earlier

    def take_back(self, person: Person, earlier: Words | None) -> Turn:
        """The words of a message are gone, and with them what was asked or offered."""
        if earlier is None:
            return Turn(Kind.IGNORED)
        if person.conversation.pending_words_id == earlier.id:
            person.conversation.pending = person.conversation.pending_words_id = None
        retracted = conversation.retract(person, earlier.needs) + self.offer_gone(person, earlier, Kind.WITHDRAWAL)
        return Turn(Kind.WITHDRAWAL, events=retracted)

    def is_given_away(self, text: str, earlier: Words | None) -> bool:
        """Whether who changed the words of an offer says there that it is gone."""
        return earlier is not None and earlier.kind is Kind.OFFER and GIVEN_AWAY.search(plain(text)) is not None

    def offer_gone(self, person: Person, earlier: Words | None, kind: Kind) -> list[Event]:
        """The offer that earlier words made is taken back when they are something else by now."""
        if earlier is None or earlier.about is None or earlier.kind is not Kind.OFFER or kind is Kind.OFFER:
            return []
        return conversation.retract_offer(person, earlier.about)

    async def keep_words(
        self, person: Person, text: str, words_id: str, turn: Turn, earlier: Words | None, uow: UnitOfWork
    ) -> None:  # fmt: skip
        """Keep the original words of what is kept, and note what they are about; forget those that were taken back."""
        for identifier in turn.keeps:
            words = await uow.get(Words, identifier)
            if identifier == words_id:
                words = words or Words(id=identifier, person_id=person.id, sealed=b"", at=uow.now)
                words.sealed = self.vault.seal(text)
            if words:
                words.kind, words.about, words.also_about = turn.kind, turn.about, turn.also_about
                uow.save(words)
        if earlier and earlier.id not in turn.keeps:
            uow.delete(earlier)
        for gone in (event.offer_id for event in turn.events if isinstance(event, OfferRetracted)):
            for words in await self.memory.words_about(gone):
                if earlier is None or words.id != earlier.id:
                    uow.delete(words)

    async def note(self, person: Person, turn: Turn, asked: Asked | None, uow: UnitOfWork) -> None:
        """Remember what a turn did to requests."""
        for event in turn.events:
            match event:
                case NeedArticulated():
                    uow.save(Request(id=event.need_id, person_id=person.id, at=uow.now, asked=asked))
                case NeedWithdrawn() | ReferralAnswered(answer=Answer.HELPED):
                    request = await uow.get(Request, event.need_id)
                    if request:
                        request.progress = Progress.CLOSED
                        uow.save(request)

    # --- what is said ---

    async def reply(self, person: Person, turn: Turn, uow: UnitOfWork) -> None:
        """Let the person hear what the turn has to say, alone."""
        for sentence in turn.replies:
            text, choices = self._say(person, sentence)
            if sentence.reply is Reply.STATUS:
                text = await self._status(person)
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

    def _say(self, person: Person, sentence: Sentence) -> tuple[str, list[Choice]]:
        catalogue = self.texts.get(person.language)
        return replies.text(sentence, catalogue), replies.choices(sentence, catalogue)

    async def _status(self, person: Person) -> str:
        """What became of each open request, by its first words."""
        lines = []
        for request in await self.memory.open_requests(person.ids):
            words = await self.memory.words_about(request.id)
            said = " ".join(redact(self.vault.open(words[0].sealed)).split()) if words else "…"
            shortened = said if len(said) <= STATUS_SIGNS else said[:STATUS_SIGNS].rsplit(" ", 1)[0] + " …"
            lines.append((shortened, short_code(request.id), replies.Progress[request.progress.name]))
        return replies.status(lines, self.texts.get(person.language))

    async def _warn(self, channel: str, incoming: Incoming) -> None:
        """Tell somebody that they write too fast, if they are known."""

        async def warn(uow: UnitOfWork) -> None:
            address = await uow.get(Address, self.address_id(channel, incoming.address))
            person = await uow.get(Person, address.person_id) if address else None
            if person:
                turn = Turn(Kind.TOO_FAST)
                turn.say(Reply.SLOW_DOWN)
                await self.reply(person, turn, uow)

        await self.service.execute(new_id(), warn, name=f"channels.{channel}.warned")

    async def _erase(self, person: Person, address: Address, turn: Turn, uow: UnitOfWork) -> None:
        """Forget a person. One last message says so; it knows the address until it vanishes."""
        for thing in await self.memory.everything_of(person.ids):
            uow.delete(thing)
        if person.version:
            uow.delete(person)
        if turn.farewell:
            self.delivering.farewell(person, address, self._say(person, turn.farewell)[0], uow)


def clean(text: str) -> str:
    """The text without signs that no store and no provider takes: half surrogates and control characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign for sign in whole if sign.isprintable() or sign in "\n\t").strip()


def _evident(text: str, incoming: Incoming) -> Kind | None:
    """The kind that needs no reading."""
    if incoming.deletes:
        return Kind.IGNORED
    if incoming.pressed is not None:
        return Kind.CHOICE
    if incoming.location:
        return Kind.LOCATION
    if len(text) > MOST_SIGNS:
        return Kind.TOO_LONG
    return None if text else Kind.MEDIA
