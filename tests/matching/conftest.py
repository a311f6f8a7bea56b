"""A directory of a few offers, and matching on a real bus and store."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from anlaufstelle_contracts import CloudEvent, Event, NeedArticulated, wrap

from chassis import Service, new_id
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

OFFERS: list[dict[str, Any]] = [
    {
        "id": "german-seniors", "title": "Deutsch für Seniorinnen und Senioren", "category": "language_course",
        "description": "Langsamer Deutschkurs für Menschen ab 60 Jahren, von Anfang an, mit viel Wiederholung. Kostenlos.",
        "districts": ["Grünau"], "languages_spoken": ["de", "uk", "ru"], "audience": ["seniors"],
    },
    {
        "id": "german-full", "title": "Deutschkurs B1 am Abend", "category": "language_course", "capacity": 0,
        "description": "Abendkurs B1 für Berufstätige, zweimal in der Woche.", "languages_spoken": ["de"],
    },
    {
        "id": "furniture", "title": "Möbellager", "category": "housing_furnishing", "languages_spoken": ["de"],
        "description": "Gut erhaltene Betten, Schränke, Tische, Stühle und Sofas gegen eine kleine Spende.",
    },
    {
        "id": "room", "title": "Кімната для мами з дитиною", "category": "housing", "languages_spoken": ["uk"],
        "description": "Здаю кімнату у своїй квартирі мамі з дитиною на кілька місяців, тільки комунальні.",
        "provider_kind": "private",
    },
    {
        "id": "housing-advice", "title": "Wohnraumberatung", "category": "housing", "languages_spoken": ["de", "uk"],
        "description": "Wir unterstützen bei der Wohnungssuche: Anzeigen lesen, Anfragen schreiben, Mietvertrag verstehen.",
    },
    {
        "id": "interpreters", "title": "Sprachmittler-Pool", "category": "interpreting", "languages_spoken": ["uk", "ru", "de"],
        "description": "Ehrenamtliche dolmetschen bei Terminen auf Ämtern, in Schulen und bei Ärzten.",
    },
]  # fmt: skip
VET: dict[str, Any] = {
    "id": "vet", "title": "Tierärztliche Sprechstunde", "category": "animals", "languages_spoken": ["de", "uk", "ru"],
    "description": "Eine Tierärztin untersucht und impft Hunde und Katzen von Geflüchteten, kostenlos, jeden Mittwoch.",
}  # fmt: skip
COURSE = "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау"
VETS = (
    "Потрібен ветеринар для кота, хворіє, грошей мало",
    "Где найти недорогого ветеринара для собаки? Надо сделать прививку",
    "Кіт захворів, підкажіть ветеринара, безкоштовно або недорого",
    "Собаке нужен ветеринар, прививка и осмотр",
)


def need(text: str, **fields: Any) -> NeedArticulated:
    """A need as intake says it."""
    values = {"need_id": new_id(), "person_id": new_id(), "language": "uk", "channel": "console"} | fields
    return NeedArticulated(text=text, **values)


def lines(offers: list[dict[str, Any]]) -> bytes:
    """Offers as JSON Lines."""
    return "\n".join(json.dumps(offer, ensure_ascii=False) for offer in offers).encode()


class Matching:
    """One or several replicas of matching, the bus they are on, and their HTTP side."""

    def __init__(self, bus: Bus, store: Store) -> None:
        self.bus, self._store = bus, store
        self._stack = AsyncExitStack()
        self.services: list[Service] = []
        self.clients: list[httpx.AsyncClient] = []

    async def start(self, **settings: Any) -> Service:
        """One more replica."""
        service = running.build("matching", running.settings_for("matching", self.bus, self._store, **settings))
        await self._stack.enter_async_context(running.started(service))
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=service.api), base_url="http://matching", timeout=60,
            headers={"Authorization": "Bearer test-token"},
        )  # fmt: skip
        self.services.append(service)
        self.clients.append(await self._stack.enter_async_context(client))
        return service

    async def stop(self) -> None:
        await self._stack.aclose()

    async def load(self, offers: list[dict[str, Any]], replica: int = 0) -> dict[str, Any]:
        """Import offers through one replica."""
        answer = await self.clients[replica].post(
            "/directory/import", content=lines(offers), headers={"Content-Type": "application/x-ndjson"}
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def say(self, *events: Event, suffix: str = "") -> list[CloudEvent]:
        """Say events on the bus; gives their envelopes."""
        said = [wrap(event, cause_id=new_id(), position=0, source="intake") for event in events]
        await running.say(self.bus, *said, suffix=suffix)
        return said

    async def heard(self, kind: type[Event], **fields: Any) -> list[Any]:
        """Events of a kind on the bus whose fields are as given."""
        events = [event.event() for event in await running.heard(self.bus) if event.type == kind.type]
        return [event for event in events if all(getattr(event, name) == value for name, value in fields.items())]

    async def first(self, kind: type[Event], **fields: Any) -> Any:
        """The first such event, once it is there."""
        return (await eventually(lambda: self.heard(kind, **fields), timeout=20, interval=0.1))[0]

    async def get(self, path: str, replica: int = 0) -> Any:
        """What a route answers."""
        answer = await self.clients[replica].get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def decision(self, need_id: str, wanted: str = "", timeout: float = 20) -> Any:
        """What became of a need, once it is decided (so)."""

        async def decided() -> Any:
            answer = await self.clients[0].get(f"/needs/{need_id}")
            return answer.json() if answer.status_code == 200 and wanted in ("", answer.json()["decision"]) else None

        return await eventually(decided, timeout=timeout, interval=0.1)


@pytest.fixture
async def idle(bus: Bus, store: Store) -> AsyncIterator[Matching]:
    """A provisioned bus and a store; no replica is started yet."""
    await running.provisioned(bus)
    matching = Matching(bus, store)
    yield matching
    await matching.stop()


@pytest.fixture
async def matching(idle: Matching) -> Matching:
    """One replica with the directory loaded."""
    await idle.start()
    assert (await idle.load(OFFERS))["errors"] == []
    return idle
