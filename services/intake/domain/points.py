"""Where a place on the map is: the Ortsteil of Leipzig or the town around whose middle is nearest."""

from functools import cache
from math import cos, hypot, radians
from pathlib import Path

_POINTS = Path(__file__).parent.parent / "model" / "points.tsv"

CENTRE = (51.340, 12.375)
FARTHEST = 40.0
"""Kilometres from the middle of Leipzig; nobody beyond lives here."""
_KM_A_DEGREE = 111.2


def nearest(latitude: float, longitude: float) -> str | None:
    """The name of the district or town; None when it is too far away, or no place on earth."""
    here = (latitude, longitude)
    if not _kilometres(here, CENTRE) <= FARTHEST:
        return None
    return min(_points(), key=lambda point: _kilometres(here, point[1]))[0]


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """As on a flat map, which is true enough around one city."""
    north = (one[0] - other[0]) * _KM_A_DEGREE
    east = (one[1] - other[1]) * _KM_A_DEGREE * cos(radians(CENTRE[0]))
    return hypot(north, east)


@cache
def _points() -> tuple[tuple[str, tuple[float, float]], ...]:
    rows = [line.split("\t") for line in _POINTS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return tuple((name, _pair(pair)) for name, *pairs in rows for pair in pairs)


def _pair(text: str) -> tuple[float, float]:
    latitude, longitude = text.split()
    return float(latitude), float(longitude)
