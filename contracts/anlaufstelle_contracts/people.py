"""People, known to everyone but intake by a pseudonym only."""

from .event import Event


class VolunteerJoined(Event, context="people", name="volunteer_joined", aggregate="person_id"):
    """Somebody wants to lend a hand without a particular offer."""

    person_id: str
    language: str
    text: str = ""


class PersonErased(Event, context="people", name="erased", aggregate="person_id"):
    """A person asked to be forgotten: every service deletes what it knows of them."""

    person_id: str
    need_ids: list[str] = []
