"""Answers on a real bus and store: they move offers in all replicas, count once, outlive the needs, and raise a check."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anlaufstelle_contracts import (
    Answer,
    NeedMatched,
    NeedWithdrawn,
    OfferChanged,
    OfferCheckRequested,
    OfferWithdrawn,
    PersonErased,
    ReferralAnswered,
)
from prometheus_client import REGISTRY

from chassis import Service
from services.matching.directory import Directory
from services.matching.domain.model import Model
from services.matching.domain.offer import Offer
from services.matching.repository import Offers
from tests.kit import running
from tests.kit.waiting import eventually
from tests.matching.conftest import COURSE, OFFERS, Matching, need
from tests.matching.test_directory import MODEL, WITHIN, NoEncoder


async def kept(service: Service, offer_id: str = "german-seniors") -> Offer:
    """The offer as the store has it."""
    document = await service.db["offers"].find_one({"_id": offer_id})
    assert document is not None
    return Offer.model_validate({"id": document["_id"], **document})


async def referred(matching: Matching, count: int) -> list[NeedMatched]:
    """Some people who were pointed to the course."""
    asked = [need(COURSE, district="Grünau", categories=["language_course"]) for _ in range(count)]
    await matching.say(*asked)
    return [await matching.first(NeedMatched, need_id=one.need_id) for one in asked]


def answer(matched: NeedMatched, said: Answer) -> ReferralAnswered:
    return ReferralAnswered(need_id=matched.need_id, person_id=matched.person_id, offer_id="german-seniors", answer=said)


@asynccontextmanager
async def another_directory(service: Service, model: Model) -> AsyncIterator[Directory]:
    """The directory of a replica that takes no messages."""
    replica = Service("matching", service.settings)
    directory = Directory(Offers(replica), model, NoEncoder())
    for repository in replica._kinds.values():
        await repository.bind(service.db)
    await directory.sync()
    following = asyncio.create_task(directory.follow())
    yield directory
    following.cancel()


async def test_answers_count_once_in_all_replicas_and_outlive_the_need(matching: Matching) -> None:
    service = matching.services[0]
    people = await referred(matching, 3)
    async with another_directory(service, Model.load(MODEL)) as directory:
        said = await matching.say(*(answer(one, Answer.NOT_HELPED) for one in people))

        async def failed(count: int) -> bool:
            feedback = (await kept(service)).feedback
            return feedback is not None and round(feedback.failed, 3) == count

        await eventually(lambda: failed(3))
        other = directory.index.get

        def is_level() -> bool:
            offer = other("german-seniors")
            return offer is not None and offer.feedback is not None and round(offer.feedback.failed, 3) == 3

        await eventually(is_level, timeout=WITHIN)

    await running.say(matching.bus, *said, suffix="-again")
    await matching.say(answer(people[0], Answer.NOT_HELPED))  # pressed twice
    await matching.say(NeedWithdrawn(need_id=people[1].need_id, person_id=people[1].person_id))
    await matching.say(PersonErased(person_id=people[0].person_id, need_ids=[people[0].need_id]))
    [later] = await referred(matching, 1)
    assert later.offers[0].probability < people[0].offers[0].probability
    assert await failed(3)

    drift = await matching.get("/calibration")
    assert (drift["answered"], drift["helped"]) == (3, 0)
    assert drift["bias"] == round(people[0].offers[0].probability, 4) == drift["error"]
    assert REGISTRY.get_sample_value("anlaufstelle_calibration_bias") == drift["bias"]
    assert people[0].need_id not in str([document async for document in service.db["answered"].find()])


async def test_who_could_reach_nobody_raises_a_check_that_a_coordinator_settles(matching: Matching) -> None:
    people = await referred(matching, 3)
    for one in people:
        await matching.say(answer(one, Answer.UNREACHABLE))
    asked = await matching.first(OfferCheckRequested)
    assert (asked.offer_id, asked.title) == ("german-seniors", OFFERS[0]["title"])
    for _ in range(2):
        checked = await matching.clients[0].post(
            "/offers/german-seniors/check", json={"reachable": True}, headers={"Idempotency-Key": "call"}
        )
        assert (checked.status_code, checked.json()["check_asked_on"]) == (200, None)
    changed = await matching.first(OfferChanged, offer_id="german-seniors")
    assert changed.assured_date is not None
    gone = await matching.clients[0].post(
        "/offers/german-seniors/check", json={"reachable": False}, headers={"Idempotency-Key": "call again"}
    )
    assert gone.json()["status"] == "withdrawn"
    await matching.first(OfferWithdrawn, offer_id="german-seniors")
    late = await matching.clients[0].post(
        "/offers/german-seniors/check", json={"reachable": True}, headers={"Idempotency-Key": "late"}
    )
    assert late.status_code == 409
    assert len(await matching.heard(OfferCheckRequested)) == 1
    assert len(await matching.heard(OfferChanged, offer_id="german-seniors")) == 1
