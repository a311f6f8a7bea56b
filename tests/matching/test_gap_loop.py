"""The whole loop of a gap on a real bus and store, with the people's messages: asked, missing, made, everybody told once."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial

import pytest
from anlaufstelle_contracts import (
    GapClosed,
    GapDetected,
    MessageRequested,
    NeedMatched,
    NeedUnmet,
    OfferSubmitted,
    ProjectProposed,
    ProviderKind,
)

from chassis import new_id
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually
from tests.matching.conftest import OFFERS, VET, VETS, Matching, need

UNLIKE = "Щось зовсім інше"
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
"""Longer than an unmet need that counts for no announced gap would wait."""


@pytest.fixture
async def house(idle: Matching, bus: Bus, store: Store) -> AsyncIterator[Matching]:
    """Matching with its directory, notify and projects."""
    async with AsyncExitStack() as stack:
        for name in ("notify", "projects"):
            await stack.enter_async_context(running.started(running.build(name, running.settings_for(name, bus, store))))
        await idle.start()
        await idle.load(OFFERS)
        yield idle


def project(proposed: ProjectProposed, **fields: str) -> OfferSubmitted:
    """The project as an offer, when it starts."""
    values = {"title": VET["title"], "description": VET["description"]} | fields
    return OfferSubmitted(
        offer_id=new_id(), project_id=proposed.project_id, gap_id=proposed.gap_id, categories=["animals"],
        provider_kind=ProviderKind.PROJECT, **values,
    )  # fmt: skip


async def told(house: Matching, title: str) -> Counter[str | None]:
    """How often people were told of an offer, by need."""
    messages = await house.heard(MessageRequested)
    return Counter(message.need_id for message in messages if title in message.text)


async def test_all_who_wait_are_told_once_of_what_was_made_for_them(house: Matching) -> None:
    asked = [need(text) for text in VETS]
    said = await house.say(*asked)
    proposed = await house.first(ProjectProposed)
    detected = await house.first(GapDetected)
    assert (proposed.gap_id, detected.person_count >= 3) == (detected.gap_id, True)
    assert detected.labels["de"].startswith("Tiere")
    for one in asked:
        await house.first(NeedUnmet, need_id=one.need_id)
    # The project is described in words that no decision would take for a vet, and half a year has passed.
    needs = house.services[0].db["needs"]

    async def gathered() -> bool:
        return await needs.count_documents({"gap_id": detected.gap_id}) == len(asked)

    await eventually(gathered, timeout=20)
    await needs.update_many({}, {"$set": {"articulated_at": LONG_AGO}})
    offer = project(proposed, title="Projekt Vier Pfoten", description=UNLIKE)
    made = await house.say(offer)
    closed = await house.first(GapClosed)
    assert (closed.gap_id, closed.offer_id) == (detected.gap_id, offer.offer_id)

    async def all_told() -> bool:
        return set(await told(house, offer.title)) == {one.need_id for one in asked}

    await eventually(all_told, timeout=20, interval=0.1)
    assert [gap["closed_at"] is not None for gap in await house.get("/gaps")] == [True]

    # Everything once more: nothing changes.
    before = (await house.get("/gaps"), [await house.get(f"/needs/{one.need_id}") for one in asked])
    await running.say(house.bus, *said, *made, suffix="-again")
    await house.say(offer)  # as another cause
    after = need(VETS[0])
    await house.say(after)
    await house.decision(after.need_id)

    async def tried() -> bool:
        document = await house.services[0].db["offers"].find_one({"_id": offer.offer_id})
        return document is not None and document["rematch_on"] is None

    await eventually(tried, timeout=20)
    assert (await house.get("/gaps"))[0] == before[0][0]
    assert [await house.get(f"/needs/{one.need_id}") for one in asked] == before[1]
    assert {need_id: count for need_id, count in (await told(house, offer.title)).items() if count > 1} == {}
    assert len(await house.heard(GapClosed)) == 1
    matched = Counter(event.need_id for event in await house.heard(NeedMatched))
    assert max(matched.values()) == 1


async def test_who_is_left_behind_by_a_gap_that_closes_counts_for_another(house: Matching) -> None:
    # Only women are meant, and one says that he is a man: nobody tells him of it. The gap began with him.
    man = need("Я чоловік, мені 30 років, шукаю ветеринара для кота")
    asked = [need(text) for text in VETS]
    await house.say(man, *asked)
    proposed = await house.first(ProjectProposed)
    needs = house.services[0].db["needs"]

    async def gathered() -> bool:
        return await needs.count_documents({"gap_id": proposed.gap_id}) == len(asked) + 1

    await eventually(gathered, timeout=20)
    assert {(await house.get(f"/needs/{one.need_id}"))["decision"] for one in asked} == {"unmet"}
    await needs.update_many({}, {"$set": {"articulated_at": LONG_AGO}})
    await house.load([VET | {"audience": ["women"]}])
    for one in asked:
        await eventually(partial(_is_taken_up, house, one.need_id), timeout=20)
    await house.first(GapClosed, gap_id=proposed.gap_id, offer_id="vet")

    async def counts_elsewhere() -> bool:
        document = await needs.find_one({"_id": man.need_id})
        return document is not None and document["gap_id"] not in (None, proposed.gap_id)

    await eventually(counts_elsewhere, timeout=20)
    gaps = house.services[0].db["gaps"]
    assert await gaps.count_documents({"closed_at": None, "count": 1}) == 1
    closed = await gaps.find_one({"_id": proposed.gap_id})
    assert closed is not None
    assert closed["count"] == 0


async def _is_taken_up(house: Matching, need_id: str) -> bool:
    """Whether a need was pointed to the vet, by the keeper or, where that is unsure, by a coordinator."""
    decision = (await house.get(f"/needs/{need_id}"))["decision"]
    if decision == "review":
        await house.clients[0].post(f"/needs/{need_id}/decision", json={"offer_ids": ["vet"]}, headers={"Idempotency-Key": "a"})
    return bool(decision == "referred")
