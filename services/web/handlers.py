"""Every event of the house, for the read model."""

from collections.abc import Awaitable, Callable

from anlaufstelle_contracts import (
    REGISTRY,
    ConsultationOpened,
    Event,
    GapClosed,
    GapDetected,
    MessageDelivered,
    MessageFailed,
    MessageRequested,
    NeedArticulated,
    NeedMatched,
    NeedUnmet,
    NeedWithdrawn,
    OfferSubmitted,
    PartnerAnswered,
    PersonErased,
    PersonReplied,
    ProjectApproved,
    ProjectCompleted,
    ProjectDeclined,
    ProjectProposed,
    ProjectStarted,
    ReferralAnswered,
    ReviewClosed,
    ReviewRequested,
)

from chassis import Service, UnitOfWork

from .domain.views import GapView, NeedView, OfAnOffer, OfferView, PersonView, ProjectView

OF_A_NEED = (
    NeedArticulated | NeedMatched | NeedUnmet | NeedWithdrawn | ReviewRequested | ReviewClosed | ReferralAnswered | PersonReplied
)  # fmt: skip
OF_A_MESSAGE = MessageRequested | MessageDelivered | MessageFailed
OF_A_GAP = GapDetected | GapClosed
OF_A_PROJECT = (
    ProjectProposed | ConsultationOpened | PartnerAnswered | ProjectApproved | ProjectDeclined | ProjectStarted | ProjectCompleted
)  # fmt: skip


def register(service: Service, needs_of: Callable[[str], Awaitable[list[str]]]) -> None:
    """Take in every event; `needs_of` names the needs that are known of a person."""

    async def need(event: OF_A_NEED | OF_A_MESSAGE, uow: UnitOfWork) -> None:
        if event.need_id is None:
            return
        person = await _person(event.person_id, uow)
        if person.erased:
            return
        uow.save(person)
        view = await uow.get(NeedView, event.need_id) or NeedView(id=event.need_id, person_id=event.person_id, at=uow.cause.time)
        view.apply(event, uow.cause.time, uow.cause.id)
        uow.save(view)

    async def offer(event: OfAnOffer, uow: UnitOfWork) -> None:
        view = await uow.get(OfferView, event.offer_id) or OfferView(id=event.offer_id)
        if isinstance(event, OfferSubmitted) and event.person_id:
            person = await _person(event.person_id, uow)
            if person.erased:
                view.forget()
            elif event.offer_id not in person.offer_ids:
                person.offer_ids.append(event.offer_id)
            uow.save(person)
        view.apply(event, uow.cause.time, uow.cause.id)
        uow.save(view)

    async def gap(event: OF_A_GAP, uow: UnitOfWork) -> None:
        view = await uow.get(GapView, event.gap_id) or GapView(id=event.gap_id)
        view.apply(event, uow.cause.time, uow.cause.id)
        uow.save(view)

    async def project(event: OF_A_PROJECT, uow: UnitOfWork) -> None:
        view = await uow.get(ProjectView, event.project_id) or ProjectView(id=event.project_id, at=uow.cause.time)
        if isinstance(event, ProjectProposed) and event.person_id:
            person = await _person(event.person_id, uow)
            if person.erased:
                view.forget()
            elif event.project_id not in person.project_ids:
                person.project_ids.append(event.project_id)
            uow.save(person)
        view.apply(event, uow.cause.time, uow.cause.id)
        uow.save(view)

    async def erased(event: PersonErased, uow: UnitOfWork) -> None:
        person = await _person(event.person_id, uow)
        for project_id in person.project_ids:
            if idea := await uow.get(ProjectView, project_id):
                idea.forget()
                uow.save(idea)
        for offer_id in person.offer_ids:
            if offered := await uow.get(OfferView, offer_id):
                offered.forget()
                uow.save(offered)
        for need_id in {*event.need_ids, *await needs_of(event.person_id)}:
            if known := await uow.get(NeedView, need_id):
                uow.delete(known)
        uow.save(PersonView(id=person.id, version=person.version, erased=True))

    async def not_shown(event: Event, uow: UnitOfWork) -> None:
        """The desk shows nothing of it; without a handler it would be parked."""

    handlers = ((OF_A_NEED, need), (OF_A_MESSAGE, need), (OfAnOffer, offer), (OF_A_GAP, gap), (OF_A_PROJECT, project))
    shown = {kind: handler for kinds, handler in handlers for kind in kinds.__args__}
    for kind in REGISTRY.values():
        service.handles(kind)(erased if kind is PersonErased else shown.get(kind, not_shown))


async def _person(person_id: str, uow: UnitOfWork) -> PersonView:
    return await uow.get(PersonView, person_id) or PersonView(id=person_id)
