"""The fitted numbers: linear maps, topics, and the weights of ranking and calibration. `bench.fit.matching` makes them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

Vectors = NDArray[np.float32]

ARRAYS, NUMBERS = "matching.npz", "matching.json"


class Scale(BaseModel):
    """A feature of meaning: standardised by mean and deviation, then weighted."""

    mean: float
    deviation: float
    weight: float


class Block(BaseModel):
    """A part of every embedding that has maps of its own: one of two encoders whose vectors stand side by side."""

    dimensions: int
    share: float
    """Of the similarity; all add up to 1."""


class Numbers(BaseModel):
    """What is small enough to be read by people."""

    encoder: str
    blocks: list[Block]
    categories: list[str]
    category_threshold: float
    things: dict[str, float] = Field({}, description="How much each thing counts that a need and an offer name: its rarity.")
    meaning: dict[str, Scale]
    intercept: float
    weights: dict[str, float]
    refer_from: float
    review_from: float
    list_from: float
    rematch_similarity: float
    gap_topic_weight: float
    gap_concept_weight: float = 0.4
    gap_similarity: float
    everyday_stems: list[str]


class Model:
    """Maps embeddings of needs and offers into one space and reads topics there. Mapped vectors have unit length."""

    def __init__(
        self, numbers: Numbers, need_maps: Sequence[Vectors], offer_maps: Sequence[Vectors], topics: Vectors,
        topic_bias: Vectors, unusual: Vectors, unusual_bias: float,
    ) -> None:  # fmt: skip
        self.numbers = numbers
        self._need_maps, self._offer_maps = list(need_maps), list(offer_maps)
        self._topics, self._topic_bias = topics, topic_bias
        self._unusual, self._unusual_bias = unusual, unusual_bias

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read both files. FileNotFoundError, or ValidationError when they are not a model's."""
        numbers = Numbers.model_validate_json((folder / NUMBERS).read_bytes())
        with np.load(folder / ARRAYS) as file:
            arrays = {name: file[name].astype(np.float32) for name in file.files}
        blocks = range(len(numbers.blocks))
        return cls(
            numbers, [arrays[f"need_map_{block}"] for block in blocks], [arrays[f"offer_map_{block}"] for block in blocks],
            arrays["topics"], arrays["topic_bias"], arrays["unusual"], float(arrays["unusual_bias"][0]),
        )  # fmt: skip

    def arrays(self) -> dict[str, Vectors]:
        """What the array file holds."""
        maps = {f"need_map_{block}": one for block, one in enumerate(self._need_maps)}
        maps |= {f"offer_map_{block}": one for block, one in enumerate(self._offer_maps)}
        return maps | {
            "topics": self._topics, "topic_bias": self._topic_bias,
            "unusual": self._unusual, "unusual_bias": np.float32(self._unusual_bias).reshape(1),
        }  # fmt: skip

    @property
    def dimensions(self) -> int:
        """Length of the embeddings that it takes."""
        return sum(block.dimensions for block in self.numbers.blocks)

    @property
    def mapped_dimensions(self) -> int:
        """Length of what it makes of them."""
        return sum(int(one.shape[1]) for one in self._need_maps)

    def map_needs(self, raw: Vectors) -> Vectors:
        """Embeddings of needs in the common space."""
        return self._map(raw, self._need_maps)

    def map_offers(self, raw: Vectors) -> Vectors:
        """Embeddings of offers in the common space."""
        return self._map(raw, self._offer_maps)

    def _map(self, raw: Vectors, maps: Sequence[Vectors]) -> Vectors:
        ends = np.cumsum([block.dimensions for block in self.numbers.blocks])[:-1]
        parts = np.split(raw, ends, axis=1)
        return np.hstack([
            np.float32(block.share**0.5) * unit(part @ one)
            for block, part, one in zip(self.numbers.blocks, parts, maps, strict=True)
        ])  # fmt: skip

    def topic_shares(self, mapped: Vectors) -> Vectors:
        """How likely each category is, for needs and offers alike: (n, categories), rows add up to 1."""
        scores = mapped @ self._topics + self._topic_bias
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)

    def unusualness(self, mapped: Vectors) -> Vectors:
        """How much a need asks for what directories seldom hold: log-odds, (n,)."""
        return np.asarray(mapped @ self._unusual + self._unusual_bias, dtype=np.float32)

    def categories(self, shares: Vectors) -> list[str]:
        """The categories of one row of shares, likeliest first; at least one."""
        order = np.argsort(-shares)
        likely = [index for index in order if shares[index] >= self.numbers.category_threshold]
        return [self.numbers.categories[index] for index in likely or order[:1]]


def unit(vectors: Vectors) -> Vectors:
    """Each row at length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def to_bytes(vector: Vectors) -> bytes:
    """The stored form: float16."""
    return vector.astype(np.float16).tobytes()


def from_bytes(stored: bytes) -> Vectors:
    """A vector from its stored form."""
    return np.frombuffer(stored, dtype=np.float16).astype(np.float32)
