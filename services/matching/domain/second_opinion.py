"""What a second opinion may change: an unsure decision, by so much and no more."""

from collections.abc import Collection
from dataclasses import replace
from math import log

from anlaufstelle_contracts import MatchReason, ReferredOffer, UnmetReason

from .decision import Decision, Outcome, chance_of_help
from .model import Model
from .need import Exclusion

WEIGHT = 1.0
"""What an opinion counts, in log-odds of the chance of help: enough to settle a near miss of a threshold, and nothing more."""


def heed(decision: Decision, picked: Collection[str], model: Model) -> Decision:
    """An unsure decision with the opinion that of its offers these fit, or none.

    What the opinion picks is referred when that brings it to where referrals begin, all is unmet when it takes it to where they
    end; otherwise a coordinator decides as before.
    """
    if decision.outcome is not Outcome.REVIEW or not decision.offers:
        return decision
    chosen = [offer for offer in decision.offers if offer.offer_id in picked]
    if chosen and _log_odds(_chance(chosen)) + WEIGHT >= _log_odds(model.numbers.refer_from):
        named = [offer.model_copy(update={"reasons": [*offer.reasons, MatchReason.SECOND_OPINION]}) for offer in chosen]
        return replace(decision, outcome=Outcome.REFER, offers=named)
    if not picked and _log_odds(_chance(decision.offers)) - WEIGHT < _log_odds(model.numbers.review_from):
        turned_down = [Exclusion(offer_id=offer.offer_id, reason=MatchReason.SECOND_OPINION.value) for offer in decision.offers]
        excluded = [*turned_down, *decision.excluded]
        return replace(decision, outcome=Outcome.UNMET, offers=[], reason=UnmetReason.NO_SUCH_OFFER, excluded=excluded)
    return decision


def _chance(offers: list[ReferredOffer]) -> float:
    return chance_of_help(sorted((offer.probability for offer in offers), reverse=True))


def _log_odds(chance: float) -> float:
    bounded = min(max(chance, 1e-6), 1 - 1e-6)
    return log(bounded / (1 - bounded))
