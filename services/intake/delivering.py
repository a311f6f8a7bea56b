"""What becomes of a message to a person: put on its way, sent, not arrived, tried elsewhere, failed. Each in one commit."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from anlaufstelle_contracts import Answer, Category, Choice, MessageDelivered, MessageFailed, MessageRequested

from chassis import UnitOfWork, new_id, short_code
from chassis.texts import Texts

from .channels.base import Rejected, Result, RetryAfter, Sent, Unreachable
from .domain import replies
from .domain.delivery import Delivery, Failure, InGroup, Reference, State
from .domain.groups import Place, Thread
from .domain.language import DEFAULT, known_language
from .domain.person import Address, Alias, Conversation, Person, Shown, reachable
from .domain.replies import Line
from .domain.requests import Asked, Progress, Request
from .repository import Memory
from .vault import Vault

log = structlog.get_logger()

FAREWELL_KEPT = timedelta(hours=1)
LINK = "{link}"
"""Stands for the link in a line until it is sent: only the channel knows it, and maybe not yet."""
LINES_KEPT = timedelta(days=1)
NEAR_WANTED = {
    Category.CHILDCARE, Category.DISABILITY_CARE, Category.FOOD, Category.LANGUAGE_COURSE, Category.LEISURE_COMMUNITY,
    Category.SCHOOL_EDUCATION,
}  # fmt: skip
"""What people go to again and again, so that it has to be near."""
REFERENCES_KEPT = timedelta(days=14)
"""How long a receipt is waited for; mail servers try for five days."""


class Delivering:
    """The steps of deliveries. `pause` is how long we keep out of a thread in which people talk with each other."""

    def __init__(self, memory: Memory, vault: Vault, texts: Texts, pause: timedelta) -> None:
        self.memory, self.vault, self.texts, self.pause = memory, vault, texts, pause
        self._lanes: set[str] = set()

    def pop_lanes(self) -> set[str]:
        """The lanes into which something was put since this was last asked."""
        lanes, self._lanes = self._lanes, set()
        return lanes

    async def create(self, event: MessageRequested, uow: UnitOfWork) -> None:
        """Put a message on its way, once. Nobody to say it to: it fails, or is let go when they were forgotten."""
        if await uow.get(Delivery, event.message_id):
            return
        person = await self._person(event.person_id, uow)
        if person is None:
            log.info("nobody to say this to")
            return
        request = await uow.get(Request, event.need_id) if event.need_id else None
        if request and request.asked and request.asked.is_silent:
            return  # said in a group that is only listened to
        event = self._with_question(event, person)
        delivery = _next(person, event.message_id, event.text, event.language, event.choices, event.need_id, uow)
        if person.stopped:
            delivery.failed("none", Failure.UNREACHABLE)
            uow.emit(_failure(delivery))
        elif not person.is_private:
            delivery.hold(uow.now)
            if request and request.asked and names_offers(event):  # where there is nothing, nothing is said in public
                await self._invite(person, request, request.asked, uow)
        if event.choices and not person.stopped:
            person.conversation.shown = Shown(number=delivery.number, need_id=event.need_id, choices=event.choices)
        self._lanes.add(delivery.lane)
        uow.save(person)
        uow.save(delivery)

    async def _person(self, person_id: str, uow: UnitOfWork) -> Person | None:
        """Who has this pseudonym."""
        person = await uow.get(Person, person_id)
        alias = await uow.get(Alias, person_id) if person is None else None
        return await uow.get(Person, alias.person_id) if alias else person

    def _with_question(self, event: MessageRequested, person: Person) -> MessageRequested:
        """The message, followed by the one question of where they live, when that may change which offers are named."""
        talk = person.conversation
        if talk.district_asked or not person.is_private or not (names_offers(event) and is_near_wanted(talk, event.need_id)):
            return event
        talk.awaits_district = talk.district_asked = True
        question, choice = replies.ask_for_district(self.texts.get(known_language(event.language) or DEFAULT))
        return event.model_copy(update={"text": f"{event.text}\n\n{question}", "choices": [*event.choices, choice]})

    async def release(self, person: Person, uow: UnitOfWork) -> bool:
        """Send what was held until the person writes where nobody else reads; gives whether there was something."""
        held = await self.memory.unsent(person.ids, State.HELD)
        closed = {each.need_id for each in held if each.need_id and await self._is_closed(each.need_id, uow)}
        for delivery in held:
            if delivery.need_id in closed:  # taken back meanwhile: nobody waits for it
                uow.delete(delivery)
                continue
            delivery.again(uow.now, person.channel)
            uow.save(delivery)
        self._lanes.add(person.channel)
        return any(delivery.need_id not in closed for delivery in held)

    async def _is_closed(self, need_id: str, uow: UnitOfWork) -> bool:
        request = await uow.get(Request, need_id)
        return request is not None and request.progress is Progress.CLOSED

    # --- lines in groups ---

    async def _invite(self, person: Person, request: Request, asked: Asked, uow: UnitOfWork) -> None:
        """Say in the group, once in a thread, that there is an answer."""
        place, thread = await uow.get(Place, asked.place_id), await uow.get(Thread, asked.thread_id)
        if place is None or thread is None or not thread.may_be_answered(uow.now, self.pause):
            return
        thread.answered = True
        uow.save(thread)
        code = link_code(request.id)
        self.line(place, asked.message, Line.ANSWER, person.language, uow, asked.thread_id, person.id, code=code)

    def warn(self, place: Place, asked: Asked, person: Person, said: Line, uow: UnitOfWork) -> None:
        """Name the number to call in a group, at once."""
        self.line(place, asked.message, said, person.language, uow, code=link_code(asked.thread_id))

    def line(
        self, place: Place, reply_to: bytes, said: Line, language: str, uow: UnitOfWork, thread_id: str | None = None,
        person_id: str = "", code: str | None = None, **values: str,
    ) -> None:  # fmt: skip
        """Say one line in a group: with a thread only as long as nobody else talks there. A code is carried by the link in it."""
        now = uow.now
        delivery = Delivery(
            id=new_id(),
            person_id=person_id,
            number=int(now.timestamp() * 1000),
            queue=place.id,
            lane=place.channel,
            order=_order(uow),
            text=replies.line(said, self.texts.get(language), link=LINK, **values),
            language=language,
            created_at=now,
            due_at=now,
            claimed_until=now,
            group=InGroup(place_id=place.id, thread_id=thread_id, reply_to=reply_to, code=code),
            expires_at=now + LINES_KEPT,
        )
        self._lanes.add(delivery.lane)
        uow.save(delivery)

    def place_id(self, channel: str, address: str) -> str:
        """The id under which a group is kept."""
        return self.vault.name("place", channel, address)

    async def move(self, channel: str, address: str, to: str, uow: UnitOfWork) -> None:
        """A group has another address from now on."""
        old_id, new_id_ = self.place_id(channel, address), self.place_id(channel, to)
        old = await uow.get(Place, old_id)
        if old is None or old_id == new_id_:
            return
        new = await uow.get(Place, new_id_) or Place(id=new_id_, channel=channel, sealed=self.vault.seal(to))
        new.mode, new.topics, new.gone, new.moved_to = old.mode, old.topics, False, None
        old.moved_to = new.id
        uow.save(old)
        uow.save(new)

    async def where_to_write(self, deliveries: Sequence[Delivery]) -> dict[str, Address]:
        """Where each message goes now, by the message's id; nothing for those that nobody can be reached for."""
        found = await self.memory.where_to_write([delivery for delivery in deliveries if not delivery.group])
        for delivery in deliveries:
            if delivery.group and (address := await self._in_group(delivery.group)):
                found[delivery.id] = address
        return found

    async def _in_group(self, group: InGroup) -> Address | None:
        """Where a line goes; nowhere when the group is gone, or people talk in the thread."""
        place = await self.memory.places.get(group.place_id)
        if place and place.moved_to:
            place = await self.memory.places.get(place.moved_to)
        thread = await self.memory.threads.get(group.thread_id) if group.thread_id else None
        if place is None or place.gone or (thread and thread.is_busy(datetime.now(UTC), self.pause)):
            return None
        return Address(id=place.id, person_id="", channel=place.channel, sealed=place.sealed, last_message=group.reply_to)

    # --- what became of them ---

    def farewell(self, person: Person, address: Address, text: str, uow: UnitOfWork) -> None:
        """Say one last thing to somebody who is not to be written to, or not to be known, from now on."""
        delivery = _next(person, new_id(), text, person.language, [], None, uow)
        delivery.farewell = address
        delivery.expires_at = uow.now + FAREWELL_KEPT
        self._lanes.add(delivery.lane)
        uow.save(delivery)

    async def settle(self, delivery_id: str, address: Address | None, result: Result, uow: UnitOfWork) -> None:
        """Note what the channel said of a message."""
        delivery = await uow.get(Delivery, delivery_id)
        if delivery is None:  # its person was forgotten meanwhile
            return
        channel = address.channel if address else "none"
        if isinstance(result, Sent) and address:
            delivery.sent(channel, address.id)
            if delivery.is_told:
                uow.emit(
                    MessageDelivered(
                        message_id=delivery.id, person_id=delivery.person_id, need_id=delivery.need_id, channel=channel
                    )
                )
                if refused := await self._note_references(delivery, address, uow):
                    await self._fall_back(delivery, refused, uow, is_gone=refused is Failure.UNREACHABLE)
        elif not (isinstance(result, RetryAfter) and delivery.put_off(uow.now, result.seconds)):
            delivery.channel, delivery.address_id = channel, address.id if address else None
            why = Failure.REJECTED if isinstance(result, Rejected) else Failure.UNREACHABLE
            # A provider that was away for a day says nothing about the person.
            await self._fall_back(delivery, why, uow, is_gone=isinstance(result, Unreachable))
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
            await self._fall_back(delivery, reference.failure, uow, is_gone=isinstance(result, Unreachable))
            uow.save(delivery)

    async def _note_references(self, delivery: Delivery, address: Address, uow: UnitOfWork) -> Failure | None:
        """Remember what receipts will call it; gives what one that was faster than us said."""
        refused = None
        for name in delivery.references:
            reference = await uow.get(Reference, name) or Reference(id=name, expires_at=uow.now + REFERENCES_KEPT)
            reference.delivery_id, reference.person_id, reference.address_id = delivery.id, delivery.person_id, address.id
            refused = reference.failure or refused
            uow.save(reference)
        return refused

    async def _fall_back(self, delivery: Delivery, why: Failure, uow: UnitOfWork, *, is_gone: bool) -> None:
        """It did not arrive: try another address of the person, never the same twice, else give up and say so."""
        if delivery.address_id:
            delivery.tried.append(delivery.address_id)
            if is_gone:
                await self.set_gone([delivery.address_id], uow)
        person = await self._person(delivery.person_id, uow) if delivery.is_told else None
        others = await self.memory.addresses_of(person.id) if person else []
        if person and (other := reachable(person, others, delivery.tried)):
            delivery.again(uow.now, other.channel)
            self._lanes.add(other.channel)
            return
        delivery.failed(delivery.channel or "none", why)
        if delivery.is_told:
            uow.emit(_failure(delivery))

    async def set_gone(self, ids: Sequence[str], uow: UnitOfWork) -> None:
        """Nothing can be sent to an address, a person's or a group's, until it is heard again."""
        for identifier in ids:
            for there in (await uow.get(Address, identifier), await uow.get(Place, identifier)):
                if there and not there.gone:
                    there.gone = True
                    uow.save(there)


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
        order=_order(uow),
        need_id=need_id,
        text=text,
        language=language,
        choices=choices,
        created_at=now,
        due_at=now,
        claimed_until=now,
    )


def _order(uow: UnitOfWork) -> int:
    return int(uow.cause.time.timestamp() * 1_000_000)


def link_code(identifier: str) -> str:
    """What a person says first in private when they follow a link."""
    return short_code(identifier).replace("-", "")


def names_offers(event: MessageRequested) -> bool:
    """Whether a message tells of help that exists: then it asks whether that helped."""
    return any(choice.value == Answer.HELPED for choice in event.choices)


def is_near_wanted(talk: Conversation, need_id: str | None) -> bool:
    """Whether where they live may change what helps with a need, and they did not say it."""
    need = next((need for need in talk.located if need.need_id == need_id), None)
    return need is not None and bool(NEAR_WANTED & set(need.categories))


def _failure(delivery: Delivery) -> MessageFailed:
    return MessageFailed(
        message_id=delivery.id,
        person_id=delivery.person_id,
        need_id=delivery.need_id,
        channel=delivery.channel or "none",
        reason=delivery.failure or Failure.UNREACHABLE,
    )
