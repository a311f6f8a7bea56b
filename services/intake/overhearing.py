"""Hearing in groups: needs and offers are kept, admins are obeyed, and everything else is dropped in memory."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from anlaufstelle_contracts import taxonomy

from chassis import UnitOfWork, new_id

from .channels.base import Group, Heard, Incoming
from .channels.http import MOST_SIGNS
from .delivering import Delivering
from .domain import articulating, conversation, groups, language
from .domain.articulating import Saying
from .domain.conversation import Turn
from .domain.emergency import Emergency, emergency
from .domain.groups import Mark, Mode, Place, Setting, Thread
from .domain.person import Person
from .domain.redaction import redact
from .domain.replies import Line
from .domain.requests import Asked
from .domain.triage import Kind
from .rates import Verdict
from .reception import Reception, clean
from .understanding import Understood

MODES = {Mode.LISTEN: Line.MODE_LISTEN, Mode.SUGGEST: Line.MODE_SUGGEST, Mode.ANSWER: Line.MODE_ANSWER}
DANGERS = {Emergency.LIFE: Line.LIFE, Emergency.SELF_HARM: Line.SELF_HARM}


class Overhearing:
    """Takes what is said in front of others."""

    def __init__(self, reception: Reception, delivering: Delivering, mode: Mode) -> None:
        self.reception, self.delivering, self.mode = reception, delivering, mode
        self.memory, self.vault = reception.memory, reception.vault
        self._hearing: dict[str, asyncio.Event] = {}
        """Messages that are being taken now, by their marks, and when that is done."""

    async def hear(self, channel: str, incoming: Incoming, group: Group) -> Heard:
        """Take a message, or drop it."""
        mark, done = self._mark(channel, group, incoming.message_id), asyncio.Event()
        self._hearing[mark] = done
        try:
            return await self._hear(channel, incoming, group)
        finally:
            self._hearing.pop(mark, None)
            done.set()

    async def _hear(self, channel: str, incoming: Incoming, group: Group) -> Heard:
        if self.reception.admits(channel, incoming) is not Verdict.READ:
            return Heard(new_id(), Kind.TOO_FAST, None)
        text = clean(incoming.text)[:MOST_SIGNS]
        if group.by_admin and (setting := groups.setting(text)):
            return await self._once(channel, incoming, lambda uow: self._set(channel, incoming, group, setting, uow))
        found = await self._understand(text)
        # A question and the reply to it may come in one fetch: the question first, or the reply would be taken for chatter.
        if group.reply_to and (asked := self._hearing.get(self._mark(channel, group, group.reply_to))):
            await asked.wait()
        if found.kind is not Kind.CHATTER or await self._changes_what_is_kept(channel, incoming):
            return await self._once(channel, incoming, lambda uow: self._take(channel, incoming, group, text, found, uow))
        if group.reply_to and await self.memory.marks.get(self._mark(channel, group, group.reply_to)):
            return await self._once(channel, incoming, lambda uow: self._follow(channel, incoming, group, uow))
        return Heard(new_id(), Kind.CHATTER, None)

    async def _once(self, channel: str, incoming: Incoming, take: Callable[[UnitOfWork], Awaitable[Turn]]) -> Heard:
        async def command(uow: UnitOfWork) -> dict[str, Any]:
            turn = await take(uow)
            return {"cause_id": uow.cause.id, "kind": turn.kind, "need_id": turn.need_id}

        key = self.reception.message_key(channel, incoming, incoming.message_id)
        return Heard(**await self.reception.service.execute(key, command, name=f"channels.{channel}.overheard"))

    async def _understand(self, text: str) -> Understood:
        """What is kept: a need, an offer, a danger, a withdrawal. All else is chatter; nobody is asked back here."""
        if danger := emergency(text):
            return Understood(Kind.EMERGENCY, danger)
        if conversation.command(text) or not any(sign.isalpha() for sign in text):
            return Understood(Kind.CHATTER)
        await self.reception.understanding.ready.wait()
        found = await self.reception.understanding.read(redact(text))
        if found.kind is not Kind.OFFER and conversation.takes_back(text):
            return Understood(Kind.WITHDRAWAL)
        if found.danger and found.is_sure:
            return Understood(Kind.EMERGENCY, found.danger)
        if not found.danger and conversation.gives_away(text, found.kind):
            return Understood(Kind.WITHDRAWAL)
        return found if found.kind in (Kind.NEED, Kind.OFFER) else Understood(Kind.CHATTER)

    async def _changes_what_is_kept(self, channel: str, incoming: Incoming) -> bool:
        changed = incoming.edits or incoming.deletes
        return bool(changed) and bool(await self.memory.words.get(self.reception.message_key(channel, incoming, changed or "")))

    # --- what somebody says ---

    async def _take(self, channel: str, incoming: Incoming, group: Group, text: str, found: Understood, uow: UnitOfWork) -> Turn:
        reception = self.reception
        words_id = reception.message_key(channel, incoming, incoming.edits or incoming.deletes or incoming.message_id)
        is_news, earlier = await reception.supersede(channel, incoming, text, words_id, uow)
        if not is_news:
            return Turn(Kind.IGNORED)
        person, address = await reception.person(channel, incoming, uow)
        place = await self._place(channel, group, uow)
        is_silent = self._mode(place) is Mode.LISTEN and not found.danger
        if incoming.deletes or (not found.danger and reception.is_given_away(text, earlier)):
            turn = reception.take_back(person, earlier)
        else:
            retracted = conversation.retract(person, earlier.needs) if earlier else []
            person.language = person.chosen_language or language.detect(text, person.language)
            offer_id = earlier.about if earlier and earlier.kind is Kind.OFFER else None
            topic = place.topics.get(self._topic(channel, group.topic)) if group.topic else None
            said = Saying(
                person.id, channel, person.language, redact(text), person.conversation.district, topic,
                review=self._mode(place) is Mode.SUGGEST or not found.is_sure, is_silent=is_silent,
            )  # fmt: skip
            turn = _turn(person, found.kind, said, words_id, offer_id or new_id())
            turn.events[:0] = retracted + reception.offer_gone(person, earlier, turn.kind)
        if not turn.events and earlier is None:
            return turn
        thread = await self._thread(channel, incoming, group, place, uow)
        message = self.vault.seal(incoming.edits or incoming.message_id)
        asked = Asked(place_id=place.id, thread_id=thread.id, message=message, is_silent=is_silent)
        for event in turn.events:
            uow.emit(event)
        await reception.note(person, turn, asked, uow)
        await reception.keep_words(person, text, words_id, turn, earlier, uow)
        if found.kind is Kind.EMERGENCY and found.danger and not incoming.deletes and not thread.warned:
            self.delivering.warn(place, asked, person, DANGERS.get(found.danger, Line.POLICE), uow)
            thread.answered = thread.warned = True
            # All that helps is said in private, where the line leads.
            turn.say(conversation.IN_DANGER[found.danger], turn.need_id)
            await reception.reply(person, turn, uow)
        uow.save(thread)
        uow.save(person)
        uow.save(address)
        return turn

    async def _follow(self, channel: str, incoming: Incoming, group: Group, uow: UnitOfWork) -> Turn:
        """Somebody replies where somebody asked: it belongs to the thread, and if it is another, we keep out for a while."""
        place = await self._place(channel, group, uow)
        thread = await self._thread(channel, incoming, group, place, uow)
        if thread.human_at and thread.author == self.vault.name("author", channel, incoming.address):
            thread.answered = True  # who asked talks with who answered
        uow.save(thread)
        return Turn(Kind.CHATTER)

    async def _thread(self, channel: str, incoming: Incoming, group: Group, place: Place, uow: UnitOfWork) -> Thread:
        """The thread of a message, which is marked as belonging to it."""
        now, author = uow.now, self.vault.name("author", channel, incoming.address)
        latest_id = self.vault.name("latest", channel, group.address, group.topic or "", incoming.address)
        replied = await uow.get(Mark, self._mark(channel, group, group.reply_to)) if group.reply_to else None
        latest = await uow.get(Mark, latest_id)
        if latest and now - latest.at > groups.SAME_THREAD:
            latest = None if replied is None else latest
        known = replied or latest
        thread = await uow.get(Thread, known.thread_id) if known else None
        expires_at = now + groups.THREADS_KEPT
        if thread is None:
            thread = Thread(id=new_id(), place_id=place.id, author=author, expires_at=expires_at)
        if thread.author != author:
            thread.human_at = now
        thread.expires_at = expires_at
        marked = [self._mark(channel, group, incoming.edits or incoming.message_id)]
        for identifier in [*marked, latest_id] if thread.author == author else marked:
            mark = await uow.get(Mark, identifier) or Mark(id=identifier, thread_id=thread.id, at=now, expires_at=expires_at)
            mark.thread_id, mark.at, mark.expires_at = thread.id, now, expires_at
            uow.save(mark)
        return thread

    def _mark(self, channel: str, group: Group, message_id: str) -> str:
        return self.vault.name("mark", channel, group.address, message_id)

    # --- the group itself ---

    async def _set(self, channel: str, incoming: Incoming, group: Group, setting: Setting, uow: UnitOfWork) -> Turn:
        """An admin decides how the group, or a topic in it, is treated."""
        place = await self._place(channel, group, uow)
        said, values = Line.NOT_UNDERSTOOD, {}
        spoken = language.known_language(incoming.language_hint) or language.DEFAULT
        if setting.mode:
            place.mode, said = setting.mode, MODES[setting.mode]
        if setting.category and group.topic:
            place.topics[self._topic(channel, group.topic)] = setting.category
            said, values = Line.TOPIC, {"category": taxonomy.label(setting.category, spoken)}
        uow.save(place)
        self.delivering.line(place, self.vault.seal(incoming.message_id), said, spoken, uow, **values)
        return Turn(Kind.COMMAND)

    async def _place(self, channel: str, group: Group, uow: UnitOfWork) -> Place:
        """The group; it is saved when it is new, or comes back."""
        place_id = self.delivering.place_id(channel, group.address)
        place = await uow.get(Place, place_id)
        if place is None:
            place = Place(id=place_id, channel=channel, sealed=self.vault.seal(group.address))
            uow.save(place)
        elif place.gone or place.moved_to:
            place.gone, place.moved_to = False, None
            uow.save(place)
        return place

    def _mode(self, place: Place) -> Mode:
        return place.mode or self.mode

    def _topic(self, channel: str, topic: str) -> str:
        return self.vault.name("topic", channel, topic)


def _turn(person: Person, kind: Kind, said: Saying, words_id: str, offer_id: str) -> Turn:
    """What something that was said in a group leads to. Nothing is asked back."""
    talk = person.conversation
    if kind is Kind.OFFER:
        talk.offer_id = offer_id
        return Turn(kind, about=offer_id, events=[articulating.offer(said, offer_id)], keeps=[words_id])
    if kind in (Kind.NEED, Kind.EMERGENCY):
        needs = articulating.needs(said, new_id, emergency=kind is Kind.EMERGENCY)
        *others, last = (need.need_id for need in needs)
        talk.need_id, talk.offer_id = last, None
        talk.need_ids += [*others, last]
        return Turn(kind, about=last, also_about=others, need_id=last, events=[*needs], keeps=[words_id])
    if kind is Kind.WITHDRAWAL and talk.offer_id and conversation.gives_away(said.text, Kind.CHATTER):
        return Turn(kind, events=conversation.retract_offer(person, talk.offer_id))
    if kind is Kind.WITHDRAWAL and talk.need_id and conversation.takes_back(said.text):
        return Turn(kind, need_id=talk.need_id, events=conversation.retract(person, [talk.need_id]))
    return Turn(Kind.CHATTER)
