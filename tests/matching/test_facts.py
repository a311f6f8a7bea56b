"""Filters by fact: each exclusion has its reason, and nothing is excluded in doubt."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.matching.domain import places
from services.matching.domain.audience import Stated, is_excluded, is_meant
from services.matching.domain.filters import Fact, find_obstacle
from services.matching.domain.need import Need
from services.matching.domain.offer import Offer, OfferStatus
from services.matching.domain.places import Distance

TODAY = date(2026, 11, 24)


def offer(**fields: Any) -> Offer:
    values: dict[str, Any] = {"id": "o", "title": "T", "description": "D", "status": OfferStatus.PUBLISHED}
    return Offer(**values | {"changed_at": datetime(2026, 11, 1, tzinfo=UTC)} | fields)


def obstacle(text: str = "", district: str | None = None, **fields: Any) -> Fact | None:
    return find_obstacle(Need(id="n", text=text, district=district), Stated.of(text), offer(**fields), TODAY)


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({}, None),
        ({"status": OfferStatus.UNVERIFIED}, Fact.UNVERIFIED),
        ({"status": OfferStatus.WITHDRAWN}, Fact.UNVERIFIED),
        ({"valid_until": date(2026, 11, 23)}, Fact.EXPIRED),
        ({"valid_until": TODAY}, None),
        ({"valid_from": date(2026, 11, 25)}, Fact.NOT_STARTED),
        ({"valid_from": TODAY}, None),
        ({"capacity": 0}, Fact.FULL),
        ({"capacity": 1}, None),
    ],
)
def test_what_helps_nobody_is_left_out(fields: dict[str, Any], fact: Fact | None) -> None:
    assert obstacle(**fields) is fact


@pytest.mark.parametrize(
    ("text", "audience", "excluded"),
    [
        ("Мені 35 років, шукаю гурток", ["children"], True),
        ("Мені 35 років, шукаю гурток для сина", ["children"], False),
        ("Шукаю гурток, 7 років", ["children", "teenagers"], False),
        ("Ich bin 24 Jahre alt und suche Anschluss", ["seniors"], True),
        ("Мамі 62 роки", ["seniors"], False),
        ("Мне 30 лет, ищу для бабушки", ["seniors"], False),
        ("Я чоловік, потрібна порада", ["women"], True),
        ("Чоловік на фронті, я сама з дітьми", ["women", "mothers"], False),
        ("Курс для мужа и меня", ["women"], False),
        ("I am a man looking for a course", ["women"], True),
        ("I am a man looking for a course", ["women", "all"], False),
        ("Я чоловік", [], False),
        ("Стаж 30 лет, ищу работу", ["job seekers"], False),
        ("Приехал 25 лет назад, нужен кружок", ["children"], False),
    ],
)
def test_audience_excludes_only_what_is_stated(text: str, audience: list[str], excluded: bool) -> None:
    assert is_excluded(audience, Stated.of(text)) is excluded
    assert (obstacle(text, audience=audience) is Fact.AUDIENCE) is excluded


def test_what_is_made_for_such_people_is_a_reason() -> None:
    assert is_meant(["seniors"], Stated.of("мама, їй 62 роки"))
    assert is_meant(["children"], Stated.of("for my daughter"))
    assert not is_meant(["seniors"], Stated.of("мені 30 років"))


@pytest.mark.parametrize(
    ("description", "districts", "district", "excluded"),
    [
        ("Ausgabe an Haushalte, die in Grünau wohnen.", ["Grünau"], "Gohlis", True),
        ("Ausgabe an Haushalte, die in Grünau wohnen.", ["Grünau"], "Grünau-Mitte", False),
        ("Ausgabe an Haushalte, die in Grünau wohnen.", ["Grünau"], None, False),
        ("Formularhilfe für Menschen aus Taucha.", ["Taucha"], "Zentrum", True),
        ("Hilfe für Menschen aus Syrien.", ["Zentrum"], "Gohlis", False),
        ("Тільки для мешканців району.", ["Grünau"], "Gohlis", True),
        ("Kostenlos, auch für Menschen aus anderen Stadtteilen.", ["Grünau"], "Gohlis", False),
    ],
)
def test_residents_only_is_read_from_the_text(
    description: str, districts: list[str], district: str | None, excluded: bool
) -> None:
    assert (obstacle(description=description, districts=districts, district=district) is Fact.RESIDENTS_ONLY) is excluded


@pytest.mark.parametrize(
    ("district", "districts", "expected"),
    [
        ("Grünau", ["Grünau"], Distance.SAME),
        ("Grünau-Mitte", ["Grünau"], Distance.SAME),
        ("Gohlis", ["Gohlis-Nord"], Distance.SAME),
        ("Grünau", [], Distance.CITY_WIDE),
        ("Grünau", ["Leipzig"], Distance.CITY_WIDE),
        (None, [], Distance.CITY_WIDE),
        ("Paunsdorf", ["Volkmarsdorf"], Distance.NEAR),
        ("Grünau", ["Paunsdorf"], Distance.ELSEWHERE),
        ("Grünau", ["Borna"], Distance.FAR),
        (None, ["Borna"], Distance.FAR),
        ("Borna", ["Grünau"], Distance.FAR),
        ("Borna", [], Distance.ELSEWHERE),
        ("Borna", ["Borna"], Distance.SAME),
        (None, ["Grünau"], Distance.UNKNOWN),
    ],
)
def test_distance(district: str | None, districts: list[str], expected: Distance) -> None:
    assert places.distance(district, districts) is expected


def test_the_parts_of_leipzig_are_known() -> None:
    parts = (
        "Zentrum-Nordwest",
        "Althen-Kleinpösna",
        "Knautkleeberg-Knauthain",
        "Grünau-Siedlung",
        "Lausen-Grünau",
        "Neulindenau",
    )
    assert all(places.is_known(part) for part in parts)
    assert {places.area(part) for part in ("Grünau", "Grünau-Mitte", "Lausen")} == {"West"}
    assert not places.is_known("Borna")
    assert not places.is_known("Leipzig")
