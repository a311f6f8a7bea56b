"""Groups on a real bus and store: needs are kept, chatter leaves no trace, and at most one line is said in a thread."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from anlaufstelle_contracts import (
    Choice,
    MessageDelivered,
    MessageFailed,
    NeedArticulated,
    NeedWithdrawn,
    OfferRetracted,
    OfferSubmitted,
    ReviewRequested,
    wrap,
)

from services.intake import understanding
from services.intake.channels.base import Group, RetryAfter
from services.intake.domain.emergency import Emergency
from services.intake.domain.triage import Kind
from services.intake.understanding import Understood
from tests.intake.conftest import Intake, started
from tests.intake.plaza import SQUARE, Provider, answer, open_up
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

NEED = "Шукаю курси німецької для мами, живемо в Грюнау"
ANOTHER = "Шукаємо перетримку для кота на два тижні"
CHATTER = "Дякую всім, гарного дня!"
HELPED = [Choice(value="helped", label="Допомогло")]
ADMIN = Group("square", by_admin=True)


@pytest.fixture
def plaza() -> Provider:
    return Provider()


@pytest.fixture
async def intake(bus: Bus, store: Store, plaza: Provider, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Intake]:
    """Intake with a channel of our own, whose groups nobody set."""
    open_up(monkeypatch, plaza)
    await running.provisioned(bus)
    async with started(bus, store) as replica:
        yield replica


def reply_to(message_id: str) -> Group:
    return Group("square", reply_to=message_id)


async def need(intake: Intake, plaza: Provider, text: str = NEED, sender: str = "olena", **more: Any) -> dict[str, Any]:
    """Somebody asks in the group; gives the event."""
    heard = await plaza.say(text, sender, more.pop("group", SQUARE), **more)
    assert heard.kind in ("need", "emergency")
    events = await eventually(lambda: intake.events(NeedArticulated))
    return next(event.data for event in events if event.data["need_id"] == heard.need_id)


async def held(intake: Intake, message_id: str) -> Any:
    return await eventually(lambda: intake.service.db["deliveries"].find_one({"_id": message_id, "state": "held"}))


async def test_an_answer_waits_for_the_private_chat_to_which_one_line_leads(intake: Intake, plaza: Provider) -> None:
    asked = await need(intake, plaza, message_id="asked")
    await answer(intake, asked, "m1", choices=HELPED)
    await answer(intake, asked, "m2")
    (line,) = await plaza.heard_at("square")
    assert line.reply_to == "asked"
    assert line.text.startswith("Є відповідь для Вас")
    assert "\n" not in line.text
    await held(intake, "m2")
    assert plaza.to("olena") == []
    code = line.text.rsplit("/", 1)[1]
    await plaza.say(f"/start {code}")
    messages = await plaza.heard_at("olena", 2)
    assert [message.text for message in messages] == ["Є курс"] * 2
    await answer(intake, asked, "m3", "Ще одне")
    assert (await plaza.heard_at("olena", 3))[2].text == "Ще одне"
    assert len(plaza.to("square")) == 1
    assert {event.data["message_id"] for event in await intake.events(MessageDelivered)} >= {"m1", "m2"}
    assert await intake.events(MessageFailed) == []


async def test_where_nothing_is_found_nothing_is_said_in_public(intake: Intake, plaza: Provider) -> None:
    asked = await need(intake, plaza)
    await answer(intake, asked, "m1", "На жаль, нічого немає", choices=[Choice(value="human", label="Поговорити з людиною")])
    await held(intake, "m1")
    assert await intake.service.db["deliveries"].count_documents({"group": {"$ne": None}}) == 0


async def test_an_answer_to_what_was_taken_back_meanwhile_is_not_said(intake: Intake, plaza: Provider) -> None:
    asked = await need(intake, plaza, message_id="asked")
    await answer(intake, asked, "m1", choices=HELPED)
    (line,) = await plaza.heard_at("square")
    await plaza.say("", group=SQUARE, message_id="gone", deletes="asked")
    await plaza.say(f"/start {line.text.rsplit('/', 1)[1]}")
    assert "Є курс" not in (await plaza.heard_at("olena"))[0].text
    assert await intake.service.db["deliveries"].find_one({"_id": "m1"}) is None


async def test_who_talks_with_who_answered_is_left_alone_for_good(intake: Intake, plaza: Provider) -> None:
    asked = await need(intake, plaza, message_id="asked")
    await plaza.say("В мене є, пишіть в лс", "petro", reply_to("asked"), message_id="reply")
    await plaza.say("Супер, пишу!", "olena", reply_to("reply"))
    thread = await intake.service.db["threads"].find_one()
    assert thread
    await intake.service.db["threads"].update_one({}, {"$set": {"human_at": thread["human_at"] - timedelta(hours=1)}})
    await answer(intake, asked, "m1", choices=HELPED)
    await held(intake, "m1")
    assert await intake.service.db["deliveries"].count_documents({"group": {"$ne": None}}) == 0


async def test_who_is_known_in_private_is_answered_there_and_the_group_hears_nothing(intake: Intake, plaza: Provider) -> None:
    await plaza.say("/help")
    await answer(intake, await need(intake, plaza), "m1")
    assert (await plaza.heard_at("olena", 2))[1].text == "Є курс"
    assert plaza.to("square") == []


async def test_who_blocked_us_is_not_reached_by_what_they_say_in_a_group(intake: Intake, plaza: Provider) -> None:
    await plaza.say("/help")
    await plaza.heard_at("olena")
    await plaza.host.gone("olena")
    await answer(intake, await need(intake, plaza), "m1")
    await eventually(lambda: intake.events(MessageFailed))
    assert len(plaza.sent) == 1


async def test_chatter_and_commands_leave_no_trace(intake: Intake, plaza: Provider) -> None:
    for text in (CHATTER, "/help", "/mode listen", "👍", "", "Ідея: кухня для всіх"):
        assert (await plaza.say(text, group=SQUARE)).need_id is None
    await plaza.say(CHATTER, group=reply_to("unknown"))
    for collection in ("ledger", "people", "addresses", "words", "places", "threads", "marks", "deliveries", "superseded"):
        assert await intake.service.db[collection].count_documents({}) == 0, collection


async def test_what_is_doubtful_is_shown_to_a_coordinator_first_and_no_danger_is_called_out(
    intake: Intake, plaza: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    taken = Understood(Kind.NEED, is_sure=False)
    monkeypatch.setattr(understanding, "_read", lambda texts: [taken for _ in texts])
    assert (await need(intake, plaza, "Всім потрібен диван"))["review"] is True
    taken = Understood(Kind.NEED, Emergency.LIFE, is_sure=False)
    afraid = await need(intake, plaza, "Асфальт плавиться, диван теж", "maria")
    assert (afraid["review"], afraid["emergency"]) == (True, False)
    taken = Understood(Kind.UNCLEAR, Emergency.LIFE, is_sure=False)
    assert (await plaza.say("Асфальт плавиться", "petro", SQUARE)).need_id is None
    taken = Understood(Kind.UNCLEAR, Emergency.LIFE)
    assert (await need(intake, plaza, "Щось дуже недобре з бабусею", "petro"))["emergency"] is True
    assert "112" in (await plaza.heard_at("square"))[0].text
    assert len(plaza.sent) == 1


async def test_an_offer_in_a_group_is_kept_in_silence(intake: Intake, plaza: Provider) -> None:
    await plaza.say("Віддам дитяче ліжко і матрац", group=SQUARE)
    await eventually(lambda: intake.events(OfferSubmitted))
    assert plaza.sent == []


async def test_a_thread_is_answered_once(intake: Intake, plaza: Provider) -> None:
    first = await need(intake, plaza, message_id="first")
    await answer(intake, first, "m1", choices=HELPED)
    await plaza.heard_at("square")
    soon = await need(intake, plaza, ANOTHER)  # the same person goes on
    chained = await need(intake, plaza, "Потрібен перекладач до лікаря на четвер", "petro", group=reply_to("first"))
    await answer(intake, soon, "m2", choices=HELPED)
    await answer(intake, chained, "m3", choices=HELPED)
    await held(intake, "m3")
    elsewhere = await need(intake, plaza, "Потрібен велосипед для дорослої людини", "maria")
    await answer(intake, elsewhere, "m4", choices=HELPED)
    assert len(await plaza.heard_at("square", 2)) == 2


async def test_nothing_is_said_where_somebody_helped_a_moment_ago(intake: Intake, plaza: Provider) -> None:
    asked = await need(intake, plaza, message_id="asked")
    await plaza.say("Напишіть мені, я знаю одні", "petro", reply_to("asked"), message_id="reply")
    await plaza.say("О, дякую!", "olena", reply_to("reply"))
    await answer(intake, asked, "m1", choices=HELPED)
    await held(intake, "m1")
    later = await need(intake, plaza, ANOTHER, "maria", message_id="later")
    await plaza.say("О, я теж", "maria", reply_to("later"))  # who asked does not count
    await answer(intake, later, "m2", choices=HELPED)
    (line,) = await plaza.heard_at("square")
    assert line.reply_to == "later"


async def test_a_question_and_the_reply_to_it_may_come_at_once(intake: Intake, plaza: Provider) -> None:
    reply = plaza.say("Напишіть мені, я знаю одні", "petro", reply_to("asked"), message_id="reply")
    heard, _ = await asyncio.gather(plaza.say(NEED, group=SQUARE, message_id="asked"), reply)
    (asked,) = await eventually(lambda: intake.events(NeedArticulated))
    assert asked.data["need_id"] == heard.need_id
    await answer(intake, asked.data, "m1", choices=HELPED)
    await held(intake, "m1")
    assert plaza.sent == []


async def test_somebody_who_helps_while_the_line_waits_stops_it(intake: Intake, plaza: Provider) -> None:
    plaza.replies["square"] = deque([RetryAfter(1.0)])
    asked = await need(intake, plaza, message_id="asked")
    await answer(intake, asked, "m1", choices=HELPED)
    await eventually(lambda: not plaza.replies["square"])
    await plaza.say("Я допоможу", "petro", reply_to("asked"))
    await eventually(lambda: intake.service.db["deliveries"].find_one({"group": {"$ne": None}, "state": "failed"}))
    assert plaza.sent == []
    assert await intake.events(MessageFailed) == []


async def test_danger_is_answered_at_once_with_the_number(intake: Intake, plaza: Provider) -> None:
    asked = await need(intake, plaza, "Мій чоловік б'є мене, я з дітьми", message_id="asked")
    assert asked["emergency"] is True
    (line,) = await plaza.heard_at("square")
    assert "110" in line.text
    assert line.reply_to == "asked"
    await answer(intake, asked, "m1")
    await held(intake, "m1")
    await plaza.say(f"/start {line.text.rsplit('/', 1)[1]}")
    assert "116 016" in (await plaza.heard_at("olena", 2))[0].text, "all that helps is said in private"
    await plaza.say("Мій чоловік б'є мене, я з дітьми, ми замкнулися", group=SQUARE, message_id="asked/e1", edits="asked")
    await eventually(lambda: _articulated(intake, 2))
    await plaza.say("/mode listen", "admin", Group("square", by_admin=True))
    assert "110" not in (await plaza.heard_at("square", 2))[1].text, "the number was named twice in a thread"


async def _articulated(intake: Intake, count: int) -> bool:
    return len(await intake.events(NeedArticulated)) == count


async def test_admins_decide_how_a_group_is_treated(intake: Intake, plaza: Provider) -> None:
    await plaza.say("/mode suggest", "admin", ADMIN, language_hint="de")
    assert "jemand aus dem Team" in (await plaza.heard_at("square"))[0].text
    asked = await need(intake, plaza)
    assert asked["review"] is True
    review = ReviewRequested(need_id=asked["need_id"], person_id=asked["person_id"], language="uk")
    await running.say(intake.bus, wrap(review, cause_id="r", position=0, source="matching"))
    await eventually(lambda: intake.service.db["requests"].find_one({"progress": "review"}))
    await answer(intake, asked, "looks", "Подивиться людина")
    await held(intake, "looks")
    assert len(plaza.to("square")) == 1
    await answer(intake, asked, "found", choices=HELPED)
    await plaza.heard_at("square", 2)

    await plaza.say("/mode listen", "admin", ADMIN)
    await plaza.heard_at("square", 3)
    silent = await need(intake, plaza, ANOTHER, "maria")
    assert (silent["silent"], silent["review"], asked["silent"]) == (True, False, False)
    await answer(intake, silent, "m9", choices=HELPED)
    await plaza.say("/mode whatever", "admin", ADMIN)
    assert "/mode answer" in (await plaza.heard_at("square", 4))[3].text
    assert await intake.service.db["deliveries"].find_one({"_id": "m9"}) is None
    await plaza.say("/mode answer", "maria", SQUARE)  # no admin
    assert len(plaza.to("square")) == 4


async def test_a_topic_is_about_a_category(intake: Intake, plaza: Provider) -> None:
    await plaza.say("/topic Тварини", "admin", Group("square", topic="7", by_admin=True))
    assert "«Тварини»" in (await plaza.heard_at("square"))[0].text
    asked = await need(
        intake, plaza, "Хто може допомогти нам у ці вихідні? Дуже потрібна Ваша допомога", group=Group("square", topic="7")
    )
    assert asked["categories"] == ["animals"]
    assert (await need(intake, plaza, "Потрібен велосипед для дорослого", "petro"))["categories"] == ["transport"]


async def test_what_is_not_needed_any_more_is_withdrawn_in_silence(intake: Intake, plaza: Provider) -> None:
    asked = await need(intake, plaza)
    await plaza.say("Дякую, вже не треба, знайшли", group=SQUARE)
    (event,) = await eventually(lambda: intake.events(NeedWithdrawn))
    assert event.data["need_id"] == asked["need_id"]
    await plaza.say("Вже не треба", "petro", SQUARE)
    await plaza.say("Віддам дитяче ліжко і матрац", group=SQUARE)
    await plaza.say("Ліжко вже віддали", group=SQUARE)
    (gone,) = await eventually(lambda: intake.events(OfferRetracted))
    assert gone.data["offer_id"] == (await intake.events(OfferSubmitted))[0].data["offer_id"]
    assert plaza.sent == []
    assert await intake.service.db["people"].count_documents({}) == 1


async def test_a_group_that_moved_or_left_us(intake: Intake, plaza: Provider) -> None:
    await plaza.say("/mode suggest", "admin", ADMIN)
    await plaza.heard_at("square")
    asked = await need(intake, plaza)
    await plaza.host.moved("square", "supersquare")
    await answer(intake, asked, "m1", choices=HELPED)
    await plaza.heard_at("supersquare")
    assert (await need(intake, plaza, ANOTHER, "maria", group=Group("supersquare")))["review"] is True
    plain = Group("plain")
    later = await need(intake, plaza, ANOTHER, "petro", group=plain)
    await plaza.host.gone("plain")
    await answer(intake, later, "m2", choices=HELPED)
    await eventually(lambda: intake.service.db["deliveries"].find_one({"group": {"$ne": None}, "state": "failed"}))
    assert plaza.to("plain") == []


async def test_nothing_readable_is_stored_of_a_group(intake: Intake, plaza: Provider) -> None:
    asked = await need(intake, plaza, message_id="asked-in-public", group=Group("the-square", topic="the-topic"))
    await answer(intake, asked, "m1", choices=HELPED)
    await plaza.heard_at("the-square")
    for name in await intake.service.db.list_collection_names():
        async for document in intake.service.db[name].find():
            for secret in ("the-square", "the-topic", "asked-in-public", "olena"):
                assert secret not in str(document), name
