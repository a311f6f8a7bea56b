"""Facts that a text states outright: where, for how many, how soon, for how long. What it leaves open stays None."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from anlaufstelle_contracts import Horizon, Urgency

from .emergency import emergency
from .persons import people
from .phrases import plain
from .times import horizon, urgency

_PLACES = Path(__file__).parent.parent / "model" / "places.tsv"


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
    return Facts(district(text), people(text), when, horizon(said))


def district(text: str) -> str | None:
    """The Ortsteil or town that is named first."""
    named = _places().search(plain(text))
    return _names()[int((named.lastgroup or "p0")[1:])] if named else None


@cache
def _rows() -> tuple[tuple[str, str], ...]:
    lines = _PLACES.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple((name, "|".join(f"(?:{stem})" for stem in stems)) for name, *stems in rows)


def _names() -> tuple[str, ...]:
    return tuple(name for name, _ in _rows())


@cache
def _places() -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(f"(?P<p{index}>{stems})" for index, (_, stems) in enumerate(_rows())) + ")")
