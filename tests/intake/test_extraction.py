"""What a text states outright."""

import json
from pathlib import Path

import pytest
from anlaufstelle_contracts import Horizon, Urgency

from services.intake.domain.extraction import Facts, district, facts

DEVSET = Path(__file__).parents[2] / "data" / "devset" / "needs.jsonl"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау", Facts("Grünau")),
        ("Нас троє, потрібен ночліг сьогодні біля вокзалу", Facts("Zentrum", 3, Urgency.NOW, Horizon.HOURS)),
        ("Срочно нужна комната на пару месяцев в Паунсдорфе, нас 4", Facts("Paunsdorf", 4, Urgency.DAYS, Horizon.WEEKS)),
        ("Suche morgen jemanden in Gohlis-Süd", Facts("Gohlis", None, Urgency.DAYS)),
        ("We are 2 people in Markkleeberg, tonight", Facts("Markkleeberg", 2, Urgency.NOW)),
        ("їй 62 роки", Facts()),
    ],
)
def test_facts(text: str, expected: Facts) -> None:
    assert facts(text) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("в Голісі", "Gohlis"), ("у Плагвіці", "Plagwitz"), ("Конневиц", "Connewitz"), ("в Таусі", "Taucha"),
        ("Айзенбанштрассе", "Volkmarsdorf"), ("Eisenbahnstraße", "Volkmarsdorf"), ("нарколог", None), ("Fristen wahren", None),
        ("impfzentrum", None), ("im Zentrum", "Zentrum"), ("Маркклеберзі", "Markkleeberg"), ("in Reudnitz-Thonberg", "Reudnitz"),
    ],
)  # fmt: skip
def test_places_are_known_in_their_declensions(text: str, place: str | None) -> None:
    assert district(text) == place


def test_districts_of_the_development_set() -> None:
    needs = [row for row in map(json.loads, DEVSET.read_text(encoding="utf-8").splitlines()) if row["kind"] == "need"]
    found = [(row["district"], district(row["text"])) for row in needs]
    right = sum(gold == got for gold, got in found if gold)
    assert right >= 0.95 * sum(gold is not None for gold, _ in found)
    assert sum(got is not None and gold != got for gold, got in found) <= 5
