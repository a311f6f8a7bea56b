"""What kind of message a text is: a need, an offer, or neither.

A logistic regression over hashed pieces of words and the sentence's embedding. `bench/fit/triage.py` fits it; its coefficients
and how well it does are in `services/intake/model`. Wrongly keeping small talk costs a coordinator a glance; dropping a need
costs the person the answer: so only what is surely neither is let go, and what is doubtful is asked back.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .phrases import ASKS_FIRST, GIVES_FIRST, OTHERS_WANTED, plain

MODEL = Path(__file__).parent.parent / "model" / "triage.npz"
BUCKETS = 2**15
LONGEST = 2_000
"""Signs of a text that are looked at; what somebody wants stands in the beginning."""

Floats = NDArray[np.float32]


class Kind(StrEnum):
    """What a message is taken for; `UNCLEAR` is asked back."""

    NEED = "need"
    OFFER = "offer"
    CHATTER = "chatter"
    UNCLEAR = "unclear"
    IDEA = "idea"
    EMERGENCY = "emergency"
    COMMAND = "command"
    CHOICE = "choice"
    WITHDRAWAL = "withdrawal"
    MEDIA = "media"
    TOO_LONG = "too_long"
    LOCATION = "location"
    TOO_FAST = "too_fast"
    IGNORED = "ignored"


CLASSES = (Kind.NEED, Kind.OFFER, Kind.CHATTER)
"""What the model tells apart, in the order of its columns."""


@dataclass(frozen=True)
class Thresholds:
    """How sure it must be. Below them a private chat is asked whether it is a need or an offer."""

    need: float
    offer: float
    chatter: float


@dataclass(frozen=True)
class Triage:
    """The model's opinion: the kind, and the probability of each class in the order of CLASSES."""

    kind: Kind
    probabilities: tuple[float, float, float]


class Model:
    """The fitted coefficients."""

    def __init__(self, path: Path = MODEL) -> None:
        with np.load(path) as stored:
            self.hashed: Floats = stored["hashed"].astype(np.float32)  # one row a bucket, one column a class
            self.dense: Floats = stored["dense"].astype(np.float32)
            self.mean: Floats = stored["mean"]
            self.bias: Floats = stored["bias"]
            self.thresholds = Thresholds(*(float(value) for value in stored["thresholds"]))

    def probabilities(self, text: str, embedding: Sequence[float] | Floats) -> Floats:
        """The probability of each class for a text and its embedding."""
        buckets = features(text)
        scores = self.bias + (np.asarray(embedding, dtype=np.float32) - self.mean) @ self.dense
        if buckets.size:
            scores = scores + self.hashed[buckets].sum(axis=0) / np.sqrt(np.float32(buckets.size))
        exponents = np.exp(scores - scores.max())
        return np.asarray(exponents / exponents.sum(), dtype=np.float32)

    def triage(self, text: str, embedding: Sequence[float] | Floats) -> Triage:
        """The kind of a text: need, offer, chatter or unclear."""
        probabilities = self.probabilities(text, embedding)
        need, offer, chatter = (float(value) for value in probabilities)
        return Triage(heed_cues(decide(need, offer, chatter, self.thresholds), text), (need, offer, chatter))


@cache
def model() -> Model:
    """The shipped model."""
    return Model()


def decide(need: float, offer: float, chatter: float, thresholds: Thresholds) -> Kind:
    """The kind that is sure enough, else UNCLEAR."""
    if chatter >= thresholds.chatter:
        return Kind.CHATTER
    if offer >= thresholds.offer:
        return Kind.OFFER
    return Kind.NEED if need >= thresholds.need else Kind.UNCLEAR


def heed_cues(kind: Kind, text: str) -> Kind:
    """What plain words at the beginning make of a kind: who first asks, needs; who is unclear and first gives, offers.

    Only what keeps a message changes; what is surely chatter stays so. The model was fitted on texts that take a detour.
    """
    said = plain(text[:LONGEST])
    if kind in (Kind.OFFER, Kind.UNCLEAR) and ASKS_FIRST.match(said) and not OTHERS_WANTED.search(said):
        return Kind.NEED
    return Kind.OFFER if kind is Kind.UNCLEAR and GIVES_FIRST.match(said) else kind


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
