"""The offers of the directory in memory, found by the nearness of their mapped vectors."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np
from usearch.index import Index as Graph

from .concepts import Mentioned, catalogue, concepts
from .model import Model, Vectors, from_bytes
from .offer import Offer
from .words import Rarity, stems

EXACT = 2_000
"""Offers up to which every one is compared. Beyond, a graph leads to the nearest (all but one in five hundred of them)."""
PORTION = 64
CONNECTIVITY, EXPANSION_ADD, EXPANSION_SEARCH = 12, 48, 96
"""Of the graph (Malkov & Yashunin, HNSW, 2018): twice the offers cost a tenth more time, and a tenth of a millisecond each."""


class Index:
    """Offers by id with their vectors, as bytes of eight bits. Not safe for threads; it belongs to the event loop."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._graph = Graph(
            ndim=model.mapped_dimensions, metric="cos", dtype="i8", connectivity=CONNECTIVITY,
            expansion_add=EXPANSION_ADD, expansion_search=EXPANSION_SEARCH,
        )  # fmt: skip
        # As text: an offer as an object takes three times the memory of its words, and few are ever looked at.
        self._offers: dict[str, bytes] = {}
        self._key_of: dict[str, int] = {}
        self._id_of: list[str] = []
        self._free: list[int] = []
        self._mentioned: dict[str, bytes] = {}
        self._stems: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._offers)

    def get(self, offer_id: str) -> Offer | None:
        """One offer, without its vector."""
        packed = self._offers.get(offer_id)
        return None if packed is None else Offer.model_validate_json(packed)

    def put(self, offers: list[Offer]) -> None:
        """Add offers or replace what was known of them. Their vectors must be of the model's encoder."""
        latest = list({offer.id: offer for offer in offers}.values())
        if not latest:
            return
        mapped = self._model.map_offers(np.stack([from_bytes(offer.vector) for offer in latest]))
        for offer in latest:
            self.remove(offer.id)
            self._offers[offer.id] = offer.model_dump_json(exclude={"vector"}, exclude_defaults=True).encode()
            self._stems.update(stems(offer.text))
        self._graph.add(np.array([self._take_key(offer.id) for offer in latest]), mapped, threads=1)

    def remove(self, offer_id: str) -> None:
        """Forget an offer, if it is known."""
        known = self.get(offer_id)
        if known is None:
            return
        self._stems.subtract(stems(known.text))
        self._mentioned.pop(offer_id, None)
        del self._offers[offer_id]
        key = self._key_of.pop(offer_id)
        self._graph.remove(key)
        self._free.append(key)

    def _take_key(self, offer_id: str) -> int:
        if self._free:
            key = self._free.pop()
            self._id_of[key] = offer_id
        else:
            key = len(self._id_of)
            self._id_of.append(offer_id)
        self._key_of[offer_id] = key
        return key

    def mentioned(self, offer: Offer) -> Mentioned:
        """The things that an offer names and refuses, read when it is first asked for."""
        packed = self._mentioned.get(offer.id)
        if packed is None:
            packed = self._mentioned[offer.id] = _packed(concepts(offer.text, offered=True))
        return _unpacked(packed)

    @property
    def rarity(self) -> Rarity:
        """How rare each word is among the offers."""
        return Rarity(self._stems, len(self))

    def nearest(self, mapped_need: Vectors) -> Iterator[tuple[Offer, float]]:
        """The offers with their similarity, nearest first."""
        shown: set[int] = set()
        portion = PORTION
        while len(shown) < len(self):
            # Further only as far as somebody looks. A wider search may find a near one that a narrow one overlooked.
            found = self._graph.search(mapped_need, min(portion, len(self)), threads=1, exact=len(self) <= EXACT)
            fresh = [
                (key, distance) for key, distance in zip(found.keys.tolist(), found.distances.tolist(), strict=True)
                if key not in shown
            ]  # fmt: skip
            if not fresh:
                return  # the graph leads no further
            for key, distance in fresh:
                shown.add(key)
                yield Offer.model_validate_json(self._offers[self._id_of[key]]), 1 - distance
            portion *= 4


@cache
def _names() -> tuple[list[str], dict[str, int]]:
    names = sorted(catalogue())
    return names, {name: number for number, name in enumerate(names)}


def _packed(mentioned: Mentioned) -> bytes:
    """As numbers of two bytes, what is named first: a tenth of the memory."""
    _, numbers = _names()
    found = [len(mentioned.named), *(numbers[name] for part in (mentioned.named, mentioned.denied) for name in part)]
    return np.array(found, dtype=np.uint16).tobytes()


def _unpacked(packed: bytes) -> Mentioned:
    names, _ = _names()
    count, *found = np.frombuffer(packed, dtype=np.uint16).tolist()
    return Mentioned(frozenset(names[at] for at in found[:count]), frozenset(names[at] for at in found[count:]))
