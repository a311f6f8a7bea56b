"""A service's handlers without bus and store: the real unit of work over documents in memory, one commit an event."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from anlaufstelle_contracts import Event

from chassis import Cause, Service, UnitOfWork
from chassis.work import View

T = TypeVar("T")
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass
class Collection:
    """As much of a collection as a unit of work reads, and a find by equal fields."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def find_one(self, where: Mapping[str, Any]) -> dict[str, Any] | None:
        return self.documents.get(where["_id"])

    async def find(self, where: Mapping[str, Any], _: Mapping[str, Any] | None = None) -> AsyncIterator[dict[str, Any]]:
        for document in list(self.documents.values()):
            if all(document.get(name) == value for name, value in where.items()):
                yield document


class Memory:
    """Runs the handlers of a service that was built and not started."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.db: dict[str, Collection] = {repository.name: Collection() for repository in service._kinds.values()}
        for repository in service._kinds.values():
            repository.collection = cast(Any, self.db[repository.name])
        self._causes = 0

    async def handle(self, event: Event, *, at: datetime | None = None, cause: str | None = None) -> list[Event]:
        """Handle one event in a commit of its own; gives what was emitted. Later events are a second younger."""
        self._causes += 1
        time = at or START + timedelta(seconds=self._causes)
        uow = UnitOfWork(
            View(cast(Any, self.db)),
            self.service._kinds,
            Cause(cause or f"cause-{self._causes}", event.type, "correlation", time),
        )
        await self.service._handlers[type(event)](event, uow)
        for (collection, identifier), document in uow.changes.items():
            if document is None:
                self.db[collection].documents.pop(identifier, None)
            else:
                self.db[collection].documents[identifier] = document
        return uow.events

    def all(self, kind: type[T]) -> list[T]:
        """Every aggregate of a kind."""
        repository = self.service._kinds[kind]
        return [repository.read(document) for document in self.db[repository.name].documents.values()]
