"""Facts that a text states outright: where, for how many, how soon, for how long. What it leaves open stays None."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from anlaufstelle_contracts import Horizon, Urgency

from .emergency import emergency
from .gazetteer import place
from .persons import people
from .phrases import plain
from .pressing import pressing
from .times import horizon, urgency


@dataclass(frozen=True)
class Facts:
    """What a text states; None and nothing where it does not."""

    district: str | None = None
    people: int | None = None
    urgency: Urgency | None = None
    horizon: Horizon | None = None


def facts(text: str, today: date | None = None) -> Facts:
    """Everything that is stated; dates are understood from the day on which it is said: this one, when no other is given."""
    said = plain(text)
    when = Urgency.NOW if emergency(text) else urgency(said, today or datetime.now(UTC).date())
    if when is None and pressing(text):
        when = Urgency.NOW
    return Facts(place(text), people(text), when, horizon(said))
