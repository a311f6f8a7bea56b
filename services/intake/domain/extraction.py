"""Facts that a text states outright: where, for how many, how soon, for how long. What it leaves open stays None."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from anlaufstelle_contracts import Horizon, Urgency

from .phrases import DAYS, HOURS, NOW, PERMANENT, WEEKS, plain

_PLACES = Path(__file__).parent.parent / "model" / "places.tsv"

_WORDS = {
    "двоє": 2, "двое": 2, "вдвох": 2, "вдвоем": 2, "вдвоём": 2, "троє": 3, "трое": 3, "втрьох": 3, "втроем": 3, "втроём": 3,
    "четверо": 4, "вчотирьох": 4, "вчетвером": 4, "п'ятеро": 5, "пятеро": 5, "шестеро": 6, "семеро": 7,
    "zu zweit": 2, "zu dritt": 3, "zu viert": 4, "zu fünft": 5, "the two of us": 2, "the three of us": 3, "the four of us": 4,
}  # fmt: skip
_COUNT_WORD = re.compile(r"\b(?:нас |мы |ми )?(" + "|".join(_WORDS) + r")\b")
_COUNT = re.compile(
    r"\b(?:нас|мы|ми|wir sind|us|we are)\s*[:-]?\s*(\d{1,2})\b(?!\s*(?:рок|год|лет|місяц|месяц|km|євро|евро|€|jahre|years))"
    r"|\b(\d{1,2})\s*(?:осіб|особи|людей|людини|человек\w*|чоловік(?!а)|персон|personen|erwachsene|people|persons|adults)\b"
)


@dataclass(frozen=True)
class Facts:
    """What a text states; None and nothing where it does not."""

    district: str | None = None
    people: int | None = None
    urgency: Urgency | None = None
    horizon: Horizon | None = None


def facts(text: str) -> Facts:
    """Everything that is stated."""
    said = plain(text)
    return Facts(district(text), people(text), _urgency(said), _horizon(said))


def district(text: str) -> str | None:
    """The Ortsteil or town that is named first."""
    named = _places().search(plain(text))
    return _names()[int((named.lastgroup or "p0")[1:])] if named else None


def people(text: str) -> int | None:
    """How many are to be helped, when a number is given."""
    said = plain(text)
    if word := _COUNT_WORD.search(said):
        return _WORDS[word.group(1)]
    if number := _COUNT.search(said):
        count = int(number.group(1) or number.group(2))
        return count if 1 <= count <= 30 else None
    return None


def _urgency(said: str) -> Urgency | None:
    return Urgency.NOW if NOW.search(said) else Urgency.DAYS if DAYS.search(said) else None


def _horizon(said: str) -> Horizon | None:
    for pattern, horizon in ((HOURS, Horizon.HOURS), (WEEKS, Horizon.WEEKS), (PERMANENT, Horizon.PERMANENT)):
        if pattern.search(said):
            return horizon
    return None


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
