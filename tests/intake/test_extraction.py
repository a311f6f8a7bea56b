"""What a text states outright."""
# ruff: noqa: E501 - rows of a table

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from anlaufstelle_contracts import Horizon, Urgency

from services.intake.domain.extraction import Facts, facts
from services.intake.domain.gazetteer import place as district
from services.intake.domain.persons import people

TODAY = date(2026, 11, 22)
DEVSET = Path(__file__).parents[2] / "data" / "devset" / "needs.jsonl"


NOW, DAYS, LATER = Urgency.NOW, Urgency.DAYS, Urgency.LATER
HOURS, WEEKS, PERMANENT = Horizon.HOURS, Horizon.WEEKS, Horizon.PERMANENT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау", Facts("Grünau", 1, None, PERMANENT)),
        ("Нас троє, потрібен ночліг сьогодні біля вокзалу", Facts("Zentrum", 3, NOW)),
        ("Срочно нужна комната на пару месяцев в Паунсдорфе, нас 4", Facts("Paunsdorf", 4, DAYS, WEEKS)),
        ("Suche morgen jemanden in Gohlis-Süd", Facts("Gohlis", None, DAYS)),
        ("We are 2 people in Markkleeberg, tonight", Facts("Markkleeberg", 2, NOW)),
        ("їй 62 роки", Facts()),
        ("Чоловік мене б'є", Facts(urgency=NOW)),
    ],
)
def test_facts(text: str, expected: Facts) -> None:
    assert facts(text, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("до 1 грудня", DAYS), ("3 грудня", LATER), ("22.11.", NOW), ("am 2.12.", DAYS), ("zum 15.12. ausziehen", LATER),
        ("on Dec 7", LATER), ("November 30th", DAYS), ("в январе роды", LATER), ("im Januar", LATER), ("24.02.2022 приїхали", None),
        ("5 жовтня подали заяву", None), ("31.02. gibt es nicht", None), ("у п'ятницю", DAYS), ("по п'ятницях", None),
        ("jeden Freitag", None), ("Guten Morgen", None), ("morgen früh", DAYS), ("2.5 kg, 3.20 €", None), ("стоїмо на вокзалі", NOW),
    ],
)  # fmt: skip
def test_dates_are_counted_from_the_day_on_which_it_is_said(text: str, when: Urgency | None) -> None:
    assert facts(text, TODAY).urgency == when


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("нас троє", 3), ("я з двома дітьми", 3), ("wir sind zu viert", 4), ("для мого чоловіка і мене", 2), ("куртка для сина", 1),
        ("2 дорослих і 3 дітей", 5), ("живемо вп'ятьох", 5), ("the three of us", 3), ("me and my daughter", 2), ("нас 2022 року", None),
        ("на двох тижнях", None), ("сын 3 и дочь 12", None), ("диван на 3 місця", None), ("Wohnung mit 3 Zimmern", None),
        ("нас 120 у гуртожитку", None), ("передати ліки мамі в Дніпро", None), ("не жене нікого", None), ("a couple of pots", None),
    ],
)  # fmt: skip
def test_people_are_counted(text: str, count: int | None) -> None:
    assert people(text) == count


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


def rows(kind: str) -> list[dict[str, Any]]:
    return [row for row in map(json.loads, DEVSET.read_text(encoding="utf-8").splitlines()) if row["kind"] == kind]


@pytest.mark.parametrize(
    ("fact", "precision", "recall"),
    [("urgency", 0.92, 0.8), ("horizon", 0.85, 0.7), ("people", 0.87, 0.65), ("district", 0.94, 0.94)],
)
def test_facts_of_the_development_set(fact: str, precision: float, recall: float) -> None:
    found = [(row[fact], getattr(facts(row["text"], TODAY), fact)) for row in rows("need")]
    right = sum(gold is not None and gold == got for gold, got in found)
    assert right >= precision * sum(got is not None for _, got in found)
    assert right >= recall * sum(gold is not None for gold, _ in found)


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["нас ", "для ", "1.1.", "на вокзалі ", "mit meinem ", "у мами ", "January ", "1"])
def test_a_hostile_text_is_read_in_no_time(piece: str) -> None:
    facts(piece * (10_000 // len(piece)), TODAY)
