"""Where help is and where a person lives: Leipzig's 63 Ortsteile by Stadtbezirk; any other name is a town outside."""

from collections.abc import Sequence
from enum import StrEnum

BOROUGHS: dict[str, tuple[str, ...]] = {
    "Mitte": ("Zentrum", "Zentrum-Nord", "Zentrum-Nordwest", "Zentrum-Ost", "Zentrum-Süd", "Zentrum-Südost", "Zentrum-West"),
    "Nordost": (
        "Mockau-Nord", "Mockau-Süd", "Plaußig-Portitz", "Schönefeld-Abtnaundorf", "Schönefeld-Ost", "Thekla",
    ),
    "Ost": (
        "Althen-Kleinpösna", "Anger-Crottendorf", "Baalsdorf", "Engelsdorf", "Heiterblick", "Mölkau", "Neustadt-Neuschönefeld",
        "Paunsdorf", "Sellerhausen-Stünz", "Volkmarsdorf",
    ),
    "Südost": ("Holzhausen", "Liebertwolkwitz", "Meusdorf", "Probstheida", "Reudnitz-Thonberg", "Stötteritz"),
    "Süd": ("Connewitz", "Dölitz-Dösen", "Lößnig", "Marienbrunn", "Südvorstadt"),
    "Südwest": (
        "Großzschocher", "Hartmannsdorf-Knautnaundorf", "Kleinzschocher", "Knautkleeberg-Knauthain", "Plagwitz", "Schleußig",
    ),
    "West": ("Grünau-Mitte", "Grünau-Nord", "Grünau-Ost", "Grünau-Siedlung", "Lausen-Grünau", "Miltitz", "Schönau"),
    "Altwest": ("Altlindenau", "Böhlitz-Ehrenberg", "Burghausen-Rückmarsdorf", "Leutzsch", "Lindenau", "Neulindenau"),
    "Nordwest": ("Lindenthal", "Lützschena-Stahmeln", "Möckern", "Wahren"),
    "Nord": ("Eutritzsch", "Gohlis-Mitte", "Gohlis-Nord", "Gohlis-Süd", "Seehausen", "Wiederitzsch"),
}  # fmt: skip
CITY = "Leipzig"

_BOROUGH = {district: borough for borough, districts in BOROUGHS.items() for district in districts}
# People say the first half of a double name, and mean all parts of a divided one: "Reudnitz", "Gohlis".
_BOROUGH |= {district.split("-")[0]: borough for district, borough in _BOROUGH.items()}
_BOROUGH["Grünau"] = "West"


class Distance(StrEnum):
    """How far an offer is from a person, as far as both are known."""

    SAME = "same"
    NEAR = "near"
    CITY_WIDE = "city_wide"
    ELSEWHERE = "elsewhere"
    FAR = "far"
    UNKNOWN = "unknown"


def is_known(place: str) -> bool:
    """Whether it is a part of Leipzig, as people call it."""
    return place in _BOROUGH


def borough(place: str) -> str | None:
    """The Stadtbezirk of a district; None for a town outside."""
    return _BOROUGH.get(place)


def is_same(one: str, other: str) -> bool:
    """Whether two names mean the same place or one lies in the other (Gohlis, Gohlis-Mitte)."""
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


def distance(district: str | None, districts: Sequence[str]) -> Distance:
    """From where a person lives (None: not said) to where an offer is for (empty: the whole city)."""
    in_town = [place for place in districts if place == CITY or is_known(place)]
    lives_outside = district is not None and district != CITY and not is_known(district)
    if district is not None and any(is_same(district, place) for place in districts):
        return Distance.SAME
    if not districts or CITY in districts:
        return Distance.ELSEWHERE if lives_outside else Distance.CITY_WIDE
    if not in_town or lives_outside:
        return Distance.FAR
    if district is None or district == CITY:
        return Distance.UNKNOWN
    home = borough(district)
    return Distance.NEAR if any(borough(place) == home for place in in_town) else Distance.ELSEWHERE
