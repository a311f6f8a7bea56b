"""The directory in memory, kept level with the store: what any replica publishes, every replica finds within a second."""

import asyncio
from datetime import datetime, timedelta

import structlog
from anlaufstelle_contracts import Event, OfferChanged, OfferPublished, OfferWithdrawn

from chassis import Service

from .domain.index import Index
from .domain.model import Model, to_bytes
from .domain.offer import Offer, OfferStatus
from .encoder import Encoder
from .repository import Offers, StoreAway

log = structlog.get_logger()

EVERY = 0.4
OVERLAP = timedelta(seconds=10)
"""Clocks differ, and a commit becomes visible after the time written in it: look back so far each time."""
COMPLETE_EVERY = 150
"""Looks after which everything is compared, so that nothing is missed for good."""
CHUNK = 500
_KEPT = (OfferStatus.PUBLISHED, OfferStatus.UNVERIFIED)


class Directory:
    """The index of offers of this process."""

    def __init__(self, offers: Offers, model: Model, encoder: Encoder) -> None:
        self.index = Index(model)
        self._offers, self._encoder = offers, encoder
        self._versions: dict[str, int] = {}
        self._newest: datetime | None = None
        self._looks = 0
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()

    def register(self, service: Service) -> None:
        """Load at the start, follow from then on, at once when this process itself has changed offers."""
        service.on_start(self.sync)
        service.background(self.follow)
        service.committed(self._committed)

    async def follow(self) -> None:
        """Look for changes for ever. How long the store may be away is the watch's concern."""
        while True:
            try:
                async with asyncio.timeout(EVERY):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                await self.sync()
            except StoreAway:
                log.warning("directory not refreshed, store away")

    async def sync(self) -> None:
        """Bring the index level with what is committed."""
        async with self._lock:
            if not self._versions:
                async for offers in self._offers.all(CHUNK):
                    await self._take(offers)
            everything = self._looks % COMPLETE_EVERY == 0
            since = self._newest - OVERLAP if self._newest and not everything else None
            found = await self._offers.versions(since)
            self._looks += 1
            changed = [identifier for identifier, (version, _) in found.items() if self._versions.get(identifier) != version]
            for start in range(0, len(changed), CHUNK):
                await self._take(await self._offers.some(changed[start : start + CHUNK]))
            self._newest = max((at for _, at in found.values()), default=self._newest)

    async def _take(self, offers: list[Offer]) -> None:
        kept = [offer for offer in offers if offer.status in _KEPT]
        foreign = [offer for offer in kept if offer.encoder != self._encoder.name]
        if foreign:
            log.info("embedding offers again, their vectors are of another model", offers=len(foreign))
            vectors = await self._encoder.passages([offer.text for offer in foreign])
            renewed = {
                offer.id: offer.model_copy(update={"vector": to_bytes(vector), "encoder": self._encoder.name})
                for offer, vector in zip(foreign, vectors, strict=True)
            }
            kept = [renewed.get(offer.id, offer) for offer in kept]
        self.index.put(kept)
        for offer in offers:
            if offer.status not in _KEPT:
                self.index.remove(offer.id)
            self._versions[offer.id] = offer.version

    def _committed(self, events: list[Event]) -> None:
        if any(isinstance(event, OfferPublished | OfferChanged | OfferWithdrawn) for event in events):
            self._wake.set()
