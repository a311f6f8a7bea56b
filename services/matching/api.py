"""Matching over HTTP, for the association's own services: the directory, what became of a need, the coordinator's decisions."""

from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Self

from anlaufstelle_contracts import OfferDeclined, Reach, UnmetReason
from anlaufstelle_contracts.values import Id
from fastapi import Depends, Header, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis import Service, UnitOfWork, new_id, short_code

from .corrections import keep_example
from .deciding import Deciding, leave_gap
from .domain.decision import chosen_by_human
from .domain.filters import find_unavailable
from .domain.gap import Evidence, Gap
from .domain.need import Exclusion, Need, NeedState
from .domain.offer import Offer, OfferStatus
from .domain.ranking import MOST_NAMED
from .importing import Reading, read_hsds, read_json_lines
from .publishing import Publishing
from .repository import Gaps, Needs, Offers

LARGEST_IMPORT = 10 * 1024 * 1024
_COUNTED = 1_000
IdempotencyKey = Annotated[str, Header(min_length=1, max_length=200, description="The same key does it once.")]


class OfferView(Reach):
    """An offer as the desk sees it."""

    id: str
    status: OfferStatus
    title: str
    description: str
    categories: list[str]
    districts: list[str]
    languages: list[str]
    audience: list[str]
    horizon: list[str]
    valid_from: date | None
    valid_until: date | None
    capacity: int | None
    provider_kind: str
    schedule: str | None
    assured_date: date | None
    sample: bool
    check_asked_on: date | None


class ImportErrorView(BaseModel):
    """What could not be read: the line, or the path in a JSON document."""

    line: int | None = None
    path: str | None = None
    error: str


class ImportView(BaseModel):
    """What an import did."""

    published: int
    changed: int
    unchanged: int
    withdrawn: int
    errors: list[ImportErrorView]


class NamedOffer(BaseModel):
    """An offer that was named, or that a coordinator may choose."""

    id: str
    title: str
    probability: float
    reasons: list[str]
    answer: str | None


class NeedView(BaseModel):
    """What became of a need. `offers` holds the candidates while a coordinator has it; `excluded` what came near."""

    need_id: str
    code: str
    decision: NeedState
    reason: str | None
    categories: list[str]
    offers: list[NamedOffer]
    excluded: list[Exclusion]
    gap_id: str | None


class GapView(BaseModel):
    """A theme of unmet needs."""

    id: str
    code: str
    categories: list[str]
    need_count: int
    person_count: int
    districts: list[str]
    reasons: list[str]
    keywords: list[str]
    labels: dict[str, str]
    since: datetime | None
    detected_at: datetime | None
    closed_at: datetime | None
    offer_id: str | None


class Verdict(BaseModel):
    """The coordinator's click: offers to name, or why there is nothing."""

    model_config = ConfigDict(extra="forbid")

    offer_ids: list[Id] = Field([], max_length=MOST_NAMED)
    unmet: UnmetReason | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.offer_ids) == (self.unmet is not None):
            raise ValueError("name either offer_ids or unmet")
        return self


class Check(BaseModel):
    """Whether a coordinator could reach who offers it."""

    model_config = ConfigDict(extra="forbid")

    reachable: bool


class Verification(BaseModel):
    """Whether a coordinator spoke with who offers, and vouches for it."""

    model_config = ConfigDict(extra="forbid")

    verified: bool
    seen: str | None = Field(None, description="SHA-256 (hex) of the description that was looked at.")


def register(
    service: Service, deciding: Deciding, publishing: Publishing, needs: Needs, offers: Offers, gaps: Gaps
) -> None:  # fmt: skip
    """The routes; all want the internal bearer token."""
    guarded = [Depends(service.token)]

    @service.api.post("/directory/import", dependencies=guarded, openapi_extra={"requestBody": {"content": {
        "application/x-ndjson": {"schema": {"type": "string"}}, "application/json": {"schema": {}},
    }}})  # fmt: skip
    async def import_directory(
        request: Request, sample: bool = False, idempotency_key: Annotated[str, Header(max_length=200)] = ""
    ) -> ImportView:
        """JSON Lines of offers, or an HSDS 3.0 service, list or array. What can be read is taken, every error is told."""
        reading = _read(request.headers.get("content-type", ""), await _body(request))
        counts, refused = await publishing.take(reading.entries, sample, idempotency_key or new_id())
        errors = [ImportErrorView(**broken.where, error=broken.error) for broken in reading.errors]
        errors += [ImportErrorView(path=identifier, error=error) for identifier, error in refused.items()]
        return ImportView(**counts, errors=errors)

    @service.api.get("/directory/offers", dependencies=guarded)
    async def directory(
        status: OfferStatus | None = OfferStatus.PUBLISHED, after: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 500
    ) -> list[OfferView]:
        """Offers in the order of their ids; `after` is the last id of the page before."""
        return [OfferView(**offer.model_dump()) for offer in await offers.page(status, after, limit)]

    @service.api.post("/offers/{offer_id}/verification", dependencies=guarded)
    async def verify(offer_id: str, verification: Verification, idempotency_key: IdempotencyKey) -> OfferView:
        """An offer that waits for a coordinator is shown from now on, or never."""

        async def command(uow: UnitOfWork) -> None:
            offer = await uow.get(Offer, offer_id)
            if offer is None or offer.status is OfferStatus.ERASED:
                raise HTTPException(404, "no such offer")
            if offer.status is not OfferStatus.UNVERIFIED:
                raise HTTPException(409, f"this offer does not wait for a coordinator: it is {offer.status}")
            if verification.seen not in (None, sha256(offer.description.encode()).hexdigest()):
                raise HTTPException(409, "its words are others by now: look at it again")
            if verification.verified:
                offer, published = offer.published(uow.now, deciding.day(uow.now))
                uow.emit(published)
            else:
                offer, _ = offer.withdrawn(uow.now)
                uow.emit(OfferDeclined(offer_id=offer_id))
            uow.save(offer)

        await service.execute(f"verification:{offer_id}:{idempotency_key}", command, name="offer.verify")
        return await _offer_view(offer_id)

    @service.api.post("/offers/{offer_id}/check", dependencies=guarded)
    async def check(offer_id: str, found: Check, idempotency_key: IdempotencyKey) -> OfferView:
        """A coordinator asked who offers it: it is as it says, or nobody is there and it is shown no longer."""

        async def command(uow: UnitOfWork) -> None:
            offer = await uow.get(Offer, offer_id)
            if offer is None or offer.status is OfferStatus.ERASED:
                raise HTTPException(404, "no such offer")
            if offer.status is not OfferStatus.PUBLISHED:
                raise HTTPException(409, f"this offer is not shown: it is {offer.status}")
            if found.reachable:
                offer, changed = offer.vouched_for(uow.now, deciding.day(uow.now))
                uow.emit(changed)
            else:
                offer, said = offer.withdrawn(uow.now)
                for event in said:
                    uow.emit(event)
            uow.save(offer)

        await service.execute(f"check:{offer_id}:{idempotency_key}", command, name="offer.check")
        return await _offer_view(offer_id)

    @service.api.get("/needs/{need_id}", dependencies=guarded)
    async def show_need(need_id: str) -> NeedView:
        """What became of a need; 404 until it is decided."""
        need = await needs.get(need_id)
        if need is None or need.state in (NeedState.ERASED, NeedState.OPEN):
            raise HTTPException(404, "no such need, or it is not decided yet")
        return _need_view(need)

    @service.api.post("/needs/{need_id}/decision", dependencies=guarded)
    async def decide(need_id: str, verdict: Verdict, idempotency_key: IdempotencyKey) -> NeedView:
        """A coordinator names offers, or says that there is nothing."""

        async def command(uow: UnitOfWork) -> None:
            need = await uow.get(Need, need_id)
            if need is None or need.state is NeedState.ERASED:
                raise HTTPException(404, "no such need")
            if need.state not in (NeedState.REVIEW, NeedState.UNMET, NeedState.EMERGENCY):
                raise HTTPException(409, f"this need does not wait for a decision: it is {need.state}")
            await keep_example(need, verdict.offer_ids, verdict.unmet, uow)
            if verdict.unmet:
                settled, unmet = need.found_unfit().leave_unmet(verdict.unmet)
                uow.save(settled)
                uow.emit(unmet)
                return
            chosen = await _chosen(verdict.offer_ids, need, uow)
            settled, matched = (await leave_gap(need, uow, chosen[0].id)).refer(
                [chosen_by_human(need, offer) for offer in chosen], by_human=True
            )
            uow.save(settled)
            uow.emit(matched)

        await service.execute(f"decision:{need_id}:{idempotency_key}", command, name="need.decide")
        return await show_need(need_id)

    @service.api.get("/gaps", dependencies=guarded)
    async def show_gaps(limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[GapView]:
        """Themes of at least two unmet needs, and those that were announced; the one that grew last first."""
        return [await _gap_view(gap) for gap in await gaps.shown(2, limit)]

    async def _offer_view(offer_id: str) -> OfferView:
        found = await offers.get(offer_id)
        if found is None:
            raise HTTPException(404, "no such offer")
        return OfferView(**found.model_dump())

    async def _chosen(offer_ids: list[str], need: Need, uow: UnitOfWork) -> list[Offer]:
        chosen = []
        for offer_id in dict.fromkeys(offer_ids):
            offer = await uow.get(Offer, offer_id)
            if offer is None:
                raise HTTPException(422, f"no such offer: {offer_id}")
            # A person may judge audience and place better than a rule; what is full, over or unverified helps nobody.
            if fact := find_unavailable(offer, deciding.day(uow.now)):
                raise HTTPException(422, f"offer {offer_id} cannot be named: {fact}")
            chosen.append(offer)
        return chosen

    async def _gap_view(gap: Gap) -> GapView:
        members = await needs.of_gap(gap.id, None, _COUNTED)
        evidence = Evidence.of(members, deciding.model.numbers.everyday_stems)
        return GapView(
            id=gap.id, code=short_code(gap.id), detected_at=gap.announced_at, closed_at=gap.closed_at, offer_id=gap.closed_by,
            **evidence.model_dump(),
        )  # fmt: skip


async def _body(request: Request) -> bytes:
    """The whole body, unless it is too large: then nothing more of it is read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_IMPORT:
            raise HTTPException(413, f"an import may have {LARGEST_IMPORT // 1024**2} MB; send it in parts")
    return bytes(body)


def _read(content_type: str, body: bytes) -> Reading:
    """What the body holds, by its media type."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/x-ndjson":
        return read_json_lines(body)
    if media_type == "application/json":
        try:
            return read_hsds(body)
        except ValueError as error:
            raise HTTPException(400, str(error)) from None
    raise HTTPException(415, "send application/x-ndjson (offers, one a line) or application/json (HSDS 3.0)")


def _need_view(need: Need) -> NeedView:
    named = need.candidates if need.state in (NeedState.REVIEW, NeedState.EMERGENCY) else need.referrals
    return NeedView(
        need_id=need.id, code=short_code(need.id), decision=need.state, reason=need.reason, categories=need.categories,
        offers=[NamedOffer(id=one.offer_id, **one.model_dump(exclude={"offer_id"})) for one in named],
        excluded=need.excluded, gap_id=need.gap_id,
    )  # fmt: skip
