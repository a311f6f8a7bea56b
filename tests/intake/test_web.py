"""The public form: a private link, an answer that appears there, and nothing for who does not have the link."""

from typing import Any

from anlaufstelle_contracts import MessageRequested, NeedArticulated, ReferralAnswered, wrap
from anlaufstelle_contracts.messages import Choice

from tests.intake.conftest import Intake
from tests.kit import running
from tests.kit.waiting import eventually

NEED = "Ich suche einen Deutschkurs für meine Mutter in Grünau. Tel. 0341 0001234"


async def write(intake: Intake, **message: Any) -> dict[str, Any]:
    answer = await intake.http.post("/channels/web/messages", json=message)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def read(intake: Intake, token: str) -> dict[str, Any]:
    answer = await intake.http.get(f"/channels/web/conversations/{token}")
    assert answer.status_code == 200
    return dict(answer.json())


async def test_a_need_and_its_answer_stand_behind_the_link(intake: Intake) -> None:
    written = await write(intake, text=NEED, language="de")
    assert written["kind"] == "need"
    (event,) = await eventually(lambda: intake.events(NeedArticulated))
    request = MessageRequested(
        message_id="m1", person_id=event.data["person_id"], need_id=written["need_id"], text="Es gibt einen Kurs", language="de",
        choices=[Choice(value="helped", label="Hat geholfen")],
    )  # fmt: skip
    await running.say(intake.bus, wrap(request, cause_id="m1", position=0, source="notify"))
    page = await eventually(lambda: _with(intake, written["token"], 2))
    assert page["language"] == "de"
    mine, ours = page["messages"]
    assert (mine["from"], mine["text"], mine["need_id"]) == ("person", NEED, written["need_id"])
    assert (ours["from"], ours["text"]) == ("us", "Es gibt einen Kurs")
    assert ours["choices"] == [{"value": "helped", "label": "Hat geholfen"}]

    assert (await write(intake, text="helped", token=written["token"]))["kind"] == "choice"
    (answered,) = await eventually(lambda: intake.events(ReferralAnswered))
    assert answered.data["need_id"] == written["need_id"]


async def test_a_form_sent_twice_is_one_conversation(intake: Intake) -> None:
    first = await write(intake, text=NEED, id="form-0123456789abcdef")
    assert await write(intake, text=NEED, id="form-0123456789abcdef") == first
    assert (await write(intake, text=NEED, id="form-another-0123456"))["token"] != first["token"]
    assert (await write(intake, text=NEED))["token"] != first["token"]


async def test_who_has_no_link_sees_nothing(intake: Intake) -> None:
    await write(intake, text=NEED)
    assert (await intake.http.get("/channels/web/conversations/0123456789abcdef")).status_code == 404


async def test_after_an_erasure_the_link_leads_nowhere(intake: Intake) -> None:
    token = (await write(intake, text=NEED))["token"]
    await write(intake, text="/delete", token=token)
    await eventually(lambda: _with(intake, token, 2))
    await write(intake, text="1", token=token)
    assert (await intake.http.get(f"/channels/web/conversations/{token}")).status_code == 404


async def _with(intake: Intake, token: str, count: int) -> dict[str, Any] | None:
    page = await read(intake, token)
    return page if len(page["messages"]) >= count else None
