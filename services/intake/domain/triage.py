"""What kind of message a text is: a need, an offer, or neither.

A logistic regression over hashed pieces of words and the sentence's embedding. `bench/fit/triage.py` fits it; its coefficients
and how well it does are in `services/intake/model`. Wrongly keeping small talk costs a coordinator a glance; dropping a need
costs the person the answer: so only what is surely neither is let go, and what is doubtful is asked back.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from .classifier import LONGEST, Classifier, Embedding
from .phrases import ASKS_FIRST, GIVES_FIRST, LETS_FIRST, OTHERS_WANTED, plain
from .pressing import pressing

MODEL = Path(__file__).parent.parent / "model" / "triage.npz"


class Kind(StrEnum):
    """What a message is taken for; `UNCLEAR` is asked back."""

    NEED = "need"
    OFFER = "offer"
    CHATTER = "chatter"
    UNCLEAR = "unclear"
    IDEA = "idea"
    REPLY = "reply"
    """To what our team wrote."""
    EMERGENCY = "emergency"
    COMMAND = "command"
    CHOICE = "choice"
    WITHDRAWAL = "withdrawal"
    MEDIA = "media"
    TOO_LONG = "too_long"
    LOCATION = "location"
    TOO_FAST = "too_fast"
    IGNORED = "ignored"


SURE_IN_PUBLIC = 0.6
"""A need below that, and not plainly asked for, is shown to a coordinator before anything is said where others read it."""
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
    asks: bool = False
    """It begins by asking for something."""

    @property
    def is_sure(self) -> bool:
        """Whether it may be answered in front of others."""
        return self.asks or self.kind is not Kind.NEED or self.probabilities[0] >= SURE_IN_PUBLIC


class Model(Classifier):
    """The fitted coefficients and thresholds."""

    def __init__(self, path: Path = MODEL) -> None:
        super().__init__(path)
        self.limits = Thresholds(*self.thresholds)

    def triage(self, text: str, embedding: Embedding) -> Triage:
        """The kind of a text: need, offer, chatter or unclear."""
        need, offer, chatter = (float(value) for value in self.probabilities(text, embedding))
        kind, asks = decide(need, offer, chatter, self.limits), asks_first(text)
        return Triage(heed_cues(kind, text, asks), (need, offer, chatter), asks)


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


def asks_first(text: str) -> bool:
    """Whether a text begins by asking for something for somebody, and not for other people."""
    said = plain(text[:LONGEST])
    return bool(ASKS_FIRST.match(said)) and not OTHERS_WANTED.search(said)


def heed_cues(kind: Kind, text: str, asks: bool) -> Kind:
    """What plain words make of a kind: who first asks, needs; who is unclear and first gives, offers; who lacks a bed, needs.

    Only what keeps a message changes; what is surely chatter stays so, but not who has nowhere to sleep or nothing to eat.
    The model was fitted on texts that take a detour.
    """
    if kind in (Kind.OFFER, Kind.UNCLEAR) and asks:
        return Kind.NEED
    said = plain(text[:LONGEST])
    if (kind is Kind.UNCLEAR and GIVES_FIRST.match(said)) or (kind in (Kind.NEED, Kind.UNCLEAR) and LETS_FIRST.match(said)):
        return Kind.OFFER
    return Kind.NEED if kind in (Kind.UNCLEAR, Kind.CHATTER) and pressing(said) else kind
