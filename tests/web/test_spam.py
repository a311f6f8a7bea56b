"""Machines at the public form, and people who are never locked out of it."""

import httpx
import pytest
from fastapi import Request

from services.web import spam
from services.web.main import build
from services.web.spam import FormGuard, network
from tests.web.house import DESK_KEY, House, settings_of

NEED = "Шукаю курси німецької для мами"
AGAIN, BUSY = "Please press", "your network"


async def send(browser: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await browser.post("/?lang=en", data={"id": FormGuard(DESK_KEY, 1).stamp(), "text": NEED, **form})


async def test_the_field_that_nobody_sees_must_stay_empty(browser: httpx.AsyncClient, house: House) -> None:
    page = await browser.get("/?lang=en")
    assert f'name="{spam.TRAP}" tabindex="-1"' in page.text
    refused = await send(browser, **{spam.TRAP: "https://buy.example.org"})
    assert (refused.status_code, house.said) == (422, [])
    assert AGAIN in refused.text
    assert NEED in refused.text


@pytest.mark.parametrize(
    "stamp", ["", "form-0001", "form-0001.aaaaaa.bbbb", FormGuard("another-key", 1).stamp()],
    ids=["none", "bare", "forged", "of another key"],
)  # fmt: skip
async def test_a_form_that_we_did_not_show_is_shown_again_with_the_words(
    browser: httpx.AsyncClient, house: House, stamp: str
) -> None:
    refused = await send(browser, id=stamp)
    assert (refused.status_code, house.said) == (422, [])
    assert NEED in refused.text
    again = refused.text.split('name="id" value="')[1].split('"')[0]
    assert (await send(browser, id=again)).status_code == 303


@pytest.mark.parametrize(("soonest", "latest"), [(60, 100), (-1, -1)])
async def test_a_form_that_is_sent_too_soon_or_too_late_is_shown_again(
    browser: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch, soonest: int, latest: int
) -> None:
    monkeypatch.setattr(spam, "SOONEST", soonest)
    monkeypatch.setattr(spam, "LATEST", latest)
    refused = await send(browser)
    assert (refused.status_code, house.said) == (422, [])
    assert AGAIN in refused.text


async def test_one_network_is_slowed_and_the_others_are_not(house: House) -> None:
    transports = {
        name: httpx.ASGITransport(app, client=(address, 1))
        for app in [build(settings_of(house.url, form_limit=2)).api]
        for name, address in {"a": "203.0.113.5", "neighbour": "203.0.113.9", "b": "198.51.100.5"}.items()
    }
    answers = {}
    for name, times in (("a", 2), ("neighbour", 1), ("b", 1)):
        async with httpx.AsyncClient(transport=transports[name], base_url="http://web.test") as browser:
            answers[name] = [await send(browser) for _ in range(times)]
    assert [answer.status_code for answer in answers["a"]] == [303, 303]
    (slowed,) = answers["neighbour"]
    assert slowed.status_code == 429
    assert BUSY in slowed.text
    assert NEED in slowed.text
    assert [answer.status_code for answer in answers["b"]] == [303]


def test_a_network_may_write_again_after_a_while() -> None:
    now = [0.0]
    guard = FormGuard(DESK_KEY, 1, lambda: now[0])
    form = {"id": [guard.stamp()]}
    request = Request({"type": "http", "client": ("203.0.113.5", 1), "headers": []})
    assert [guard.problem(request, form)[1] for _ in range(2)] == [200, 429]
    now[0] += spam.WINDOW
    assert guard.problem(request, form)[1] == 200


@pytest.mark.parametrize(("address", "place"), [
    ("203.0.113.5", "203.0.113.0/24"), ("2001:db8:0:1::7", "2001:db8::/56"), ("testclient", ""),
])  # fmt: skip
def test_a_network_is_a_house(address: str, place: str) -> None:
    assert network(Request({"type": "http", "client": (address, 1), "headers": []})) == place
