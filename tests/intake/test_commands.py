"""Commands that say what a text is, and /status in words."""

from anlaufstelle_contracts import (
    Choice,
    MessageRequested,
    NeedArticulated,
    NeedMatched,
    NeedUnmet,
    OfferSubmitted,
    ProjectApplied,
    ReferredOffer,
    ReviewRequested,
    wrap,
)
from anlaufstelle_contracts.event import Event
from pydantic import JsonValue

from tests.intake.conftest import Intake
from tests.intake.plaza import answer
from tests.kit import running
from tests.kit.waiting import eventually

NEED = "Шукаю курси німецької для мами, живемо в Грюнау"
PET = "Шукаємо перетримку для кота на два тижні"
DIPLOMA = "Где можно подтвердить диплом медсестры?"
LONG = "Потрібен перекладач до лікаря на четвер, бо мама не розуміє німецької, а я того дня на роботі і не зможу піти"


async def test_a_command_with_a_text_says_what_it_is(intake: Intake) -> None:
    assert (await intake.say("/need стіл"))["kind"] == "need"
    assert (await intake.say("/offer стіл"))["kind"] == "offer"
    assert (await intake.say("/idea стіл для всіх"))["kind"] == "idea"
    (need,) = await eventually(lambda: intake.events(NeedArticulated))
    (offer,) = await eventually(lambda: intake.events(OfferSubmitted))
    (idea,) = await eventually(lambda: intake.events(ProjectApplied))
    assert (need.data["text"], offer.data["description"], idea.data["text"]) == ("стіл", "стіл", "стіл для всіх")
    words = await intake.http.get(f"/needs/{need.data['need_id']}/words", params={"reason": "call back"})
    assert [one["text"] for one in words.json()["words"]] == ["стіл"]


async def test_danger_is_danger_after_a_command_too(intake: Intake) -> None:
    assert (await intake.say("/need Мій чоловік б'є мене"))["kind"] == "emergency"


async def test_a_command_without_a_text_asks_for_it(intake: Intake) -> None:
    await intake.say("/offer")
    (question,) = await intake.answers()
    assert question["text"].startswith("Що Ви пропонуєте?")
    assert (await intake.say("стіл"))["kind"] == "offer"


async def test_status_says_in_words_what_became_of_each_request(intake: Intake) -> None:
    await intake.say("/status")
    (nothing,) = await intake.answers()
    assert "немає" in nothing["text"].lower()
    for text in (NEED, PET, DIPLOMA, LONG, "Потрібен велосипед"):
        await intake.say(text)
    needs = await eventually(lambda: _all(intake, 5))
    named, unmet, review, _, helped = needs
    person = {"person_id": named["person_id"], "language": "uk"}
    offer = ReferredOffer(offer_id="o", title="Курс", probability=0.9)
    events: list[Event] = [
        NeedMatched(need_id=named["need_id"], offers=[offer], offer_ids=["o"], categories=[], **person),
        NeedUnmet(need_id=unmet["need_id"], reason="full", **person),
        ReviewRequested(need_id=review["need_id"], **person),
        NeedMatched(need_id="unknown", offers=[offer], offer_ids=["o"], categories=[], **person),
    ]
    await running.say(intake.bus, *(wrap(event, cause_id=event.aggregate_id, position=0, source="matching") for event in events))
    await answer(intake, helped, "m1", choices=[Choice(value="helped", label="Допомогло")])
    await intake.answers(after=nothing["seq"])
    await intake.say("helped")
    await eventually(lambda: _progress(intake, {"named", "unmet", "review", "open", "closed"}))
    await intake.say("/status")
    status = (await intake.answers(after=nothing["seq"], count=2))[1]["text"].split("\n")
    assert len(status) == 5
    assert [line.split("): ")[1] for line in status[1:]] == [
        "ми підказали, де Вам можуть допомогти",
        "поки що нічого відповідного; щойно щось з’явиться, напишемо Вам",
        "ним займається людина з нашої команди",
        "шукаємо допомогу",
    ]
    assert NEED in status[1]
    assert " … (" in status[4]


async def test_status_says_nothing_to_others_that_was_kept_from_them(intake: Intake) -> None:
    await intake.say("Мене звати Олена Петренко, +380 00 000 0000. Шукаю курси німецької для мами")
    await intake.say("/status")
    (status,) = await intake.answers()
    assert "німецької" in status["text"]
    said = " ".join(str(event.data) for event in await intake.events(MessageRequested))
    assert "Петренко" not in said
    assert "000 0000" not in said


async def _all(intake: Intake, count: int) -> list[dict[str, JsonValue]]:
    events = [event.data for event in await intake.events(NeedArticulated)]
    return events if len(events) == count else []


async def _progress(intake: Intake, expected: set[str]) -> bool:
    return {request["progress"] async for request in intake.service.db["requests"].find()} == expected
