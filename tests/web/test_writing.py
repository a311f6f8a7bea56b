"""At the desk: writing to a person, closing what was taken care of, and reading on when many wait."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from anlaufstelle_contracts import PersonReplied, ReviewClosed

from services.web.desk import MOST_WRITTEN
from services.web.repository import SHOWN
from tests.kit.infra import Bus
from tests.web.house import House
from tests.web.test_desk import LAMP, need, review, say, shows

WORDS = "Ми зателефонуємо <сьогодні>. Коли Вам зручно?"
FORM = {"need_id": "n1", "id": "form-0000000000000001"}


async def write(coordinator: httpx.AsyncClient, text: str = WORDS) -> httpx.Response:
    return await coordinator.post("/desk", data={**FORM, "text": text})


def seen(page: str) -> str:
    found = re.search(r'name="review" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_what_is_written_goes_to_the_person_once(coordinator: httpx.AsyncClient, bus: Bus, house: House) -> None:
    await say(bus, need("n1"), review("n1", LAMP))
    page = await shows(coordinator, "Dieser Person schreiben")
    assert f'maxlength="{MOST_WRITTEN}"' in page
    for text in (WORDS, WORDS, "Перший рядок\r\nдругий"):
        assert (await write(coordinator, text)).headers["location"] == "/desk?note=written"
    assert [(need_id, body["text"]) for need_id, body in house.written] == [
        ("n1", WORDS), ("n1", WORDS), ("n1", "Перший рядок\nдругий"),
    ]  # fmt: skip
    ids = [body["id"] for _, body in house.written]
    assert ids[0] == ids[1] != ids[2]
    house.is_held = True
    sent = await write(coordinator)
    assert "nur aus einer Gruppe" in (await coordinator.get(sent.headers["location"])).text


@pytest.mark.parametrize(("text", "fails_with", "status", "words"), [
    (" ", 0, 422, "Bitte schreiben Sie erst etwas"), ("я" * (MOST_WRITTEN + 1), 0, 422, f"höchstens {MOST_WRITTEN} Zeichen"),
    (WORDS, 404, 422, "Die Person hat alles gelöscht"), (WORDS, 409, 422, "möchte keine Nachrichten"),
    (WORDS, 503, 503, "Die Aufnahme ist gerade nicht erreichbar"),
])  # fmt: skip
async def test_what_cannot_be_sent_is_said_and_not_lost(
    coordinator: httpx.AsyncClient, bus: Bus, house: House, text: str, fails_with: int, status: int, words: str
) -> None:
    await say(bus, need("n1"), review("n1", LAMP), need("n2"), review("n2"))
    await shows(coordinator, 'id="m-n1"', 'id="m-n2"')
    house.fails_with = fails_with
    page = await write(coordinator, text)
    assert (page.status_code, house.written) == (status, [])
    assert words in page.text
    kept = re.search(r'id="m-n1"[^>]*>([^<]*)<', page.text)
    other = re.search(r'id="m-n2"[^>]*>([^<]*)<', page.text)
    assert kept
    assert other
    assert (kept[1], other[1]) == (text.strip().replace("<", "&lt;").replace(">", "&gt;"), "")


async def test_an_emergency_is_closed_by_who_took_care_of_it_and_no_reply_is_closed_unread(
    coordinator: httpx.AsyncClient, bus: Bus, house: House
) -> None:
    await say(bus, need("n1", "Він погрожує", emergency=True), review("n1", emergency=True))
    page = await shows(coordinator, "Він погрожує", 'id="m-n1"')
    assert 'name="unmet"' not in page
    await say(bus, PersonReplied(need_id="n1", person_id="p-n1", text="Я в <безпеці>"))
    fresh = await shows(coordinator, "Antwort der Person:", "Я в &lt;безпеці&gt;")
    stale = await coordinator.post("/desk/needs/n1/closing", data={"review": seen(page)})
    assert (stale.headers["location"], house.decided) == ("/desk?note=news", [])
    for _ in range(2):
        closed = await coordinator.post("/desk/needs/n1/closing", data={"review": seen(fresh)})
        assert closed.headers["location"] == "/desk?note=closed"
        await say(bus, ReviewClosed(need_id="n1", person_id="p-n1"))
        await shows(coordinator, "Gerade wartet niemand.")
    await say(bus, PersonReplied(need_id="n1", person_id="p-n1", text="Він тут"))
    again = await shows(coordinator, "Він тут")
    await coordinator.post("/desk/needs/n1/closing", data={"review": seen(again)})
    assert [body for _, _, body in house.decided] == [{"taken_care_of": True}] * 3
    keys = [key for _, key, _ in house.decided]
    assert keys[0] == keys[1] != keys[2]


async def test_who_waits_behind_many_emergencies_is_on_the_next_page(
    coordinator: httpx.AsyncClient, bus: Bus, house: House
) -> None:  # fmt: skip
    start = datetime.now(UTC) - timedelta(hours=1)
    await say(bus, need("calm", "спокійне"), review("calm"), at=start)
    for index in range(SHOWN + 1):
        at = start + timedelta(minutes=1, seconds=index)
        await say(bus, need(f"e{index}", f"термінове {index}.", emergency=True), review(f"e{index}", emergency=True), at=at)
    first = await shows(coordinator, "термінове 0.", f"({SHOWN + 2}) Schreibtisch", "Nächste Seite: 2 weitere Anliegen warten")
    queue = first[first.index('id="queue"') : first.index('id="needs"')]
    assert "спокійне" not in queue
    assert "Vorige Seite" not in queue
    second = (await coordinator.get(f"/desk?from={SHOWN}")).text
    queue = second[second.index('id="queue"') : second.index('id="needs"')]
    assert re.findall(r"термінове \d+\.|спокійне", queue) == [f"термінове {SHOWN}.", "спокійне"]
    assert 'href="/desk">Vorige Seite' in queue
    assert "Nächste Seite" not in queue
    assert f'action="/desk/needs/calm/decision?from={SHOWN}"' in queue
    clicked = await coordinator.post(f"/desk/needs/calm/decision?from={SHOWN}", data={"unmet": "full"})
    assert clicked.headers["location"] == f"/desk?from={SHOWN}&note=unmet"
    assert (await coordinator.get(f"/desk?from={9 * SHOWN}")).headers["location"] == "/desk"
    assert (await coordinator.get("/desk?from=x")).text.count("Nächste Seite") == 1
