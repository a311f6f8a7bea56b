"""What a text is plainly about."""

import json
from pathlib import Path

import pytest
from anlaufstelle_contracts.taxonomy import Category

from services.intake.domain.gazetteer import LEIPZIG, NARROW
from services.intake.domain.topics import MOST, topics
from tests.kit.plain import PLAIN_NEEDS, PlainNeed

DEVSET = Path(__file__).parents[2] / "data" / "devset" / "needs.jsonl"


@pytest.mark.parametrize("need", PLAIN_NEEDS, ids=lambda need: need.text[:40])
def test_a_plainly_named_thing_is_a_topic(need: PlainNeed) -> None:
    assert topics(need.text)[:1] == [need.category]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Квартира вже є, потрібні меблі", ["housing_furnishing"]),
        ("Мебель не нужна, ищем квартиру", ["housing"]),
        ("Меблі не потрібні, тільки одяг", ["clothing"]),
        ("Нам не треба житло, шукаємо роботу", ["work"]),
        ("Шукаємо меблі, житло вже є", ["housing_furnishing"]),
        ("Потрібен не лікар, а психолог", ["mental_health"]),
        ("No need for furniture, we need clothes", ["clothing"]),
        ("We need clothes, furniture is fine", ["clothing"]),
        ("Ich brauche keine Wohnung, sondern Möbel", ["housing_furnishing"]),
        ("Нужен переводчик к врачу", ["interpreting"]),
        ("Потрібні меблі та зимовий одяг", ["housing_furnishing", "clothing"]),
        ("We need furniture and warm clothes", ["housing_furnishing", "clothing"]),
        ("зубной врач", ["health"]),
        ("Wo gibt es günstige Fahrräder?", ["transport"]),
        ("Мені потрібен дитячий візок", ["housing_furnishing"]),
        ("Кіт захворів, потрібен ветеринар", []),
        ("Нужен юрист и обмен водительских прав", []),
        ("Мама вчора була у лікаря, дитина грається з котом, а я сиджу на кухні й дивлюся, як падає сніг", []),
        ("Дякую!", []),
        ("", []),
    ],
)
def test_only_what_is_asked_for_counts(text: str, expected: list[str]) -> None:
    assert topics(text) == expected


def test_every_category_has_words_in_every_language() -> None:
    lines = [
        line.split("\t") for line in (LEIPZIG / "topics.tsv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    assert {(category, language) for category, language, _ in lines} == {
        (str(category), language) for category in (*Category, NARROW) for language in ("uk", "ru", "de", "en")
    }


def test_what_is_named_in_the_development_set_is_mostly_right() -> None:
    needs = [row for row in map(json.loads, DEVSET.read_text(encoding="utf-8").splitlines()) if row["kind"] == "need"]
    named = [(set(topics(row["text"])), set(row["categories"])) for row in needs]
    right = sum(len(found & gold) for found, gold in named)
    assert right >= 0.85 * sum(len(found) for found, _ in named)
    assert sum(bool(found) for found, _ in named) >= len(named) / 4


def test_a_hostile_text_is_read_in_no_time() -> None:
    for text in ("нужен " * 2_000, "кот, " * 2_500, "hi" * 5_000, "need " + "a" * 10_000, "не " * 4_000 + "кот"):
        assert len(topics(text)) <= MOST
