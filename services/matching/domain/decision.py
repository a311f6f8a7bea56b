"""The decision on a need: refer at once, let a coordinator decide, or say honestly that there is nothing, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import prod

from anlaufstelle_contracts import MatchReason, NeedMatched, NeedUnmet, Reach, ReferredOffer, ReviewRequested, UnmetReason
from anlaufstelle_contracts.taxonomy import Category

from . import audience, ranking
from .filters import UNMET_REASON, Fact, find_obstacle
from .index import Index
from .model import Model
from .need import Exclusion, Need
from .offer import Offer
from .places import Distance
from .ranking import CONSIDERED, MOST_NAMED, Candidate, Query

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
    found = consider(query, index)
    fact_of = {offer.id: fact for offer, _, fact in found}
    # What is ruled out is ranked with the rest: an offer is less likely meant when one that is full means the same better.
    # Not so what nobody verified: whoever submits it must not push others back.
    verified = [(offer, similarity) for offer, similarity, fact in found if fact is not Fact.UNVERIFIED]
    ranked = ranking.rank(query, verified, index, model)
    candidates = [candidate for candidate in ranked if fact_of[candidate.offer.id] is None]
    categories = need.said_categories or ranking.categories(query, ranked, model)
    if len(verified) < len(found):
        ranked = ranking.rank(query, [(offer, similarity) for offer, similarity, _ in found], index, model)
    misses = [
        (candidate, fact)
        for candidate in ranked
        if (fact := fact_of[candidate.offer.id]) and candidate.probability >= model.numbers.list_from
    ]
    excluded = [Exclusion(offer_id=miss.offer.id, reason=str(fact)) for miss, fact in misses[:_MOST_EXCLUDED]]

    def told(some: list[Candidate]) -> list[ReferredOffer]:
        return [_told(one.offer, one.probability, _reasons(query, one, categories)) for one in some[:MOST_NAMED]]

    likely = [candidate for candidate in candidates if candidate.probability >= model.numbers.list_from]
    open_to_all = [candidate for candidate in likely if not needs_human(candidate.offer)]
    if asked_for_more:
        is_worth_a_look, is_sure = bool(likely), bool(open_to_all)
    else:
        is_worth_a_look = chance_of_help(_probabilities(candidates)) >= model.numbers.review_from
        is_sure = chance_of_help(_probabilities(open_to_all)) >= model.numbers.refer_from
    if not is_worth_a_look:
        return Decision(Outcome.UNMET, categories, [], _unmet_reason(misses, candidates, model), excluded)
    if not is_sure or needs_human(candidates[0].offer):
        return Decision(Outcome.REVIEW, categories, told(likely or candidates), None, excluded)
    return Decision(Outcome.REFER, categories, told(open_to_all), None, excluded)


def chance_of_help(probabilities: Sequence[float]) -> float:
    """The chance that one of the first offers that would be named helps; `probabilities` best first."""
    return 1 - prod(1 - probability for probability in probabilities[:MOST_NAMED])


def _probabilities(candidates: Sequence[Candidate]) -> list[float]:
    return [candidate.probability for candidate in candidates]


def settle(need: Need, decision: Decision) -> tuple[Need, NeedMatched | NeedUnmet | ReviewRequested]:
    """The need as decided, and what is said of it."""
    need = need.model_copy(update={"categories": decision.categories, "excluded": decision.excluded})
    asks = decision.outcome is Outcome.REVIEW or (need.review and not need.referrals)
    if asks and not need.silent:
        return need.ask_human(decision.offers)
    if decision.outcome is not Outcome.UNMET:
        return need.refer(decision.offers)
    return need.leave_unmet(decision.reason or UnmetReason.NO_SUCH_OFFER)


def needs_human(offer: Offer) -> bool:
    """Private housing and work always pass a coordinator: people in flight are targets of trafficking and scams."""
    return offer.is_private and bool(_HUMAN_FIRST & set(offer.categories))


def chosen_by_human(need: Need, offer: Offer) -> ReferredOffer:
    """An offer that a coordinator chose, as the person is told of it: with what was known of it as a candidate, if it was one."""
    known = next((candidate for candidate in need.candidates if candidate.offer_id == offer.id), None)
    reasons = [MatchReason(why) for why in known.reasons] if known else [MatchReason.TOPIC]
    return _told(offer, known.probability if known else 1.0, reasons)


def consider(query: Query, index: Index) -> list[tuple[Offer, float, Fact | None]]:
    """The nearest offers that may be named, and those met on the way that a fact rules out."""
    found: list[tuple[Offer, float, Fact | None]] = []
    admitted = ruled_out = 0
    used = query.need.used
    for offer, similarity in index.nearest(query.vector):
        if offer.id in used:
            continue
        fact = find_obstacle(query.need, query.stated, offer, query.today)
        if fact is None:
            admitted += 1
        else:
            ruled_out += 1
            if ruled_out > CONSIDERED:
                continue
        found.append((offer, similarity, fact))
        if admitted == CONSIDERED:
            break
    return found


def _unmet_reason(misses: list[tuple[Candidate, Fact]], candidates: list[Candidate], model: Model) -> UnmetReason:
    if misses and misses[0][0].probability >= model.numbers.review_from:  # else it is hardly what they look for
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
        **offer.model_dump(include=set(Reach.model_fields)),
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
