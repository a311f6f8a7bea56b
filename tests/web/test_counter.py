"""The counter: what visitors say is written down at the desk, and lists kept on paper are handed in."""

from html import unescape

import httpx
import pytest

from services.web.guard import LARGEST_FORM
from tests.web.house import DESK_KEY, TOKEN, House

NOTE = "Потрібне дитяче ліжко, нас троє"


@pytest.fixture
async def coordinator(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """Logged in."""
    await browser.post("/desk/login", data={"key": DESK_KEY})
    return browser


async def note(browser: httpx.AsyncClient, text: str = NOTE, **more: str) -> httpx.Response:
    form = {"id": "form-0000000000000001", "text": text, "kind": "need", "language": "uk", **more}
    return await browser.post("/desk/counter?lang=de", data=form)


async def test_what_a_visitor_says_is_written_down_and_the_answer_read_out(coordinator: httpx.AsyncClient, house: House) -> None:
    assert "/desk/counter" in (await coordinator.get("/desk/counter?lang=de")).text
    sent = await note(coordinator)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/desk/counter/{TOKEN}")
    assert {key: house.said[0][key] for key in ("text", "kind", "language", "code")} == {
        "text": NOTE, "kind": "need", "language": "uk", "code": None,
    }  # fmt: skip
    assert NOTE in (await coordinator.get(sent.headers["location"])).text
    house.answer()
    page = await coordinator.get(sent.headers["location"])
    assert "Kleiderkammer &lt;Grünau&gt;" in page.text
    pressed = await coordinator.post(sent.headers["location"], data={"id": "x", "choice": "helped"})
    assert pressed.status_code == 303
    assert (house.said[1]["text"], house.said[1]["code"]) == ("helped", TOKEN)


async def test_a_double_click_writes_it_down_under_one_id(coordinator: httpx.AsyncClient, house: House) -> None:
    for text in (NOTE, NOTE, NOTE + "!"):
        await note(coordinator, text)
    ids = [said["id"] for said in house.said]
    assert ids[0] == ids[1] != ids[2]


async def test_a_list_is_handed_in_and_bad_rows_are_named(coordinator: httpx.AsyncClient, house: House) -> None:
    table = "text\nЛіжко\n".encode()
    page = await coordinator.post("/desk/counter/list?lang=de", files={"list": ("list.csv", table, "text/csv")})
    assert (page.status_code, house.lists) == (200, [table])
    assert "1 Zeile wurde angenommen." in page.text
    assert "Zeile 3: text: empty" in page.text
    assert f'href="/desk/counter/{TOKEN}"' in page.text


@pytest.mark.parametrize("files", [{"list": ("list.csv", b"Name", "text/csv")}, {"other": ("x", b"text", "text/csv")}])
async def test_what_is_no_list_is_said(
    coordinator: httpx.AsyncClient, house: House, files: dict[str, tuple[str, bytes, str]]
) -> None:
    page = await coordinator.post("/desk/counter/list?lang=de", files=files)
    assert page.status_code == 422
    assert "CSV UTF-8" in page.text


async def test_nothing_is_lost_when_intake_is_away(coordinator: httpx.AsyncClient, house: House) -> None:
    house.fails_with = 503
    page = await note(coordinator)
    assert page.status_code == 503
    assert f"{NOTE}</textarea>" in page.text
    assert "Nichts wurde angenommen" in unescape(page.text)
    assert (await coordinator.get(f"/desk/counter/{TOKEN}")).status_code == 503
    assert (await coordinator.post("/desk/counter/list", files={"list": ("l", b"text\nx")})).status_code == 503


async def test_an_empty_note_and_an_unknown_visitor_are_told(coordinator: httpx.AsyncClient, house: House) -> None:
    assert (await note(coordinator, " ")).status_code == 422
    assert (await coordinator.post(f"/desk/counter/{TOKEN}", data={"text": ""})).status_code == 422
    assert (await coordinator.get("/desk/counter/somebody-else")).status_code == 404
    assert house.said == []


@pytest.mark.parametrize("path", ["/desk/counter", f"/desk/counter/{TOKEN}"])
async def test_only_the_desk_comes_to_the_counter(browser: httpx.AsyncClient, house: House, path: str) -> None:
    assert (await browser.get(path)).status_code == 401
    assert (await browser.post(path, data={"text": NOTE})).status_code == 401
    assert (await browser.post("/desk/counter/list", files={"list": ("l", b"text\nx")})).status_code == 401
    assert (house.said, house.lists) == ([], [])


async def test_other_sites_cannot_hand_in(coordinator: httpx.AsyncClient, house: House) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/desk/counter", "/desk/counter/list"):
        answer = await coordinator.post(path, data={"text": NOTE}, headers=headers)
        assert answer.status_code == 403
    assert (await coordinator.post("/desk/counter", data={"text": "x" * LARGEST_FORM})).status_code == 413
    assert (house.said, house.lists) == ([], [])
