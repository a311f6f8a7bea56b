"""A real bus and a real store for tests: fresh ones for every test, that can be killed and started again in place.

`--infra=embedded` (the default) runs them as processes, `--infra=containers` from the official images. Either way:

    async def test_something(bus: Bus, store: Store) -> None:
        client = await nats.connect(bus.url, user="operator", password=bus.passwords["operator"])
        bus.kill()                                  # SIGKILL; what was acknowledged is still there afterwards
        bus.start()                                 # same port, same data
        await asyncio.to_thread(bus.wait_ready)     # start() must stay in the test's own thread, waiting need not

The `infra` fixture makes more of them, or some for a whole module: `infra.bus()`, `infra.store()`.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol, TypeVar, cast

import pytest
from anlaufstelle_contracts.topology import ROLES

from deploy import parts
from tests.kit import containers

PASSWORDS = {role.name: f"test-{role.name}" for role in ROLES}
START_TIMEOUT = 30.0


class Machine(Protocol):
    """What a server runs on: a process or a container."""

    def start(self) -> None:
        """Start it; it need not be ready at return."""

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""

    def stop(self) -> None:
        """Stop it in order, and wait until it is gone."""

    def discard(self) -> None:
        """End it for good."""

    def ready(self) -> bool:
        """Whether it serves."""

    def log(self) -> str:
        """What it has said."""


class Server:
    """A server under test."""

    def __init__(self, machine: Machine, port: int, url: str) -> None:
        self._machine = machine
        self.port = port
        self.url = url

    def start(self) -> None:
        """Start it (again) on the same port and data. Call it in the test's own thread."""
        self._machine.start()

    def wait_ready(self) -> None:
        """Return when it serves; raise with its log when it does not within half a minute."""
        deadline = time.monotonic() + START_TIMEOUT
        while not self._machine.ready():
            if time.monotonic() > deadline:
                raise AssertionError(f"{type(self).__name__} is not ready after {START_TIMEOUT} s:\n{self._machine.log()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL it."""
        self._machine.kill()

    def stop(self) -> None:
        """Stop it in order. Its data stay, so that it can be started again."""
        self._machine.stop()

    def discard(self) -> None:
        """End it for good."""
        self._machine.discard()


S = TypeVar("S", bound=Server)


class Bus(Server):
    """A nats-server with the users and rights of the topology and without any stream yet."""

    passwords = PASSWORDS


class Store(Server):
    """An empty store."""


class Process:
    """A program on this machine."""

    def __init__(self, program: parts.Program, log: Path) -> None:
        self._program = program
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self._process = parts.spawn(self._program, self._log, os.environ)

    def ready(self) -> bool:
        if self._process is None:
            raise AssertionError(f"{self._program.name} was never started")
        if self._process.poll() is not None:
            # A port can stay taken for a moment after its last owner died.
            self.start()
            return False
        return self._program.ready()

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def discard(self) -> None:
        self.kill()

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-4_000:] if self._log.exists() else ""


class Infra:
    """Makes servers, keeps one of each kind warm for the next test, and ends them all at the end."""

    def __init__(self, folder: Path, in_containers: bool) -> None:
        self._folder = folder
        self._in_containers = in_containers
        self._servers: list[Server] = []
        self._warm: dict[str, Server] = {}

    def bus(self) -> Bus:
        """A fresh bus, ready."""
        return self._take("bus", self._new_bus)

    def store(self) -> Store:
        """A fresh store, ready."""
        return self._take("store", self._new_store)

    def close(self) -> None:
        """End everything that was made."""
        for server in self._servers:
            server.discard()

    def _take(self, kind: str, new: Callable[[], S]) -> S:
        server = self._warm.pop(kind, None) or self._started(new())
        self._warm[kind] = self._started(new())
        server.wait_ready()
        return cast(S, server)

    def _started(self, server: S) -> S:
        self._servers.append(server)
        server.start()
        return server

    def _new_bus(self) -> Bus:
        port, monitor_port, folder = parts.free_port(), parts.free_port(), self._new_folder()
        machine: Machine = (
            containers.bus(port, monitor_port, PASSWORDS)
            if self._in_containers
            else Process(parts.bus(folder / "data", port, monitor_port, PASSWORDS), folder / "log")
        )
        return Bus(machine, port, f"nats://{parts.HOST}:{port}")

    def _new_store(self) -> Store:
        port, folder = parts.free_port(), self._new_folder()
        machine: Machine = (
            containers.store(port) if self._in_containers else Process(parts.store(folder / "data", port), folder / "log")
        )
        return Store(machine, port, parts.store_url(port))

    def _new_folder(self) -> Path:
        return Path(mkdtemp(dir=self._folder))


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that says what the servers run on."""
    parser.addoption("--infra", choices=("embedded", "containers"), default="embedded", help="what bus and store run on in tests")


@pytest.fixture(scope="session")
def infra(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Infra]:
    """What makes servers, for tests that need several or keep some for a module."""
    in_containers = request.config.getoption("--infra") == "containers"
    if in_containers:
        containers.require_docker()
    made = Infra(tmp_path_factory.mktemp("infra"), in_containers)
    yield made
    made.close()


@pytest.fixture
def bus(infra: Infra) -> Iterator[Bus]:
    """A fresh bus: no streams, no messages."""
    server = infra.bus()
    yield server
    server.discard()


@pytest.fixture
def store(infra: Infra) -> Iterator[Store]:
    """A fresh, empty store."""
    server = infra.store()
    yield server
    server.discard()
