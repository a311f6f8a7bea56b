"""A need and what is decided about it. Whatever arrives first or twice, there is one decision at a time."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self

from anlaufstelle_contracts import (
    NeedArticulated,
    NeedMatched,
    NeedUnmet,
    ReferredOffer,
    ReviewClosed,
    ReviewRequested,
    UnmetReason,
)
from pydantic import BaseModel, Field


class NeedState(StrEnum):
    """What became of a need. `withdrawn` and `erased` are for good, even when the need itself arrives later."""

    OPEN = "open"
    REFERRED = "referred"
    REVIEW = "review"
    UNMET = "unmet"
    EMERGENCY = "emergency"
    CLOSED = "closed"
    """A coordinator took care of it."""
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


WAITING = (NeedState.UNMET, NeedState.REVIEW)
"""States from which a new offer, or a coordinator, can still lead to a referral."""


class Referral(BaseModel):
    """An offer that the person was pointed to, and what they said of it."""

    offer_id: str
    title: str
    probability: float
    reasons: list[str]
    round: int = Field(0, description="Offers that were named together have the same.")
    by_human: bool = Field(False, description="A coordinator chose it.")
    answer: str | None = None
    answered_at: datetime | None = None
    share: float = Field(0.0, description="How much of the answer counts for this offer.")


class Exclusion(BaseModel):
    """An offer that came near in meaning and was left out by a fact."""

    offer_id: str
    reason: str


class Need(BaseModel):
    """A need. `vector` is the embedding (float16) of its text."""

    id: str
    version: int = 0
    person_id: str = ""
    text: str = ""
    language: str = ""
    categories: list[str] = Field([], description="Taxonomy ids, main one first: what intake said, else predicted.")
    said_categories: list[str] = Field([], description="What intake said.")
    corrected: bool = Field(False, description="A coordinator said what it is about.")
    urgency: str | None = None
    horizon: str | None = None
    district: str | None = None
    people: int | None = None
    emergency: bool = Field(False, description="Danger to life or violence: nobody is told that there is nothing.")
    review: bool = Field(False, description="A coordinator is asked before the person is answered.")
    silent: bool = Field(False, description="Nobody is answered: it is counted; no coordinator is asked, except in danger.")
    articulated_at: datetime | None = None
    correlation_id: str = ""
    vector: bytes = b""
    encoder: str = Field("", description="What embedded it.")
    state: NeedState = NeedState.OPEN
    reason: str | None = Field(None, description="Why it is unmet.")
    referrals: list[Referral] = Field([], description="What was named, all rounds, best first in each.")
    candidates: list[Referral] = Field([], description="What a coordinator has to choose from.")
    rejected: list[str] = Field([], description="Offers that a coordinator saw and found unfit.")
    left_by_human: bool = Field(False, description="A coordinator decided that nothing fits.")
    excluded: list[Exclusion] = []
    gap_id: str | None = Field(None, description="The theme of unmet needs that it counts for.")

    @classmethod
    def articulated(cls, event: NeedArticulated, at: datetime, correlation_id: str) -> Self:
        """The need as the person said it."""
        return cls(
            id=event.need_id,
            articulated_at=at,
            correlation_id=correlation_id,
            said_categories=event.categories,
            **event.model_dump(include={
                "person_id", "text", "language", "categories", "urgency", "horizon", "district", "people",
                "emergency", "review", "silent",
            }),
        )  # fmt: skip

    @property
    def used(self) -> set[str]:
        """The offers that are not to be named again: the person was pointed to them, or a coordinator found them unfit."""
        return {referral.offer_id for referral in self.referrals} | set(self.rejected)

    @property
    def is_gone(self) -> bool:
        """Whether nothing may happen to it any more."""
        return self.state in (NeedState.WITHDRAWN, NeedState.ERASED)

    def refer(self, offers: Sequence[ReferredOffer], *, by_human: bool = False) -> tuple[Self, NeedMatched]:
        """Point the person to offers."""
        latest = max((referral.round for referral in self.referrals), default=0) + 1
        named = [_referral(offer).model_copy(update={"round": latest, "by_human": by_human}) for offer in offers]
        need = self.model_copy(update={
            "state": NeedState.REFERRED, "reason": None, "candidates": [],
            "referrals": [*self.referrals, *named],
        })  # fmt: skip
        return need, NeedMatched(
            need_id=self.id,
            person_id=self.person_id,
            language=self.language,
            categories=self.categories,
            offers=list(offers),
            offer_ids=[offer.offer_id for offer in offers],
        )

    def leave_unmet(self, reason: UnmetReason) -> tuple[Self, NeedUnmet]:
        """Say honestly that there is nothing."""
        need = self.model_copy(update={"state": NeedState.UNMET, "reason": str(reason), "candidates": []})
        return need, NeedUnmet(
            need_id=self.id,
            person_id=self.person_id,
            language=self.language,
            categories=self.categories,
            urgency=self.urgency,
            reason=reason,
        )

    def ask_human(self, candidates: Sequence[ReferredOffer], emergency: bool = False) -> tuple[Self, ReviewRequested]:
        """Leave it to a coordinator."""
        state = NeedState.EMERGENCY if emergency else NeedState.REVIEW
        need = self.model_copy(update={"state": state, "reason": None, "candidates": [_referral(offer) for offer in candidates]})
        return need, ReviewRequested(
            need_id=self.id,
            person_id=self.person_id,
            language=self.language,
            categories=self.categories,
            emergency=emergency,
            candidates=list(candidates),
        )

    def found_unfit(self) -> Self:
        """A coordinator saw the candidates and chose none."""
        seen = [candidate.offer_id for candidate in self.candidates]
        return self.model_copy(update={"rejected": sorted({*self.rejected, *seen}), "left_by_human": True})

    def taken_care_of(self) -> tuple[Self, ReviewClosed]:
        """A coordinator sees to it in another way. What was decided stays; what waits for a coordinator waits no longer."""
        waits = self.state in (NeedState.REVIEW, NeedState.EMERGENCY)
        need = self.model_copy(update={"state": NeedState.CLOSED} if waits else {})
        return need, ReviewClosed(need_id=self.id, person_id=self.person_id)

    def withdrawn(self) -> Self:
        """The person no longer needs it: the words go, what it was about stays for the count."""
        return self.model_copy(update={
            "state": NeedState.WITHDRAWN, "text": "", "vector": b"", "encoder": "", "district": None, "gap_id": None,
            "candidates": [], "excluded": [], "rejected": [],
        })  # fmt: skip

    def erased(self) -> "Need":
        """Nothing is left but that it is gone."""
        return Need(id=self.id, version=self.version, state=NeedState.ERASED)


def _referral(offer: ReferredOffer) -> Referral:
    return Referral(
        offer_id=offer.offer_id, title=offer.title, probability=offer.probability, reasons=[str(why) for why in offer.reasons]
    )
