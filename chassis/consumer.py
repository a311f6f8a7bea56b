"""From the bus into the ledger: decode a batch, hand it to the ledger, settle each message by what became of it."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from anlaufstelle_contracts import CloudEvent, Event, InvalidEvent, parse
from nats.aio.msg import Msg
from pymongo.errors import ConnectionFailure

from .ledger import Ledger, Outcome, Work
from .logs import error_name
from .parking import Parking
from .work import Cause, UnitOfWork

log = structlog.get_logger()

Handler = Callable[[Any, UnitOfWork], Awaitable[None]]
Preparation = Callable[[list[Any]], Awaitable[None]]
LONGEST_DELAY = 60.0
CRASHES = 10
"""Deliveries beyond `max_deliver` after which a message is taken to be what ends the process each time."""


class Consumer:
    """The consume loop of a service."""

    def __init__(self, ledger: Ledger, parking: Parking, max_deliver: int, retry_delay: float) -> None:
        self.ledger, self.parking = ledger, parking
        self.max_deliver, self.retry_delay = max_deliver, retry_delay
        self.handlers: dict[type[Event], Handler] = {}
        self.preparations: dict[type[Event], Preparation] = {}
        self.last_message_time: float | None = None

    async def consume(self, messages: Sequence[Msg]) -> None:
        """Steps 1 to 6 for what was fetched."""
        self.ledger.checkpoint("fetched")
        readable: list[tuple[Msg, CloudEvent, Work]] = []
        for message in messages:
            try:
                event = parse(message.data)
                work = self._work(event)
            except InvalidEvent as error:
                await self._park(message, None, str(error))
                continue
            if message.metadata.num_delivered > self.max_deliver + CRASHES:
                await self._park(message, event, "the process ended while handling it")
                continue
            readable.append((message, event, work))
        outcomes = await self._process_when_store_is_there(
            [message for message, _, _ in readable], [work for _, _, work in readable]
        )
        for (message, event, _), outcome in zip(readable, outcomes, strict=True):
            await self._settle(message, event, outcome)
        self.ledger.checkpoint("settled")
        self.last_message_time = messages[-1].metadata.timestamp.timestamp()

    def _work(self, envelope: CloudEvent) -> Work:
        event = envelope.event()
        handler = self.handlers.get(type(event))
        if handler is None:
            raise InvalidEvent(f"{envelope.type} is not handled here")
        cause = Cause(
            envelope.id, envelope.type, envelope.correlationid or envelope.id, envelope.time.astimezone(UTC), envelope.traceparent
        )

        async def run(uow: UnitOfWork) -> None:
            await handler(event, uow)

        return Work(cause, run, event)

    async def _process_when_store_is_there(self, messages: Sequence[Msg], works: Sequence[Work]) -> list[Outcome]:
        """A missing store says nothing about the messages: keep them and try again (the service ends itself if it lasts)."""
        while True:
            try:
                return await self._process(works)
            except ConnectionFailure as error:
                log.warning("store away", waiting=len(messages), reason=error_name(error))
                for message in messages:
                    await message.in_progress()
                await asyncio.sleep(self.retry_delay)

    async def _process(self, works: Sequence[Work]) -> list[Outcome]:
        try:
            return await self.ledger.process(works, self._prepare)
        except ConnectionFailure:
            raise
        except Exception as error:  # noqa: BLE001 - a preparation failed for some message of the batch: find out which
            if len(works) == 1:
                return [Outcome(error=error)]
            return [outcome for work in works for outcome in await self._process([work])]

    async def _prepare(self, works: Sequence[Work]) -> None:
        for kind, prepare in self.preparations.items():
            events = [work.event for work in works if isinstance(work.event, kind)]
            if events:
                await prepare(events)

    async def _settle(self, message: Msg, event: CloudEvent, outcome: Outcome) -> None:
        if outcome.error is None:
            await message.ack()
            return
        reason = error_name(outcome.error)
        tries = message.metadata.num_delivered
        if tries >= self.max_deliver:
            await self._park(message, event, reason)
            return
        delay = min(LONGEST_DELAY, self.retry_delay * 2 ** (tries - 1)) * random.uniform(0.75, 1.25)  # noqa: S311 - jitter
        log.warning("will be tried again", type=event.type, cause=event.id, tries=tries, delay=round(delay, 1), reason=reason)
        await message.nak(delay=delay)

    async def _park(self, message: Msg, event: CloudEvent | None, reason: str) -> None:
        await self.parking.park(
            message.data, event, reason, stream_sequence=message.metadata.sequence.stream, at=datetime.now(UTC)
        )
        await message.term()
