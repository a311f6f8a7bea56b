"""What people need, and what became of it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from .event import Event
from .sensitivity import Public
from .values import Horizon, MatchReason, UnmetReason, Urgency

Share = Annotated[float, Field(ge=0, le=1)]


class NeedArticulated(Event, context="needs", name="articulated", aggregate="need_id"):
    """A person said what they need. The text is redacted: phones, mails, names and addresses are gone."""

    need_id: Public[str] = Field(description="The need.")
    person_id: str = Field(description="Pseudonym of who asks.")
    text: str = Field(description="The person's words, redacted.")
    language: Public[str] = Field(description="Language to answer in: uk, ru, de or en (ISO 639-1).")
    categories: Public[list[str]] = Field([], description="Taxonomy ids, main one first; empty when intake does not know.")
    urgency: Public[Urgency | str | None] = None
    horizon: Public[Horizon | str | None] = None
    district: str | None = Field(None, description="Leipzig Ortsteil or town, normalised spelling.")
    people: int | None = Field(None, ge=1, description="How many people are to be helped.")
    channel: Public[str] = Field(description="Id of the channel it came by.")
    emergency: bool = Field(False, description="Danger to life or violence: matching leaves it to people.")


class NeedWithdrawn(Event, context="needs", name="withdrawn", aggregate="need_id"):
    """The person no longer needs it, or took it back."""

    need_id: Public[str]
    person_id: str


class ReferredOffer(BaseModel):
    """One offer as a person is told of it."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    offer_id: str
    title: str
    description: str = ""
    districts: list[str] = []
    schedule: str | None = None
    probability: Share = Field(description="Calibrated probability that the offer helps.")
    reasons: list[MatchReason | str] = Field([], description="Why it fits, strongest first.")


class NeedMatched(Event, context="needs", name="matched", aggregate="need_id"):
    """Offers were found that the person can turn to."""

    need_id: Public[str]
    person_id: str
    language: Public[str]
    categories: Public[list[str]] = []
    offers: list[ReferredOffer] = Field(min_length=1, description="Best first.")
    offer_ids: Public[list[str]] = Field(description="The same offers' ids, best first.")


class NeedUnmet(Event, context="needs", name="unmet", aggregate="need_id"):
    """No offer fits; the reason says why."""

    need_id: Public[str]
    person_id: str
    language: Public[str]
    categories: Public[list[str]] = []
    urgency: Public[Urgency | str | None] = None
    reason: Public[UnmetReason | str]


class ReviewRequested(Event, context="needs", name="review_requested", aggregate="need_id"):
    """A coordinator has to decide: the candidates are unsure, or the case is not for a machine."""

    need_id: Public[str]
    person_id: str
    language: str
    categories: list[str] = []
    emergency: bool = False
    candidates: list[ReferredOffer] = Field([], description="What might fit, best first; may be empty.")
