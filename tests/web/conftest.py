"""web with stand-ins for the rooms it calls."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from chassis import Service
from services.web import spam
from services.web.main import build
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.web.house import DESK_KEY, House, open_house, settings_of


@pytest.fixture(scope="module")
def _open_house() -> Iterator[House]:
    with open_house() as house:
        yield house


@pytest.fixture(autouse=True)
def _quick_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests write faster than people."""
    monkeypatch.setattr(spam, "SOONEST", 0)


@pytest.fixture
def house(_open_house: House) -> House:
    """Intake and matching; nothing was said yet."""
    fresh = House(url=_open_house.url)
    _open_house.__dict__.update(fresh.__dict__)
    return _open_house


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Asks web, which neither bus nor store is behind."""
    transport = httpx.ASGITransport(build(settings_of(house.url)).api)
    async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as client:
        yield client


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
