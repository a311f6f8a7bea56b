"""The ledger and group commit: one document a cause, one transaction a batch, then the events are published.

Steps, as the design numbers them: 1 fetched · 2 known causes found · 3 handlers run · 4 committed · 5 published · 6 settled.
A crash anywhere before 6 repeats from 1 and ends in the same state. Step 1 and 6 are the caller's.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from anlaufstelle_contracts import CloudEvent, Event, parse, topology, wrap
from opentelemetry.trace import Tracer
from pymongo import DeleteOne, InsertOne, ReplaceOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError, ConnectionFailure, DuplicateKeyError

from .ids import new_id
from .logs import error_name
from .store import Client, Database, Document, Repository
from .telemetry import COMMITTED, DURATION, HANDLED, span
from .work import Cause, Conflict, Key, Row, UnitOfWork, View

log = structlog.get_logger()

Publish = Callable[[Sequence[CloudEvent]], Awaitable[None]]
Checkpoint = Callable[[str], None]
CONFLICT_TRIES = 8


@dataclass(frozen=True)
class Work:
    """One cause and what is to be done for it. `event` is what a preparation hook gets to see."""

    cause: Cause
    run: Callable[[UnitOfWork], Awaitable[Any]]
    event: Event | None = None


@dataclass
class Outcome:
    """What became of a cause: its events as recorded and (when it was run just now) as said, its result, or its error."""

    events: list[CloudEvent] = field(default_factory=list)
    said: list[Event] = field(default_factory=list)
    result: Any = None
    error: Exception | None = None
    known: bool = False
    batch: str | None = None


@dataclass
class _Done:
    work: Work
    uow: UnitOfWork
    entry: Document
    outcome: Outcome


def _nothing(step: str) -> None:
    """The checkpoint outside tests."""


class Ledger:
    """Runs causes exactly once. `checkpoint` is called at each step, so that tests can crash there."""

    def __init__(
        self, service: str, client: Client, db: Database,
        kinds: Mapping[type, Repository[Any]], publish: Publish, tracer: Tracer | None, committed: Callable[[list[Event]], None],
    ) -> None:  # fmt: skip
        self.service, self.client, self.db, self.kinds = service, client, db, kinds
        self.publish, self.tracer, self.committed = publish, tracer, committed
        self.checkpoint: Checkpoint = _nothing
        self.entries = db["ledger"]
        # One document a committed batch, gone once it is published: marking each entry would cost more than the commit itself.
        self.unpublished = db["unpublished"]
        self._published: list[str] = []

    async def process(
        self, works: Sequence[Work], prepare: Callable[[Sequence[Work]], Awaitable[None]] | None = None
    ) -> list[Outcome]:
        """Steps 2 to 5 for a batch. A failing cause fails its own outcome only. ConnectionFailure: the store is away."""
        outcomes: dict[str, Outcome] = await self._known([work.cause.id for work in works])
        self.checkpoint("known")
        fresh = list({work.cause.id: work for work in works if work.cause.id not in outcomes}.values())
        if prepare and fresh:
            await prepare(fresh)
        done = await self._run(fresh, outcomes)
        self.checkpoint("handled")
        if done:
            try:
                await self._commit(done)
            except (Conflict, DuplicateKeyError, BulkWriteError) as error:
                log.info("batch settled singly", causes=len(done), reason=error_name(error))
                for item in done:
                    outcomes[item.work.cause.id] = await self._alone(item.work)
        for work in fresh:
            if isinstance(outcomes[work.cause.id].error, Conflict):
                outcomes[work.cause.id] = await self._alone(work)
        self.checkpoint("committed")
        await self._publish(outcomes)
        self.checkpoint("published")
        if done:
            self.committed([event for item in done for event in outcomes[item.work.cause.id].said])
        for work in works:
            outcome = outcomes[work.cause.id]
            HANDLED.labels(
                self.service, work.cause.type, "failed" if outcome.error else "known" if outcome.known else "done"
            ).inc()
        return [outcomes[work.cause.id] for work in works]

    async def sweep(self, older_than: timedelta = timedelta(seconds=10)) -> int:
        """Forget the batches that were published, publish those that were not; gives how many batches still wait."""
        published, self._published = self._published, []
        if published:
            await self.unpublished.delete_many({"_id": {"$in": published}})
        async for batch in self.unpublished.find({"at": {"$lt": datetime.now(UTC) - older_than}}, limit=100):
            outcomes = await self._known(batch["causes"])
            for outcome in outcomes.values():
                outcome.batch = batch["_id"]
            await self._publish(outcomes)
        return await self.unpublished.count_documents({})

    async def expire(self) -> int:
        """Delete entries older than LEDGER_DAYS. No TTL index: keeping one up to date would cost a third of each commit."""
        limit = datetime.now(UTC) - timedelta(days=topology.LEDGER_DAYS)
        return (await self.entries.delete_many({"at": {"$lt": limit}})).deleted_count

    async def redrive(self, since: datetime) -> int:
        """Publish again everything since a moment (UTC), e.g. into a stream that was lost; gives how many events."""
        count = 0
        async for entry in self.entries.find({"at": {"$gte": since}}, sort=[("at", 1)]):
            events = _events(entry)
            await self.publish(events)
            count += len(events)
        return count

    async def _known(self, ids: Sequence[str]) -> dict[str, Outcome]:
        found = self.entries.find({"_id": {"$in": list(ids)}})
        return {entry["_id"]: Outcome(_events(entry), result=entry["result"], known=True) async for entry in found}

    async def _run(self, works: Sequence[Work], outcomes: dict[str, Outcome]) -> list[_Done]:
        """Step 3: each cause into its own change set; a failing one leaves no trace in the batch."""
        view = View(self.db)
        await self._preload(view, works)
        done = []
        for work in works:
            try:
                item = await self._handle(work, view)
            except ConnectionFailure:
                raise  # the store is away: no verdict on the message
            except Exception as error:  # noqa: BLE001 - whatever a handler raises fails its own message only
                outcomes[work.cause.id] = Outcome(error=error)
            else:
                view.take(item.uow)
                outcomes[work.cause.id] = item.outcome
                done.append(item)
        return done

    async def _preload(self, view: View, works: Sequence[Work]) -> None:
        """Load the aggregates that the events are about in one query a kind, instead of one a message."""
        ids = [work.event.aggregate_id for work in works if work.event is not None]
        if len(ids) < 2:
            return
        for repository in self.kinds.values():
            keys: dict[Key, Row] = {(repository.name, identifier): Row(0, None) for identifier in ids}
            async for document in self.db[repository.name].find({"_id": {"$in": ids}}):
                keys[repository.name, document["_id"]] = Row(document["version"], document)
            view.rows.update(keys)

    async def _handle(self, work: Work, view: View) -> _Done:
        cause = work.cause
        uow = UnitOfWork(view, self.kinds, cause)
        started = time.perf_counter()
        with (
            structlog.contextvars.bound_contextvars(cause=cause.id, correlation=cause.correlation_id),
            span(self.tracer, cause.type, cause.traceparent) as traceparent,
        ):
            result = await work.run(uow)
        DURATION.labels(self.service, cause.type).observe(time.perf_counter() - started)
        events = [
            wrap(
                event, cause_id=cause.id, position=position, source=self.service,
                correlation_id=cause.correlation_id, traceparent=traceparent,
            )
            for position, event in enumerate(uow.events)
        ]  # fmt: skip
        at = datetime.now(UTC)
        entry = {
            "_id": cause.id, "type": cause.type, "at": at, "events": [event.to_json() for event in events], "result": result,
        }  # fmt: skip
        return _Done(work, uow, entry, Outcome(events, uow.events, result))

    async def _commit(self, done: Sequence[_Done]) -> None:
        """Step 4: state and ledger of all causes in one transaction. Raises Conflict when the state moved underneath."""
        rows: dict[Key, int] = {}
        changes: dict[Key, Document | None] = {}
        for item in done:
            for key, document in item.uow.changes.items():
                rows.setdefault(key, item.uow.bases[key])
                changes[key] = document
        writes: dict[str, list[Any]] = {}
        for (collection, identifier), document in changes.items():
            base = rows[collection, identifier]
            if base == 0 and document is None:
                continue
            where = {"_id": identifier, "version": base}
            writes.setdefault(collection, []).append(
                InsertOne(document) if base == 0 else DeleteOne(where) if document is None else ReplaceOne(where, document)
            )

        speaking = [item for item in done if item.outcome.events]
        batch_id = new_id()
        batch: Document = {"_id": batch_id, "at": datetime.now(UTC), "causes": [item.work.cause.id for item in speaking]}

        async def transaction(session: AsyncClientSession) -> None:
            await self.entries.insert_many([item.entry for item in done], session=session)
            if speaking:
                await self.unpublished.insert_one(batch, session=session)
            for collection, operations in writes.items():
                result = await self.db[collection].bulk_write(operations, session=session)
                if result.inserted_count + result.matched_count + result.deleted_count != len(operations):
                    raise Conflict(collection)

        async with self.client.start_session() as session:
            await session.with_transaction(transaction)
        for item in speaking:
            item.outcome.batch = batch_id
        COMMITTED.labels(self.service).observe(len(done))

    async def _alone(self, work: Work) -> Outcome:
        """A cause in a transaction of its own, again while others change the same aggregate."""
        for attempt in range(CONFLICT_TRIES):
            known = await self._known([work.cause.id])
            if known:
                return known[work.cause.id]
            outcomes: dict[str, Outcome] = {}
            done = await self._run([work], outcomes)
            if not done and not isinstance(outcomes[work.cause.id].error, Conflict):
                return outcomes[work.cause.id]
            try:
                if done:
                    await self._commit(done)
                    return outcomes[work.cause.id]
            except (Conflict, DuplicateKeyError, BulkWriteError):
                log.debug("conflict", type=work.cause.type, attempt=attempt)
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter
        return Outcome(error=Conflict(f"{CONFLICT_TRIES} tries"))

    async def _publish(self, outcomes: Mapping[str, Outcome]) -> None:
        """Step 5. When the bus is away the sweeper does it later: what is committed is accepted."""
        events = [event for outcome in outcomes.values() for event in outcome.events]
        if not events:
            return
        try:
            await self.publish(events)
        except Exception as error:  # noqa: BLE001 - any failure of the bus leaves the entries to the sweeper
            log.warning("publishing is put off", events=len(events), reason=error_name(error))
        else:
            self._published += {outcome.batch for outcome in outcomes.values() if outcome.batch}


def _events(entry: Document) -> list[CloudEvent]:
    return [parse(body) for body in entry["events"]]
