"""Where notify keeps what people were told."""

from collections.abc import Awaitable, Callable

from pymongo import IndexModel

from chassis import Service

from .domain.listener import Listener, Told


def keep(service: Service) -> Callable[[str], Awaitable[list[str]]]:
    """Declare the collections; gives the query for the needs that a person was told of."""
    service.keeps(Listener, "listeners")
    told = service.keeps(Told, "told", indexes=[IndexModel("person_id")])

    async def needs_of(person_id: str) -> list[str]:
        return [str(document["_id"]) async for document in told.collection.find({"person_id": person_id}, {"_id": 1})]

    return needs_of
