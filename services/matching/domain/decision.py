"""The decision on a need: refer at once, let a coordinator decide, or say honestly that there is nothing, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from anlaufstelle_contracts import MatchReason, ReferredOffer, UnmetReason
from anlaufstelle_contracts.taxonomy import Category

from . import audience, ranking
from .filters import UNMET_REASON, Fact, find_obstacle
from .index import Index
from .model import Model
from .need import Exclusion, Need
from .offer import Offer
from .places import Distance
from .ranking import CONSIDERED, Candidate, Query
from .words import Rarity

MOST_NAMED = 3
_MOST_EXCLUDED = 5
_HUMAN_FIRST = {Category.HOUSING, Category.WORK}
_SHARED_WORDS = 1.5


class Outcome(StrEnum):
    """What is to be done."""

    REFER = "refer"
    REVIEW = "review"
    UNMET = "unmet"


@dataclass(frozen=True)
class Decision:
    """What was decided, with what it rests on."""

    outcome: Outcome
    categories: list[str]
    offers: list[ReferredOffer]
    reason: UnmetReason | None
    excluded: list[Exclusion]


def decide(need: Need, index: Index, model: Model, today: date, without: Iterable[str] = ()) -> Decision:
    """Find what helps on a day (local date); `without`: offers not to be named again."""
    query = Query.of(need, model, today)
    admitted, ruled_out = consider(query, index, set(without))
    rarity = index.rarity
    candidates = ranking.rank(query, admitted, rarity, model)
    numbers = model.numbers
    likely = [candidate for candidate in candidates if candidate.probability >= numbers.list_from]
    categories = need.said_categories or model.categories(query.shares)
    misses = near_misses(query, ruled_out, candidates, rarity, model)
    excluded = [Exclusion(offer_id=miss.offer.id, reason=str(fact)) for miss, fact in misses[:_MOST_EXCLUDED]]
    best = candidates[0].probability if candidates else 0.0

    if best < numbers.review_from:
        reason = _unmet_reason(misses, candidates, model)
        return Decision(Outcome.UNMET, categories, [], reason, excluded)
    if best < numbers.refer_from or needs_human(likely[0].offer):
        offers = [_referred(query, candidate, categories) for candidate in (likely or candidates[:1])[:MOST_NAMED]]
        return Decision(Outcome.REVIEW, categories, offers, None, excluded)
    named = [candidate for candidate in likely if not needs_human(candidate.offer)][:MOST_NAMED]
    return Decision(Outcome.REFER, categories, [_referred(query, candidate, categories) for candidate in named], None, excluded)


def needs_human(offer: Offer) -> bool:
    """Private housing and work always pass a coordinator: people in flight are targets of trafficking and scams."""
    return offer.is_private and bool(_HUMAN_FIRST & set(offer.categories))


def as_referred(offer: Offer, probability: float) -> ReferredOffer:
    """An offer that a coordinator chose, as the person is told of it."""
    return _told(offer, probability, [MatchReason.TOPIC])


def consider(
    query: Query, index: Index, without: set[str]
) -> tuple[list[tuple[Offer, float]], list[tuple[Offer, float, Fact]]]:  # fmt: skip
    """The nearest offers that no fact rules out, and those among them that one does."""
    admitted: list[tuple[Offer, float]] = []
    ruled_out: list[tuple[Offer, float, Fact]] = []
    for offer, similarity in index.nearest(query.vector):
        if offer.id in without:
            continue
        fact = find_obstacle(query.need, query.stated, offer, query.today)
        if fact is None:
            admitted.append((offer, similarity))
            if len(admitted) == CONSIDERED:
                break
        elif len(ruled_out) < CONSIDERED:
            ruled_out.append((offer, similarity, fact))
    return admitted, ruled_out


def near_misses(
    query: Query, ruled_out: list[tuple[Offer, float, Fact]], candidates: list[Candidate], rarity: Rarity, model: Model
) -> list[tuple[Candidate, Fact]]:
    """The offers that would have been worth a coordinator's look had no fact ruled them out, best first."""
    rest = [candidate.features["meaning"] for candidate in candidates]
    misses = []
    for offer, similarity, fact in ruled_out:
        alone = ranking.rank(query, [(offer, similarity)], rarity, model)[0]
        features = alone.features | {"margin": alone.features["meaning"] - max([0.0, *rest])}
        likelihood = ranking.probability(features, model)
        if likelihood >= model.numbers.review_from:
            misses.append((Candidate(offer, alone.distance, alone.words, features, likelihood), fact))
    return sorted(misses, key=lambda miss: -miss[0].probability)


def _unmet_reason(misses: list[tuple[Candidate, Fact]], candidates: list[Candidate], model: Model) -> UnmetReason:
    if misses:
        return UNMET_REASON[misses[0][1]]
    for feature, otherwise, reason in (("far", 0.0, UnmetReason.TOO_FAR), ("language", 1.0, UnmetReason.LANGUAGE)):
        for candidate in candidates:
            changed = candidate.features | {feature: otherwise}
            if changed != candidate.features and ranking.probability(changed, model) >= model.numbers.review_from:
                return reason
    return UnmetReason.NO_SUCH_OFFER


def _referred(query: Query, candidate: Candidate, categories: list[str]) -> ReferredOffer:
    return _told(candidate.offer, candidate.probability, _reasons(query, candidate, categories))


def _told(offer: Offer, probability: float, reasons: list[MatchReason]) -> ReferredOffer:
    return ReferredOffer(
        offer_id=offer.id,
        title=offer.title,
        description=offer.description,
        districts=offer.districts,
        schedule=offer.schedule,
        probability=round(probability, 3),
        reasons=reasons,
    )


def _reasons(query: Query, candidate: Candidate, categories: list[str]) -> list[MatchReason]:
    """What of it can honestly be said to the person, strongest first."""
    need, offer = query.need, candidate.offer
    said = {
        MatchReason.TOPIC: bool(set(categories) & set(offer.categories)),
        MatchReason.WORDS: candidate.words >= _SHARED_WORDS,
        MatchReason.DISTRICT: candidate.distance is Distance.SAME,
        MatchReason.AUDIENCE: audience.is_meant(offer.audience, query.stated),
        MatchReason.LANGUAGE: bool(offer.languages) and need.language in offer.languages,
        MatchReason.HORIZON: bool(need.horizon) and need.horizon in offer.horizon,
        MatchReason.CITY_WIDE: candidate.distance is Distance.CITY_WIDE and not offer.districts,
    }
    return [reason for reason, true in said.items() if true]
