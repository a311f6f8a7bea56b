"""web with stand-ins for the rooms it calls."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from services.web import spam
from services.web.main import build
from tests.web.house import House, open_house, settings_of


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
