"""The read model's collections and what the desk asks of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import ConnectionFailure

from chassis import Service

from .domain.views import GapView, NeedView, OfferView, PersonView, ProjectView

SHOWN = 30
"""Rows of a table at the desk."""


class UnmetCount(BaseModel):
    """How many needs of a category are unmet for a reason."""

    category: str
    reason: str
    count: int


class Snapshot(BaseModel):
    """Everything the desk shows, as committed at one moment."""

    needs_today: int
    answered_today: int
    waiting: int
    unmet: int
    open_gaps: int
    project_count: int
    offers: int
    sample_offers: int
    parked: int
    queue: list[NeedView]
    newest: list[NeedView]
    unmet_by: list[UnmetCount]
    gaps: list[GapView]
    projects: list[ProjectView]
    to_verify: list[OfferView]
    to_check: list[OfferView]


class StoreAway(Exception):
    """The store cannot be reached just now."""


class ReadModel:
    """Declares the collections of a service and queries them."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._needs = service.keeps(
            NeedView,
            "needs",
            indexes=[
                IndexModel([("at", DESCENDING)]),
                IndexModel("person_id"),
                IndexModel([("state", ASCENDING), ("decided_at", DESCENDING)]),
                IndexModel([("waiting", ASCENDING), ("at", ASCENDING)]),
            ],
        )
        self._offers = service.keeps(
            OfferView,
            "offers",
            indexes=[IndexModel([("shown", ASCENDING), ("sample", ASCENDING)]), IndexModel("to_check"), IndexModel("to_verify")],
        )
        self._gaps = service.keeps(GapView, "gaps", indexes=[IndexModel([("open", ASCENDING), ("need_count", DESCENDING)])])
        self._projects = service.keeps(ProjectView, "projects", indexes=[IndexModel([("at", DESCENDING)])])
        service.keeps(PersonView, "people")

    async def needs_of(self, person_id: str) -> list[str]:
        """The ids of the needs that are known of a person."""
        found = self._needs.collection.find({"person_id": person_id}, {"_id": 1})
        return [str(document["_id"]) async for document in found]

    async def need(self, need_id: str) -> NeedView | None:
        """One need. Raises StoreAway."""
        try:
            return await self._needs.get(need_id)
        except ConnectionFailure as error:
            raise StoreAway from error

    async def snapshot(self, today: datetime, start: int = 0) -> Snapshot:
        """What the desk shows, its queue from a place on; `today` is when the local day began. Raises StoreAway."""
        try:
            return await self._snapshot(today, start)
        except ConnectionFailure as error:
            raise StoreAway from error

    async def _snapshot(self, today: datetime, start: int) -> Snapshot:
        needs, offers = self._needs.collection, self._offers.collection
        newest_first = [("at", DESCENDING)]
        return Snapshot(
            needs_today=await needs.count_documents({"at": {"$gte": today}}),
            answered_today=await needs.count_documents({"state": "matched", "decided_at": {"$gte": today}}),
            waiting=await needs.count_documents({"waiting": True}),
            unmet=await needs.count_documents({"state": "unmet"}),
            open_gaps=await self._gaps.collection.count_documents({"open": True}),
            project_count=await self._projects.collection.count_documents({}),
            offers=await offers.count_documents({"shown": True}),
            sample_offers=await offers.count_documents({"shown": True, "sample": True}),
            parked=await self._service.parking.count(),
            queue=await self._queue(start),
            newest=await self._needs.find({}, sort=newest_first, limit=SHOWN),
            unmet_by=await self._unmet_by(),
            gaps=await self._gaps.find({"open": True}, sort=[("need_count", DESCENDING), ("_id", ASCENDING)], limit=SHOWN),
            projects=await self._projects.find({}, sort=newest_first, limit=SHOWN),
            to_verify=await self._offers.find({"to_verify": True}, sort=[("submitted_at", ASCENDING)], limit=SHOWN),
            to_check=await self._offers.find({"to_check": True}, sort=[("check_asked_on", ASCENDING)], limit=SHOWN),
        )

    async def _queue(self, start: int) -> list[NeedView]:
        """Those who wait, from a place on; those in danger first, then who has waited for longest."""
        order = [("emergency", DESCENDING), ("at", ASCENDING), ("_id", ASCENDING)]
        return (await self._needs.find({"waiting": True}, sort=order, limit=start + SHOWN))[start:]

    async def _unmet_by(self) -> list[UnmetCount]:
        pipeline: list[Mapping[str, Any]] = [
            {"$match": {"state": "unmet"}},
            {"$group": {"_id": {"category": {"$arrayElemAt": ["$categories", 0]}, "reason": "$reason"}, "count": {"$sum": 1}}},
            {"$sort": {"count": DESCENDING, "_id.category": ASCENDING, "_id.reason": ASCENDING}},
            {"$limit": SHOWN},
        ]
        groups = await self._needs.collection.aggregate(pipeline)
        return [
            UnmetCount(category=group["_id"].get("category") or "", reason=group["_id"]["reason"], count=group["count"])
            async for group in groups
        ]
