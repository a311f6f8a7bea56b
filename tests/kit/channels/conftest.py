"""A rig for every case, and no case in which a log tells of a person."""

from collections.abc import AsyncIterator

import pytest

from tests.kit.channels import logs
from tests.kit.channels.provider import Provider
from tests.kit.channels.recordings import Fixtures
from tests.kit.channels.rig import Rig, running


@pytest.fixture
async def rig(
    provider: tuple[Fixtures, Provider], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Rig]:
    """The channel between its provider and a host in memory. Afterwards: did it do only what it declares, and keep silent?"""
    with logs.listening() as said:
        async with running(*provider, monkeypatch) as made:
            yield made
    assert made.host.dishonest == []
    leaks = said.leaks(made.words(), *capsys.readouterr())
    assert leaks == [], "a log tells texts, names, addresses or ids of people"
