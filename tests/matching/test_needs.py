"""Needs on a real bus and store: one decision each, whatever arrives first or twice."""

from hashlib import sha256

import httpx
from anlaufstelle_contracts import (
    Answer,
    NeedMatched,
    NeedUnmet,
    NeedWithdrawn,
    OfferDeclined,
    OfferPublished,
    OfferRetracted,
    OfferSubmitted,
    OfferWithdrawn,
    PersonErased,
    ProviderKind,
    ReferralAnswered,
    ReviewClosed,
    ReviewRequested,
)

from chassis import new_id
from tests.kit import running
from tests.kit.waiting import eventually
from tests.matching.conftest import COURSE, OFFERS, VET, VETS, Matching, need


async def test_a_need_is_pointed_to_the_offer_that_fits_and_told_why(matching: Matching) -> None:
    asked = need(COURSE, district="Grünau", horizon="permanent")
    await matching.say(asked)
    matched = await matching.first(NeedMatched, need_id=asked.need_id)
    best = matched.offers[0]
    assert best.offer_id == "german-seniors"
    assert {"topic", "district", "audience", "language"} <= {str(reason) for reason in best.reasons}
    assert best.title == "Deutsch für Seniorinnen und Senioren"
    assert "german-full" not in matched.offer_ids
    shown = await matching.get(f"/needs/{asked.need_id}")
    assert (shown["decision"], shown["offers"][0]["id"]) == ("referred", "german-seniors")
    assert shown["categories"][0] == "language_course"


async def test_a_repeated_need_is_decided_once(matching: Matching) -> None:
    asked = need(COURSE, district="Grünau")
    said = await matching.say(asked)
    await matching.first(NeedMatched, need_id=asked.need_id)
    await running.say(matching.bus, *said, suffix="-again")
    await matching.say(asked)  # the same need by another cause
    after = need(COURSE)
    await matching.say(after)
    await matching.decision(after.need_id)
    assert len(await matching.heard(NeedMatched, need_id=asked.need_id)) == 1


async def test_a_withdrawal_that_comes_before_its_need_stands(matching: Matching) -> None:
    asked = need(COURSE)
    await matching.say(NeedWithdrawn(need_id=asked.need_id, person_id=asked.person_id))
    await matching.decision(asked.need_id, "withdrawn")
    await matching.say(asked)
    after = need(COURSE)
    await matching.say(after)
    await matching.decision(after.need_id)
    assert (await matching.get(f"/needs/{asked.need_id}"))["decision"] == "withdrawn"
    assert await matching.heard(NeedMatched, need_id=asked.need_id) == []


async def test_what_is_to_be_reviewed_is_left_to_a_coordinator(matching: Matching) -> None:
    asked = need(COURSE, district="Grünau", review=True)
    await matching.say(asked)
    review = await matching.first(ReviewRequested, need_id=asked.need_id)
    assert review.candidates[0].offer_id == "german-seniors"
    assert (await matching.get(f"/needs/{asked.need_id}"))["decision"] == "review"


async def test_of_what_nobody_is_answered_no_coordinator_is_asked(matching: Matching) -> None:
    asked = need("Шукаю кімнату для себе й дитини на кілька місяців", people=2, silent=True)  # see below: waits for a coordinator
    await matching.say(asked)
    assert (await matching.decision(asked.need_id))["decision"] == "referred"
    assert await matching.heard(ReviewRequested, need_id=asked.need_id) == []


async def test_an_emergency_goes_to_people_without_matching(matching: Matching) -> None:
    asked = need("Чоловік б'є мене, я боюся", emergency=True)
    await matching.say(asked)
    review = await matching.first(ReviewRequested, need_id=asked.need_id)
    assert review.emergency
    assert review.candidates == []
    assert (await matching.get(f"/needs/{asked.need_id}"))["decision"] == "emergency"


async def test_an_emergency_is_taken_care_of_and_never_called_unmet(matching: Matching) -> None:
    asked = need("Чоловік б'є мене, я боюся", emergency=True)
    await matching.say(asked)
    await matching.first(ReviewRequested, need_id=asked.need_id)

    async def decide(click: str, **verdict: object) -> httpx.Response:
        return await matching.clients[0].post(
            f"/needs/{asked.need_id}/decision", json=verdict, headers={"Idempotency-Key": click}
        )

    refused = await decide("1", unmet="no_such_offer")
    assert (refused.status_code, "emergency" in refused.text) == (409, True)
    assert (await decide("2", unmet="full", taken_care_of=True)).status_code == 422
    for _ in range(2):
        assert (await decide("3", taken_care_of=True)).json()["decision"] == "closed"
    assert (await decide("4", unmet="no_such_offer")).status_code == 409
    assert len(await matching.heard(ReviewClosed, need_id=asked.need_id)) == 1
    assert (await decide("5", offer_ids=["interpreters"])).json()["decision"] == "referred"
    assert (await decide("6", taken_care_of=True)).json()["decision"] == "referred"
    assert len(await matching.heard(ReviewClosed, need_id=asked.need_id)) == 2
    assert await matching.heard(NeedUnmet, need_id=asked.need_id) == []


async def test_who_wants_more_after_a_coordinator_took_care_of_it_is_heard(matching: Matching) -> None:
    asked = need("Шукаю кімнату для себе й дитини на кілька місяців", people=2)
    await matching.say(asked)
    await matching.first(ReviewRequested, need_id=asked.need_id)
    await matching.clients[0].post(
        f"/needs/{asked.need_id}/decision", json={"taken_care_of": True}, headers={"Idempotency-Key": "1"}
    )
    await matching.say(ReferralAnswered(need_id=asked.need_id, person_id=asked.person_id, answer="human"))
    await eventually(lambda: _reviewed_twice(matching, asked.need_id))


async def _reviewed_twice(matching: Matching, need_id: str) -> bool:
    return len(await matching.heard(ReviewRequested, need_id=need_id)) == 2


async def test_what_nothing_fits_is_unmet_with_a_reason(matching: Matching) -> None:
    asked = need("Хто ремонтує піаніно? Треба налаштувати старий інструмент")
    await matching.say(asked)
    unmet = await matching.first(NeedUnmet, need_id=asked.need_id)
    assert str(unmet.reason) == "no_such_offer"


async def test_private_housing_waits_for_a_coordinator_who_decides_once(matching: Matching) -> None:
    asked = need("Шукаю кімнату для себе й дитини на кілька місяців", people=2)
    await matching.say(asked)
    review = await matching.first(ReviewRequested, need_id=asked.need_id)
    assert "room" in [candidate.offer_id for candidate in review.candidates]
    client = matching.clients[0]
    for _ in range(2):
        answer = await client.post(
            f"/needs/{asked.need_id}/decision", json={"offer_ids": ["room"]}, headers={"Idempotency-Key": "click-1"}
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["decision"] == "referred"
    again = await client.post(
        f"/needs/{asked.need_id}/decision", json={"unmet": "no_such_offer"}, headers={"Idempotency-Key": "click-2"}
    )
    assert again.status_code == 409
    matched = await matching.first(NeedMatched, need_id=asked.need_id)
    assert matched.offer_ids == ["room"]
    assert len(await matching.heard(NeedMatched, need_id=asked.need_id)) == 1


async def test_a_coordinator_cannot_name_what_is_full_or_unknown(matching: Matching) -> None:
    asked = need("Шукаю кімнату для себе й дитини на кілька місяців")
    await matching.say(asked)
    await matching.first(ReviewRequested, need_id=asked.need_id)
    for offer_id, words in (("german-full", "full"), ("nothing", "no such offer")):
        answer = await matching.clients[0].post(
            f"/needs/{asked.need_id}/decision", json={"offer_ids": [offer_id]}, headers={"Idempotency-Key": offer_id}
        )
        assert answer.status_code == 422
        assert words in answer.text
    assert (await matching.get(f"/needs/{asked.need_id}"))["decision"] == "review"


async def test_answers_are_kept_and_more_names_others(matching: Matching) -> None:
    asked = need("Шукаємо кімнату або квартиру на кілька місяців, мама з дитиною", people=2)
    person = {"need_id": asked.need_id, "person_id": asked.person_id}
    await matching.say(asked)
    await matching.decision(asked.need_id, "review")
    await matching.clients[0].post(
        f"/needs/{asked.need_id}/decision", json={"offer_ids": ["room"]}, headers={"Idempotency-Key": "a"}
    )
    named = (await matching.get(f"/needs/{asked.need_id}"))["offers"]
    await matching.say(ReferralAnswered(**person, offer_id=named[0]["id"], answer=Answer.NOT_HELPED))

    async def is_kept() -> bool:
        return bool((await matching.get(f"/needs/{asked.need_id}"))["offers"][0]["answer"] == "not_helped")

    await eventually(is_kept)
    rounds = len(await matching.heard(NeedMatched, need_id=asked.need_id))
    await matching.say(ReferralAnswered(**person, answer=Answer.MORE))

    async def has_more() -> bool:
        return len(await matching.heard(NeedMatched, need_id=asked.need_id)) == rounds + 1

    await eventually(has_more, timeout=20)
    last = (await matching.heard(NeedMatched, need_id=asked.need_id))[-1]
    assert not {one["id"] for one in named} & set(last.offer_ids)

    await matching.say(ReferralAnswered(**person, answer=Answer.HUMAN))
    await matching.first(ReviewRequested, need_id=asked.need_id)


async def test_a_person_is_forgotten_even_before_their_need_arrives(matching: Matching) -> None:
    early, late = need(VETS[0]), need(VETS[1])
    late = late.model_copy(update={"person_id": early.person_id})
    offer = OfferSubmitted(
        offer_id=new_id(), person_id=early.person_id, title="Гуляю з собаками", description="Можу вигуляти вашу собаку.",
        provider_kind=ProviderKind.PRIVATE,
    )  # fmt: skip
    await matching.say(early, offer)
    await matching.decision(early.need_id)
    await matching.say(PersonErased(person_id=early.person_id, need_ids=[early.need_id, late.need_id]))

    async def is_gone() -> bool:
        return (await matching.clients[0].get(f"/needs/{early.need_id}")).status_code == 404

    await eventually(is_gone)
    second = offer.model_copy(update={"offer_id": new_id()})
    await matching.say(late, second)
    after = need(COURSE)
    await matching.say(after)
    await matching.decision(after.need_id)
    assert (await matching.clients[0].get(f"/needs/{late.need_id}")).status_code == 404
    assert [shown["id"] for shown in await matching.get("/directory/offers?status=unverified")] == []
    db = matching.services[0].db
    for name in ("needs", "offers", "givers", "gaps"):
        assert early.text not in str([document async for document in db[name].find()])
        assert offer.description not in str([document async for document in db[name].find()])


async def test_a_private_offer_is_shown_after_it_was_verified_and_finds_who_waits(matching: Matching) -> None:
    asked = need(VETS[0])
    await matching.say(asked)
    assert (await matching.decision(asked.need_id))["decision"] == "unmet"
    offer = OfferSubmitted(
        offer_id=new_id(), person_id=new_id(), title=VET["title"], description=VET["description"],
        provider_kind=ProviderKind.PRIVATE, categories=["animals"],
    )  # fmt: skip
    await matching.say(offer)
    client = matching.clients[0]

    async def unverified(offer_ids: list[str]) -> bool:
        return [shown["id"] for shown in await matching.get("/directory/offers?status=unverified")] == offer_ids

    await eventually(lambda: unverified([offer.offer_id]))
    later = need(VETS[2])
    await matching.say(later)
    decided = await matching.decision(later.need_id)
    assert (decided["decision"], decided["offers"]) == ("unmet", [])
    assert {"offer_id": offer.offer_id, "reason": "unverified"} in decided["excluded"]
    answer = await client.post(
        f"/offers/{offer.offer_id}/verification", json={"verified": True}, headers={"Idempotency-Key": "call"}
    )
    assert answer.json()["status"] == "published"
    await matching.first(OfferPublished, offer_id=offer.offer_id)
    assert (await matching.decision(asked.need_id, "referred"))["offers"][0]["id"] == offer.offer_id
    assert (await matching.decision(later.need_id, "referred"))["offers"][0]["id"] == offer.offer_id

    # What was looked at and not shown is said, so that no desk waits for it.
    other = offer.model_copy(update={"offer_id": new_id()})
    await matching.say(other)
    await eventually(lambda: unverified([other.offer_id]))
    await client.post(f"/offers/{other.offer_id}/verification", json={"verified": False}, headers={"Idempotency-Key": "no"})
    await matching.first(OfferDeclined, offer_id=other.offer_id)
    await matching.say(other.model_copy(update={"description": "Лікую тварин безкоштовно."}))
    await eventually(lambda: unverified([other.offer_id]))
    path, headers = f"/offers/{other.offer_id}/verification", {"Idempotency-Key": "again"}
    seen = sha256(other.description.encode()).hexdigest()
    assert (await client.post(path, json={"verified": True, "seen": seen}, headers=headers)).status_code == 409
    seen = sha256("Лікую тварин безкоштовно.".encode()).hexdigest()
    assert (await client.post(path, json={"verified": False, "seen": seen}, headers=headers)).status_code == 200

    # Other words than those that were verified are not shown.
    await matching.say(offer.model_copy(update={"description": "Продаю корм."}))
    await matching.first(OfferWithdrawn, offer_id=offer.offer_id)
    await eventually(lambda: unverified([offer.offer_id]))

    # What its giver took back is gone with its words, even when that is heard first.
    early = new_id()
    await matching.say(*(OfferRetracted(offer_id=each, person_id=new_id()) for each in (offer.offer_id, early)))
    await matching.say(offer, offer.model_copy(update={"offer_id": early}))
    await matching.say(last := need(VETS[2]))
    await matching.decision(last.need_id)
    assert await unverified([])
    stored = [found async for found in matching.services[0].db["offers"].find({"_id": {"$in": [offer.offer_id, early]}})]
    assert [(found["status"], found["title"]) for found in stored] == [("erased", "")] * 2


async def test_replicas_decide_each_need_once(idle: Matching) -> None:
    await idle.start()
    await idle.start()
    await idle.load(OFFERS, replica=0)
    asked = [need(COURSE, district="Grünau") for _ in range(30)]
    await idle.say(*asked[:15])
    await idle.load([VET], replica=1)
    await idle.say(*asked[15:])
    for one in asked:
        assert (await idle.decision(one.need_id))["decision"] == "referred"
    matched = await idle.heard(NeedMatched)
    assert sorted(event.need_id for event in matched) == sorted(one.need_id for one in asked)
