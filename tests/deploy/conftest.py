"""Instances to try things on: each with a folder and a port of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy import parts
from deploy.home import REPOSITORY, Home, ProcessState

UP = (sys.executable, "-P", "-m", "tests.deploy.fake_instance")


class Instance:
    """One instance with stand-ins for the services, and the command line that belongs to it."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")
        self.port = parts.free_port()
        self.environment = {
            **os.environ,
            "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'contracts'}",
            "ANLAUFSTELLE_HOME": str(self.home.path),
            "ANLAUFSTELLE_PORT": str(self.port),
            "COLUMNS": "200",
        }
        self._output = folder / "output"
        self.supervisor: subprocess.Popen[bytes] | None = None

    def up(self) -> None:
        """Start it; it is not ready yet."""
        with self._output.open("wb") as output:
            self.supervisor = subprocess.Popen(
                UP, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self.environment, cwd=REPOSITORY
            )  # fmt: skip

    def output(self) -> str:
        """What the supervisor printed."""
        return self._output.read_text()

    def ready(self) -> bool:
        """Whether everything is ready; fails at once when the supervisor ended instead."""
        assert self.supervisor
        if self.supervisor.poll() is not None:
            pytest.fail(self.output())
        state = self.home.state()
        return bool(state and state.supervisor == self.supervisor.pid and state.phase == "ready")

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of the command line."""
        return subprocess.run(
            (sys.executable, "-P", "-m", "deploy.cli", *arguments), input=stdin, capture_output=True, text=True,
            env=self.environment, cwd="/", timeout=60, check=False,
        )  # fmt: skip

    def status(self) -> dict[str, Any]:
        """`status --json`."""
        status: dict[str, Any] = json.loads(self.command("status", "--json").stdout)
        return status

    def process(self, name: str) -> ProcessState:
        """One process, as the supervisor sees it."""
        state = self.home.state()
        assert state
        return next(process for process in state.processes if process.name == name)

    def interrupt(self) -> int:
        """Ctrl-C; gives the exit code."""
        assert self.supervisor
        self.supervisor.send_signal(signal.SIGINT)
        return self.supervisor.wait(30)

    def kill(self) -> None:
        """SIGKILL for the supervisor."""
        assert self.supervisor
        self.supervisor.kill()
        self.supervisor.wait()


@pytest.fixture
def new_instance(tmp_path: Path) -> Iterator[Callable[[], Instance]]:
    """Makes instances, and ends them after the test."""
    made: list[Instance] = []

    def new() -> Instance:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Instance(folder))
        return made[-1]

    yield new
    for instance in made:
        if state := instance.home.state():
            os.kill(state.supervisor, signal.SIGTERM)
        if instance.supervisor and instance.supervisor.poll() is None:
            instance.interrupt()


@pytest.fixture
def instance(new_instance: Callable[[], Instance]) -> Instance:
    """An instance that is not running."""
    return new_instance()
