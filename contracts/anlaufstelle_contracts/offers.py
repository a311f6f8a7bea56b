"""Help that exists. Field names follow Open Referral HSDS 3.0 where it names the same thing."""

from datetime import date

from pydantic import Field

from .event import Event
from .reach import Reach
from .sensitivity import Public
from .values import Code, Horizon, Id, Language, Open, ProviderKind


class OfferSubmitted(Event, context="offers", name="submitted", aggregate="offer_id"):
    """Somebody offers help: a person in a channel, a project that started, an import."""

    offer_id: Public[Id] = Field(description="The offer.")
    person_id: Id | None = Field(None, description="Pseudonym of who offers, if a person does.")
    project_id: Id | None = Field(None, description="The project that offers it, if one does.")
    gap_id: Id | None = Field(None, description="The gap that the project was started to fill: who waits there is told of it.")
    title: str = Field(description="What is offered, in a few words.")
    description: str = Field(description="What is offered, to whom and how, redacted.")
    language: Language = Field("de", description="Language of title and description.")
    categories: Public[list[Code]] = Field([], description="Taxonomy ids, main one first.")
    districts: Public[list[str]] = Field([], description="Where it is for; empty: the whole city.")
    provider_kind: Public[Open[ProviderKind]] = Field(description="Who stands behind it.")


class OfferRetracted(Event, context="offers", name="retracted", aggregate="offer_id"):
    """The person who offered it took it back: they said so, or deleted their words."""

    offer_id: Public[Id] = Field(description="The offer.")
    person_id: Id = Field(description="Pseudonym of who offered it.")


class OfferDeclined(Event, context="offers", name="declined", aggregate="offer_id"):
    """A coordinator looked at what was submitted and decided not to show it."""

    offer_id: Public[Id] = Field(description="The offer.")


class OfferState(Reach):
    """Everything that is known of an offer that is shown."""

    offer_id: Public[Id] = Field(description="The offer.")
    title: str = Field(description="What is offered, in a few words.")
    description: str = Field(description="What is offered, to whom and how.")
    categories: Public[list[Code]] = Field(description="Taxonomy ids, main one first.")
    districts: Public[list[str]] = Field([], description="Where it is for; empty: the whole city.")
    languages: Public[list[Language]] = Field([], description="Languages spoken, ISO 639 (HSDS `languages`).")
    audience: Public[list[str]] = Field([], description="Whom it is for, English words; empty: everybody (HSDS `eligibility`).")
    horizon: Public[list[Open[Horizon]]] = Field([], description="For how long a stay it is meant; empty: any.")
    valid_from: Public[date | None] = Field(None, description="First day, local date; null: already open.")
    valid_until: Public[date | None] = Field(None, description="Last day, local date; null: no end known.")
    capacity: Public[int | None] = Field(None, ge=0, description="Free places; null: not limited (HSDS 3.1 `service_capacity`).")
    provider_kind: Public[Open[ProviderKind]] = Field(description="Who stands behind it.")
    schedule: str | None = Field(None, description="When it is open, in words.")
    assured_date: Public[date | None] = Field(None, description="When somebody last checked it (HSDS `assured_date`).")
    sample: Public[bool] = Field(False, description="Sample data, not a real offer.")


class OfferPublished(OfferState, Event, context="offers", name="published", aggregate="offer_id"):
    """An offer may be shown to people from now on."""


class OfferChanged(OfferState, Event, context="offers", name="changed", aggregate="offer_id"):
    """An offer that is shown has changed; the fields are its whole new state."""


class OfferWithdrawn(Event, context="offers", name="withdrawn", aggregate="offer_id"):
    """An offer is no longer shown."""

    offer_id: Public[Id] = Field(description="The offer.")


class OfferCheckRequested(Event, context="offers", name="check_requested", aggregate="offer_id"):
    """Several people in a row could not reach who offers it: a coordinator should check, and vouch for it or withdraw it."""

    offer_id: Public[Id] = Field(description="The offer.")
    title: str = Field(description="What is offered, in a few words.")
