"""Values that several events share. Producers use the enums; consumers also accept values they do not know yet (`Open`)."""

from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import Field

E = TypeVar("E", bound=StrEnum)

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=100)]
"""An id: a single token of a subject, so that an event with it can always be said."""

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
"""A word for machines, of a taxonomy or an enumeration. Never free text, and therefore fit to be public."""

Open = Annotated[E | Code, Field(union_mode="left_to_right")]
"""An enumeration that may grow: `Open[Urgency]` is an Urgency, or the code of one that this version does not know yet."""

Language = Annotated[str, Field(min_length=2, max_length=8)]
"""A language, ISO 639-1 where it has a code there, else 639-3."""


class Urgency(StrEnum):
    """`now`: today or tonight; `days`: within about ten days; `later`: a date after that."""

    NOW = "now"
    DAYS = "days"
    LATER = "later"


class Horizon(StrEnum):
    """How long the person stays: `hours` in transit, `weeks` for a time, `permanent` for good."""

    HOURS = "hours"
    WEEKS = "weeks"
    PERMANENT = "permanent"


class UnmetReason(StrEnum):
    """Why no offer could be named."""

    NO_SUCH_OFFER = "no_such_offer"
    FULL = "full"
    LANGUAGE = "language"
    TOO_FAR = "too_far"
    NOT_ELIGIBLE = "not_eligible"
    OUTDATED = "outdated"


class MatchReason(StrEnum):
    """Why an offer fits, for a sentence in the person's language."""

    TOPIC = "topic"
    DISTRICT = "district"
    CITY_WIDE = "city_wide"
    LANGUAGE = "language"
    AUDIENCE = "audience"
    HORIZON = "horizon"
    WORDS = "words"
    SECOND_OPINION = "second_opinion"


class ProviderKind(StrEnum):
    """Who stands behind an offer."""

    ASSOCIATION = "association"
    INITIATIVE = "initiative"
    CITY = "city"
    PRIVATE = "private"
    PROJECT = "project"


class Answer(StrEnum):
    """What a person says of a referral."""

    HELPED = "helped"
    NOT_HELPED = "not_helped"
    UNREACHABLE = "unreachable"
    MORE = "more"
    HUMAN = "human"


class FailureReason(StrEnum):
    """Why a message did not arrive: the person is `unreachable` (blocked, gone), or the provider `rejected` it."""

    UNREACHABLE = "unreachable"
    REJECTED = "rejected"
