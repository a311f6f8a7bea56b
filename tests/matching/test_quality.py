"""The shipped model on a third of the development set: a floor under its quality, and no offer that a fact rules out."""

from pathlib import Path

import pytest

from bench.fit.calibrate import devset_index
from bench.fit.rows import DEVSET, TODAY, language, rows
from services.matching.domain.decision import MOST_NAMED, Outcome, consider, decide
from services.matching.domain.model import Model, to_bytes
from services.matching.domain.need import Need
from services.matching.domain.ranking import Query, rank
from services.matching.encoder import BundledEncoder

FOLDER = Path(__file__).parents[2] / "services" / "matching" / "model"
EVERY = 3
RIGHT_IN_THREE = 0.80
FALSE_REFERRALS = 0.40


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load(FOLDER)


async def test_quality_does_not_fall_and_facts_are_kept(model: Model) -> None:
    index = devset_index(model)
    asked = [row for row in rows(DEVSET / "needs.jsonl") if row["kind"] == "need"][::EVERY]
    vectors = await BundledEncoder().queries([row["text"] for row in asked])
    hits, referred, false = [], 0, []
    for row, vector in zip(asked, vectors, strict=True):
        need = Need(
            id=row["id"], text=row["text"], language=language(row), district=row["district"], horizon=row["horizon"],
            vector=to_bytes(vector),
        )  # fmt: skip
        found = consider(Query.of(need, model, TODAY), index)
        open_ids = {offer.id for offer, _, fact in found if fact is None}
        ranked = rank(Query.of(need, model, TODAY), [(offer, value) for offer, value, _ in found], index.rarity, model)
        first = [one.offer.id for one in ranked if one.offer.id in open_ids][:MOST_NAMED]
        if row["relevant_offers"]:
            hits.append(bool(set(first) & set(row["relevant_offers"])))
        decision = decide(need, index, model, TODAY)
        for named in decision.offers:
            offer = index.get(named.offer_id)
            assert offer is not None
            assert offer.capacity != 0
            assert offer.valid_from is None or offer.valid_from <= TODAY
            assert offer.valid_until is None or offer.valid_until >= TODAY
        if decision.outcome is Outcome.REFER:
            referred += 1
        if not row["relevant_offers"]:
            false.append(decision.outcome is Outcome.REFER)
    assert sum(hits) / len(hits) >= RIGHT_IN_THREE
    assert referred >= len(asked) / 4
    assert sum(false) / len(false) <= FALSE_REFERRALS
