"""WhatsApp: the verification of its webhook, the 24-hour window, the forms of choices, and what its errors mean."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from anlaufstelle_contracts import Choice, MessageDelivered, MessageFailed, MessageRequested, NeedArticulated, wrap

from services.intake.channels import ChannelError, make
from services.intake.channels.base import Button, Outgoing, Rejected, Result, RetryAfter, Sent, Unreachable
from services.intake.channels.whatsapp import WhatsApp
from tests.intake.conftest import Intake, started
from tests.kit import running
from tests.kit.channels.recordings import ROOT, Fixtures, read
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

OKSANA = "380000000001"
LONG_AGO = timedelta(hours=24, minutes=1)
SETTINGS = {
    "access_token": "t",
    "phone_number_id": "1",
    "app_secret": "s",
    "verify_token": "v",
    "api_url": "http://graph.invalid",
}


@pytest.fixture
def fixtures() -> Fixtures:
    """The recordings, with the stand-in of the Graph API."""
    return read(ROOT / "whatsapp")


class Graph:
    """What the channel posts, and what it is answered."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.answer = httpx.Response(200, json={"messages": [{"id": "wamid.1"}]})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(json.loads(request.content))
        return self.answer

    def refuses(self, status: int, code: int) -> None:
        self.answer = httpx.Response(status, json={"error": {"code": code, "message": "no"}})


@pytest.fixture
async def graph(monkeypatch: pytest.MonkeyPatch) -> Graph:
    running.switch_on(monkeypatch, "whatsapp", **SETTINGS)
    return Graph()


@pytest.fixture
async def channel(graph: Graph) -> AsyncIterator[WhatsApp]:
    made = make("whatsapp")
    assert isinstance(made, WhatsApp)
    await made.open()
    await made.http.aclose()
    made.http = httpx.AsyncClient(transport=httpx.MockTransport(graph), base_url="http://graph.invalid/1/")
    yield made
    await made.close()


def buttons(*labels: str) -> list[Button]:
    return [Button(f"1764000000001:{index}", label, f"value-{index}") for index, label in enumerate(labels)]


# --- within the window ---


async def test_a_text_is_sent_as_it_is(channel: WhatsApp, graph: Graph) -> None:
    assert await channel.send(OKSANA, Outgoing("Є <b>курс</b>", heard_at=datetime.now(UTC))) == Sent("wamid.1")
    assert graph.posts == [
        {"messaging_product": "whatsapp", "recipient_type": "individual", "to": OKSANA, "type": "text",
         "text": {"body": "Є <b>курс</b>", "preview_url": False}}
    ]  # fmt: skip


async def test_who_hides_their_number_is_written_to_by_the_id_of_meta(channel: WhatsApp, graph: Graph) -> None:
    await channel.send("UA.1349120865530274191", Outgoing("Є курс"))
    assert graph.posts[0]["recipient"] == "UA.1349120865530274191"
    assert "to" not in graph.posts[0]


@pytest.mark.parametrize(
    ("text", "labels", "form"),
    [
        ("Чи допомогло?", ["Допомогло", "Не допомогло"], "button"),
        ("Чи допомогло?", ["x" * 20] * 3, "button"),
        ("Чи допомогло?", ["x" * 21], "list"),
        ("Чи допомогло?", ["a", "b", "c", "d"], "list"),
        ("x" * 1025, ["Допомогло"], "list"),
        ("Чи допомогло?", ["x" * 72] * 10, "list"),
        ("Чи допомогло?", ["a"] * 11, "text"),
        ("Чи допомогло?", ["x" * 73], "text"),
    ],
)
async def test_choices_take_the_form_that_holds_them(
    channel: WhatsApp, graph: Graph, text: str, labels: list[str], form: str
) -> None:
    assert await channel.send(OKSANA, Outgoing(text, buttons(*labels), language="uk")) == Sent("wamid.1")
    (post,) = graph.posts
    if form == "text":
        assert post["text"]["body"].startswith(f"{text}\n")
        assert all(label in post["text"]["body"] for label in labels)
    else:
        assert (post["interactive"]["type"], post["interactive"]["body"]["text"]) == (form, text)


async def test_the_button_of_a_list_speaks_the_persons_language(channel: WhatsApp, graph: Graph) -> None:
    for language in ("uk", "ru", "de", "en", None):
        await channel.send(OKSANA, Outgoing("?", buttons(*"abcd"), language=language))
    assert [post["interactive"]["action"]["button"] for post in graph.posts] == [
        "Обрати",
        "Выбрать",
        "Auswählen",
        "Choose",
        "Choose",
    ]


# --- after the window ---


async def test_without_a_template_who_was_silent_for_a_day_is_unreachable(channel: WhatsApp, graph: Graph) -> None:
    assert await channel.send(OKSANA, Outgoing("Є курс", heard_at=datetime.now(UTC) - LONG_AGO)) == Unreachable()
    assert graph.posts == []


@pytest.mark.parametrize(("language", "sent"), [("de", "de"), ("uk", "uk"), ("ru", "uk"), (None, "uk")])
async def test_the_template_says_it_in_a_language_that_it_has(
    channel: WhatsApp, graph: Graph, language: str | None, sent: str
) -> None:
    channel.settings.template, channel.settings.template_languages = "news", "uk, de"
    message = Outgoing(
        "Є  курс\n\nу понеділок\t15:00", buttons("Так", "Ні"), heard_at=datetime.now(UTC) - LONG_AGO, language=language
    )
    assert await channel.send(OKSANA, message) == Sent("wamid.1")
    template = graph.posts[0]["template"]
    assert (template["name"], template["language"]) == ("news", {"code": sent})
    (said,) = template["components"][0]["parameters"]
    assert said["text"].startswith("Є курс у понеділок 15:00 ")
    assert "Так" in said["text"]
    assert "Ні" in said["text"]
    assert "\n" not in said["text"]


async def test_what_is_too_long_for_a_template_is_not_cut(channel: WhatsApp, graph: Graph) -> None:
    channel.settings.template = "news"
    assert await channel.send(OKSANA, Outgoing("слово " * 200, heard_at=datetime.now(UTC) - LONG_AGO)) == Unreachable()
    assert graph.posts == []


async def test_a_template_that_meta_does_not_take_is_no_way_to_reach_them(channel: WhatsApp, graph: Graph) -> None:
    channel.settings.template = "news"
    graph.refuses(404, 132001)
    assert await channel.send(OKSANA, Outgoing("Є курс", heard_at=datetime.now(UTC) - LONG_AGO)) == Unreachable()


# --- errors ---


@pytest.mark.parametrize(
    ("status", "code", "result"),
    [
        (400, 131047, Unreachable()),
        (400, 131026, Unreachable()),
        (400, 131030, Unreachable()),
        (400, 131050, Unreachable()),
        (429, 130429, RetryAfter()),
        (400, 131056, RetryAfter()),
        (400, 80007, RetryAfter()),
        (500, 131000, RetryAfter()),
        (401, 190, RetryAfter()),
        (400, 131042, RetryAfter()),
        (403, 10, RetryAfter()),
        (503, 999999, RetryAfter()),
        (400, 131009, Rejected()),
        (400, 100, Rejected()),
    ],
)
async def test_the_codes_of_errors_mean_what_meta_says(
    channel: WhatsApp, graph: Graph, status: int, code: int, result: Result
) -> None:
    graph.refuses(status, code)
    assert await channel.send(OKSANA, Outgoing("Є курс")) == result


@pytest.mark.parametrize(
    "answer", [httpx.Response(200, text="<html>"), httpx.Response(200, json={}), httpx.Response(502, text="x")]
)
async def test_an_answer_that_is_none_is_asked_for_again(channel: WhatsApp, graph: Graph, answer: httpx.Response) -> None:
    graph.answer = answer
    assert await channel.send(OKSANA, Outgoing("Є курс")) == RetryAfter()


def test_the_id_of_the_number_is_not_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    running.switch_on(monkeypatch, "whatsapp", **{**SETTINGS, "phone_number_id": "+49 341 0001234"})
    with pytest.raises(ChannelError, match="ANLAUFSTELLE_WHATSAPP_PHONE_NUMBER_ID"):
        make("whatsapp")


# --- in intake ---


async def delivered(intake: Intake, message_id: str) -> bool:
    return any(event.data["message_id"] == message_id for event in await intake.events(MessageDelivered))


async def test_a_need_is_answered_with_buttons_and_a_receipt_that_it_did_not_arrive_is_heard(
    bus: Bus, store: Store, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
) -> None:
    await running.provisioned(bus)
    meta: Any = fixtures.provider("")
    meta.channel = "whatsapp"
    await meta.start()
    running.switch_on(monkeypatch, "whatsapp", **meta.settings())
    async with started(bus, store) as intake:
        meta.http = intake.http
        query = {"hub.mode": "subscribe", "hub.verify_token": "verify-token-1", "hub.challenge": "1158201444"}
        path = "/channels/whatsapp/webhook"
        verified = await intake.http.get(path, params=query)
        assert (verified.status_code, verified.text, verified.headers["content-type"].split(";")[0]) == (
            200,
            "1158201444",
            "text/plain",
        )
        assert (await intake.http.get(path, params={**query, "hub.verify_token": "guessed"})).status_code == 401
        assert (await intake.http.get(path)).status_code == 404

        assert await meta.deliver(fixtures.update("text.json")) == 200
        (event,) = await eventually(lambda: intake.events(NeedArticulated), timeout=20)
        assert (event.data["channel"], event.data["text"]) == ("whatsapp", "Шукаю курси німецької для мами")
        request = MessageRequested(
            message_id="m1", person_id=event.data["person_id"], need_id=event.data["need_id"], text="Є курс", language="uk",
            choices=[Choice(value="helped", label="Допомогло"), Choice(value="not_helped", label="Не допомогло")],
        )  # fmt: skip
        await running.say(intake.bus, wrap(request, cause_id="m1", position=0, source="notify"))
        (answer,) = await eventually(lambda: [each for each in meta.received if each.text.startswith("Є курс")], timeout=20)
        assert (answer.address, answer.buttons[:2]) == ("UA.8811120865530274191", ("Допомогло", "Не допомогло"))
        await eventually(lambda: delivered(intake, "m1"), timeout=20)
        status = fixtures.update("status_window_closed.json")
        status["entry"][0]["changes"][0]["value"]["statuses"][0]["id"] = answer.raw["id"]
        assert await meta.deliver(status) == 200
        (failed,) = await eventually(lambda: intake.events(MessageFailed), timeout=20)
        assert (failed.data["message_id"], failed.data["reason"]) == ("m1", "unreachable")
    await meta.stop()
