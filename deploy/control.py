"""What the command line does with an instance on this machine: look at it, read its logs, stop it, remove it."""

import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from .home import Home, State
from .parts import HOST
from .problem import Problem

STOP_TIMEOUT = 60.0
LAST_LINES = 50
READY, NOT_READY = 0, 1


class NotRunning(Problem):
    """Nothing runs on the folder."""

    def __init__(self, home: Home) -> None:
        super().__init__(f"Anlaufstelle is not running in {home.path}; start it with ./anlaufstelle up")


def running(home: Home) -> State:
    """The state of what runs. Raises NotRunning."""
    state = home.state()
    if state is None:
        raise NotRunning(home)
    return state


def status(home: Home, console: Console, as_json: bool) -> int:
    """Show each process with name, pid, state and port; gives the exit code: 0 when everything is ready."""
    state = home.state()
    if as_json:
        console.print_json(json.dumps(_as_json(home, state)))
    elif state is None:
        console.print(f"Not running in {home.path}. Start it with ./anlaufstelle up", soft_wrap=True)
    else:
        table = Table("name", "pid", "state", "port", "restarts", box=None, pad_edge=False)
        for process in state.processes:
            colour = {"ready": "green", "stopped": "red"}.get(process.state, "yellow")
            table.add_row(
                process.name,
                _or_dash(process.pid),
                f"[{colour}]{process.state}[/]",
                _or_dash(process.port),
                str(process.restarts),
            )
        console.print(table)
        console.print(f"\nPublic page: http://{HOST}:{state.web}/", highlight=False)
    return READY if state and all(process.state == "ready" for process in state.processes) else NOT_READY


def _or_dash(number: int | None) -> str:
    return "-" if number is None else str(number)


def _as_json(home: Home, state: State | None) -> dict[str, Any]:
    if state is None:
        return {"running": False, "phase": "stopped", "home": str(home.path), "processes": []}
    return {
        "running": True,
        "phase": state.phase,
        "home": str(home.path),
        "pid": state.supervisor,
        "url": f"http://{HOST}:{state.web}/",
        "processes": [process.model_dump(include={"name", "pid", "state", "port", "restarts"}) for process in state.processes],
    }


def down(home: Home, console: Console) -> None:
    """Stop everything and wait until it is gone."""
    state = home.state()
    if state is None:
        console.print("Nothing is running.")
        return
    os.kill(state.supervisor, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT
    while home.taken():
        if time.monotonic() > deadline:
            raise Problem(f"the supervisor (pid {state.supervisor}) does not stop; its log: ./anlaufstelle logs supervisor")
        time.sleep(0.05)
    console.print("Stopped.")


def refuse_when_running(home: Home) -> None:
    """Raise Problem when something runs on the folder."""
    if home.taken():
        raise Problem(f"Anlaufstelle is running in {home.path}; stop it first: ./anlaufstelle down")


def names(home: Home) -> list[str]:
    """Whose logs there are."""
    return sorted(path.stem for path in home.logs.glob("*.log"))


def logs(home: Home, console: Console, name: str | None, follow: bool) -> None:
    """Print the end of the logs, of one process or of all, and what comes if wanted. Raises Problem."""
    known = names(home)
    if name and name not in known:
        raise Problem(f"there is no log of {name!r}; there are logs of: {', '.join(known) or 'nobody yet'}")
    chosen = [name] if name else known
    width = 0 if name else max(map(len, known), default=0)
    readers = [(each, _lines(home.log(each))) for each in chosen]
    while True:
        for each, reader in readers:
            for line in next(reader):
                console.out(f"{each:<{width}} | {_readable(line)}" if width else _readable(line), highlight=False)
        if not follow:
            return
        time.sleep(0.2)


def _readable(line: str) -> str:
    """A line for people: what a service wrote as JSON, with local time first; any other line as it is."""
    if not line.startswith("{"):
        return line
    try:
        entry = json.loads(line)
        at = datetime.fromisoformat(entry.pop("timestamp")).astimezone()
        level, event = entry.pop("level"), entry.pop("event")
    except (ValueError, KeyError, TypeError):
        return line
    entry.pop("service", None)  # its name stands before the line already
    return f"{at:%Y-%m-%d %H:%M:%S} {level:<8} {event}" + "".join(f" {key}={value}" for key, value in entry.items())


def _lines(path: Path) -> Iterator[list[str]]:
    """First the last lines of a file, then each time what was added; begins anew when the file was cut."""
    position, rest, first = 0, b"", True
    while True:
        size = path.stat().st_size if path.exists() else 0
        if size < position:
            position, rest = 0, b""
        if size > position:
            with path.open("rb") as file:
                file.seek(position)
                rest += file.read()
                position = file.tell()
        *lines, rest = rest.split(b"\n")
        yield [line.decode(errors="replace") for line in (lines[-LAST_LINES:] if first else lines)]
        first = False
