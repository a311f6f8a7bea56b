"""The decision on a need: refer at once, let a coordinator decide, or say honestly that there is nothing, and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from anlaufstelle_contracts import MatchReason, NeedMatched, NeedUnmet, ReferredOffer, ReviewRequested, UnmetReason
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


def decide(need: Need, index: Index, model: Model, today: date, *, asked_for_more: bool = False) -> Decision:
    """Find what helps on a day (local date), beyond what was used before.

    A person who asks for more is told of all that is worth naming, even when it is unsure.
    """
    query = Query.of(need, model, today)
    admitted, ruled_out = consider(query, index, need.used)
    rarity = index.rarity
    candidates = ranking.rank(query, admitted, rarity, model)
    numbers = model.numbers
    likely = [candidate for candidate in candidates if candidate.probability >= numbers.list_from]
    categories = need.said_categories or model.categories(query.shares)
    misses = near_misses(query, ruled_out, candidates, rarity, model)
    excluded = [Exclusion(offer_id=miss.offer.id, reason=str(fact)) for miss, fact in misses[:_MOST_EXCLUDED]]

    def told(some: list[Candidate]) -> list[ReferredOffer]:
        return [_told(one.offer, one.probability, _reasons(query, one, categories)) for one in some[:MOST_NAMED]]

    best = candidates[0].probability if candidates else 0.0
    if best < (numbers.list_from if asked_for_more else numbers.review_from):
        return Decision(Outcome.UNMET, categories, [], _unmet_reason(misses, candidates, model), excluded)
    if needs_human(likely[0].offer) or not (asked_for_more or best >= numbers.refer_from):
        return Decision(Outcome.REVIEW, categories, told(likely), None, excluded)
    return Decision(
        Outcome.REFER, categories, told([one for one in likely if not needs_human(one.offer)]), None, excluded
    )  # fmt: skip


def settle(need: Need, decision: Decision) -> tuple[Need, NeedMatched | NeedUnmet | ReviewRequested]:
    """The need as decided, and what is said of it."""
    need = need.model_copy(update={"categories": decision.categories, "excluded": decision.excluded})
    if decision.outcome is Outcome.REFER:
        return need.refer(decision.offers)
    if decision.outcome is Outcome.REVIEW:
        return need.ask_human(decision.offers)
    return need.leave_unmet(decision.reason or UnmetReason.NO_SUCH_OFFER)


def needs_human(offer: Offer) -> bool:
    """Private housing and work always pass a coordinator: people in flight are targets of trafficking and scams."""
    return offer.is_private and bool(_HUMAN_FIRST & set(offer.categories))


def chosen_by_human(need: Need, offer: Offer) -> ReferredOffer:
    """An offer that a coordinator chose, as the person is told of it: with what was known of it as a candidate, if it was one."""
    known = next((candidate for candidate in need.candidates if candidate.offer_id == offer.id), None)
    reasons = [MatchReason(why) for why in known.reasons] if known else [MatchReason.TOPIC]
    return _told(offer, known.probability if known else 1.0, reasons)


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
