"""What people say of the offers they were pointed to."""

from pydantic import Field

from .event import Event
from .sensitivity import Public
from .values import Answer


class ReferralAnswered(Event, context="referrals", name="answered", aggregate="need_id"):
    """A person answered a referral: it helped, it did not, nobody could be reached, or they want more or a human."""

    need_id: Public[str]
    person_id: str
    offer_id: Public[str | None] = Field(None, description="The offer meant, or None for all that were named.")
    answer: Public[Answer | str]
