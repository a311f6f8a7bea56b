"""From entries to offers that are shown. An import says what is other than before; whoever imports vouches for what is in it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chassis import Service, UnitOfWork

from .deciding import Deciding
from .domain.model import Vectors, to_bytes
from .domain.offer import Offer, OfferContent, OfferStatus
from .importing import Entry
from .repository import Offers

CHUNK = 200
"""Offers in one transaction and one entry of the ledger."""


class Publishing:
    """Puts entries into the directory."""

    def __init__(self, service: Service, offers: Offers, deciding: Deciding) -> None:
        self._service, self._offers, self._deciding = service, offers, deciding

    async def take(self, entries: Sequence[Entry], sample: bool, key: str) -> tuple[Counter[str], dict[str, str]]:
        """Counts of `published`, `changed`, `unchanged` and `withdrawn`, and what could not be taken, by id.

        The same key does it once, however often it is sent.
        """
        counts: Counter[str] = Counter(published=0, changed=0, unchanged=0, withdrawn=0)
        refused: dict[str, str] = {}
        for start in range(0, len(entries), CHUNK):
            some, not_taken = await self._take_chunk(entries[start : start + CHUNK], sample, f"import:{key}:{start}")
            counts.update(some)
            refused.update(not_taken)
        return counts, refused

    async def _take_chunk(self, entries: Sequence[Entry], sample: bool, key: str) -> tuple[dict[str, int], dict[str, str]]:
        known = {offer.id: offer for offer in await self._offers.some([entry.id for entry in entries])}
        vectors = await self._embed([entry for entry in entries if not self._has_vector(known.get(entry.id), entry.content)])

        async def command(uow: UnitOfWork) -> dict[str, Any]:
            counts: Counter[str] = Counter()
            refused: dict[str, str] = {}
            for entry in entries:
                fresh = await uow.get(Offer, entry.id)
                if fresh and (fresh.person_id or fresh.project_id or fresh.status is OfferStatus.ERASED):
                    refused[entry.id] = "this id belongs to an offer that was not imported"
                elif entry.id not in vectors and not self._has_vector(fresh, entry.content):
                    refused[entry.id] = "somebody else changed it at the same time; import again"
                else:
                    counts[self._take_one(entry, sample, fresh, vectors, uow)] += 1
            return {"counts": dict(counts), "refused": dict(refused)}

        result = await self._service.execute(key, command, name="directory.import")
        return result["counts"], result["refused"]

    def _take_one(
        self, entry: Entry, sample: bool, fresh: Offer | None, vectors: Mapping[str, Vectors], uow: UnitOfWork
    ) -> str:  # fmt: skip
        is_shown = fresh is not None and fresh.status is OfferStatus.PUBLISHED
        if not entry.is_active:
            if fresh is None or not is_shown:
                return "unchanged"
            withdrawn, said = fresh.withdrawn(uow.now)
            uow.save(withdrawn)
            for event in said:
                uow.emit(event)
            return "withdrawn"
        content = entry.content.model_copy(update={"sample": sample, "categories": self._categories(entry, fresh, vectors)})
        if fresh and is_shown and fresh.content() == content and entry.id not in vectors:
            return "unchanged"
        offer = (fresh or Offer(
            id=entry.id, status=OfferStatus.WITHDRAWN, changed_at=uow.now, **content.model_dump(),
        )).with_content(content)  # fmt: skip
        if entry.id in vectors:
            offer = offer.model_copy(update={
                "vector": to_bytes(vectors[entry.id]), "encoder": self._deciding.encoder.name,
            })  # fmt: skip
        offer, event = offer.published(uow.now, self._deciding.day(uow.now))
        uow.save(offer)
        uow.emit(event)
        return "changed" if is_shown else "published"

    def _has_vector(self, known: Offer | None, content: OfferContent) -> bool:
        return known is not None and known.text == content.text and known.encoder == self._deciding.encoder.name

    async def _embed(self, entries: Sequence[Entry]) -> dict[str, Vectors]:
        if not entries:
            return {}
        vectors = await self._deciding.encoder.passages([entry.content.text for entry in entries])
        return {entry.id: vector for entry, vector in zip(entries, vectors, strict=True)}

    def _categories(self, entry: Entry, fresh: Offer | None, vectors: Mapping[str, Vectors]) -> list[str]:
        """Those that the entry names, or what it was taken for before, or what its words look like."""
        if entry.content.categories:
            return entry.content.categories
        if entry.id not in vectors and fresh and fresh.categories:
            return fresh.categories
        model = self._deciding.model
        shares = model.topic_shares(model.map_offers(vectors[entry.id][None, :]))[0]
        if entry.categories_among:
            allowed = {str(category) for category in entry.categories_among}
            shares = np.where([name in allowed for name in model.numbers.categories], shares, 0).astype(np.float32)
        return model.categories(shares)[:1]
