"""People, known to everyone but intake by a pseudonym only."""

from pydantic import Field

from .event import Event
from .values import Id, Language


class VolunteerJoined(Event, context="people", name="volunteer_joined", aggregate="person_id"):
    """Somebody wants to lend a hand without a particular offer."""

    person_id: Id = Field(description="Pseudonym of the volunteer.")
    language: Language = Field(description="Language to write to them in.")
    text: str = Field("", description="What they said, redacted.")


class PersonErased(Event, context="people", name="erased", aggregate="person_id"):
    """A person asked to be forgotten: every service deletes what it knows of them."""

    person_id: Id = Field(description="Pseudonym of who is forgotten.")
    need_ids: list[Id] = Field([], description="Their needs.")
