"""The one folder in which an instance on one machine keeps everything: data, logs, secrets, and who is running."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil
from anlaufstelle_contracts.topology import ROLES
from pydantic import BaseModel, Field

from .problem import Problem

REPOSITORY = Path(__file__).resolve().parent.parent


class HomeTaken(Problem):
    """Another supervisor runs on this folder."""


class ProcessState(BaseModel):
    """One process as the supervisor last saw it. `started` tells it from a later process with the same pid."""

    name: str
    pid: int | None = None
    state: str = "stopped"
    port: int | None = None
    restarts: int = 0
    started: float | None = None

    def process(self) -> psutil.Process | None:
        """The very process, if it still runs."""
        if self.pid is None:
            return None
        try:
            process = psutil.Process(self.pid)
            return process if process.create_time() == self.started and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


class State(BaseModel):
    """What `state.json` holds: read by the command line, written by the supervisor alone."""

    supervisor: int
    phase: str = Field(description="starting, ready or stopping")
    web: int = Field(description="The port of the public page.")
    processes: list[ProcessState] = []

    def port(self, name: str) -> int:
        """The port of a process."""
        return next(process.port for process in self.processes if process.name == name and process.port)


class Secrets(BaseModel):
    """Made once, at the first start."""

    bus: dict[str, str] = Field(default_factory=lambda: {role.name: secrets.token_urlsafe(24) for role in ROLES})
    api_token: str = Field(default_factory=lambda: secrets.token_urlsafe(24))
    desk_key: str = Field(default_factory=lambda: secrets.token_urlsafe(18))


@dataclass
class Home:
    """The folder of one instance, and the names of what is in it."""

    path: Path
    _lock: IO[str] | None = field(default=None, repr=False)

    @classmethod
    def here(cls, environment: Mapping[str, str] = os.environ) -> "Home":
        """The folder that ANLAUFSTELLE_HOME names, or `var` in the repository."""
        return cls(Path(environment.get("ANLAUFSTELLE_HOME") or REPOSITORY / "var").absolute())

    @property
    def bus(self) -> Path:
        return self.path / "bus"

    @property
    def store(self) -> Path:
        return self.path / "store"

    @property
    def services(self) -> Path:
        return self.path / "services"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def log(self, name: str) -> Path:
        """The log file of a process; `supervisor` is what the supervisor itself says."""
        return self.logs / f"{name}.log"

    @property
    def sample_loaded(self) -> Path:
        """Exists once the sample directory has been loaded."""
        return self.path / "sample-loaded"

    @property
    def _state(self) -> Path:
        return self.path / "state.json"

    @property
    def _secrets(self) -> Path:
        return self.path / "secrets.json"

    @property
    def _lock_file(self) -> Path:
        return self.path / "lock"

    def make(self) -> None:
        """Make the folder, for its owner only."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.logs, self.services):
            folder.mkdir(exist_ok=True, mode=0o700)

    def take(self) -> None:
        """Hold the folder until this process ends, however it ends. Raises HomeTaken."""
        lock = self._lock_file.open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise HomeTaken(f"Anlaufstelle is running already in {self.path}") from None
        self._lock = lock

    def taken(self) -> bool:
        """Whether a supervisor runs on this folder."""
        if not self._lock_file.exists():
            return False
        with self._lock_file.open("r") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def state(self) -> State | None:
        """What runs here now, or None when nothing does."""
        return self._read_state() if self.taken() else None

    def write_state(self, state: State) -> None:
        """Replace state.json at once, so that no reader sees half of it."""
        _write_private(self._state, state.model_dump_json(indent=2))

    def forget_state(self) -> None:
        """Nothing runs here any more."""
        self._state.unlink(missing_ok=True)

    def end_orphans(self) -> list[str]:
        """End what a supervisor that was killed has left running; gives the names. Only for who holds the folder."""
        state = self._read_state()
        orphans = [(known.name, process) for known in (state.processes if state else []) if (process := known.process())]
        for _, process in orphans:
            process.kill()
        psutil.wait_procs([process for _, process in orphans], timeout=10)
        self.forget_state()
        return [name for name, _ in orphans]

    def secrets(self) -> Secrets:
        """The secrets of this instance; made when there are none. A role that is new since then gets its password."""
        known = json.loads(self._secrets.read_text()) if self._secrets.exists() else {}
        made = Secrets()
        made = Secrets.model_validate({**made.model_dump(), **known, "bus": {**made.bus, **known.get("bus", {})}})
        if made.model_dump() != known:
            _write_private(self._secrets, made.model_dump_json(indent=2))
        return made

    def erase(self) -> None:
        """Remove everything that an instance keeps, and the folder when nothing else is in it."""
        for folder in (self.bus, self.store, self.services, self.logs):
            if folder.exists():
                shutil.rmtree(folder)
        for file in (self._state, self._secrets, self.sample_loaded, self._lock_file):
            file.unlink(missing_ok=True)
        if self.path.exists() and not any(self.path.iterdir()):
            self.path.rmdir()

    def _read_state(self) -> State | None:
        return State.model_validate_json(self._state.read_text()) if self._state.exists() else None


def _write_private(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(text)
    new.replace(path)
