"""The things and services that texts name, as the shipped list knows them."""

import pytest
from anlaufstelle_contracts.taxonomy import Category

from services.matching.domain.concepts import catalogue, concepts, excluded, overlap, uncovered
from services.matching.domain.words import Rarity


def test_the_list_is_whole() -> None:
    everything = catalogue()
    assert {category for concept in everything.values() for category in concept.categories} <= set(Category)
    assert {broader for concept in everything.values() for broader in concept.broader} <= everything.keys()
    assert [name for name, concept in everything.items() if not all(concept.words)] == []


NAMED = [
    ("Шукаю пральну машину, стара зламалась", "washing-machine"),
    ("отдам диван самовывоз", "sofa"),
    ("Wer hat ein Kinderbett für uns?", "child-bed"),
    ("We need a vet for our cat", "vet"),
]


@pytest.mark.parametrize(("text", "concept"), NAMED)
def test_it_is_named(text: str, concept: str) -> None:
    assert concept in concepts(text).named


def test_an_asker_refuses_what_is_there_already() -> None:
    found = concepts("Потрібен диван. Холодильник вже є.")
    assert "sofa" in found.named
    assert "fridge" in found.denied


def test_an_offer_refuses_what_it_does_not_give() -> None:
    offer = concepts("Ми роздаємо одяг і посуд. Меблі не возимо.", offered=True)
    assert "furniture" in offer.denied
    assert excluded(concepts("Потрібні меблі"), offer) == 1
    assert excluded(concepts("Потрібен посуд"), offer) == 0


def test_what_is_rare_weighs_more() -> None:
    rarity = Rarity({"furniture": 50, "sofa": 1, "table": 20}, 100)
    need = concepts("Потрібен диван і стіл")
    sofa, table = concepts("Sofa zu verschenken", offered=True), concepts("Tisch zu verschenken", offered=True)
    assert overlap(need, sofa, rarity) > overlap(need, table, rarity) > 0
    assert uncovered(need, sofa, rarity) < uncovered(need, table, rarity)
    assert uncovered(concepts("Добрий день"), sofa, rarity) == 0
