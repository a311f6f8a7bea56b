"""Unmet needs on a real bus and store gather into a gap; an offer that covers it tells those who waited, and closes it."""

from anlaufstelle_contracts import GapClosed, GapDetected, NeedMatched, NeedUnmet, NeedWithdrawn, OfferSubmitted, ProviderKind

from chassis import new_id
from tests.kit.waiting import eventually
from tests.matching.conftest import OFFERS, VET, VETS, Matching, need


async def test_a_theme_of_unmet_needs_is_announced_and_closed_by_the_offer_that_covers_it(matching: Matching) -> None:
    asked = [need(text) for text in VETS]
    other = need("Хто ремонтує піаніно? Треба налаштувати старий інструмент")
    await matching.say(*asked[:2], other)
    for one in (*asked[:2], other):
        await matching.first(NeedUnmet, need_id=one.need_id)
    await matching.say(*asked[2:])
    detected = await matching.first(GapDetected)
    assert detected.need_count >= 3
    assert detected.person_count == detected.need_count
    assert detected.categories[0] == "animals"
    assert set(detected.need_ids) <= {one.need_id for one in asked}
    assert any(word.startswith("ветер") for word in detected.keywords)
    shown = await matching.get("/gaps")
    assert [gap["id"] for gap in shown] == [detected.gap_id]

    # The project that was started to fill it is an offer now.
    offer = OfferSubmitted(
        offer_id=new_id(), project_id=new_id(), title=VET["title"], description=VET["description"], categories=["animals"],
        provider_kind=ProviderKind.PROJECT,
    )  # fmt: skip
    await matching.say(offer)
    closed = await matching.first(GapClosed)
    assert (closed.gap_id, closed.offer_id) == (detected.gap_id, offer.offer_id)
    for one in asked:
        assert (await matching.decision(one.need_id, "referred"))["offers"][0]["id"] == offer.offer_id
    matched = await matching.heard(NeedMatched)
    assert sorted(event.need_id for event in matched) == sorted(one.need_id for one in asked)
    assert (await matching.get(f"/needs/{other.need_id}"))["decision"] == "unmet"


async def test_one_person_who_asks_again_and_again_is_no_gap(matching: Matching) -> None:
    person = new_id()
    asked = [need(text, person_id=person) for text in VETS]
    await matching.say(*asked)

    async def gathered() -> bool:
        gaps = await matching.get("/gaps")
        return bool(gaps) and gaps[0]["need_count"] == len(asked)

    await eventually(gathered, timeout=20)
    assert await matching.heard(GapDetected) == []


async def test_a_gap_closes_when_all_its_needs_were_taken_back(matching: Matching) -> None:
    asked = [need(text) for text in VETS]
    await matching.say(*asked)
    detected = await matching.first(GapDetected)

    async def gathered() -> bool:
        shown = [await matching.get(f"/needs/{one.need_id}") for one in asked]
        return {one["gap_id"] for one in shown} == {detected.gap_id}

    await eventually(gathered, timeout=20)
    await matching.say(*(NeedWithdrawn(need_id=one.need_id, person_id=one.person_id) for one in asked))
    closed = await matching.first(GapClosed, gap_id=detected.gap_id)
    assert closed.offer_id is None


async def test_an_offer_that_was_tried_again_names_nobody_twice(matching: Matching) -> None:
    asked = need(VETS[3])
    await matching.say(asked)
    await matching.decision(asked.need_id, "unmet")
    await matching.load([VET])
    assert (await matching.decision(asked.need_id, "referred"))["offers"][0]["id"] == "vet"

    # As if the keeper had died before it noted that the offer was tried.
    offers = matching.services[0].db["offers"]
    await offers.update_one({"_id": "vet"}, {"$set": {"rematch_on": "2026-01-01"}, "$inc": {"version": 1}})

    async def tried() -> bool:
        document = await offers.find_one({"_id": "vet"})
        return document is not None and document["rematch_on"] is None

    await eventually(tried, timeout=20)
    assert len(await matching.heard(NeedMatched, need_id=asked.need_id)) == 1


async def test_an_offer_that_starts_later_is_tried_on_its_day(idle: Matching) -> None:
    service = await idle.start()
    await idle.load([*OFFERS, VET | {"valid_from": "2999-01-01"}])
    asked = need(VETS[3])
    await idle.say(asked)
    unmet = await idle.first(NeedUnmet, need_id=asked.need_id)
    assert str(unmet.reason) == "no_such_offer"
    document = await service.db["offers"].find_one({"_id": "vet"})
    assert document is not None
    assert document["rematch_on"] == "2999-01-01"
    await idle.load([VET])
    assert (await idle.decision(asked.need_id, "referred"))["offers"][0]["id"] == "vet"
