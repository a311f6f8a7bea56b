"""How well an offer fits a need: features of meaning and of fact, and the probability that it helps."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log, sqrt

import numpy as np

from . import places
from .audience import SENIORS, Stated
from .concepts import Mentioned, catalogue, concepts, widened
from .index import Index
from .model import Model, Vectors, from_bytes
from .need import Need
from .offer import Offer
from .places import Distance
from .words import stems

CONSIDERED = 20
"""Candidates that are ranked: the nearest ones that no fact rules out."""

MOST_NAMED = 3
"""Offers that a person is told of."""

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
    things: Mentioned
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
        return cls(
            need, mapped[0], shares, float(model.unusualness(mapped)[0]), Stated.of(need.text), stems(need.text),
            concepts(need.text), today,
        )  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """An offer with what was found about it. `features` are those of the calibration."""

    offer: Offer
    distance: Distance
    words: float
    features: dict[str, float]
    probability: float


def rank(query: Query, found: Sequence[tuple[Offer, float]], index: Index, model: Model) -> list[Candidate]:
    """The offers, all of the index, with their probabilities, best first."""
    rarity = index.rarity
    words = [rarity.overlap(query.stems, stems(offer.text)) for offer, _ in found]
    things = [index.mentioned(offer) for offer, _ in found]
    meanings = [
        meaning(meaning_features(query.shares, query.things, offer, named, similarity, overlap, model), model)
        for (offer, similarity), named, overlap in zip(found, things, words, strict=True)
    ]
    refused_by_all = _refused_by_all(query.things, things)
    candidates = []
    for position, (offer, _) in enumerate(found):
        # 0 is what an average candidate reaches: even the only offer of a directory has to beat it.
        others = max([0.0, *meanings[:position], *meanings[position + 1 :]])
        features = {"meaning": meanings[position], "margin": meanings[position] - others} | facts(query, offer)
        features["missing"] = _missing(query.things, things[position])
        features["refused"] = _refused(query.things, things[position])
        features["refused_by_all"] = refused_by_all
        features["feedback"] = offer.feedback.log_odds(query.today) if offer.feedback else 0.0
        where = places.distance(query.need.district, offer.districts)
        candidates.append(Candidate(offer, where, words[position], features, probability(features, model)))
    return sorted(candidates, key=lambda candidate: (-candidate.probability, candidate.offer.id))


def categories(query: Query, candidates: Sequence[Candidate], model: Model) -> list[str]:
    """What a need is about: half what its words look like, half what the offers are about that mean the same."""
    known = model.numbers.categories
    votes = np.zeros(len(known))
    for candidate in candidates:
        named = [known.index(name) for name in set(candidate.offer.categories) if name in known]
        if named:
            votes[named] += exp(candidate.features["meaning"]) / len(named)
    shares = (query.shares + votes / votes.sum()) / 2 if votes.any() else query.shares
    return model.categories(np.asarray(shares, dtype=np.float32))


def meaning(features: dict[str, float], model: Model) -> float:
    """One number for how much a need and an offer mean the same; 0 is an average candidate."""
    scales = model.numbers.meaning
    return sum(scales[name].weight * (value - scales[name].mean) / scales[name].deviation for name, value in features.items())


def meaning_features(
    shares: Vectors, asked: Mentioned, offer: Offer, named: Mentioned, similarity: float, overlap: float, model: Model
) -> dict[str, float]:  # fmt: skip
    """What meaning is made of."""
    index = model.numbers.categories
    share = sum(float(shares[index.index(name)]) for name in set(offer.categories) if name in index)
    return {
        "similarity": similarity, "topic": log(share + 0.02), "words": overlap, "things": _common(asked, named, model),
    }  # fmt: skip


def _common(asked: Mentioned, named: Mentioned, model: Model) -> float:
    """Cosine of the things that two texts name, each by its rarity; what the offer refuses counts half against it."""
    lengths = _weight(asked.wider, model) * (_weight(named.wider, model) + _weight(named.denied, model) / 4)
    if not lengths:
        return 0.0
    return (_weight(asked.wider & named.wider, model) - _weight(asked.wider & named.denied, model) / 2) / sqrt(lengths)


def _narrowest(asked: Mentioned) -> set[str]:
    """The things asked for, without what they are a kind of: "cat" says no more when "vet" is there."""
    things = {name for name in asked.named if catalogue()[name].categories}
    return things - {wider for name in things for wider in widened(name) - {name}}


def _missing(asked: Mentioned, named: Mentioned) -> float:
    """The share of the things asked for that an offer does not name."""
    things = [name for name in asked.named if catalogue()[name].categories]
    return sum(name not in named.wider for name in things) / max(1, len(things))


def _refused_by_all(asked: Mentioned, near: Sequence[Mentioned]) -> float:
    """The share of the things asked for that one of the near offers refuses while none gives it: nobody here may do that."""
    things = _narrowest(asked)
    given = frozenset[str]().union(*(named.wider for named in near))
    refused = frozenset[str]().union(*(named.denied for named in near))
    return sum(bool(widened(name) & refused) for name in things - given) / max(1, len(things))


def _refused(asked: Mentioned, named: Mentioned) -> float:
    """The share of the things asked for that an offer says no to."""
    things = [name for name in asked.named if catalogue()[name].categories]
    return sum(bool(widened(name) & named.denied) and name not in named.named for name in things) / max(1, len(things))


def _weight(names: Collection[str], model: Model) -> float:
    return sum(model.numbers.things.get(name, 0.0) for name in names)


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
        "their_age": float(query.stated.is_old and not SENIORS.isdisjoint(offer.audience)),
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
