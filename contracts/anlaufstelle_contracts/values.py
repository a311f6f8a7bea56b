"""Values that several events share. Producers use the enums; consumers also accept values they do not know yet."""

from enum import StrEnum


class Urgency(StrEnum):
    """`NOW`: today or tonight; `DAYS`: within about ten days; `LATER`: a date after that."""

    NOW = "now"
    DAYS = "days"
    LATER = "later"


class Horizon(StrEnum):
    """How long the person stays: `HOURS` in transit, `WEEKS` for a time, `PERMANENT` for good."""

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
