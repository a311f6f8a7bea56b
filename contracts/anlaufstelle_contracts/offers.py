"""Help that exists. Field names follow Open Referral HSDS 3.0 where it names the same thing."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from .event import Event
from .sensitivity import Public
from .values import Horizon, ProviderKind

Language = Annotated[str, Field(min_length=2, max_length=8)]


class OfferSubmitted(Event, context="offers", name="submitted", aggregate="offer_id"):
    """Somebody offers help: a person in a channel, a project that started, an import."""

    offer_id: Public[str]
    person_id: str | None = Field(None, description="Pseudonym of who offers, if a person does.")
    project_id: str | None = None
    title: str
    description: str
    language: str = Field("de", description="Language of title and description.")
    categories: Public[list[str]] = []
    districts: Public[list[str]] = Field([], description="Where it is for; empty: the whole city.")
    provider_kind: Public[ProviderKind | str]


class OfferState(BaseModel):
    """Everything that is known of an offer that is shown."""

    offer_id: Public[str]
    title: str
    description: str
    categories: Public[list[str]]
    districts: Public[list[str]] = Field([], description="Where it is for; empty: the whole city.")
    languages: Public[list[Language]] = Field([], description="Languages spoken, ISO 639 (HSDS `languages`).")
    audience: Public[list[str]] = []
    horizon: Public[list[Horizon | str]] = []
    valid_from: Public[date | None] = None
    valid_until: Public[date | None] = None
    capacity: Public[int | None] = Field(None, ge=0, description="Free places; None: not limited (HSDS 3.1 `service_capacity`).")
    provider_kind: Public[ProviderKind | str]
    schedule: str | None = None
    assured_date: Public[date | None] = Field(None, description="When somebody last checked it (HSDS `assured_date`).")
    sample: Public[bool] = Field(False, description="Sample data, not a real offer.")


class OfferPublished(OfferState, Event, context="offers", name="published", aggregate="offer_id"):
    """An offer may be shown to people from now on."""


class OfferChanged(OfferState, Event, context="offers", name="changed", aggregate="offer_id"):
    """An offer that is shown has changed; the fields are its whole new state."""


class OfferWithdrawn(Event, context="offers", name="withdrawn", aggregate="offer_id"):
    """An offer is no longer shown."""

    offer_id: Public[str]
