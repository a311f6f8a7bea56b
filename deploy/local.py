"""`anlaufstelle up`: one machine, one supervisor, everything it needs."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime

import httpx
from rich.console import Console
from rich.markup import escape

from services.intake.channels import switched_on

from . import parts
from .home import REPOSITORY, Home, HomeTaken, Secrets, State
from .problem import Problem
from .programs import PORT_SETTINGS, Programs, child_environment, chosen_ports, programs
from .supervisor import Supervisor, shorten

SAMPLE = REPOSITORY / "deploy" / "sample" / "offers.jsonl"
START_TIMEOUT = 120.0
LOAD_TIMEOUT = 300.0
UP = (sys.executable, "-P", "-m", "deploy.cli", "up")
EXAMPLE = "Шукаю курси німецької для мами, їй 62 роки, живемо в Грюнау"

MakePrograms = Callable[[Home, Secrets, Mapping[str, int]], Programs]


def up(home: Home, console: Console, make: MakePrograms = programs) -> None:
    """Run everything until somebody stops it. Raises Problem."""
    ports = chosen_ports()
    _take(home)
    try:
        if orphans := home.end_orphans():
            console.print(f"Ended what a killed supervisor had left running: {', '.join(orphans)}")
        for name, port in ports.items():
            if not parts.port_is_free(port):
                setting = f"{PORT_SETTINGS[name]}={port + 1}"
                raise Problem(f"port {port} is taken by another program; choose another: {setting} ./anlaufstelle up")
        asyncio.run(_Instance(home, console, ports, make).run())
    finally:
        home.forget_state()


def up_detached(home: Home, console: Console) -> None:
    """Start a supervisor that goes on without us, and return when everything is ready. Raises Problem."""
    if home.taken():
        raise HomeTaken(f"Anlaufstelle is running already in {home.path}")
    chosen_ports()
    _make(home)
    log = home.log("supervisor")
    log.touch()
    with log.open("ab") as errors, log.open("rb") as told:
        told.seek(0, os.SEEK_END)
        # In a session of its own: neither Ctrl-C nor the end of this terminal reaches it.
        supervisor = subprocess.Popen(
            UP, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
            env=child_environment(), start_new_session=True,
        )  # fmt: skip
        state: State | None = None
        while not (state and state.supervisor == supervisor.pid and state.phase == "ready"):
            ended = supervisor.poll() is not None
            console.out(told.read().decode(errors="replace"), end="", highlight=False)
            if ended:
                raise Problem("the supervisor ended; what it said is above")
            time.sleep(0.05)
            state = home.state()
        console.out(told.read().decode(errors="replace"), end="", highlight=False)
    welcome(home, console, state.web)


def welcome(home: Home, console: Console, port: int) -> None:
    """Where to look, and what to type next."""
    base = f"http://{parts.HOST}:{port}"

    def show(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True)

    show("\n[bold green]Anlaufstelle is ready.[/]\n")
    show(f"  Public page  {base}/")
    show(f"  Desk         {base}/desk?key={home.secrets().desk_key}")
    show(f"  API docs     {base}/docs")
    show(f"  Channels     {', '.join(switched_on(child_environment()))} (more: docs/reference/channels.md)")
    show(f'\nWhat to type next, in another terminal:\n  ./anlaufstelle say "{EXAMPLE}"\n  ./anlaufstelle status')
    show("Ctrl-C (or ./anlaufstelle down in another terminal) stops everything.\n")


def _make(home: Home) -> None:
    try:
        home.make()
    except OSError as error:
        raise Problem(f"cannot use {home.path}: {error.strerror}; ANLAUFSTELLE_HOME can name another folder") from None


def _take(home: Home) -> None:
    _make(home)
    home.take()


class _Instance:
    """One run of everything."""

    def __init__(self, home: Home, console: Console, ports: Mapping[str, int], make: MakePrograms) -> None:
        self._home = home
        self._console = console
        self._port = ports["web"]
        self._secrets = home.secrets()
        self._programs = make(home, self._secrets, ports)
        self._phase = "starting"
        self._spinner = console.status("starting")

    async def run(self) -> None:
        """Everything from the first process to the last, until a signal or a failure."""
        shorten(self._home.log("supervisor"))
        self._journal = self._home.log("supervisor").open("a", buffering=1)
        self._supervisor = Supervisor(self._home.logs, child_environment(), self._say, self._changed)
        self._asked_to_stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._stop)
        running = asyncio.create_task(self._start_and_watch())
        asked = asyncio.create_task(self._asked_to_stop.wait())
        with self._journal, self._spinner:
            try:
                await asyncio.wait([running, asked], return_when=asyncio.FIRST_COMPLETED)
                if running.done():
                    running.result()
            finally:
                running.cancel()
                self._phase = "stopping"
                self._say("stopping")
                self._spinner.start()
                # Services first: what they still have in hand goes to the bus and the store.
                await self._supervisor.stop(program.name for program in self._programs.services)
                await self._supervisor.stop((self._programs.store.name, self._programs.bus.name))
                self._say("stopped")

    async def _start_and_watch(self) -> None:
        supervisor, its, began = self._supervisor, self._programs, time.monotonic()
        supervisor.start((its.store, its.bus))
        await supervisor.ready((its.bus.name,), START_TIMEOUT)
        provisioning = asyncio.create_task(self._provision())
        if not self._home.sample_loaded.exists():
            await provisioning
        # On a bus that was provisioned before, services need not wait: one that finds a difference is started again.
        supervisor.start(its.services)
        await provisioning
        await supervisor.ready([program.name for program in its], START_TIMEOUT)
        await self._load_sample()
        self._say(f"everything is ready after {time.monotonic() - began:.1f} s")
        self._phase = "ready"  # who started us detached stops listening now
        self._changed()
        self._spinner.stop()
        welcome(self._home, self._console, self._port)
        await supervisor.failure()

    def _stop(self) -> None:
        if self._asked_to_stop.is_set():
            self._supervisor.kill()  # asked twice: no more patience
        self._asked_to_stop.set()

    async def _provision(self) -> None:
        """Streams, consumers and buckets as the topology has them."""
        from .operate import provisioned  # loads the chassis, while bus and store are starting

        changes = await provisioned(f"nats://{parts.HOST}:{self._programs.bus.port}", self._secrets.bus["operator"])
        if changes:
            self._say(f"provisioned the bus ({len(changes)} changes)")

    async def _load_sample(self) -> None:
        """Something to answer with, at the first start."""
        matching = next((program.port for program in self._programs.services if program.name == "matching"), None)
        if matching is None or self._home.sample_loaded.exists():
            return
        self._say("loading a sample directory")
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=LOAD_TIMEOUT) as client:
                response = await client.post(
                    f"http://{parts.HOST}:{matching}/directory/import", params={"sample": "true"}, content=SAMPLE.read_bytes(),
                    headers={"Authorization": f"Bearer {self._secrets.api_token}", "Content-Type": "application/x-ndjson"},
                )  # fmt: skip
            response.raise_for_status()
        except httpx.HTTPError as error:
            self._say(f"the sample directory could not be loaded ({error}); the next start tries again")
            return
        self._home.sample_loaded.touch()
        self._say(f"loaded a sample directory of {response.json()['published']} offers, all of them invented")

    def _say(self, line: str) -> None:
        now = datetime.now().astimezone()
        self._journal.write(f"{now:%Y-%m-%d %H:%M:%S} {line}\n")
        self._console.print(f"[dim]{now:%H:%M:%S}[/] {escape(line)}", highlight=False, soft_wrap=True)

    def _changed(self) -> None:
        states = self._supervisor.states()
        self._home.write_state(State(supervisor=os.getpid(), phase=self._phase, web=self._port, processes=states))
        waiting = [state.name for state in states if state.state not in ("ready", "stopped")]
        self._spinner.update(f"{self._phase}: {', '.join(waiting)}")
