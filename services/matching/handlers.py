"""What a need, a withdrawal, an offer, an answer and a farewell do. Each may arrive first, late or twice."""

from collections.abc import Callable

from anlaufstelle_contracts import (
    Answer,
    NeedArticulated,
    NeedWithdrawn,
    OfferRetracted,
    OfferSubmitted,
    PersonErased,
    ReferralAnswered,
)

from chassis import Service, UnitOfWork

from .corrections import forget_example
from .deciding import Deciding, leave_gap
from .domain.answers import Answered, take
from .domain.decision import Decision, Outcome
from .domain.model import to_bytes
from .domain.need import Need, NeedState
from .domain.offer import Giver, Offer, OfferContent, OfferStatus
from .repository import Needs

_ANSWERED = (NeedState.REFERRED, NeedState.UNMET, NeedState.CLOSED)
"""States in which nobody works on a need: who wants more has to be heard."""


def register(
    service: Service, deciding: Deciding, needs: Needs, check_after: int, is_put_off: Callable[[Need, Decision], bool]
) -> None:  # fmt: skip
    """Needs are decided by `deciding`; `needs` finds those of a person who leaves.

    An offer is to be checked when `check_after` people in a row could reach nobody there. What `is_put_off` says of a decision is
    kept open: the keeper settles it.
    """

    @service.prepares(NeedArticulated)
    async def embed(asked: list[NeedArticulated]) -> None:
        if texts := [need.text for need in asked if not need.emergency]:
            await deciding.encoder.queries(texts)
        # A look costs a millisecond, and spares people a "no" on a directory that is half a second old.
        await deciding.directory.sync()

    @service.handles(NeedArticulated)
    async def find_offers(event: NeedArticulated, uow: UnitOfWork) -> None:
        if await uow.get(Need, event.need_id):
            return  # decided before, or taken back before it came
        need = Need.articulated(event, uow.cause.time, uow.cause.correlation_id)
        if event.emergency:
            need, said = need.ask_human([], emergency=True)
            uow.save(need)
            uow.emit(said)
            return
        need = await deciding.read(need)
        decision = await deciding.decide(need, deciding.day(uow.cause.time))
        if is_put_off(need, decision):
            uow.save(need)
        else:
            await deciding.settle(need, decision, uow)

    @service.handles(NeedWithdrawn)
    async def take_back(event: NeedWithdrawn, uow: UnitOfWork) -> None:
        need = await uow.get(Need, event.need_id) or Need(id=event.need_id, person_id=event.person_id)
        if not need.is_gone:
            uow.save((await leave_gap(need, uow)).withdrawn())
            await forget_example(need.id, uow)

    @service.handles(ReferralAnswered)
    async def take_answer(event: ReferralAnswered, uow: UnitOfWork) -> None:
        need = await uow.get(Need, event.need_id)
        if need is None or need.is_gone:
            return
        need = await learn(need, event, uow)
        wants_more = event.answer in (Answer.MORE, Answer.HUMAN) and need.state in _ANSWERED
        if not wants_more:
            uow.save(need)
            return
        decision = await deciding.decide(need, deciding.day(uow.cause.time), asked_for_more=True)
        if event.answer == Answer.MORE and decision.outcome is Outcome.REFER:
            await deciding.settle(need, decision, uow)
            return
        need, said = need.ask_human(decision.offers)
        uow.save(need)
        uow.emit(said)

    async def learn(need: Need, event: ReferralAnswered, uow: UnitOfWork) -> Need:
        """The answer counts for the offers that it is about, and for how far predictions can be trusted."""
        at = uow.cause.time
        need, verdicts, answered = take(need, str(event.answer), event.offer_id, at)
        for verdict in verdicts:
            offer = await uow.get(Offer, verdict.before.offer_id)
            if offer is None or offer.status is OfferStatus.ERASED:
                continue
            offer, said = offer.heard(verdict, at, uow.now, deciding.day(at), check_after)
            uow.save(offer)
            if said:
                uow.emit(said)
        if answered:
            known = await uow.get(Answered, answered.id)
            uow.save(answered.model_copy(update={"version": known.version if known else 0}))
        return need

    @service.handles(OfferSubmitted)
    async def take_offer(event: OfferSubmitted, uow: UnitOfWork) -> None:
        if event.person_id:
            giver = await uow.get(Giver, event.person_id) or Giver(id=event.person_id)
            if giver.erased:
                return
            if event.offer_id not in giver.offer_ids:
                uow.save(giver.model_copy(update={"offer_ids": [*giver.offer_ids, event.offer_id]}))
        known = await uow.get(Offer, event.offer_id)
        if known and known.status is OfferStatus.ERASED:
            return
        offer = await _submitted(event, known, uow)
        if event.project_id:
            # The association itself decided on the project: nobody has to verify it.
            offer, published = offer.published(uow.now, deciding.day(uow.now))
            uow.emit(published)
        elif known and known.status in (OfferStatus.PUBLISHED, OfferStatus.WITHDRAWN):
            # Other words than those that were looked at.
            offer, said = offer.withdrawn(uow.now)
            offer = offer.model_copy(update={"status": OfferStatus.UNVERIFIED})
            for withdrawal in said:
                uow.emit(withdrawal)
        uow.save(offer)

    @service.handles(OfferRetracted)
    async def take_offer_back(event: OfferRetracted, uow: UnitOfWork) -> None:
        known = await uow.get(Offer, event.offer_id)
        offer = known or Offer(id=event.offer_id, status=OfferStatus.UNVERIFIED, title="", description="", changed_at=uow.now)
        await erase(offer, uow)

    async def erase(offer: Offer, uow: UnitOfWork) -> None:
        erased, said = offer.erased(uow.now)
        uow.save(erased)
        for withdrawal in said:
            uow.emit(withdrawal)

    @service.handles(PersonErased)
    async def forget(event: PersonErased, uow: UnitOfWork) -> None:
        for need_id in sorted({*event.need_ids, *await needs.ids_of_person(event.person_id)}):
            need = await uow.get(Need, need_id) or Need(id=need_id)
            uow.save((await leave_gap(need, uow)).erased())
            await forget_example(need_id, uow)
        giver = await uow.get(Giver, event.person_id) or Giver(id=event.person_id)
        for offer_id in giver.offer_ids:
            if offer := await uow.get(Offer, offer_id):
                await erase(offer, uow)
        uow.save(Giver(id=giver.id, version=giver.version, erased=True))

    async def _submitted(event: OfferSubmitted, known: Offer | None, uow: UnitOfWork) -> Offer:
        content = OfferContent(
            title=event.title, description=event.description, categories=event.categories, districts=event.districts,
            provider_kind=str(event.provider_kind),
        )  # fmt: skip
        vectors = await deciding.encoder.passages([content.text])
        model = deciding.model
        if not content.categories:
            content.categories = model.categories(model.topic_shares(model.map_offers(vectors))[0])[:1]
        fresh = Offer(
            id=event.offer_id, status=OfferStatus.UNVERIFIED, changed_at=uow.now, **content.model_dump(),
        )  # fmt: skip
        return (known or fresh).model_copy(update={
            **content.model_dump(), "vector": to_bytes(vectors[0]), "encoder": deciding.encoder.name, "changed_at": uow.now,
            "person_id": event.person_id, "project_id": event.project_id, "fills_gap": event.gap_id if event.project_id else None,
        })  # fmt: skip
