"""The desk's channel: a list on paper becomes needs, each row once, and a bad row takes nothing away from the others."""

import httpx
import pytest
from anlaufstelle_contracts import NeedArticulated, OfferSubmitted

from tests.intake.conftest import Intake

LIST = (
    "Number;Text;Kind;Language\r\n"
    "1;Потрібне дитяче ліжко, нас троє;;uk\r\n"
    "2;Biete Kindersitz;offer;de\r\n"
    ";;;\r\n"
    "3;Курси;gift;\r\n"
    "4;;need;\r\n"
)


async def hand_in(intake: Intake, body: bytes) -> httpx.Response:
    return await intake.http.post("/channels/desk/lists", content=body)


async def test_a_list_is_taken_row_by_row_and_only_once(intake: Intake) -> None:
    answers = [await hand_in(intake, text) for text in (LIST.encode(), b"\xef\xbb\xbf" + LIST.replace(";", ",").encode())]
    first = answers[0].json()
    assert answers[0].status_code == 202
    assert [(row["line"], row["kind"]) for row in first["taken"]] == [(2, "need"), (3, "offer")]
    assert [(row["line"], row["error"].split(":")[0]) for row in first["errors"]] == [(5, "kind"), (6, "text")]
    (need,), (_,) = await intake.events(NeedArticulated), await intake.events(OfferSubmitted)
    assert (need.data["channel"], need.data["people"], need.data["need_id"]) == ("desk", 3, first["taken"][0]["need_id"])
    conversation = (await intake.http.get(f"/channels/desk/conversations/{first['taken'][0]['code']}")).json()
    assert (conversation["language"], conversation["messages"][0]["from"]) == ("uk", "person")


async def test_the_same_words_of_two_visitors_are_two_needs(intake: Intake) -> None:
    taken = (await hand_in(intake, "number,text,kind\n1,Ліжко,need\n2,Ліжко,need\n".encode())).json()["taken"]
    assert len({row["need_id"] for row in taken}) == 2


@pytest.mark.parametrize(("body", "status", "why"), [
    (b"Name;Phone\nx;y\n", 400, "text"), ("текст".encode("cp1251"), 400, "CSV UTF-8"), (b"", 400, "text"),
    (b'text\n"never closed\n', 400, "line"), (b'"text"x\nBett\n', 400, "line"), (b"text\n" + b"Bett\n" * 501, 413, "500"),
])  # fmt: skip
async def test_what_is_no_list_is_refused_as_a_whole(intake: Intake, body: bytes, status: int, why: str) -> None:
    answer = await hand_in(intake, body)
    assert answer.status_code == status
    assert why in answer.json()["detail"]
    assert await intake.events(NeedArticulated) == []


async def test_nobody_but_our_services_may_write_down_visitors(intake: Intake) -> None:
    answer = await intake.http.post("/channels/desk/lists", content=LIST.encode(), headers={"Authorization": "Bearer guessed"})
    assert answer.status_code == 401
