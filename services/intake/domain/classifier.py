"""A logistic regression over hashed pieces of words and the sentence's embedding; `bench/fit/triage.py` fits the coefficients."""

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BUCKETS = 2**15
LONGEST = 2_000
"""Signs of a text that are looked at; what somebody wants stands in the beginning."""

Floats = NDArray[np.float32]
Embedding = Sequence[float] | Floats


class Classifier:
    """The fitted coefficients of one question."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as stored:
            self.hashed: Floats = stored["hashed"].astype(np.float32)  # one row a bucket, one column a class
            self.dense: Floats = stored["dense"].astype(np.float32)
            self.mean: Floats = stored["mean"]
            self.bias: Floats = stored["bias"]
            self.thresholds = tuple(float(value) for value in stored["thresholds"])

    def probabilities(self, text: str, embedding: Embedding) -> Floats:
        """The probability of each class for a text and its embedding."""
        buckets = features(text)
        scores = self.bias + (np.asarray(embedding, dtype=np.float32) - self.mean) @ self.dense
        if buckets.size:
            scores = scores + self.hashed[buckets].sum(axis=0) / np.sqrt(np.float32(buckets.size))
        exponents = np.exp(scores - scores.max())
        return np.asarray(exponents / exponents.sum(), dtype=np.float32)


def features(text: str) -> NDArray[np.int64]:
    """The buckets of a text: its words, pairs of words, the first three, the last, and parts of words of two to five signs."""
    return np.fromiter(sorted({zlib.crc32(piece.encode()) % BUCKETS for piece in _pieces(text)}), dtype=np.int64)


def _pieces(text: str) -> Iterator[str]:
    words = re.findall(r"[\w']+|[^\w\s]", re.sub(r"\d", "0", text[:LONGEST].lower()))
    for position, word in enumerate(words):
        yield f"w:{word}"
        if position:
            yield f"b:{words[position - 1]} {word}"
        padded = f" {word} "
        for length in range(2, 6):
            for start in range(len(padded) - length + 1):
                yield padded[start : start + length]
    for word in words[:3]:
        yield f"s:{word}"
    if words:
        yield f"e:{words[-1]}"
