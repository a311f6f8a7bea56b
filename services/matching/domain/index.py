"""The offers of the directory in memory: a matrix of mapped vectors beside the offers, searched by one product."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np

from .concepts import Mentioned, catalogue, concepts
from .model import Model, Vectors, from_bytes
from .offer import Offer
from .words import Rarity, stems


class Index:
    """Offers by id with their vectors. Not safe for threads; it belongs to the event loop."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._matrix = np.zeros((64, model.mapped_dimensions), dtype=np.float32)
        self._rows: list[Offer] = []
        self._mentioned: list[bytes | None] = []
        self._row_of: dict[str, int] = {}
        self._stems: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Offer]:
        return iter(self._rows)

    def get(self, offer_id: str) -> Offer | None:
        """One offer."""
        row = self._row_of.get(offer_id)
        return None if row is None else self._rows[row]

    def put(self, offers: list[Offer]) -> None:
        """Add offers or replace what was known of them. Their vectors must be of the model's encoder."""
        if not offers:
            return
        mapped = self._model.map_offers(np.stack([from_bytes(offer.vector) for offer in offers]))
        for offer, vector in zip(offers, mapped, strict=True):
            self.remove(offer.id)
            row = len(self._rows)
            if row == len(self._matrix):
                self._matrix = np.concatenate([self._matrix, np.zeros_like(self._matrix)])
            self._matrix[row] = vector
            # The matrix has the vector; a second copy would double the memory of an offer.
            self._rows.append(offer.model_copy(update={"vector": b""}))
            self._mentioned.append(None)
            self._row_of[offer.id] = row
            self._stems.update(stems(offer.text))

    def remove(self, offer_id: str) -> None:
        """Forget an offer, if it is known."""
        row = self._row_of.pop(offer_id, None)
        if row is None:
            return
        self._stems.subtract(stems(self._rows[row].text))
        last, mentioned = self._rows.pop(), self._mentioned.pop()
        if row < len(self._rows):
            self._rows[row], self._mentioned[row] = last, mentioned
            self._row_of[last.id] = row
            self._matrix[row] = self._matrix[len(self._rows)]

    def mentioned(self, offer_id: str) -> Mentioned:
        """The things that an offer names and refuses, read when it is first asked for."""
        row = self._row_of[offer_id]
        packed = self._mentioned[row]
        if packed is None:
            packed = _packed(concepts(self._rows[row].text, offered=True))
            self._mentioned[row] = packed
        return _unpacked(packed)

    @property
    def rarity(self) -> Rarity:
        """How rare each word is among the offers."""
        return Rarity(self._stems, len(self._rows))

    def nearest(self, mapped_need: Vectors) -> Iterator[tuple[Offer, float]]:
        """The offers with their similarity, nearest first."""
        similarities = self._matrix[: len(self._rows)] @ mapped_need
        start, size = 0, 64
        while start < len(self._rows):
            # Sort only as far as somebody looks.
            stop = min(start + size, len(self._rows))
            order = np.argpartition(-similarities, stop - 1)[:stop] if stop < len(self._rows) else np.arange(stop)
            order = order[np.argsort(-similarities[order], kind="stable")]
            for row in order[start:stop]:
                yield self._rows[row], float(similarities[row])
            start, size = stop, size * 4


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
