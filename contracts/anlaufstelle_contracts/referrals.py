"""What people say of the offers they were pointed to."""

from pydantic import Field

from .event import Event
from .sensitivity import Public
from .values import Answer, Id, Open


class ReferralAnswered(Event, context="referrals", name="answered", aggregate="need_id"):
    """A person answered a referral: it helped, it did not, nobody could be reached, or they want more or a human."""

    need_id: Public[Id] = Field(description="The need.")
    person_id: Id = Field(description="Pseudonym of who answered.")
    offer_id: Public[Id | None] = Field(None, description="The offer meant; null: all that were named.")
    answer: Public[Open[Answer]] = Field(description="What they say.")
