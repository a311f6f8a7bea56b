"""Needs that come straight to the point, by the shipped model and with the categories that intake reads off them."""

from pathlib import Path

import pytest

from bench.fit.calibrate import devset_index
from bench.fit.rows import TODAY, embed
from services.intake.domain.topics import topics
from services.matching.domain.decision import Decision, Outcome, decide
from services.matching.domain.index import Index
from services.matching.domain.model import Model, to_bytes
from services.matching.domain.need import Need
from tests.kit.plain import PLAIN_NEEDS, PlainNeed

FOLDER = Path(__file__).parents[2] / "services" / "matching" / "model"


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load(FOLDER)


@pytest.fixture(scope="module")
def index(model: Model) -> Index:
    return devset_index(model)


FIRST = 0.85
"""Share of the plain needs for which a right offer must come first; among the first three it must always be."""


def told(plain: PlainNeed, model: Model, index: Index) -> Decision:
    """What is found for a plain need, however sure it is."""
    return decide(need_of(plain.text, plain.language, plain.district), index, model, TODAY, asked_for_more=True)


def need_of(text: str, language: str, district: str | None = None) -> Need:
    """A need as intake hands it on."""
    return Need(
        id="n", text=text, language=language, district=district, said_categories=topics(text),
        vector=to_bytes(embed([text], True)[0]),
    )  # fmt: skip


@pytest.mark.parametrize("plain", PLAIN_NEEDS, ids=lambda need: need.text[:40])
def test_a_right_offer_is_told_and_the_category_is_right(plain: PlainNeed, model: Model, index: Index) -> None:
    decision = told(plain, model, index)
    assert decision.categories[0] == plain.category
    assert {offer.offer_id for offer in decision.offers} & plain.offers


def test_the_course_for_a_mother_of_62_in_gruenau_is_first(model: Model, index: Index) -> None:
    assert told(PLAIN_NEEDS[0], model, index).offers[0].offer_id == "o086"


def test_the_course_for_a_mother_of_62_is_told_wherever_she_lives(model: Model, index: Index) -> None:
    decision = decide(need_of("шукаю курси німецької для мами, 62 роки", "uk"), index, model, TODAY)
    assert decision.outcome is Outcome.REFER
    assert "o086" in [offer.offer_id for offer in decision.offers]


def test_a_right_offer_is_mostly_first(model: Model, index: Index) -> None:
    first = [told(plain, model, index).offers[0].offer_id in plain.offers for plain in PLAIN_NEEDS]
    assert sum(first) >= FIRST * len(first)


@pytest.mark.parametrize(("text", "language"), [("Кіт захворів, потрібен ветеринар", "uk"), ("Нужен ветеринар для собаки", "ru")])
def test_who_needs_a_vet_is_not_sent_to_a_foster_place_unasked(text: str, language: str, model: Model, index: Index) -> None:
    assert decide(need_of(text, language), index, model, TODAY).outcome is not Outcome.REFER
