"""The page where a need is written and the page where the answer appears."""

import re
from html import unescape
from html.parser import HTMLParser

import httpx
import pytest

from services.web.main import build
from services.web.spam import FormGuard
from tests.web.house import DESK_KEY, TOKEN, House, settings_of

LANGUAGES = ("uk", "ru", "de", "en")
NEED = "Шукаю курси німецької для мами"


def form_id(page: httpx.Response) -> str:
    found = re.search(r'name="id" value="([^"]+)"', page.text)
    assert found
    return found[1]


def stamp(name: str = "form-0001") -> str:
    return FormGuard(DESK_KEY, 1).stamp(name)


async def write(browser: httpx.AsyncClient, text: str, **more: str) -> httpx.Response:
    return await browser.post("/?lang=uk", data={"id": stamp(), "text": text, **more})


async def test_a_need_is_written_and_its_answer_appears_on_a_private_page(browser: httpx.AsyncClient, house: House) -> None:
    page = await browser.get("/")
    sent = await browser.post("/", data={"id": form_id(page), "text": NEED})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/s/{TOKEN}")
    assert (house.said[0]["text"], house.said[0]["language"], house.said[0]["token"]) == (NEED, "uk", None)
    waiting = await browser.get(sent.headers["location"])
    assert NEED in waiting.text
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    house.answer()
    answered = await browser.get(sent.headers["location"])
    assert "1. Kleiderkammer &lt;Grünau&gt;\nДе: Grünau" in answered.text
    assert 'http-equiv="refresh"' not in answered.text
    assert '<button type="submit" name="choice" value="helped">Допомогло</button>' in answered.text


async def test_a_double_click_says_it_once_and_changed_words_are_said_too(browser: httpx.AsyncClient, house: House) -> None:
    for text in (NEED, NEED, NEED + " у Грюнау"):
        assert (await write(browser, text)).status_code == 303
    assert [said["text"] for said in house.said] == [NEED, NEED + " у Грюнау"]


async def test_a_choice_is_sent_once_and_only_the_last_message_offers_any(browser: httpx.AsyncClient, house: House) -> None:
    await write(browser, NEED)
    house.answer("перша", "n1")
    house.answer("друга", "n2")
    page = await browser.get(f"/s/{TOKEN}")
    assert page.text.count('class="choices"') == 1
    assert page.text.index("друга") < page.text.index('class="choices"')
    for _ in range(2):
        sent = await browser.post(f"/s/{TOKEN}", data={"id": form_id(page), "choice": "human"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"/s/{TOKEN}?sent=1")
    assert "Надіслано" in (await browser.get(f"/s/{TOKEN}?sent=1")).text
    assert [said["text"] for said in house.said] == [NEED, "human"]
    assert house.said[1]["token"] == TOKEN


async def test_everything_can_be_deleted(browser: httpx.AsyncClient, house: House) -> None:
    await write(browser, NEED)
    asked = await browser.post(f"/s/{TOKEN}", data={"id": "form-0002", "erase": "ask"})
    assert (asked.status_code, asked.headers["location"]) == (303, f"/s/{TOKEN}?sent=1")
    assert (house.said[-1]["text"], house.said[-1]["token"]) == ("/delete", TOKEN)
    sent = await browser.post(f"/s/{TOKEN}", data={"id": "form-0003", "choice": "erase.yes"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/deleted")
    assert house.said[-1]["text"] == "erase.yes"
    assert "gelöscht" in (await browser.get("/deleted?lang=de")).text


@pytest.mark.parametrize(("text", "status", "words"), [
    ("", 422, "Напишіть, будь ласка, що Вам потрібно."),
    (" \x00\u200b\n ", 422, "Напишіть, будь ласка, що Вам потрібно."),
    ("й" * 4001, 422, "знаків у ньому 4001, а вміщується щонайбільше 4000"),
    ("й" * 300_000, 413, "значно більше"),
])  # fmt: skip
async def test_what_cannot_be_sent_is_said_in_words(
    browser: httpx.AsyncClient, house: House, text: str, status: int, words: str
) -> None:
    answer = await write(browser, text)
    assert (answer.status_code, house.said) == (status, [])
    assert words in answer.text
    if len(text) == 4001:
        assert text in answer.text


async def test_words_arrive_as_they_were_written(browser: httpx.AsyncClient, house: House) -> None:
    await write(browser, "10\u00a0років,\r\n👨\u200d👩\u200d👧 <b>&amp;\x07")
    assert house.said[0]["text"] == "10 років,\n👨\u200d👩\u200d👧 <b>&amp;"


async def test_the_longest_text_is_taken(browser: httpx.AsyncClient, house: House) -> None:
    assert (await write(browser, "й\r\n" * 1999 + "кінець")).status_code == 422
    assert (await write(browser, "й\r\n" * 1997 + "кінець")).status_code == 303
    assert len(house.said[0]["text"]) == 4000


@pytest.mark.parametrize("status", [401, 500, 503])
async def test_no_word_is_lost_when_intake_is_away(browser: httpx.AsyncClient, house: House, status: int) -> None:
    house.fails_with = status
    answer = await write(browser, "Мої слова <&>")
    assert answer.status_code == 503
    assert "Ваші слова не зникли" in unescape(answer.text)
    assert "Мої слова &lt;&amp;&gt;</textarea>" in answer.text
    assert form_id(answer).startswith("form-0001.")
    again = await browser.post(f"/s/{TOKEN}?lang=uk", data={"id": "form-0003", "text": "І ще слова"})
    assert again.status_code == 503
    assert "І ще слова</textarea>" in again.text
    assert (await browser.get(f"/s/{TOKEN}")).status_code == 503


async def test_intake_may_refuse(browser: httpx.AsyncClient, house: House) -> None:
    house.fails_with = 422
    answer = await write(browser, NEED)
    assert answer.status_code == 422
    assert NEED in answer.text


async def test_intake_cannot_be_reached_at_all() -> None:
    transport = httpx.ASGITransport(build(settings_of("http://127.0.0.1:9")).api)
    async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as alone:
        assert (await write(alone, NEED)).status_code == 503


@pytest.mark.parametrize("token", ["unknown-token-1", "x", "..%2f..%2fneeds", "%F0%9F%92%A9"])
async def test_an_unknown_link_leads_nowhere(browser: httpx.AsyncClient, house: House, token: str) -> None:
    assert (await browser.get(f"/s/{token}")).status_code == 404
    assert (await browser.post(f"/s/{token}", data={"text": NEED})).status_code == 404
    assert house.said == []


@pytest.mark.parametrize(("asked", "cookie", "header", "language"), [
    ("", "", "", "uk"), ("", "", "fr, de-AT;q=0.7, ru;q=0.5", "de"), ("", "en", "ru", "en"), ("?lang=ru", "en", "de", "ru"),
    ("?lang=xx", "yy", "de;q=x, en;q=0, ru;q=0.1", "ru"),
])  # fmt: skip
async def test_the_language(browser: httpx.AsyncClient, asked: str, cookie: str, header: str, language: str) -> None:
    headers = {"Accept-Language": header, "Cookie": f"lang={cookie}"}
    page = await browser.get(f"/{asked}", headers=headers)
    assert f'<html lang="{language}" dir="ltr">' in page.text
    assert ("lang=" in page.headers.get("set-cookie", "")) == (asked == "?lang=ru")


async def test_the_private_page_speaks_the_language_of_the_conversation(browser: httpx.AsyncClient, house: House) -> None:
    house.language = "ru"
    house.answer()
    assert '<html lang="ru"' in (await browser.get(f"/s/{TOKEN}", headers={"Accept-Language": "de"})).text


@pytest.mark.parametrize("path", ["/", f"/s/{TOKEN}", "/s/unknown-token-1", "/docs", "/desk", "/nowhere", "/static/live.js"])
async def test_headers(browser: httpx.AsyncClient, house: House, path: str) -> None:
    house.answer()
    headers = (await browser.get(path)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == ("no-referrer" if path.startswith("/s/") else "same-origin")
    if not path.startswith("/static"):
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("headers", "taken"), [
    ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True), ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "same-site"}, False), ({"Origin": "http://web.test"}, True), ({"Origin": "https://evil.example"}, False),
    ({"Origin": "null"}, False), ({}, True),
])  # fmt: skip
async def test_other_sites_cannot_write(browser: httpx.AsyncClient, house: House, headers: dict[str, str], taken: bool) -> None:
    answer = await browser.post("/", data={"id": stamp(), "text": NEED}, headers=headers)
    assert (answer.status_code, len(house.said)) == ((303, 1) if taken else (403, 0))
    desk = await browser.post("/desk/login", data={"key": "wrong"}, headers=headers)
    assert desk.status_code == (401 if taken else 403)


async def test_robots_and_docs(browser: httpx.AsyncClient) -> None:
    robots = await browser.get("/robots.txt")
    assert "Disallow: /desk\nDisallow: /s/\n" in robots.text
    docs = await browser.get("/docs?lang=en")
    assert "/docs/asyncapi.yaml" in docs.text
    assert "127.0.0.1" in docs.text
    assert "asyncapi: 3.0.0" in (await browser.get("/docs/asyncapi.yaml")).text
    assert (await browser.get("/openapi.json")).status_code == 404
    assert "There is no page at this address." in (await browser.get("/nowhere")).text


class _Page(HTMLParser):
    """Notes what a reader without eyes needs."""

    def __init__(self) -> None:
        super().__init__()
        self.labelled: set[str] = set()
        self.fields: list[str] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "label":
            self.labelled.add(values["for"] or "")
        if tag in ("textarea", "input") and values.get("type") != "hidden":
            self.fields.append(values.get("id") or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.inline += [name for name, _ in attrs if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", f"/s/{TOKEN}", "/docs", "/desk", "/desk/counter", f"/desk/counter/{TOKEN}"])
async def test_pages_can_be_read_without_eyes(browser: httpx.AsyncClient, house: House, path: str, language: str) -> None:
    house.answer()
    if path.startswith("/desk/"):
        await browser.post("/desk/login", data={"key": DESK_KEY})
    page = _Page()
    page.feed((await browser.get(f"{path}?lang={language}")).text)
    assert page.headings[0] == "h1"
    assert page.headings.count("h1") == 1
    assert set(page.fields) <= page.labelled
    assert len(page.ids) == len(set(page.ids))
    assert page.inline == []
