"""The store: one database a service, aggregates as documents with a version, values as BSON."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, Generic, Protocol, Self, TypeVar

from bson.codec_options import CodecOptions, TypeRegistry
from pymongo import AsyncMongoClient, IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]
Client = AsyncMongoClient[Document]
Database = AsyncDatabase[Document]


class Aggregate(Protocol):
    """What a store keeps: a pydantic model with an id and a version (0: never saved)."""

    id: str
    version: int

    def model_dump(self) -> Document: ...

    @classmethod
    def model_validate(cls, obj: Any) -> Self: ...


A = TypeVar("A", bound=Aggregate)


def _encode(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored")


CODEC: CodecOptions[Document] = CodecOptions(tz_aware=True, type_registry=TypeRegistry(fallback_encoder=_encode))
DURABLE = WriteConcern("majority", j=True)


def connect(url: str) -> Client:
    """A client that gives up on a missing store within five seconds. One client per event loop."""
    return AsyncMongoClient(url, serverSelectionTimeoutMS=5_000, tz_aware=True, appname="anlaufstelle")


def database(client: Client, name: str) -> Database:
    """A service's database, every write flushed before it is acknowledged."""
    return client.get_database(name, codec_options=CODEC, write_concern=DURABLE)


def to_document(aggregate: Aggregate, version: int) -> Document:
    """The stored form: `id` becomes `_id`, and the version is the one it is saved as."""
    document = aggregate.model_dump()
    document["_id"] = document.pop("id")
    document["version"] = version
    return document


class Repository(Generic[A]):
    """Committed aggregates of one kind, for queries. Changes go through a unit of work."""

    def __init__(self, kind: type[A], name: str, indexes: Sequence[IndexModel] = ()) -> None:
        self.kind, self.name, self.indexes = kind, name, list(indexes)
        self.collection: AsyncCollection[Document]  # bound when the service starts

    async def bind(self, db: Database) -> None:
        """Take the collection from a database and make its indexes."""
        self.collection = db[self.name]
        if self.indexes:
            await self.collection.create_indexes(self.indexes)

    def read(self, document: Document) -> A:
        """An aggregate from its stored form."""
        return self.kind.model_validate({"id": document["_id"], **document})

    async def get(self, identifier: str) -> A | None:
        """The aggregate as it was last committed."""
        document = await self.collection.find_one({"_id": identifier})
        return self.read(document) if document else None

    async def find(
        self, where: Mapping[str, Any], sort: Sequence[tuple[str, int]] = (), limit: int = 0
    ) -> list[A]:  # fmt: skip
        """Committed aggregates that answer a query."""
        cursor = self.collection.find(where, limit=limit)
        if sort:
            cursor = cursor.sort(list(sort))
        return [self.read(document) async for document in cursor]
