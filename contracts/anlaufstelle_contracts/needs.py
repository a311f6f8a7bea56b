"""What people need, and what became of it."""

from typing import Annotated

from pydantic import ConfigDict, Field

from .event import Event
from .reach import Reach
from .sensitivity import Public
from .values import Code, Horizon, Id, Language, MatchReason, Open, UnmetReason, Urgency

Share = Annotated[float, Field(ge=0, le=1)]


class NeedArticulated(Event, context="needs", name="articulated", aggregate="need_id"):
    """A person said what they need. The text is redacted: phones, mails, names and addresses are gone."""

    need_id: Public[Id] = Field(description="The need.")
    person_id: Id = Field(description="Pseudonym of who asks.")
    text: str = Field(description="The person's words, redacted.")
    language: Public[Language] = Field(description="Language to answer in: uk, ru, de or en (ISO 639-1).")
    categories: Public[list[Code]] = Field([], description="Taxonomy ids, main one first; empty when intake does not know.")
    urgency: Public[Open[Urgency] | None] = Field(None, description="When help is wanted; null: no hint.")
    horizon: Public[Open[Horizon] | None] = Field(None, description="How long the person stays; null: no hint.")
    district: str | None = Field(None, description="Leipzig Ortsteil or town, normalised spelling.")
    people: int | None = Field(None, ge=1, description="How many people are to be helped.")
    channel: Public[Code] = Field(description="Id of the channel it came by.")
    emergency: bool = Field(False, description="Danger to life or violence: matching leaves it to people.")
    review: bool = Field(False, description="A coordinator is to decide before the person is answered.")
    silent: bool = Field(False, description="Overheard where nobody is answered; nor is a coordinator asked, except in danger.")


class NeedWithdrawn(Event, context="needs", name="withdrawn", aggregate="need_id"):
    """The person no longer needs it, or took it back."""

    need_id: Public[Id] = Field(description="The need.")
    person_id: Id = Field(description="Pseudonym of who asked.")


class ReferredOffer(Reach):
    """One offer as a person is told of it."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    offer_id: Id = Field(description="The offer.")
    title: str = Field(description="Its title, in the language it was written in.")
    description: str = Field("", description="What it is, in the language it was written in.")
    districts: list[str] = Field([], description="Where it is for; empty: the whole city.")
    schedule: str | None = Field(None, description="When it is open, in words.")
    probability: Share = Field(description="Calibrated probability that the offer helps, 0 to 1.")
    reasons: list[Open[MatchReason]] = Field([], description="Why it fits, strongest first.")


class NeedMatched(Event, context="needs", name="matched", aggregate="need_id"):
    """Offers were found that the person can turn to."""

    need_id: Public[Id] = Field(description="The need.")
    person_id: Id = Field(description="Pseudonym of who asked.")
    language: Public[Language] = Field(description="Language to answer in.")
    categories: Public[list[Code]] = Field([], description="Taxonomy ids of the need, main one first.")
    offers: list[ReferredOffer] = Field(min_length=1, description="Best first.")
    offer_ids: Public[list[Id]] = Field(description="The same offers' ids, best first.")


class NeedUnmet(Event, context="needs", name="unmet", aggregate="need_id"):
    """No offer fits; the reason says why."""

    need_id: Public[Id] = Field(description="The need.")
    person_id: Id = Field(description="Pseudonym of who asked.")
    language: Public[Language] = Field(description="Language to answer in.")
    categories: Public[list[Code]] = Field([], description="Taxonomy ids of the need, main one first.")
    urgency: Public[Open[Urgency] | None] = Field(None, description="When help is wanted; null: no hint.")
    reason: Public[Open[UnmetReason]] = Field(description="Why no offer could be named.")


class ReviewRequested(Event, context="needs", name="review_requested", aggregate="need_id"):
    """A coordinator has to decide: the candidates are unsure, or the case is not for a machine."""

    need_id: Public[Id] = Field(description="The need.")
    person_id: Id = Field(description="Pseudonym of who asked.")
    language: Language = Field(description="Language to answer in.")
    categories: list[Code] = Field([], description="Taxonomy ids of the need, main one first.")
    emergency: bool = Field(False, description="Danger to life or violence: a person is alerted at once.")
    candidates: list[ReferredOffer] = Field([], description="What might fit, best first; may be empty.")
