"""The shipped model on the whole development set: what it reaches, with a little room, and no offer that a fact rules out."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.fit.calibrate import devset_index, devset_needs
from bench.fit.rows import TODAY, Row
from services.matching.domain.decision import Decision, Outcome, consider, decide
from services.matching.domain.index import Index
from services.matching.domain.model import Model
from services.matching.domain.ranking import MOST_NAMED, Query, rank

FOLDER = Path(__file__).parents[2] / "services" / "matching" / "model"


@dataclass
class Found:
    """A need of the development set, the offers that no fact rules out, best first, and what was decided."""

    row: Row
    ranked: list[str]
    decision: Decision

    def is_right_within(self, most: int) -> bool:
        return bool(set(self.ranked[:most]) & set(self.row["relevant_offers"]))


@pytest.fixture(scope="module")
def index() -> Index:
    return devset_index(Model.load(FOLDER))


@pytest.fixture(scope="module")
def found(index: Index) -> list[Found]:
    model = Model.load(FOLDER)
    every = []
    for row, need in zip(*devset_needs(), strict=True):
        query = Query.of(need, model, TODAY)
        near = consider(query, index)
        open_ids = {offer.id for offer, _, fact in near if fact is None}
        ranked = rank(query, [(offer, similarity) for offer, similarity, _ in near], index, model)
        ids = [one.offer.id for one in ranked if one.offer.id in open_ids]
        every.append(Found(row, ids, decide(need, index, model, TODAY)))
    return every


def test_right_offers_come_first(found: list[Found]) -> None:
    answered = [one for one in found if one.row["relevant_offers"]]
    assert _share([one.is_right_within(1) for one in answered]) >= 0.76
    assert _share([one.is_right_within(MOST_NAMED) for one in answered]) >= 0.92


def test_referrals_are_right_and_few_are_false(found: list[Found]) -> None:
    referred = [one for one in found if one.decision.outcome is Outcome.REFER]
    right = [{offer.offer_id for offer in one.decision.offers} & set(one.row["relevant_offers"]) for one in referred]
    assert _share([bool(some) for some in right]) >= 0.90
    assert _share([one in referred for one in found if one.row["relevant_offers"]]) >= 0.48
    assert _share([one in referred for one in found if not one.row["relevant_offers"]]) <= 0.09


def test_categories_are_read(found: list[Found]) -> None:
    pairs = [(set(one.decision.categories), set(one.row["categories"])) for one in found]
    both = sum(len(said & right) for said, right in pairs)
    assert 2 * both / sum(len(said) + len(right) for said, right in pairs) >= 0.74


def test_nothing_is_named_that_a_fact_rules_out(found: list[Found], index: Index) -> None:
    for one in found:
        for named in one.decision.offers:
            offer = index.get(named.offer_id)
            assert offer is not None
            assert offer.capacity != 0
            assert offer.valid_from is None or offer.valid_from <= TODAY
            assert offer.valid_until is None or offer.valid_until >= TODAY


def _share(values: list[bool]) -> float:
    return sum(values) / len(values)
