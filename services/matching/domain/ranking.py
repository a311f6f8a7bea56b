"""How well an offer fits a need: features of meaning and of fact, and the probability that it helps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log

import numpy as np

from . import places
from .audience import Stated
from .model import Model, Vectors, from_bytes
from .need import Need
from .offer import Offer
from .places import Distance
from .words import Rarity, stems

CONSIDERED = 20
"""Candidates that are ranked: the nearest ones that no fact rules out."""

_UNDERSTOOD = {"uk": {"uk", "ru"}, "ru": {"uk", "ru"}}
_LONG_UNCHECKED = 730


@dataclass(frozen=True)
class Query:
    """A need as ranking sees it."""

    need: Need
    vector: Vectors
    shares: Vectors
    unusual: float
    stated: Stated
    stems: set[str]
    today: date

    @classmethod
    def of(cls, need: Need, model: Model, today: date) -> "Query":
        """Read a need. Categories that intake named count half, what the words look like the other half."""
        mapped = model.map_needs(from_bytes(need.vector)[None, :])
        shares = model.topic_shares(mapped)[0]
        named = [model.numbers.categories.index(name) for name in need.said_categories if name in model.numbers.categories]
        if named:
            given = np.zeros_like(shares)
            given[named] = 1 / len(named)
            shares = (shares + given) / 2
        return cls(need, mapped[0], shares, float(model.unusualness(mapped)[0]), Stated.of(need.text), stems(need.text), today)


@dataclass(frozen=True)
class Candidate:
    """An offer with what was found about it. `features` are those of the calibration."""

    offer: Offer
    distance: Distance
    words: float
    features: dict[str, float]
    probability: float


def rank(query: Query, found: Sequence[tuple[Offer, float]], rarity: Rarity, model: Model) -> list[Candidate]:
    """The offers with their probabilities, best first."""
    words = [rarity.overlap(query.stems, stems(offer.text)) for offer, _ in found]
    meanings = [
        meaning(query, offer, similarity, overlap, model) for (offer, similarity), overlap in zip(found, words, strict=True)
    ]
    candidates = []
    for position, (offer, _) in enumerate(found):
        # 0 is what an average candidate reaches: even the only offer of a directory has to beat it.
        others = max([0.0, *meanings[:position], *meanings[position + 1 :]])
        features = {"meaning": meanings[position], "margin": meanings[position] - others} | facts(query, offer)
        features["feedback"] = offer.feedback.log_odds(query.today) if offer.feedback else 0.0
        where = places.distance(query.need.district, offer.districts)
        candidates.append(Candidate(offer, where, words[position], features, probability(features, model)))
    return sorted(candidates, key=lambda candidate: (-candidate.probability, candidate.offer.id))


def meaning(query: Query, offer: Offer, similarity: float, overlap: float, model: Model) -> float:
    """One number for how much a need and an offer mean the same; 0 is an average candidate."""
    values = meaning_features(query.shares, offer, similarity, overlap, model)
    scales = model.numbers.meaning
    return sum(scales[name].weight * (value - scales[name].mean) / scales[name].deviation for name, value in values.items())


def meaning_features(shares: Vectors, offer: Offer, similarity: float, overlap: float, model: Model) -> dict[str, float]:
    """What meaning is made of."""
    index = model.numbers.categories
    share = sum(float(shares[index.index(name)]) for name in set(offer.categories) if name in index)
    return {"similarity": similarity, "topic": log(share + 0.02), "words": overlap}


def facts(query: Query, offer: Offer) -> dict[str, float]:
    """What is known of both beyond their words."""
    need, where = query.need, places.distance(query.need.district, offer.districts)
    stale = offer.assured_date is not None and (query.today - offer.assured_date).days > _LONG_UNCHECKED
    return {
        "named_topic": _named_topic(need, offer),
        "language": float(speaks(offer, need.language)),
        "same_district": float(where is Distance.SAME),
        "elsewhere": float(where in (Distance.NEAR, Distance.ELSEWHERE)),
        "far": float(where is Distance.FAR),
        "other_horizon": float(bool(need.horizon and offer.horizon and need.horizon not in offer.horizon)),
        "unusual": query.unusual,
        "stale": float(stale),
    }


def _named_topic(need: Need, offer: Offer) -> float:
    """Whether the offer is about what the person plainly named (1), about something else (-1), or nothing was named (0)."""
    if not need.said_categories:
        return 0.0
    return 1.0 if set(need.said_categories) & set(offer.categories) else -1.0


def speaks(offer: Offer, language: str) -> bool:
    """Whether the offer's people can be talked to in a language; unknown counts as yes."""
    return not offer.languages or bool(_UNDERSTOOD.get(language, {language}) & set(offer.languages))


def probability(features: dict[str, float], model: Model) -> float:
    """The calibrated probability that the offer helps. What people said of it is log-odds already and added as it is."""
    score = model.numbers.intercept + sum(weight * features[name] for name, weight in model.numbers.weights.items())
    score += features.get("feedback", 0.0)
    return 1 / (1 + exp(-score))
