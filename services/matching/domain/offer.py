"""An offer of help and the states it goes through."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self

from anlaufstelle_contracts import OfferChanged, OfferCheckRequested, OfferPublished, OfferWithdrawn, ProviderKind, Reach
from pydantic import BaseModel, Field

from .feedback import Feedback, Verdict

_ROUNDING = 1e-4

Emitted = OfferPublished | OfferChanged | OfferWithdrawn


class OfferStatus(StrEnum):
    """`unverified` waits for a coordinator; only a `published` offer is shown to people."""

    UNVERIFIED = "unverified"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class OfferContent(Reach):
    """What an offer says of itself: the part that an import compares."""

    title: str
    description: str
    categories: list[str] = Field([])
    districts: list[str] = Field([], description="Where it is for; empty: the whole city.")
    languages: list[str] = Field([])
    audience: list[str] = Field([])
    horizon: list[str] = Field([])
    valid_from: date | None = None
    valid_until: date | None = None
    capacity: int | None = None
    provider_kind: str = ProviderKind.ASSOCIATION
    schedule: str | None = None
    assured_date: date | None = None
    sample: bool = False

    @property
    def text(self) -> str:
        """What is embedded and ranked by. How to reach who helps stands beside it, so that no street makes an offer fit."""
        return f"{self.title}. {self.description}"

    @property
    def is_private(self) -> bool:
        """Whether a private person stands behind it."""
        return self.provider_kind == ProviderKind.PRIVATE


class Offer(OfferContent):
    """An offer with its state. `vector` is the embedding (float16) of its text by the encoder named in `encoder`."""

    id: str
    version: int = 0
    status: OfferStatus
    vector: bytes = b""
    encoder: str = ""
    person_id: str | None = Field(None, description="Pseudonym of who offers, if a person does.")
    project_id: str | None = None
    fills_gap: str | None = Field(None, description="The gap that its project was started for: who waits there is told of it.")
    changed_at: datetime = Field(description="When it was last changed, UTC; the other replicas look for it.")
    rematch_on: date | None = Field(None, description="The day from which waiting needs are to be tried with it; None: done.")
    feedback: Feedback | None = Field(None, description="What people said of it; None: nothing yet.")
    check_asked_on: date | None = Field(None, description="The day on which a coordinator was asked to check it; None: no need.")

    def content(self) -> OfferContent:
        """What it says of itself."""
        return OfferContent.model_validate(self.model_dump(include=set(OfferContent.model_fields)))

    def with_content(self, content: OfferContent) -> Self:
        """The offer with other words and facts. Its vector is the caller's to renew when the text is another."""
        offer = self.model_copy(update=dict(content))
        return offer._checked() if offer._was_checked_since_asked() else offer

    def heard(
        self, verdict: Verdict, at: datetime, now: datetime, today: date, check_after: int
    ) -> tuple[Self, OfferCheckRequested | None]:  # fmt: skip
        """With what a person said of it at a time. Asks for a check when so many in a row could reach nobody."""
        feedback = (self.feedback or Feedback(as_of=at)).heard(verdict, at)
        offer = self.model_copy(update={"feedback": feedback, "changed_at": now})
        if self.check_asked_on or self.status is not OfferStatus.PUBLISHED or feedback.unreached < check_after - _ROUNDING:
            return offer, None
        return offer.model_copy(update={"check_asked_on": today}), OfferCheckRequested(offer_id=self.id, title=self.title)

    def vouched_for(self, now: datetime, today: date) -> tuple[Self, OfferChanged]:
        """A coordinator checked it: it is as it says."""
        offer = self.model_copy(update={"assured_date": today, "changed_at": now})._checked()
        return offer, OfferChanged(offer_id=self.id, **offer.content().model_dump())

    def _was_checked_since_asked(self) -> bool:
        return bool(self.check_asked_on and self.assured_date and self.assured_date >= self.check_asked_on)

    def _checked(self) -> Self:
        feedback = self.feedback.reached() if self.feedback else None
        return self.model_copy(update={"feedback": feedback, "check_asked_on": None})

    def published(self, now: datetime, today: date) -> tuple[Self, Emitted]:
        """Shown to people from now on, or shown with its new state."""
        event = OfferChanged if self.status is OfferStatus.PUBLISHED else OfferPublished
        due = max(today, self.valid_from or today)
        offer = self.model_copy(update={"status": OfferStatus.PUBLISHED, "changed_at": now, "rematch_on": due})
        return offer, event(offer_id=self.id, **self.content().model_dump())

    def withdrawn(self, now: datetime) -> tuple[Self, list[Emitted]]:
        """No longer shown. Says so only when it was shown."""
        said: list[Emitted] = [OfferWithdrawn(offer_id=self.id)] if self.status is OfferStatus.PUBLISHED else []
        update = {"status": OfferStatus.WITHDRAWN, "changed_at": now, "rematch_on": None}
        return self._checked().model_copy(update=update), said

    def erased(self, now: datetime) -> tuple["Offer", list[Emitted]]:
        """Nothing is left but that it is gone, so that a late message does not bring it back."""
        _, said = self.withdrawn(now)
        return Offer(id=self.id, version=self.version, status=OfferStatus.ERASED, title="", description="", changed_at=now), said


class Giver(BaseModel):
    """A person and what they offer. Once erased, nothing but the fact is left."""

    id: str
    version: int = 0
    offer_ids: list[str] = []
    erased: bool = False
