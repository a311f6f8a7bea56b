"""Where offers, needs and gaps are kept, and what is asked of them."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import ConnectionFailure

from chassis import Repository, Service

from .domain.answers import Answered
from .domain.example import Example
from .domain.gap import Gap
from .domain.need import WAITING, Need, NeedState
from .domain.offer import Giver, Offer, OfferStatus

StoreAway = ConnectionFailure
"""The store cannot be reached just now: whoever does something again and again goes on when it is back."""


_WAITING = [state.value for state in WAITING]


class Offers:
    """The directory of offers."""

    def __init__(self, service: Service) -> None:
        service.keeps(Giver, "givers")
        self._offers: Repository[Offer] = service.keeps(
            Offer, "offers", indexes=[IndexModel("changed_at"), IndexModel("rematch_on", sparse=True)]
        )

    async def get(self, identifier: str) -> Offer | None:
        """One offer."""
        return await self._offers.get(identifier)

    async def some(self, identifiers: Collection[str]) -> list[Offer]:
        """Those of some ids that exist."""
        return await self._offers.find({"_id": {"$in": list(identifiers)}})

    async def all(self, chunk: int) -> AsyncIterator[list[Offer]]:
        """Every offer, so many at a time: much faster than asking for each by its id."""
        some: list[Offer] = []
        async for document in self._offers.collection.find(batch_size=chunk):
            some.append(self._offers.read(document))
            if len(some) == chunk:
                yield some
                some = []
        yield some

    async def page(self, status: OfferStatus | None, after: str, limit: int) -> list[Offer]:
        """Offers in the order of their ids."""
        where: dict[str, Any] = {"_id": {"$gt": after}} | ({"status": status.value} if status else {})
        return await self._offers.find(where, sort=[("_id", ASCENDING)], limit=limit)

    async def versions(self, since: datetime | None) -> dict[str, tuple[int, datetime]]:
        """Version and time of the last change of every offer changed since a moment, or of all."""
        where = {"changed_at": {"$gte": since}} if since else {}
        found = self._offers.collection.find(where, {"version": 1, "changed_at": 1})
        return {document["_id"]: (document["version"], document["changed_at"]) async for document in found}

    async def to_rematch(self, today: date, limit: int) -> list[Offer]:
        """Published offers with which waiting needs have not been tried yet."""
        where = {"rematch_on": {"$lte": today.isoformat()}, "status": OfferStatus.PUBLISHED.value}
        return await self._offers.find(where, sort=[("_id", ASCENDING)], limit=limit)


class Needs:
    """Needs and what was decided."""

    def __init__(self, service: Service) -> None:
        self._needs: Repository[Need] = service.keeps(
            Need, "needs", indexes=[
                IndexModel("person_id"), IndexModel([("state", ASCENDING), ("gap_id", ASCENDING)]), IndexModel("gap_id"),
            ],
        )  # fmt: skip

    async def get(self, identifier: str) -> Need | None:
        """One need."""
        return await self._needs.get(identifier)

    async def ids_of_person(self, person_id: str) -> list[str]:
        """The needs of a person."""
        found = self._needs.collection.find({"person_id": person_id}, {"_id": 1})
        return [document["_id"] async for document in found]

    async def waiting(self, since: datetime, gap_ids: Sequence[str], after: str, limit: int) -> list[Need]:
        """Needs that a new offer might answer, in the order of their ids: younger ones, and all of some gaps."""
        where = {
            "state": {"$in": _WAITING}, "_id": {"$gt": after},
            "$or": [{"articulated_at": {"$gte": since}}, {"gap_id": {"$in": list(gap_ids)}}],
        }  # fmt: skip
        return await self._needs.find(where, sort=[("_id", ASCENDING)], limit=limit)

    async def put_off(self, limit: int) -> list[Need]:
        """Needs that are not decided yet, in the order of their ids."""
        return await self._needs.find({"state": NeedState.OPEN.value}, sort=[("_id", ASCENDING)], limit=limit)

    async def ungathered(self, limit: int) -> list[Need]:
        """Unmet needs that count for no gap yet, in the order of their ids."""
        return await self._needs.find(
            {"state": NeedState.UNMET.value, "gap_id": None}, sort=[("_id", ASCENDING)], limit=limit
        )  # fmt: skip

    async def unmet_gaps(self, identifiers: Sequence[str]) -> dict[str, str | None]:
        """Those of some needs that are unmet, with the gap that they count for."""
        where = {"_id": {"$in": list(identifiers)}, "state": NeedState.UNMET.value}
        return {document["_id"]: document["gap_id"] async for document in self._needs.collection.find(where, {"gap_id": 1})}

    async def of_gap(self, gap_id: str, since: datetime | None = None, limit: int = 0) -> list[Need]:
        """The newest needs that wait in a gap, or all."""
        where: dict[str, Any] = {"gap_id": gap_id, "state": {"$in": _WAITING}}
        where |= {"articulated_at": {"$gte": since}} if since else {}
        return await self._needs.find(where, sort=[("articulated_at", DESCENDING)], limit=limit)


class Gaps:
    """Themes of unmet needs."""

    def __init__(self, service: Service) -> None:
        self._gaps: Repository[Gap] = service.keeps(
            Gap, "gaps", indexes=[IndexModel("grown_at"), IndexModel("closed_at"), IndexModel("announced")]
        )

    async def growing(self, since: datetime, encoder: str) -> list[Gap]:
        """Gaps that are open and were joined since a moment."""
        return await self._find({"grown_at": {"$gte": since}, "closed_at": None, "count": {"$gt": 0}, "encoder": encoder})

    async def announced(self) -> list[str]:
        """Open gaps that were announced: who waits there, waits for as long as it takes."""
        found = self._gaps.collection.find({"announced": {"$gt": 0}, "closed_at": None}, {"_id": 1})
        return [document["_id"] async for document in found]

    async def left_behind(self) -> list[str]:
        """Closed gaps in which somebody still waits."""
        found = self._gaps.collection.find({"closed_at": {"$ne": None}, "count": {"$gt": 0}}, {"_id": 1})
        return [document["_id"] async for document in found]

    async def shown(self, least: int, limit: int) -> list[Gap]:
        """Gaps of at least so many needs, or announced once, the newest first."""
        where = {"$or": [{"count": {"$gte": least}}, {"announced": {"$gt": 0}}]}
        return await self._find(where, sort=[("grown_at", DESCENDING)], limit=limit)

    async def _find(self, where: Mapping[str, Any], sort: Sequence[tuple[str, int]] = (), limit: int = 0) -> list[Gap]:
        return await self._gaps.find(where, sort=sort, limit=limit)


class Predictions:
    """What was predicted of referrals that people answered."""

    def __init__(self, service: Service) -> None:
        self._answered: Repository[Answered] = service.keeps(Answered, "answered", indexes=[IndexModel("at")])

    async def last(self, limit: int) -> list[Answered]:
        """The newest answers."""
        return await self._answered.find({}, sort=[("at", DESCENDING)], limit=limit)


class Examples:
    """What coordinators decided."""

    def __init__(self, service: Service) -> None:
        self._examples: Repository[Example] = service.keeps(Example, "examples")

    async def all(self) -> list[Example]:
        """Everything, in the order of the needs."""
        return await self._examples.find({}, sort=[("_id", ASCENDING)])
