"""What each event lets notify say."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid5

from anlaufstelle_contracts import (
    MessageRequested,
    NeedMatched,
    NeedUnmet,
    PersonErased,
    ProjectProposed,
    ReferralAnswered,
    ReviewClosed,
    ReviewRequested,
)

from chassis import Service, UnitOfWork, short_code

from .domain import messages
from .domain.listener import Listener, Told
from .domain.messages import LanguageOf, Message
from .domain.words import Dictionary

_MESSAGES = UUID("0b4c3c52-7c8e-5d0e-9f55-3f4f6c1f2a90")

NeedEvent = NeedMatched | NeedUnmet | ReviewRequested | ReferralAnswered


def register(
    service: Service, dictionary: Dictionary, language_of: LanguageOf, needs_of: Callable[[str], Awaitable[list[str]]]
) -> None:  # fmt: skip
    """Say what there is to say, in the words of `dictionary`; `needs_of` names the needs that a person was told of."""

    @service.handles(NeedMatched)
    async def matched(event: NeedMatched, uow: UnitOfWork) -> None:
        await _tell(event, uow, lambda told, _: messages.matched(told, event, uow.cause.time, dictionary, language_of))

    @service.handles(NeedUnmet)
    async def unmet(event: NeedUnmet, uow: UnitOfWork) -> None:
        await _tell(event, uow, lambda told, _: messages.unmet(told, event, uow.cause.time, dictionary))

    @service.handles(ReviewRequested)
    async def review(event: ReviewRequested, uow: UnitOfWork) -> None:
        await _tell(event, uow, lambda told, _: messages.review(told, event, uow.cause.time, dictionary))

    @service.handles(ReviewClosed)
    async def closed(event: ReviewClosed, uow: UnitOfWork) -> None:
        """Silence: who took care of it told them. The next review is told again."""
        told = await uow.get(Told, event.need_id)
        if told and not told.is_stale(uow.cause.time):
            told.waits_for_person = False
            uow.save(told)

    @service.handles(ReferralAnswered)
    async def answered(event: ReferralAnswered, uow: UnitOfWork) -> None:
        await _tell(event, uow, lambda told, to: messages.answered(told, to, event, uow.cause.time, dictionary))

    @service.handles(ProjectProposed)
    async def proposed(event: ProjectProposed, uow: UnitOfWork) -> None:
        if not event.person_id:
            return
        listener = await _listener(event.person_id, uow)
        if listener.erased:
            return
        message = messages.applied(listener, event, short_code(event.project_id), dictionary, language_of)
        uow.save(listener)
        _send(message, listener.id, uow)

    @service.handles(PersonErased)
    async def erased(event: PersonErased, uow: UnitOfWork) -> None:
        listener = await _listener(event.person_id, uow)
        listener.erase()
        uow.save(listener)
        for need_id in {*event.need_ids, *await needs_of(event.person_id)}:
            if told := await uow.get(Told, need_id):
                uow.delete(told)


async def _listener(person_id: str, uow: UnitOfWork) -> Listener:
    return await uow.get(Listener, person_id) or Listener(id=person_id)


async def _tell(event: NeedEvent, uow: UnitOfWork, speak: Callable[[Told, Listener], Message | None]) -> None:
    """Let the person hear what `speak` has to say of a need, and remember it."""
    listener = await _listener(event.person_id, uow)
    if listener.erased:
        return
    told = await uow.get(Told, event.need_id) or Told(id=event.need_id, person_id=event.person_id)
    message = speak(told, listener)
    listener.language = told.language
    uow.save(listener)
    uow.save(told)
    _send(message, listener.id, uow)


def _send(message: Message | None, person_id: str, uow: UnitOfWork) -> None:
    """Ask for the message to be sent. A cause says at most one thing, so its id gives the message's."""
    if message is None:
        return
    uow.emit(
        MessageRequested(
            message_id=str(uuid5(_MESSAGES, uow.cause.id)),
            person_id=person_id,
            need_id=message.need_id,
            text=message.text,
            language=message.language,
            choices=list(message.choices),
        )
    )
