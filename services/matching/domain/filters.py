"""Facts that rule an offer out for a need, whatever its words mean. Each has a reason that is kept."""

import re
from datetime import date
from enum import StrEnum
from functools import cache

from anlaufstelle_contracts import UnmetReason

from . import audience, places
from .audience import Stated
from .need import Need
from .offer import Offer, OfferStatus


class Fact(StrEnum):
    """Why an offer cannot be named."""

    UNVERIFIED = "unverified"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    FULL = "full"
    AUDIENCE = "audience"
    RESIDENTS_ONLY = "residents_only"


UNMET_REASON = {
    Fact.UNVERIFIED: UnmetReason.NO_SUCH_OFFER,
    Fact.NOT_STARTED: UnmetReason.NO_SUCH_OFFER,
    Fact.EXPIRED: UnmetReason.OUTDATED,
    Fact.FULL: UnmetReason.FULL,
    Fact.AUDIENCE: UnmetReason.NOT_ELIGIBLE,
    Fact.RESIDENTS_ONLY: UnmetReason.TOO_FAR,
}
"""What the person is told when the best offer was left out for such a reason; an unverified one is not spoken of."""

_NEIGHBOURS_ONLY = r"(?i:\bтільки для (?:мешканців|жителів)\b|\bтолько для (?:жителей|проживающих)\b|\bnur für (?:\S+ )?anwohner)"


@cache
def _residents_of(districts: tuple[str, ...]) -> re.Pattern[str]:
    place = f"(?:{'|'.join(map(re.escape, districts))})"
    return re.compile(
        rf"\b(?:die|der|wer) in {place} wohn(?:en|t)\b|\b(?:Menschen|Familien|\w*wohner(?:\W?innen)?) (?:aus|von|in) {place}\b|"
        rf"\bresidents of {place}\b|{_NEIGHBOURS_ONLY}"
    )


def is_for_residents_only(offer: Offer) -> bool:
    """Whether its text says that it is for those who live in its districts only."""
    return bool(offer.districts) and bool(_residents_of(tuple(offer.districts)).search(offer.description))


def find_obstacle(need: Need, stated: Stated, offer: Offer, today: date) -> Fact | None:
    """The first fact that rules the offer out for a need on a day (local date), or None."""
    if fact := find_unavailable(offer, today):
        return fact
    if audience.is_excluded(offer.audience, stated):
        return Fact.AUDIENCE
    if need.district and is_for_residents_only(offer):
        lives_there = any(places.is_same(need.district, place) for place in offer.districts)
        return None if lives_there else Fact.RESIDENTS_ONLY
    return None


def find_unavailable(offer: Offer, today: date) -> Fact | None:
    """Why the offer helps nobody on a day (local date), or None."""
    if offer.status is not OfferStatus.PUBLISHED:
        return Fact.UNVERIFIED
    if offer.valid_until and offer.valid_until < today:
        return Fact.EXPIRED
    if offer.valid_from and offer.valid_from > today:
        return Fact.NOT_STARTED
    return Fact.FULL if offer.capacity == 0 else None
