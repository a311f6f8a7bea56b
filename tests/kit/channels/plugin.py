"""The conformance kit as a plugin of pytest: `--channel` says which channel passes it.

./anlaufstelle test tests/kit/channels                                 # every channel of ours
./anlaufstelle test tests/kit/channels --channel=telegram              # one of ours
./anlaufstelle test tests/kit/channels --channel=/home/me/acme/tests   # another one, by its folder of fixtures
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake import channels
from tests.kit.channels import recordings
from tests.kit.channels.provider import Provider
from tests.kit.channels.recordings import Fixtures, FixturesError


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that chooses the channel."""
    parser.addoption(
        "--channel", action="append", default=[], metavar="NAME|FOLDER",
        help="for tests/kit/channels: a channel of ours by name, or another one by its folder of fixtures (all of ours)",
    )  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One case for each channel, and for each mode where it matters."""
    if "provider" not in metafunc.fixturenames:
        return
    try:
        found = [recordings.read(folder) for folder in _folders(metafunc.config)]
        for fixtures in found:
            channels.load(fixtures.kit.channel)
    except (FixturesError, channels.ChannelError) as error:
        hint = "\na package of its own is known when it is installed: .venv/bin/pip install -e FOLDER"
        raise pytest.UsageError(f"{error}{hint if isinstance(error, channels.ChannelError) else ''}") from None
    once = getattr(metafunc.module, "HOW_IT_HEARS_IS_ALL_THE_SAME", False)
    ways = [(fixtures, mode) for fixtures in found for mode in fixtures.kit.modes[: 1 if once else None]]
    metafunc.parametrize("provider", ways, indirect=True, ids=[_id(*way) for way in ways], scope="session")


def _folders(config: pytest.Config) -> list[Path]:
    wanted: list[str] = config.getoption("--channel")
    if not wanted:
        return recordings.ours()
    return [recordings.ROOT / name if name.isidentifier() else Path(name).expanduser().resolve() for name in wanted]


def _id(fixtures: Fixtures, mode: str) -> str:
    return f"{fixtures.kit.channel}-{mode}" if mode else fixtures.kit.channel


@pytest.fixture(scope="session")
def provider(request: pytest.FixtureRequest) -> Iterator[tuple[Fixtures, Provider]]:
    """A stand-in, kept for all cases of its channel."""
    fixtures, mode = request.param
    made = fixtures.provider(mode)
    yield fixtures, made
    made.discard()
