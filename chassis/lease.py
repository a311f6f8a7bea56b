"""A lease in the key-value bucket: of all replicas one holds it, and another takes over when it falls silent."""

import asyncio
from types import TracebackType

import structlog
from anlaufstelle_contracts import topology
from nats.errors import Error as NatsError
from nats.js.errors import APIError, KeyNotFoundError
from nats.js.kv import KeyValue

from .bus import Bus
from .ids import new_id
from .logs import error_name

log = structlog.get_logger()

RENEWAL = topology.LEASE_TTL / 4


class Lease:
    """`async with service.lease("telegram") as lease: while lease.held: …` waits until it is ours, then keeps it alive.

    The holder stops counting itself as such before the bucket lets the key expire, so that two never hold it at once.
    """

    def __init__(self, bus: Bus, key: str) -> None:
        self.bus, self.key, self.owner = bus, key, new_id()
        self.bucket: KeyValue
        self.lost = asyncio.Event()
        self._revision = 0
        self._renewer: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """True while nobody else may hold it."""
        return self._renewer is not None and not self.lost.is_set()

    async def __aenter__(self) -> "Lease":
        while not await self._acquired():  # noqa: ASYNC110 - only time frees a lease whose holder crashed
            await asyncio.sleep(RENEWAL / 2)
        log.info("lease taken", lease=self.key)
        self._renewer = asyncio.create_task(self._renew())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._renewer:
            self._renewer.cancel()
        if not self.lost.is_set():
            self.lost.set()
            try:
                await self.bucket.delete(self.key, last=self._revision)
            except (NatsError, APIError) as failure:
                log.info("lease left to expire", lease=self.key, reason=error_name(failure))

    async def _acquired(self) -> bool:
        try:
            self.bucket = await self.bus.client.jetstream().key_value(topology.LEASES)
            self._revision = await self.bucket.create(self.key, self.owner.encode())
        except (NatsError, APIError, KeyNotFoundError):
            return False
        return True

    async def _renew(self) -> None:
        deadline = asyncio.get_running_loop().time() + topology.LEASE_TTL * 0.75
        while True:
            await asyncio.sleep(RENEWAL)
            loop = asyncio.get_running_loop()
            try:
                async with asyncio.timeout(max(0.1, deadline - loop.time())):
                    self._revision = await self.bucket.update(self.key, self.owner.encode(), last=self._revision)
                deadline = loop.time() + topology.LEASE_TTL * 0.75
            except (NatsError, APIError, TimeoutError) as failure:
                if isinstance(failure, APIError) or loop.time() >= deadline:
                    log.warning("lease lost", lease=self.key, reason=error_name(failure))
                    self.lost.set()
                    return
