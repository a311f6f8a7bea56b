"""The taxonomy names what people need, in their language."""

import json
from pathlib import Path

import pytest
from anlaufstelle_contracts import Category
from anlaufstelle_contracts.taxonomy import LANGUAGES, TERMS, OpenEligibility, label, open_eligibility

OFFERS = Path(__file__).parents[2] / "data" / "devset" / "offers.jsonl"
CYRILLIC = set("абвгґдеєёжзиіїйклмнопрстуфхцчшщъыьэюя’ ,й")


def test_the_categories_are_those_of_the_sample_directory() -> None:
    used = {json.loads(line)["category"] for line in OFFERS.read_text(encoding="utf-8").splitlines()}
    assert used == {str(category) for category in Category}
    assert len(Category) == 23


def test_every_category_has_a_name_of_its_own_in_every_language() -> None:
    assert TERMS.keys() == set(Category)
    for language in LANGUAGES:
        names = [label(category, language) for category in Category]
        assert len(set(names)) == len(names)
        assert all(name == name.strip() and name for name in names)


@pytest.mark.parametrize(("language", "foreign"), [("uk", "ыэёъ"), ("ru", "іїєґ’")])
def test_cyrillic_names_use_the_letters_of_their_language(language: str, foreign: str) -> None:
    for category in Category:
        assert set(label(category, language).lower()) <= CYRILLIC - set(foreign)


def test_every_category_belongs_to_an_open_eligibility_service_and_every_service_has_one() -> None:
    assert {open_eligibility(category) for category in Category} == set(OpenEligibility)


def test_unknown_categories_and_languages_still_have_a_name() -> None:
    assert label("of_tomorrow", "uk") == label(Category.INFORMATION_OTHER, "uk")
    assert open_eligibility("of_tomorrow") is open_eligibility(Category.INFORMATION_OTHER)
    assert label(Category.FOOD, "fr") == label(Category.FOOD, "en")
