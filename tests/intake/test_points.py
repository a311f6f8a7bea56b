"""A place on the map becomes a district."""

import math

import pytest

from services.intake.domain.points import nearest


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((51.3395, 12.3745), "Zentrum"),  # market square
        ((51.3123, 12.4131), "Stötteritz"),  # monument to the Battle of the Nations
        ((51.3166, 12.2804), "Grünau"),
        ((51.3600, 12.3660), "Gohlis"),
        ((51.3085, 12.3790), "Connewitz"),
        ((51.3800, 12.4900), "Taucha"),
    ],
)
def test_the_nearest_district_or_town(place: tuple[float, float], expected: str) -> None:
    assert nearest(*place) == expected


@pytest.mark.parametrize("place", [(52.52, 13.40), (50.45, 30.52), (0.0, 0.0), (91.0, 400.0), (math.nan, 12.3), (math.inf, 0.0)])
def test_what_is_too_far_away_is_not_used(place: tuple[float, float]) -> None:
    assert nearest(*place) is None
