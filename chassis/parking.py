"""Parked messages: what a service could not handle, kept in its store and announced on the DEAD stream."""

from datetime import datetime
from typing import Any

import structlog
from anlaufstelle_contracts import CloudEvent
from pymongo import IndexModel

from .bus import Bus
from .logs import error_name
from .store import Database
from .telemetry import PARKED

log = structlog.get_logger()


class Parking:
    """The service's parked messages, collection `parked`. The body stays in the store; reason and ids go on the bus."""

    def __init__(self, service: str, db: Database, bus: Bus) -> None:
        self.service, self.bus = service, bus
        self.parked = db["parked"]

    async def bind(self) -> None:
        """Make the index by which they are listed."""
        await self.parked.create_indexes([IndexModel("at")])

    async def park(self, body: bytes, event: CloudEvent | None, reason: str, stream_sequence: int, at: datetime) -> None:
        """Keep a message and announce it; parking the same message twice leaves one record."""
        cause_id = event.id if event else f"{self.service}-{stream_sequence}"
        record: dict[str, Any] = {
            "type": event.type if event else None, "reason": reason, "stream_sequence": stream_sequence,
        }  # fmt: skip
        await self.parked.update_one({"_id": cause_id}, {"$set": {**record, "body": body, "at": at}}, upsert=True)
        log.error("parked", cause=cause_id, **record)
        try:
            await self.bus.publish_dead(cause_id, {"service": self.service, "cause": cause_id, "at": at.isoformat(), **record})
        except Exception as error:  # noqa: BLE001 - the record in the store is what counts; the announcement is best effort
            log.warning("parked message not announced", cause=cause_id, reason=error_name(error))

    async def count(self) -> int:
        """How many wait; also kept as a metric."""
        count = await self.parked.count_documents({})
        PARKED.labels(self.service).set(count)
        return count
