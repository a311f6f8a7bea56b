"""What a stranger, a person in need and a coordinator do, through the doors that they use."""

import json
import re

import httpx

from tests.kit.waiting import eventually
from tests.system.conftest import System

COURSE = "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау"
TALK_TO_A_PERSON = "5"


async def test_from_the_first_word_to_the_coordinators_click(system: System) -> None:
    said = system.command("say", COURSE, "--as", "stranger", "--json")
    assert said.returncode == 0, said.stdout + said.stderr
    answer = json.loads(said.stdout)
    assert answer["decision"] == "referred"
    assert answer["offers"]
    assert all({"id", "title", "probability", "reasons"} <= offer.keys() for offer in answer["offers"])
    assert "Дякуємо" in answer["text"]
    # How an organisation is reached arrives whole, past all that takes contact details out of what people write.
    assert re.search(r"Адреса: \w+ \d+, \d{5} \w+\nТелефон: \+49 341 0002\d{3}", answer["text"])
    assert [choice["value"] for choice in answer["choices"]] == ["helped", "not_helped", "unreachable", "more", "human"]

    async with httpx.AsyncClient(base_url=system.web, timeout=30, trust_env=False) as browser:
        page = await _writes_on_the_page(browser)
        await eventually(lambda: _reads(browser, page, "Ми знайшли"), timeout=30)
        await _coordinator_decides(system, browser)


async def _writes_on_the_page(browser: httpx.AsyncClient) -> str:
    """Fill in the form without JavaScript; gives the path of the private page."""
    form = (await browser.get("/?lang=uk")).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    origin = {"Origin": str(browser.base_url).rstrip("/")}

    async def taken() -> httpx.Response | None:
        """Who sends it faster than people write is asked to press the button again."""
        answer = await browser.post("/?lang=uk", data={**hidden, "text": COURSE}, headers=origin)
        return answer if answer.status_code == 303 else None

    sent = await eventually(taken, interval=0.5)
    again = await browser.post("/?lang=uk", data={**hidden, "text": COURSE}, headers=origin)
    assert (sent.status_code, again.headers["Location"]) == (303, sent.headers["Location"])
    assert sent.headers["Location"].startswith("/s/")
    return sent.headers["Location"]


async def _reads(browser: httpx.AsyncClient, page: str, words: str) -> bool:
    return words in (await browser.get(page)).text


async def _coordinator_decides(system: System, browser: httpx.AsyncClient) -> None:
    """Who wants to talk to a person comes up at the desk, and the click there answers them."""
    asked = await system.say(COURSE, "seeker", "course")
    await eventually(lambda: _answers(system, 1), timeout=30)
    await system.say(TALK_TO_A_PERSON, "seeker", "human")
    await eventually(lambda: _answers(system, 2), timeout=30)
    assert (await browser.get("/desk")).status_code == 401
    await browser.get("/desk", params={"key": system.home.secrets().desk_key})
    need_id = asked["need_id"]
    await eventually(lambda: _reads(browser, "/desk", f"/desk/needs/{need_id}/decision"), timeout=30)
    desk = (await browser.get("/desk")).text
    form = desk[desk.index(f"/desk/needs/{need_id}/decision") :]
    review = re.search(r'name="review" value="([^"]*)"', form)
    offer = re.search(r'name="only" value="([^"]*)"', form)
    assert review
    assert offer
    click = {"review": review[1], "only": offer[1]}
    origin = {"Origin": str(browser.base_url).rstrip("/")}
    decided = await browser.post(f"/desk/needs/{need_id}/decision", data=click, headers=origin)
    assert decided.headers["Location"] == "/desk?note=sent"
    await eventually(lambda: _answers(system, 3), timeout=30)
    async with system.http("matching") as matching:
        need = (await matching.get(f"/needs/{need_id}")).json()
    assert need["decision"] == "referred"
    named = next(named for named in need["offers"] if named["id"] == offer[1])
    assert named["title"] in (await system.answers("seeker"))[-1]["text"]


async def _answers(system: System, count: int) -> bool:
    return len(await system.answers("seeker")) == count
