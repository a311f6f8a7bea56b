"""Keeps programs running on one machine: starts them, sees when they are ready, starts again what dies, stops them in order."""

import asyncio
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from .home import ProcessState
from .parts import Program
from .problem import Problem

FIRST_DELAY, LONGEST_DELAY = 0.25, 30.0
STABLE_AFTER = 60.0
"""Who ran so long was not failing at its start: the delay begins anew."""
STARTS_BEFORE_GIVING_UP = 4
"""A program that died so often and was never ready will not come up by itself."""
STOP_TIMEOUT = 15.0
CALM = 2.0
"""Seconds between two looks at who is ready."""
LARGEST_LOG = 20_000_000


class StartFailed(Problem):
    """A program does not come up."""


class Supervised:
    """One program and the process that runs it now."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self.seen = ProcessState(name=program.name, port=program.port)
        self.was_ready = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def last_words(self) -> str:
        """The end of its log, for who has to find out why it does not run."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(f"  {self.program.name} | {line}" for line in text.splitlines()[-15:])


class Supervisor:
    """Runs programs; `say` is given a line for people when something happens, `changed` is called at every change of a state."""

    def __init__(
        self, logs: Path, environment: Mapping[str, str], say: Callable[[str], None], changed: Callable[[], None]
    ) -> None:  # fmt: skip
        self._logs = logs
        self._environment = environment
        self._say = say
        self._changed = changed
        self._all: dict[str, Supervised] = {}
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def states(self) -> list[ProcessState]:
        """All processes as they were last seen."""
        return [supervised.seen for supervised in self._all.values()]

    def start(self, programs: Iterable[Program]) -> None:
        """Start programs side by side; they are kept running from now on."""
        for program in programs:
            supervised = Supervised(program, self._logs / f"{program.name}.log")
            self._all[program.name] = supervised
            supervised.task = asyncio.create_task(self._keep(supervised))
            supervised.task.add_done_callback(self._note_failure)

    async def ready(self, names: Iterable[str], timeout: float) -> None:
        """Wait until these programs have been ready once. Raises StartFailed, or PartError when one runs as it must not."""
        waits = {name: asyncio.create_task(self._all[name].was_ready.wait()) for name in names}
        everyone = asyncio.gather(*waits.values())
        try:
            either: tuple[asyncio.Future[Any], ...] = (everyone, self._failed)
            await asyncio.wait(either, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if self._failed.done():
                self._failed.result()
            late = [name for name, wait in waits.items() if not wait.done()]
            if late:
                raise StartFailed(f"not ready within {timeout:.0f} s: {', '.join(late)}\n{self._all[late[0]].last_words()}")
        finally:
            everyone.cancel()

    async def failure(self) -> None:
        """Wait for ever, or until a program cannot go on: raises why."""
        await asyncio.shield(self._failed)

    async def stop(self, names: Iterable[str]) -> None:
        """Stop programs side by side: by SIGTERM, and by SIGKILL who does not go in time."""
        tasks = [task for name in names if (supervised := self._all.get(name)) and (task := supervised.task)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def kill(self) -> None:
        """End everything this moment."""
        for state in self.states():
            if process := state.process():
                process.kill()

    async def _keep(self, supervised: Supervised) -> None:
        """Run a program again and again."""
        delay, failed_starts = FIRST_DELAY, 0
        name = supervised.program.name
        try:
            while True:
                began = time.monotonic()
                how = await self._run(supervised)
                failed_starts += not supervised.was_ready.is_set()
                if failed_starts >= STARTS_BEFORE_GIVING_UP:
                    raise StartFailed(f"{name} does not come up; it {how}\n{supervised.last_words()}")
                if time.monotonic() - began > STABLE_AFTER:
                    delay = FIRST_DELAY
                supervised.seen.restarts += 1
                self._see(supervised, "restarting")
                self._say(f"{name} {how}; starting it again in {delay:g} s")
                await asyncio.sleep(delay)
                delay = min(2 * delay, LONGEST_DELAY)
        finally:
            self._see(supervised, "stopped")

    async def _run(self, supervised: Supervised) -> str:
        """Run a program once, from its start to its end; gives how it ended."""
        program, seen = supervised.program, supervised.seen
        with supervised.log.open("ab") as output:
            # A session of its own, so that Ctrl-C reaches the supervisor only and the order of stopping is ours.
            process = await asyncio.create_subprocess_exec(
                *program.leashed(), stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output,
                env={**self._environment, **program.env}, start_new_session=True,
            )  # fmt: skip
        seen.pid, seen.started = process.pid, _started(process.pid)
        self._see(supervised, "starting")
        ended, watch = asyncio.create_task(process.wait()), asyncio.create_task(self._watch(supervised))
        try:
            await asyncio.wait([ended, watch], return_when=asyncio.FIRST_COMPLETED)
            if watch.done():
                watch.result()
        finally:
            watch.cancel()
            if not ended.done():
                self._see(supervised, "stopping")
                await self._end(supervised, process, ended)
            seen.pid = seen.started = None
        return _how_it_ended(ended.result())

    async def _end(self, supervised: Supervised, process: asyncio.subprocess.Process, ended: asyncio.Task[int]) -> None:
        with suppress(ProcessLookupError):
            process.terminate()
        await asyncio.wait([ended], timeout=STOP_TIMEOUT)
        if not ended.done():
            self._say(f"{supervised.program.name} does not stop; killing it")
            with suppress(ProcessLookupError):
                process.kill()
        await ended

    async def _watch(self, supervised: Supervised) -> None:
        """Follow whether a program is ready, closely until it is and from time to time then."""
        name, seen = supervised.program.name, supervised.seen
        while True:
            if await asyncio.to_thread(supervised.program.ready):
                if seen.state != "ready":
                    self._see(supervised, "ready")
                    self._say(f"{name} is ready" + (" again" if supervised.was_ready.is_set() else ""))
                supervised.was_ready.set()
            elif seen.state == "ready":
                self._see(supervised, "not ready")
                self._say(f"{name} is not ready any more")
            shorten(supervised.log)
            await asyncio.sleep(CALM if seen.state == "ready" else 0.1)

    def _see(self, supervised: Supervised, state: str) -> None:
        supervised.seen.state = state
        self._changed()

    def _note_failure(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) and not self._failed.done():
            self._failed.set_exception(error)


def _started(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def _how_it_ended(status: int) -> str:
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with exit code {status}"


def shorten(log: Path) -> None:
    """Move a log that has grown too large aside. Its writer appends, so that it may be cut under its hands."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        with log.open("r+b") as file:
            file.truncate()
