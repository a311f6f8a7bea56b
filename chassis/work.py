"""The unit of work: what one cause reads, changes and says, on top of what the batch before it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from anlaufstelle_contracts import Event

from .store import A, Aggregate, Database, Document, Repository, to_document

Key = tuple[str, str]  # collection, id


class Conflict(Exception):
    """Somebody else changed the aggregate in between; the cause is run again on the new state."""


@dataclass(frozen=True)
class Cause:
    """Why something is done: an event that came in, or a command."""

    id: str
    type: str
    correlation_id: str
    time: datetime
    traceparent: str | None = None


@dataclass
class Row:
    """An aggregate as the batch sees it: the version in the store (0: none) and the document after what was done so far."""

    stored_version: int
    document: Document | None


@dataclass
class View:
    """The state one batch works on: each aggregate is loaded once; later causes see what earlier ones of the batch did."""

    db: Database
    rows: dict[Key, Row] = field(default_factory=dict)

    async def row(self, key: Key) -> Row:
        if key not in self.rows:
            document = await self.db[key[0]].find_one({"_id": key[1]})
            self.rows[key] = Row(document["version"] if document else 0, document)
        return self.rows[key]

    def take(self, uow: "UnitOfWork") -> None:
        """Let the changes of a finished unit of work count for the rest of the batch."""
        for key, document in uow.changes.items():
            if key in self.rows:
                self.rows[key].document = document
            else:
                self.rows[key] = Row(uow.bases[key], document)


class UnitOfWork:
    """Changes and events of one cause. They are committed together, with the whole batch, or not at all."""

    def __init__(self, view: View, kinds: Mapping[type, Repository[Any]], cause: Cause) -> None:
        self._view, self._kinds = view, kinds
        self.cause = cause
        self.changes: dict[Key, Document | None] = {}
        self.bases: dict[Key, int] = {}
        self.events: list[Event] = []

    @property
    def now(self) -> datetime:
        """The present, UTC, to the millisecond that the store keeps."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    async def get(self, kind: type[A], identifier: str) -> A | None:
        """The aggregate, with what this cause and earlier ones of the batch did to it."""
        key = (self._kinds[kind].name, identifier)
        if key in self.changes:  # of the version that it stands on, so that it can be saved again
            changed = self.changes[key]
            document = {**changed, "version": self.bases[key]} if changed else None
        else:
            document = (await self._view.row(key)).document
        return kind.model_validate({**document, "id": document["_id"]}) if document else None

    def save(self, aggregate: Aggregate) -> None:
        """Insert (version 0) or replace. Raises Conflict when the aggregate is not of the version the batch knows."""
        key = self._key(aggregate)
        self.changes[key] = to_document(aggregate, self._base(key, aggregate) + 1)

    def delete(self, aggregate: Aggregate) -> None:
        """Remove it. Raises Conflict as `save` does."""
        key = self._key(aggregate)
        self._base(key, aggregate)
        self.changes[key] = None

    def emit(self, event: Event) -> None:
        """Say an event once the change is committed."""
        self.events.append(event)

    def _key(self, aggregate: Aggregate) -> Key:
        return self._kinds[type(aggregate)].name, aggregate.id

    def _base(self, key: Key, aggregate: Aggregate) -> int:
        """The version that the change stands on: the batch's where it has the aggregate, else the aggregate's own."""
        row = self._view.rows.get(key)
        known = (row.document["version"] if row.document else 0) if row else aggregate.version
        if aggregate.version != known:
            raise Conflict(key[0])
        self.bases[key] = known
        return known
