"""What the desk knows: the same in whatever order the events come."""

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
from anlaufstelle_contracts import (
    REGISTRY,
    Event,
    GapClosed,
    GapDetected,
    MessageDelivered,
    MessageRequested,
    NeedArticulated,
    NeedMatched,
    NeedUnmet,
    NeedWithdrawn,
    OfferChanged,
    OfferCheckRequested,
    OfferDeclined,
    OfferPublished,
    OfferRetracted,
    OfferSubmitted,
    OfferWithdrawn,
    PersonErased,
    ProjectApproved,
    ProjectProposed,
    ProjectStarted,
    ReferralAnswered,
    ReferredOffer,
    ReviewRequested,
)

from services.web.domain.views import GapView, NeedView, OfferView, PersonView, ProjectView
from services.web.main import build
from tests.kit.memory import START, Memory
from tests.kit.running import example
from tests.web.house import settings_of

KINDS = (NeedView, OfferView, GapView, ProjectView)
OFFER = ReferredOffer(offer_id="o1", title="Möbelhilfe", probability=0.8, reasons=["topic"])
WAYS = {
    "address": "Musterstraße 12, 04315 Leipzig", "phone": "+49 341 0002001", "email": "moebel@example.org",
    "url": "https://moebel.example.org",
}  # fmt: skip
OF_NEED: dict[str, Any] = {"need_id": "n1", "person_id": "p1"}
ARTICULATED = NeedArticulated(
    **OF_NEED, text="Шукаю стіл", language="uk", categories=["housing_furnishing"], channel="web", district="Grünau"
)
STATE: dict[str, Any] = {"offer_id": "o1", "title": "Möbelhilfe", "description": "", "categories": ["x"], "provider_kind": "city"}
GAP: dict[str, Any] = {"gap_id": "g1", "categories": ["animals"], "person_count": 2, "since": START}

SUBMITTED = OfferSubmitted(
    offer_id="o1", person_id="p1", title="Диван", description="Диван", language="uk", provider_kind="private"
)  # fmt: skip
STORIES: dict[str, list[Event]] = {
    "reviewed, matched, helped": [
        ARTICULATED,
        ReviewRequested(**OF_NEED, language="uk", candidates=[OFFER]),
        NeedMatched(**OF_NEED, language="uk", categories=["work"], offers=[OFFER], offer_ids=["o1"]),
        MessageRequested(**OF_NEED, message_id="m1", text="…", language="uk"),
        MessageDelivered(**OF_NEED, message_id="m1", channel="web"),
        ReferralAnswered(**OF_NEED, answer="helped"),
    ],
    "unmet, then withdrawn": [
        ARTICULATED, NeedUnmet(**OF_NEED, language="uk", reason="full"), NeedWithdrawn(**OF_NEED),
        NeedUnmet(**OF_NEED, language="uk", reason="too_far"),
    ],
    "wants a human, and gets an answer": [
        ARTICULATED, NeedUnmet(**OF_NEED, language="uk", reason="full"), ReferralAnswered(**OF_NEED, answer="human"),
        NeedMatched(**OF_NEED, language="uk", offers=[OFFER], offer_ids=["o1"]),
    ],
    "an offer comes and goes": [OfferPublished(**STATE, sample=True), OfferChanged(**STATE), OfferWithdrawn(offer_id="o1")],
    "an offer is checked": [
        OfferPublished(**STATE, assured_date=START.date() - timedelta(days=9)),
        OfferCheckRequested(offer_id="o1", title="Möbelhilfe"),
        OfferChanged(**STATE, assured_date=START.date()),
    ],
    "an offer is reached elsewhere, and then no longer": [
        OfferPublished(**STATE, **WAYS), OfferChanged(**STATE, phone="+49 341 0002002"), OfferWithdrawn(offer_id="o1"),
    ],
    "an offer is found to be gone": [
        OfferPublished(**STATE), OfferCheckRequested(offer_id="o1", title="Möbelhilfe"), OfferWithdrawn(offer_id="o1"),
        OfferPublished(**STATE),
    ],
    "an offer is looked at, changed, and looked at again": [
        SUBMITTED, OfferDeclined(offer_id="o1"), SUBMITTED.model_copy(update={"description": "Двері"}), OfferPublished(**STATE),
    ],
    "an offer is taken back": [
        SUBMITTED, OfferRetracted(offer_id="o1", person_id="p1"), SUBMITTED.model_copy(update={"description": "Двері"}),
    ],
    "an offer of somebody who is erased": [SUBMITTED, PersonErased(person_id="p1")],
    "a gap closes and opens": [
        GapDetected(**GAP, need_count=3), GapDetected(**GAP, need_count=5), GapClosed(gap_id="g1"),
        GapDetected(**GAP, need_count=6),
    ],
    "a project runs": [
        ProjectProposed(project_id="pr1", title="Entwurf", need_count=3), ProjectApproved(project_id="pr1"),
        ProjectStarted(project_id="pr1", offer_id="o9"), ProjectProposed(project_id="pr1", title="Entwurf", need_count=5),
    ],
    "an idea of somebody who is erased": [
        ProjectProposed(project_id="pr1", person_id="p1", title="Idee", summary="Meine Worte"), PersonErased(person_id="p1"),
    ],
    "a need of somebody who is erased": [
        ARTICULATED, NeedUnmet(**OF_NEED, language="uk", reason="full"), ReferralAnswered(**OF_NEED, answer="more"),
        PersonErased(person_id="p1", need_ids=["n1"]),
    ],
}  # fmt: skip


def desk() -> Memory:
    return Memory(build(settings_of("http://127.0.0.1:9")))


async def told(story: list[tuple[int, Event]]) -> list[Any]:
    """What is known after events in some order; each happened at its own place in the story."""
    memory = desk()
    for position, event in story:
        assert await memory.handle(event, at=START + timedelta(seconds=position), cause=f"c{position}") == []
    return [view.model_copy(update={"version": 0}) for kind in KINDS for view in memory.all(kind)]


@pytest.mark.parametrize("name", STORIES)
async def test_the_order_does_not_matter(name: str) -> None:
    story = list(enumerate(STORIES[name]))
    orders = list(itertools.permutations(story))
    in_order = await told(story)
    for order in random.Random(7).sample(orders, min(len(orders), 150)):
        assert await told(list(order)) == in_order


async def need_after(name: str) -> NeedView:
    return next(view for view in await told(list(enumerate(STORIES[name]))) if isinstance(view, NeedView))


async def test_a_need_that_was_answered() -> None:
    need = await need_after("reviewed, matched, helped")
    assert (need.state, need.waiting, need.reached, need.answer) == ("matched", False, "delivered", "helped")
    assert (need.text, need.district, need.categories) == ("Шукаю стіл", "Grünau", ["work"])
    assert [(offer.title, offer.reasons) for offer in need.offers] == [("Möbelhilfe", ["topic"])]


async def test_a_need_that_was_withdrawn_stays_so() -> None:
    need = await need_after("unmet, then withdrawn")
    assert (need.state, need.waiting) == ("withdrawn", False)


async def test_who_waits_for_a_person() -> None:
    memory = desk()
    for event, waits in (
        (ARTICULATED, False), (ReviewRequested(**OF_NEED, language="uk", emergency=True), True),
        (NeedUnmet(**OF_NEED, language="uk", reason="full"), False), (ReferralAnswered(**OF_NEED, answer="human"), True),
        (NeedUnmet(**OF_NEED, language="uk", reason="full"), False),
    ):  # fmt: skip
        await memory.handle(event)
        need = memory.all(NeedView)[0]
        assert need.waiting is waits, event
    assert need.emergency


async def test_an_erased_person_leaves_nothing_but_that() -> None:
    memory = desk()
    for event in STORIES["a need of somebody who is erased"] + STORIES["an idea of somebody who is erased"]:
        await memory.handle(event)
    await memory.handle(ARTICULATED)
    assert memory.all(NeedView) == []
    assert [(project.summary, project.title) for project in memory.all(ProjectView)] == [("", "Idee")]
    assert [person.model_dump(exclude={"version"}) for person in memory.all(PersonView)] == [
        {"id": "p1", "project_ids": [], "offer_ids": [], "erased": True}
    ]


async def test_every_event_of_the_house_is_taken_in() -> None:
    memory = desk()
    for kind in REGISTRY.values():
        assert await memory.handle(example(kind).event()) == []
    assert memory.all(GapView)
    assert memory.all(OfferView)


async def test_an_offer_is_to_be_looked_at_until_that_is_done_and_its_words_go_then() -> None:
    for story, expected in (
        ("an offer is looked at, changed, and looked at again", ["Диван", "", "Двері", ""]),
        ("an offer is taken back", ["Диван", "", ""]),
        ("an offer of somebody who is erased", ["Диван", ""]),
    ):
        memory = desk()
        for event, words in zip(STORIES[story], expected, strict=True):
            await memory.handle(event)
            offer = memory.all(OfferView)[0]
            assert (offer.words, offer.to_verify) == (words, bool(words)), event


async def test_an_offer_is_to_be_checked_until_somebody_vouches_for_it_or_it_is_gone() -> None:
    for story, expected in (
        ("an offer is checked", [(False, ""), (True, "Möbelhilfe"), (False, "Möbelhilfe")]),
        ("an offer is found to be gone", [(False, ""), (True, "Möbelhilfe"), (False, ""), (False, "")]),
    ):
        memory = desk()
        for event, (to_check, title) in zip(STORIES[story], expected, strict=True):
            await memory.handle(event)
            offer = memory.all(OfferView)[0]
            assert (offer.to_check, offer.title) == (to_check, title), event


async def test_how_an_offer_is_reached_is_known_while_it_is_shown() -> None:
    memory = desk()
    told = iter([WAYS, dict.fromkeys(WAYS) | {"phone": "+49 341 0002002"}, dict.fromkeys(WAYS)])
    for event in STORIES["an offer is reached elsewhere, and then no longer"]:
        await memory.handle(event)
        assert memory.all(OfferView)[0].model_dump(include=set(WAYS)) == next(told)
    need = ReviewRequested(**OF_NEED, language="uk", candidates=[OFFER.model_copy(update=WAYS)])
    await memory.handle(need)
    assert memory.all(NeedView)[0].offers[0].model_dump(include=set(WAYS)) == WAYS
