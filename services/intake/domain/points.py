"""Where a place on the map is: the part of the city or the town around whose middle is nearest."""

from math import cos, hypot, radians

from .gazetteer import points

FARTHEST = 15.0
"""Kilometres to the nearest middle; nobody beyond lives here."""
_KM_A_DEGREE = 111.2


def nearest(latitude: float, longitude: float) -> str | None:
    """The name of the district or town; None when it is too far away, or no place on earth."""
    here = (latitude, longitude)
    name, distance = min(
        ((name, _kilometres(here, point)) for name, point in points()), key=lambda one: one[1], default=("", FARTHEST + 1)
    )
    return name if distance <= FARTHEST else None


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """As on a flat map, which is true enough around one city."""
    north = (one[0] - other[0]) * _KM_A_DEGREE
    east = (one[1] - other[1]) * _KM_A_DEGREE * cos(radians(other[0]))
    return hypot(north, east)
