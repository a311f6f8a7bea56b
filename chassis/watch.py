"""Looks at progress, not at pings: is the consumer there and moving, are bus and store there, how much waits."""

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import structlog
from anlaufstelle_contracts import topology
from nats.errors import Error as NatsError
from pymongo.errors import PyMongoError

from . import telemetry
from .logs import error_name

if TYPE_CHECKING:
    from .service import Service

log = structlog.get_logger()

EVERY = 2.0
STUCK_AFTER = 60.0


class Watch:
    """Watches one service; ends it when bus, store or consumer are gone for good."""

    def __init__(self, service: "Service") -> None:
        self.service = service
        self.durable = topology.service_consumer(service.name)
        self.bus_seen = self.store_seen = self.moved = time.monotonic()
        self.position: tuple[int, int] = (-1, -1)
        self.waiting = 0

    async def run(self) -> None:
        """Look every two seconds."""
        limit = self.service.settings.give_up_after
        while True:
            await self.look()
            now = time.monotonic()
            if now - self.bus_seen > limit:
                self.service.fail(f"no bus for {limit:.0f} s")
            if now - self.store_seen > limit:
                self.service.fail(f"no store for {limit:.0f} s")
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """One look at store and consumer."""
        try:
            await self.service.parking.count()
            self.store_seen = time.monotonic()
        except PyMongoError as error:
            log.warning("store away", reason=error_name(error))
        try:
            info = await self._consumer_info()
        except NatsError as error:
            log.warning("bus away", reason=error_name(error))
            return
        self.bus_seen = time.monotonic()
        if "config" not in info:
            self.service.fail("the service's consumer is gone from the bus; run: anlaufstelle provision apply")
            return
        self._note(info)

    def _note(self, info: dict[str, Any]) -> None:
        self.waiting = info["num_pending"] + info["num_ack_pending"]
        position = (info["delivered"]["consumer_seq"], info["ack_floor"]["consumer_seq"])
        if position != self.position or self.waiting == 0:
            self.position, self.moved = position, time.monotonic()
        telemetry.UNHANDLED.labels(self.service.name).set(self.waiting)
        last = self.service.consumer.last_message_time
        oldest = time.time() - last if self.waiting and last else 0.0
        telemetry.OLDEST.labels(self.service.name).set(oldest)

    async def problems(self) -> list[str]:
        """What keeps the service from being ready."""
        await self.look()
        now = time.monotonic()
        found = [self.service.failure] if self.service.failure else []
        if now - self.bus_seen > EVERY * 2:
            found.append("the bus does not answer")
        if now - self.store_seen > EVERY * 2:
            found.append("the store does not answer")
        if self.waiting and now - self.moved > STUCK_AFTER:
            found.append(f"{self.waiting} messages wait and none was handled for {now - self.moved:.0f} s")
        return found

    async def _consumer_info(self) -> dict[str, Any]:
        subject = f"$JS.API.CONSUMER.INFO.{self.durable.stream}.{self.durable.durable}"
        return dict(json.loads((await self.service.bus.client.request(subject, b"", timeout=2)).data))
