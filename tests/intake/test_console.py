"""A person at the console: the whole way from a message to what is said on the bus and back."""

from anlaufstelle_contracts import (
    Choice,
    CloudEvent,
    MessageDelivered,
    MessageRequested,
    NeedArticulated,
    NeedWithdrawn,
    OfferSubmitted,
    PersonErased,
    ProjectApplied,
    ReferralAnswered,
    wrap,
)

from tests.intake.conftest import Intake
from tests.kit import running
from tests.kit.waiting import eventually

NEED = "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау"


async def test_a_need_goes_on_the_bus_redacted_and_located(intake: Intake) -> None:
    heard = await intake.say(f"{NEED}. Мій телефон +49 341 0001234")
    assert heard["kind"] == "need"
    (event,) = await eventually(lambda: intake.events(NeedArticulated))
    assert event.data["need_id"] == heard["need_id"]
    assert event.data["text"] == f"{NEED}. Мій телефон [phone]"
    assert (event.data["language"], event.data["district"], event.data["channel"]) == ("uk", "Grünau", "console")


async def test_a_repeated_message_is_taken_once(intake: Intake) -> None:
    first = await intake.say(NEED, id="one")
    assert await intake.say(NEED, id="one") == first
    assert await intake.say(NEED, id="two") != first
    events = await eventually(lambda: intake.events(NeedArticulated))
    assert len(events) == 2


async def test_an_answer_reaches_the_person_and_is_receipted(intake: Intake) -> None:
    need_id = (await intake.say(NEED))["need_id"]
    (event,) = await eventually(lambda: intake.events(NeedArticulated))
    choices = [Choice(value="helped", label="Допомогло"), Choice(value="human", label="Поговорити з людиною")]
    request = MessageRequested(
        message_id="m1", person_id=event.data["person_id"], need_id=need_id, text="Є курс", language="uk", choices=choices
    )
    await running.say(intake.bus, _wrapped(request))
    (message,) = await intake.answers()
    assert message["text"] == "Є курс"
    assert message["need_id"] == need_id
    assert message["choices"] == [choice.model_dump() for choice in choices]
    delivered = await eventually(lambda: intake.events(MessageDelivered))
    assert [one.data["message_id"] for one in delivered] == ["m1"]

    assert (await intake.say("2"))["kind"] == "choice"
    (answered,) = await eventually(lambda: intake.events(ReferralAnswered))
    assert (answered.data["need_id"], answered.data["answer"]) == (need_id, "human")


async def test_an_unclear_text_is_asked_back_once_and_then_taken_for_a_need(intake: Intake, doubtful: str) -> None:
    assert (await intake.say(doubtful))["kind"] == "unclear"
    (question,) = await intake.answers()
    assert [choice["value"] for choice in question["choices"]] == ["kind.need", "kind.offer", "kind.neither"]
    assert (await intake.say(doubtful))["kind"] == "need"
    (event,) = await eventually(lambda: intake.events(NeedArticulated))
    assert event.data["text"] == f"{doubtful}\n{doubtful}"


async def test_the_answer_to_the_question_makes_an_offer_of_it(intake: Intake, doubtful: str) -> None:
    await intake.say(doubtful)
    await intake.answers()
    assert (await intake.say("2"))["kind"] == "offer"
    (event,) = await eventually(lambda: intake.events(OfferSubmitted))
    assert event.data["description"] == doubtful
    assert event.data["provider_kind"] == "private"


async def test_an_emergency_is_answered_with_the_numbers_in_the_persons_language(intake: Intake) -> None:
    heard = await intake.say("Mein Mann schlägt mich, ich bin mit den Kindern im Bad")
    assert heard["kind"] == "emergency"
    (message,) = await intake.answers()
    assert "110" in message["text"]
    assert "116 016" in message["text"]
    assert "rufen Sie" in message["text"]
    (event,) = await intake.events(NeedArticulated)
    assert event.data["emergency"] is True


async def test_delete_forgets_the_person_and_says_so(intake: Intake) -> None:
    need_id = (await intake.say(NEED))["need_id"]
    assert (await intake.say("/delete"))["kind"] == "command"
    (question,) = await intake.answers()
    await intake.say("1")
    (farewell,) = await intake.answers(after=question["seq"])
    assert "видалили" in farewell["text"]
    (erased,) = await eventually(lambda: intake.events(PersonErased))
    assert erased.data["need_ids"] == [need_id]
    memory = intake.service.db
    for collection in ("people", "addresses", "words"):
        assert await memory[collection].count_documents({}) == 0
    again = await intake.say("/start")
    assert again["kind"] == "command"
    assert (await intake.answers(after=farewell["seq"]))[0]["text"].startswith("Вітаємо")


async def test_stop_withdraws_the_need_and_lets_nothing_through(intake: Intake) -> None:
    await intake.say(NEED)
    await intake.say("/stop")
    (goodbye,) = await intake.answers()
    assert "не писатимемо" in goodbye["text"]
    (withdrawn,) = await eventually(lambda: intake.events(NeedWithdrawn))
    person_id = withdrawn.data["person_id"]
    late = MessageRequested(message_id="late", person_id=person_id, text="Новина", language="uk")
    await running.say(intake.bus, _wrapped(late))
    await eventually(lambda: intake.service.db["deliveries"].find_one({"_id": "late", "state": "failed"}))
    assert len(await intake.answers()) == 1


async def test_an_idea_becomes_an_application(intake: Intake) -> None:
    assert (await intake.say("/idea"))["kind"] == "command"
    assert (await intake.say("Майстерня, де разом ремонтують велосипеди"))["kind"] == "idea"
    (event,) = await eventually(lambda: intake.events(ProjectApplied))
    assert event.data["text"] == "Майстерня, де разом ремонтують велосипеди"


async def test_what_is_not_needed_any_more_is_withdrawn(intake: Intake) -> None:
    need_id = (await intake.say(NEED))["need_id"]
    assert (await intake.say("Дякую, вже не треба, знайшли"))["kind"] == "withdrawal"
    (event,) = await eventually(lambda: intake.events(NeedWithdrawn))
    assert event.data["need_id"] == need_id


async def test_commands_answer_in_the_language_that_was_set(intake: Intake) -> None:
    await intake.say("/language de")
    await intake.say("/help")
    await intake.say("/nonsense")
    messages = await intake.answers(count=3)
    assert messages[0]["text"] == "Gut, ab jetzt schreiben wir Ihnen auf Deutsch."
    assert messages[1]["text"].startswith("Schreiben Sie in ein, zwei Sätzen")
    assert messages[2]["text"] == messages[1]["text"]


async def test_original_words_are_shown_for_a_reason_only_and_the_look_is_kept(intake: Intake) -> None:
    text = f"{NEED}. Мій телефон +49 341 0001234"
    need_id = (await intake.say(text))["need_id"]
    assert (await intake.http.get(f"/needs/{need_id}/words")).status_code == 422
    answer = await intake.http.get(f"/needs/{need_id}/words", params={"reason": "call back"})
    assert [words["text"] for words in answer.json()["words"]] == [text]
    look = await intake.service.db["looks"].find_one({})
    assert look is not None
    assert (look["need_id"], look["reason"]) == (need_id, "call back")
    assert (await intake.http.get("/needs/nothing/words", params={"reason": "call back"})).status_code == 404


async def test_two_needs_of_one_message_share_its_words(intake: Intake) -> None:
    text = "Потрібен репетитор з математики. І ще шукаю велосипед для сина"
    assert (await intake.say(text))["kind"] == "need"
    needs = await eventually(lambda: intake.events(NeedArticulated))
    assert [need.data["categories"] for need in needs] == [["school_education"], ["transport"]]
    for need in needs:
        answer = await intake.http.get(f"/needs/{need.data['need_id']}/words", params={"reason": "call back"})
        assert [words["text"] for words in answer.json()["words"]] == [text]


async def test_nothing_readable_is_stored_of_addresses_and_words(intake: Intake) -> None:
    await intake.say(f"{NEED} +49 341 0001234", sender="olena-of-the-console")
    for name in await intake.service.db.list_collection_names():
        async for document in intake.service.db[name].find():
            assert "olena-of-the-console" not in str(document)
            assert "0001234" not in str(document)


async def test_bad_input_is_refused_clearly(intake: Intake) -> None:
    post = intake.http.post
    path = "/channels/console/messages"
    assert (await post(path, content=b"\x00\xff", headers={"Content-Type": "application/octet-stream"})).status_code == 415
    assert (await post(path, content=b"\x00\xff", headers={"Content-Type": "application/json"})).status_code == 400
    assert (await post(path, json={"from": "olena"})).json()["detail"] == "not what is expected here: text: missing"
    assert (await post(path, json={"from": "olena", "text": "а" * 10_001})).status_code == 413
    assert (await post(path, json={"from": "olena", "text": "a" * 1_100_000})).status_code == 413
    assert (await post(path, json={"from": "olena", "text": "  "})).status_code == 400
    assert (await post(path, json={"from": "olena", "text": NEED}, headers={"Authorization": "Bearer no"})).status_code == 401
    assert (await intake.say(NEED))["kind"] == "need"


def _wrapped(event: MessageRequested) -> CloudEvent:
    return wrap(event, cause_id=event.message_id, position=0, source="notify")
