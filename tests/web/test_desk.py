"""The coordinators' desk, on a real bus and store."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import httpx
import pytest
import uvicorn
from anlaufstelle_contracts import (
    Event,
    GapDetected,
    NeedArticulated,
    NeedMatched,
    NeedUnmet,
    OfferCheckRequested,
    OfferPublished,
    OfferSubmitted,
    ProjectProposed,
    ReferredOffer,
    ReviewRequested,
    wrap,
)

from chassis import Service, new_id
from services.web.main import build
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually
from tests.web.house import DESK_KEY, House, settings_of

LAMP = ReferredOffer(
    offer_id="o1", title="Lampen <umsonst>", probability=0.62, reasons=["topic", "district"], address="Musterplatz <1>, Leipzig",
    phone="+49 341 0002001",
)  # fmt: skip
TABLE = ReferredOffer(offer_id="o2", title="Tische", probability=0.55)


@pytest.fixture
async def web(bus: Bus, store: Store, house: House) -> AsyncIterator[Service]:
    """The service, started; its HTTP side is asked directly."""
    await running.provisioned(bus)
    settings = settings_of(house.url, nats_url=bus.url, nats_password=bus.passwords["web"], store_url=store.url)
    async with running.started(build(settings)) as service:
        yield service


@pytest.fixture
async def coordinator(web: Service) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that is logged in."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web.api), base_url="http://web.test") as client:
        entered = await client.get("/desk", params={"key": DESK_KEY})
        assert (entered.status_code, entered.headers["location"]) == (303, "/desk")
        yield client


async def say(bus: Bus, *events: Event, at: datetime | None = None) -> None:
    await running.say(bus, *(wrap(event, cause_id=new_id(), position=0, source="test", time=at) for event in events))


def need(need_id: str, text: str = "Шукаю стіл <для> дому", emergency: bool = False) -> NeedArticulated:
    return NeedArticulated(
        need_id=need_id, person_id=f"p-{need_id}", text=text, language="uk", categories=["housing_furnishing"], channel="web",
        district="Grünau", emergency=emergency, people=2, urgency="now",
    )  # fmt: skip


def review(need_id: str, *candidates: ReferredOffer, emergency: bool = False) -> ReviewRequested:
    return ReviewRequested(
        need_id=need_id, person_id=f"p-{need_id}", language="uk", candidates=list(candidates), emergency=emergency
    )


async def shows(coordinator: httpx.AsyncClient, *words: str) -> str:
    """The desk, as soon as it shows all of the words."""

    async def page() -> str:
        text = (await coordinator.get("/desk")).text
        assert [word for word in words if word not in text] == []
        return text

    return await eventually(page)


async def test_everything_at_a_glance(coordinator: httpx.AsyncClient, bus: Bus) -> None:
    person = {"person_id": "p1", "language": "uk"}
    await say(
        bus,
        need("n1"),
        NeedMatched(need_id="n1", **person, offers=[LAMP], offer_ids=["o1"]),
        need("n2", "Лікар для кота"),
        NeedUnmet(need_id="n2", **person, categories=["animals"], reason="full"),
        OfferPublished(offer_id="o1", title="x", description="", categories=[], provider_kind="city", sample=True),
        GapDetected(
            gap_id="g1",
            categories=["animals"],
            need_count=7,
            person_count=6,
            districts=["Grünau"],
            since=datetime.now(UTC),
            labels={"de": "Tiere: Tierarzt", "uk": "Тварини: ветеринар"},
        ),
        ProjectProposed(project_id="pr1", title="Tiere (Grünau)", summary="7 Anliegen", need_count=7),
    )
    await say(bus, need("n3", "Вчорашнє"), at=datetime.now(UTC) - timedelta(days=1))
    await shows(
        coordinator,
        "Шукаю стіл &lt;для&gt; дому",
        "Лікар для кота",
        "Вчорашнє",
        "→ Lampen &lt;umsonst&gt;",
        "→ alles voll",
        "7 Anliegen",
        "6 Menschen",
        "<h3>Tiere: Tierarzt</h3>",
        "Tiere (Grünau)",
        "1 von 1 Angeboten ist ein Beispiel",
        "<td>Tiere</td><td>alles voll</td>",
        "Gerade wartet niemand.",
    )

    async def numbers() -> dict[str, str]:
        """The counters; lists and counters of one page are not read at the same moment."""
        found = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", (await coordinator.get("/desk")).text))
        assert found == {
            "warten auf einen Menschen": "0", "Anliegen heute": "2", "heute beantwortet": "1", "ohne Hilfe": "1", "Lücken": "1",
            "Projekte": "1", "Angebote": "1",
        }  # fmt: skip
        return found

    await eventually(numbers)


@pytest.mark.parametrize("language", ["uk", "ru", "de", "en"])
async def test_the_desk_speaks_four_languages_and_its_choice_is_its_own(
    coordinator: httpx.AsyncClient, bus: Bus, language: str
) -> None:
    await say(bus, need("n1"), review("n1", LAMP, TABLE))
    await shows(coordinator, "Lampen")
    page = await coordinator.get(f"/desk?lang={language}")
    assert f'<html lang="{language}"' in page.text
    assert f'<html lang="{language}"' in (await coordinator.get("/desk")).text
    assert '<html lang="uk"' in (await coordinator.get("/")).text


async def test_one_click_decides_once(coordinator: httpx.AsyncClient, bus: Bus, house: House) -> None:
    await say(bus, need("n1"), review("n1", LAMP, TABLE))
    page = await shows(coordinator, "Lampen", "62 %", "Thema, in der Nähe")
    found = re.search(r'name="review" value="([^"]+)"', page)
    assert found
    for _ in range(2):
        sent = await coordinator.post("/desk/needs/n1/decision", data={"review": found[1], "only": "o1", "offer_ids": ["o2"]})
        assert (sent.status_code, sent.headers["location"]) == (303, "/desk?note=sent")
    both = await coordinator.post(
        "/desk/needs/n1/decision", data={"review": found[1], "offer_ids": ["o1", "o2"], "send": "picked"}
    )
    none = await coordinator.post("/desk/needs/n1/decision", data={"review": found[1], "unmet": "too_far"})
    assert (both.headers["location"], none.headers["location"]) == ("/desk?note=sent", "/desk?note=unmet")
    assert [(need_id, body) for need_id, _, body in house.decided] == [
        ("n1", {"offer_ids": ["o1"]}),
        ("n1", {"offer_ids": ["o1"]}),
        ("n1", {"offer_ids": ["o1", "o2"]}),
        ("n1", {"unmet": "too_far"}),
    ]
    keys = [key for _, key, _ in house.decided]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert "Die Antwort ist unterwegs." in (await coordinator.get("/desk?note=sent")).text


async def test_a_topic_is_corrected_and_an_offer_checked_with_one_click(
    coordinator: httpx.AsyncClient, bus: Bus, house: House
) -> None:  # fmt: skip
    offer = OfferPublished(offer_id="o7", title="x", description="", categories=[], provider_kind="city", phone="+49 341 0002007")
    await say(bus, need("n1"), review("n1", LAMP), offer)
    page = await shows(coordinator, "Lampen", "Musterplatz &lt;1&gt;, Leipzig · +49 341 0002001")
    assert re.search(r'<section id="checks"[^>]* hidden', page)
    assert '<option value="housing_furnishing" selected>' in page
    await say(bus, OfferCheckRequested(offer_id="o7", title="Kurs <B1>"))
    page = await shows(coordinator, "Kurs &lt;B1&gt;", "niemanden erreicht", "<p>+49 341 0002007</p>")
    assert not re.search(r'<section id="checks"[^>]* hidden', page)
    for _ in range(2):
        topic = await coordinator.post("/desk/needs/n1/topic", data={"review": "r", "category": "clothing"})
        assert topic.headers["location"] == "/desk?note=topic"
    assert re.search(r'<section id="submissions"[^>]* hidden', page)
    given = OfferSubmitted(offer_id="o8", person_id="p8", title="x", description="Віддам <диван>", provider_kind="private")
    await say(bus, given)
    page = await shows(coordinator, "Віддам &lt;диван&gt;", "Neue Angebote")
    assert not re.search(r'<section id="submissions"[^>]* hidden', page)
    seen = sha256("Віддам <диван>".encode()).hexdigest()
    assert f'name="review" value="{seen}"' in page
    for verified, note in (("yes", "shown"), ("no", "declined")):
        looked = await coordinator.post("/desk/offers/o8/verification", data={"review": seen, "verified": verified})
        assert looked.headers["location"] == f"/desk?note={note}"
    assert [(about, body) for about, _, body in house.clicked[2:]] == [
        ("o8", {"verified": True, "seen": seen}), ("o8", {"verified": False, "seen": seen}),
    ]  # fmt: skip
    del house.clicked[2:]
    found = await coordinator.post("/desk/offers/o7/check", data={"review": "r", "found": "reachable"})
    gone = await coordinator.post("/desk/offers/o7/check", data={"review": "r", "found": "nobody"})
    assert (found.headers["location"], gone.headers["location"]) == ("/desk?note=reachable", "/desk?note=withdrawn")
    assert [(about, body) for about, _, body in house.clicked] == [
        ("n1", {"categories": ["clothing"]}), ("n1", {"categories": ["clothing"]}),
        ("o7", {"reachable": True}), ("o7", {"reachable": False}),
    ]  # fmt: skip
    assert len({key for _, key, _ in house.clicked}) == 3


@pytest.mark.parametrize(("answered", "shown"), [(0, False), (9, False), (10, True)])
async def test_the_desk_shows_how_well_predictions_hold(
    coordinator: httpx.AsyncClient, house: House, answered: int, shown: bool
) -> None:
    house.answered = answered
    page = (await coordinator.get("/desk")).text
    assert ("<dt>sollte helfen / hat geholfen</dt><dd>72% / 65%</dd>" in page) is shown


@pytest.mark.parametrize(("status", "note", "words"), [
    (503, "away", "Die Vermittlung ist gerade nicht erreichbar"),
    (409, "gone", "schon bearbeitet"), (404, "gone", "schon bearbeitet"),
])  # fmt: skip
async def test_a_decision_that_cannot_be_made_says_so(
    coordinator: httpx.AsyncClient, house: House, status: int, note: str, words: str
) -> None:
    house.fails_with = status
    sent = await coordinator.post("/desk/needs/n1/decision", data={"only": "o1"})
    assert sent.headers["location"] == f"/desk?note={note}"
    assert words in (await coordinator.get(sent.headers["location"])).text


async def test_a_decision_needs_an_offer(coordinator: httpx.AsyncClient, house: House) -> None:
    sent = await coordinator.post("/desk/needs/n1/decision", data={"send": "picked"})
    assert (sent.headers["location"], house.decided) == ("/desk?note=nothing", [])


async def test_emergencies_come_first(coordinator: httpx.AsyncClient, bus: Bus) -> None:
    await say(bus, need("n1", "спокійне"), review("n1"))
    await say(bus, need("n2", "термінове", emergency=True), review("n2", emergency=True))
    page = await shows(coordinator, "спокійне", "термінове", "Notfall", "(2) Schreibtisch")
    assert page.index("термінове") < page.index("спокійне")


async def test_without_the_key_the_desk_is_closed(web: Service, house: House) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web.api), base_url="http://web.test") as stranger:
        for answer in (
            await stranger.get("/desk"),
            await stranger.get("/desk?key=wrong"),
            await stranger.get("/desk?key="),
            await stranger.get("/desk/stream"),
            await stranger.post("/desk/login", data={"key": "ключ"}),
            await stranger.post("/desk/needs/n1/decision", data={"only": "o1"}),
            await stranger.post("/desk/needs/n1/topic", data={"category": "food"}),
            await stranger.post("/desk/offers/o1/check", data={"found": "nobody"}),
            await stranger.post("/desk/offers/o1/verification", data={"verified": "yes"}),
            await stranger.get("/desk", headers={"Cookie": "desk=coordinator.aaaa.bbbb"}),
        ):
            assert answer.status_code == 401
            assert "set-cookie" not in answer.headers
            assert "Schlüssel zum Schreibtisch" in answer.text
        assert "Das ist nicht der Schlüssel" in (await stranger.get("/desk?key=wrong")).text
        assert house.decided == house.clicked == []


async def test_logging_in_and_out(coordinator: httpx.AsyncClient) -> None:
    assert (await coordinator.get("/desk")).status_code == 200
    left = await coordinator.post("/desk/logout")
    assert left.status_code == 303
    assert (await coordinator.get("/desk")).status_code == 401
    entered = await coordinator.post("/desk/login", data={"key": DESK_KEY})
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert DESK_KEY not in cookie
    assert (await coordinator.get("/desk")).status_code == 200


async def test_the_desk_says_when_its_store_is_away(coordinator: httpx.AsyncClient, store: Store) -> None:
    store.kill()
    page = await coordinator.get("/desk", timeout=20)
    assert page.status_code == 503
    assert "Schreibtisch kann gerade nicht gezeigt werden" in page.text


async def test_the_desk_is_live(bus: Bus, store: Store, house: House) -> None:
    await running.provisioned(bus)
    service = build(settings_of(house.url, nats_url=bus.url, nats_password=bus.passwords["web"], store_url=store.url))
    server = uvicorn.Server(uvicorn.Config(service.api, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started, 20)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            await client.get("/desk", params={"key": DESK_KEY})
            async with client.stream("GET", "/desk/stream") as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                lines = stream.aiter_lines()
                first = await _next_change(lines)
                await say(bus, need("n1"))
                assert await _next_change(lines) != first
    finally:
        server.should_exit = True
        await serving


async def _next_change(lines: AsyncIterator[str]) -> str:
    async with asyncio.timeout(15):
        async for line in lines:
            if line.startswith("data: "):
                return line
    raise AssertionError("the stream ended")
