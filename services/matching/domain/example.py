"""What coordinators decide, kept as labelled examples: the redacted words and the right answer, and no id of anybody."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from anlaufstelle_contracts import UnmetReason
from pydantic import BaseModel, Field

from .need import Need
from .offer import Offer, OfferStatus

ANSWERS = 2
"""Grade of an offer that answers the need, as in data/corpus."""
_LABELS = 2

Row = dict[str, Any]


class Example(BaseModel):
    """A decision. `id` is the need's, so that it goes with it."""

    id: str
    version: int = 0
    text: str
    language: str
    categories: list[str]
    corrected: bool = Field(description="A coordinator said what it is about.")
    urgency: str | None
    horizon: str | None
    district: str | None
    people: int | None
    offers: list[str] = Field([], description="What was picked.")
    rejected: list[str] = Field([], description="What was seen and not picked.")
    reason: str | None = Field(None, description="Why nothing was picked.")
    decided_at: datetime

    @classmethod
    def of(cls, need: Need, picked: Sequence[str], reason: UnmetReason | None, now: datetime) -> Self:
        """From the need as the coordinator saw it."""
        seen = {*need.rejected, *(candidate.offer_id for candidate in need.candidates)}
        return cls(
            id=need.id, categories=need.categories[:_LABELS], offers=list(picked), rejected=sorted(seen - set(picked)),
            reason=str(reason) if reason else None, decided_at=now, corrected=need.corrected,
            **need.model_dump(include={"text", "language", "urgency", "horizon", "district", "people"}),
        )  # fmt: skip

    def row(self) -> Row:
        """As a row of data/corpus."""
        keys = ("id", "text", "language", "categories", "urgency", "horizon", "district", "people", "rejected", "corrected")
        return {key: getattr(self, key) for key in keys}


class Export(BaseModel):
    """Rows for needs.jsonl, unmet.jsonl and cards.jsonl, as in data/corpus."""

    needs: list[Row]
    unmet: list[Row]
    cards: list[Row]

    @classmethod
    def of(cls, examples: Sequence[Example], offers: Collection[Offer], unmet: Mapping[str, str | None]) -> Self:
        """Examples that still hold: their offers exist, or (by the id of the need: its gap) still nothing answers them."""
        cards = {offer.id: offer for offer in offers if offer.status is not OfferStatus.ERASED and offer.categories}
        needs, none, used = [], [], set[str]()
        for example in examples:
            picked = {offer_id: ANSWERS for offer_id in example.offers if offer_id in cards}
            if picked:
                needs.append(example.row() | {"offers": picked})
                used |= picked.keys() | (set(example.rejected) & cards.keys())
            elif example.reason == UnmetReason.NO_SUCH_OFFER and example.id in unmet:
                none.append(example.row() | {"offers": {}, "theme": unmet[example.id] or example.id})
        return cls(needs=needs, unmet=none, cards=[_card(cards[offer_id]) for offer_id in sorted(used)])


def _card(offer: Offer) -> Row:
    main, *also = offer.categories
    return {
        "id": offer.id, "title": offer.title, "description": offer.description,
        "language": offer.languages[0] if offer.languages else "de", "category": main, "also": also,
        "districts": offer.districts, "audience": offer.audience, "languages_spoken": offer.languages, "horizon": offer.horizon,
    }  # fmt: skip
