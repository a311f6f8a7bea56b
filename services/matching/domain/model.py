"""The fitted numbers: two linear maps, topics, and the weights of ranking and calibration. `bench.fit.matching` makes them."""

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

Vectors = NDArray[np.float32]

ARRAYS, NUMBERS = "matching.npz", "matching.json"


class Scale(BaseModel):
    """A feature of meaning: standardised by mean and deviation, then weighted."""

    mean: float
    deviation: float
    weight: float


class Numbers(BaseModel):
    """What is small enough to be read by people."""

    encoder: str
    categories: list[str]
    category_threshold: float
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
    """Maps embeddings of needs and offers into one space and reads topics there. Arrays are (n, dimensions), unit length."""

    def __init__(
        self, numbers: Numbers, need_map: Vectors, offer_map: Vectors, topics: Vectors, topic_bias: Vectors,
        unusual: Vectors, unusual_bias: float,
    ) -> None:  # fmt: skip
        self.numbers = numbers
        self._need_map, self._offer_map = need_map, offer_map
        self._topics, self._topic_bias = topics, topic_bias
        self._unusual, self._unusual_bias = unusual, unusual_bias

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read both files. FileNotFoundError, or ValidationError when they are not a model's."""
        numbers = Numbers.model_validate_json((folder / NUMBERS).read_bytes())
        with np.load(folder / ARRAYS) as file:
            arrays = {name: file[name].astype(np.float32) for name in file.files}
        return cls(
            numbers, arrays["need_map"], arrays["offer_map"], arrays["topics"], arrays["topic_bias"],
            arrays["unusual"], float(arrays["unusual_bias"][0]),
        )  # fmt: skip

    def arrays(self) -> dict[str, Vectors]:
        """What the array file holds."""
        return {
            "need_map": self._need_map, "offer_map": self._offer_map, "topics": self._topics, "topic_bias": self._topic_bias,
            "unusual": self._unusual, "unusual_bias": np.float32(self._unusual_bias).reshape(1),
        }  # fmt: skip

    @property
    def dimensions(self) -> int:
        """Length of the vectors that it takes."""
        return int(self._need_map.shape[0])

    def map_needs(self, raw: Vectors) -> Vectors:
        """Embeddings of needs in the common space."""
        return unit(raw @ self._need_map)

    def map_offers(self, raw: Vectors) -> Vectors:
        """Embeddings of offers in the common space."""
        return unit(raw @ self._offer_map)

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
