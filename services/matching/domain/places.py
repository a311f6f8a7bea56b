"""Where help is and where a person lives: parts of the city by the area that they lie in, and towns outside.

Which there are says `places.tsv` of the configured folder; Leipzig's, when none is.
"""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from anlaufstelle_contracts.places import CITY as THE_CITY
from anlaufstelle_contracts.places import OUTSIDE, read_places

LEIPZIG = Path(__file__).parents[3] / "local" / "leipzig"

_area: dict[str, str] = {}
_city: list[str] = []


def use(folder: Path) -> None:
    """Take the places of a folder. Raises BadPlaceFile."""
    places = read_places(folder)
    parts = {place.name: place.area for place in places if place.area not in (OUTSIDE, THE_CITY)}
    # People say the first half of a double name, and mean all parts of a divided one: "Reudnitz", "Gohlis".
    halves = {name.split("-")[0]: area for name, area in parts.items()}
    _area.clear()
    _area.update(halves | parts)
    _city[:] = [place.name for place in places if place.area == THE_CITY]


def city() -> str:
    """The city itself."""
    return _city[0]


class Distance(StrEnum):
    """How far an offer is from a person, as far as both are known."""

    SAME = "same"
    NEAR = "near"
    CITY_WIDE = "city_wide"
    ELSEWHERE = "elsewhere"
    FAR = "far"
    UNKNOWN = "unknown"


def is_known(place: str) -> bool:
    """Whether it is a part of the city, as people call it."""
    return place in _area


def area(place: str) -> str | None:
    """The area that a part of the city lies in; None for a town outside."""
    return _area.get(place)


def is_same(one: str, other: str) -> bool:
    """Whether two names mean the same place or one lies in the other (Gohlis, Gohlis-Mitte)."""
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


def distance(district: str | None, districts: Sequence[str]) -> Distance:
    """From where a person lives (None: not said) to where an offer is for (empty: the whole city)."""
    in_town = [place for place in districts if place == city() or is_known(place)]
    lives_outside = district is not None and district != city() and not is_known(district)
    if district is not None and any(is_same(district, place) for place in districts):
        return Distance.SAME
    if not districts or city() in districts:
        return Distance.ELSEWHERE if lives_outside else Distance.CITY_WIDE
    if not in_town or lives_outside:
        return Distance.FAR
    if district is None or district == city():
        return Distance.UNKNOWN
    home = area(district)
    return Distance.NEAR if any(area(place) == home for place in in_town) else Distance.ELSEWHERE


use(LEIPZIG)
