"""What coordinators decide and correct on a real bus and store becomes examples, and goes with the person."""

from typing import Any

import pytest
from anlaufstelle_contracts import NeedWithdrawn, PersonErased, ReviewRequested

from tests.kit.waiting import eventually
from tests.matching.conftest import Matching, need

ROOM = "Шукаю кімнату для себе й дитини на кілька місяців"


async def decide(matching: Matching, need_id: str, **verdict: Any) -> None:
    answer = await matching.clients[0].post(f"/needs/{need_id}/decision", json=verdict, headers={"Idempotency-Key": str(verdict)})
    assert answer.status_code == 200, answer.text


async def test_decisions_are_kept_as_rows_of_the_corpus(matching: Matching) -> None:
    picked, none, full = need(ROOM, district="Grünau", people=2), need(ROOM), need(ROOM)
    await matching.say(picked, none, full)
    for one in (picked, none, full):
        await matching.first(ReviewRequested, need_id=one.need_id)
    assert await matching.get("/examples") == {"needs": [], "unmet": [], "cards": []}
    await decide(matching, picked.need_id, offer_ids=["room"])
    await decide(matching, none.need_id, unmet="no_such_offer")
    await decide(matching, full.need_id, unmet="full")
    rows = await matching.get("/examples")
    [row], [unmet] = rows["needs"], rows["unmet"]
    assert (row["text"], row["language"], row["district"], row["offers"]) == (ROOM, "uk", "Grünau", {"room": 2})
    assert row["categories"][0] == "housing"
    assert "room" not in row["rejected"]
    assert (unmet["offers"], unmet["id"], "room" in unmet["rejected"]) == ({}, none.need_id, True)
    assert unmet["theme"]
    assert "room" in [card["id"] for card in rows["cards"]]
    assert {card["id"] for card in rows["cards"]} <= {"room", *row["rejected"]}
    for one in (picked, none, full):
        assert one.person_id not in str(rows)

    # Another decision on the same need takes the place of the first; a person who goes takes their words along.
    await decide(matching, none.need_id, offer_ids=["housing-advice"])
    again = await matching.get("/examples")
    assert {need_id: row["offers"] for row in again["needs"] if (need_id := row["id"])} == {
        picked.need_id: {"room": 2}, none.need_id: {"housing-advice": 2},
    }  # fmt: skip
    await matching.say(PersonErased(person_id=picked.person_id, need_ids=[picked.need_id]))
    await matching.say(NeedWithdrawn(need_id=none.need_id, person_id=none.person_id))

    async def gone() -> bool:
        return await matching.services[0].db["examples"].count_documents({}) == 1  # that of the third

    await eventually(gone)
    assert await matching.get("/examples") == {"needs": [], "unmet": [], "cards": []}


async def test_a_corrected_topic_brings_other_candidates_and_is_learned(matching: Matching) -> None:
    asked = need(ROOM)
    await matching.say(asked)
    first = await matching.first(ReviewRequested, need_id=asked.need_id)
    client = matching.clients[0]
    for _ in range(2):
        answer = await client.post(
            f"/needs/{asked.need_id}/categories",
            json={"categories": ["interpreting", "housing"]},
            headers={"Idempotency-Key": "x"},
        )
        assert answer.status_code == 204
    reviews = await eventually(lambda: _reviews(matching, asked.need_id, 2))
    assert [review.categories for review in reviews] == [first.categories, ["interpreting", "housing"]]
    assert (await matching.get(f"/needs/{asked.need_id}"))["decision"] == "review"
    await decide(matching, asked.need_id, offer_ids=["interpreters"])
    [row] = (await matching.get("/examples"))["needs"]
    assert (row["categories"], row["corrected"]) == (["interpreting", "housing"], True)
    late = await client.post(
        f"/needs/{asked.need_id}/categories", json={"categories": ["food"]}, headers={"Idempotency-Key": "y"}
    )
    assert late.status_code == 409


@pytest.mark.parametrize("categories", [[], ["nonsense"], ["food", "housing", "work"]])
async def test_a_topic_is_one_or_two_known_categories(matching: Matching, categories: list[str]) -> None:
    answer = await matching.clients[0].post(
        "/needs/n/categories", json={"categories": categories}, headers={"Idempotency-Key": "x"}
    )
    assert answer.status_code == 422


async def _reviews(matching: Matching, need_id: str, count: int) -> list[ReviewRequested]:
    found = await matching.heard(ReviewRequested, need_id=need_id)
    return found if len(found) == count else []
