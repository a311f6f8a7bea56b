"""A service: handlers and commands over one ledger, a bus connection, a database and an HTTP side. Explicit, no globals."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any, TypeVar
from uuid import UUID, uuid5

import structlog
import uvicorn
from anlaufstelle_contracts import Event, taxonomy, topology
from anlaufstelle_contracts.places import BadPlaceFile
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from faststream import FastStream
from nats.errors import Error as NatsError
from pymongo import IndexModel
from pymongo.errors import ConnectionFailure

from . import provision, telemetry
from .bus import Bus
from .consumer import Consumer, Handler, Preparation
from .health import add_health, token_guard
from .lease import Lease
from .ledger import Checkpoint, Ledger, Work
from .logs import error_name, set_up_logs
from .parking import Parking
from .settings import Settings
from .store import A, Client, Database, Repository, connect, database
from .watch import Watch
from .work import Cause, UnitOfWork

log = structlog.get_logger()

Command = Callable[[UnitOfWork], Awaitable[Any]]
H = TypeVar("H", bound=Handler)
P = TypeVar("P", bound=Preparation)
S = TypeVar("S", bound=Settings)
_COMMANDS = UUID("f1f9a4f4-5d0f-5f0c-8d24-4b8c6a2a6f10")
SWEEP_EVERY = 1.0
EXPIRE_EVERY = 6 * 3600.0
START_WITHIN = 15.0


class NotProvisioned(Exception):
    """The bus is not as the topology says; run `anlaufstelle provision apply`."""


class Service:
    """One of the five. `checkpoint` is for tests that crash at a step of the ledger."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.name, self.settings = name, settings
        taxonomy.relabel(settings.place_folder)
        self.checkpoint: Checkpoint | None = None
        self.api = FastAPI(title=f"Anlaufstelle {name}", lifespan=self._lifespan)
        self.api.state.closing = False  # asked to stop: long answers end themselves now, for the server waits for them
        self.token = token_guard(settings)
        self.bus = Bus(name, settings, self._bus_closed)
        self.app = FastStream(self.bus.broker, logger=None)
        self.client: Client
        self.db: Database
        self.ledger: Ledger
        self.parking: Parking
        self.consumer: Consumer
        self.failure: str | None = None
        self.stop_server: Callable[[], None] = lambda: None
        self._kinds: dict[type, Repository[Any]] = {}
        self._handlers: dict[type[Event], Handler] = {}
        self._preparations: dict[type[Event], Preparation] = {}
        self._background: list[Callable[[], Awaitable[None]]] = []
        self._committed: list[Callable[[list[Event]], None]] = []
        self._commands: asyncio.Queue[tuple[Work, asyncio.Future[Any]]] = asyncio.Queue()
        self._drift: list[str] = []
        self._watch: Watch
        add_health(self.api, self._problems, self.token)
        self.api.add_exception_handler(ConnectionFailure, _store_away)

    # --- what a service declares ---

    def keeps(self, kind: type[A], collection: str, indexes: Sequence[IndexModel] = ()) -> Repository[A]:
        """Declare where aggregates of a kind are kept; gives the repository for queries."""
        repository = Repository(kind, collection, indexes)
        self._kinds[kind] = repository
        return repository

    def handles(self, event: type[Event]) -> Callable[[H], H]:
        """The decorated function handles events of a class: `async (event, uow) -> None`. ValueError outside the topology."""
        if event not in topology.TRAFFIC[self.name].handles:
            raise ValueError(f"the topology does not let {self.name} handle {event.__name__}")

        def register(handler: H) -> H:
            self._handlers[event] = handler
            return handler

        return register

    def prepares(self, event: type[Event]) -> Callable[[P], P]:
        """The decorated function sees all events of a class in a batch before they are handled: `async (list) -> None`."""

        def register(preparation: P) -> P:
            self._preparations[event] = preparation
            return preparation

        return register

    def background(self, task: Callable[[], Awaitable[None]]) -> None:
        """Run a task from start to stop; when it fails the process ends and is restarted."""
        self._background.append(task)

    def on_start(self, hook: Callable[[], Awaitable[None]]) -> None:
        """Run a hook once store and bus are there, before the first message."""
        self.app.on_startup(hook)

    def committed(self, hook: Callable[[list[Event]], None]) -> None:
        """Call a hook after each commit with the events it emitted (maybe none)."""
        self._committed.append(hook)

    # --- what a service does ---

    async def execute(self, key: str, command: Command, *, name: str = "command", correlation_id: str | None = None) -> Any:
        """Run a command exactly once for its key; gives its result, or the recorded one when the key was used before.

        Commands that wait at the same time are committed together. Raises what the command raises; ConnectionFailure when the
        store is away.
        """
        cause_id = str(uuid5(_COMMANDS, f"{self.name}|{key}"))
        cause = Cause(cause_id, name, correlation_id or cause_id, datetime.now(UTC))
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._commands.put_nowait((Work(cause, command), future))
        return await future

    def lease(self, name: str) -> Lease:
        """A lease that one replica holds: `async with service.lease("telegram") as lease: while lease.held: …`."""
        return Lease(self.bus, f"{self.name}.{name}")

    def fail(self, reason: str) -> None:
        """End the process with an error: whoever supervises it starts it again."""
        if self.failure is None:
            self.failure = reason
            log.critical("giving up", reason=reason)
            self.stop_server()

    # --- life ---

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        await self.start()
        try:
            yield
        finally:
            await self.stop()

    async def start(self) -> None:
        """Connect, refuse a bus that is not as the topology says, then handle messages. Raises NotProvisioned."""
        self._tracing = telemetry.set_up_traces(self.name, self.settings.otlp_endpoint)
        tracer = self._tracing.get_tracer("anlaufstelle") if self._tracing else None
        self.client = connect(self.settings.store_url)
        self.db = database(self.client, self.settings.store_database or f"anlaufstelle_{self.name}")
        async with asyncio.timeout(START_WITHIN):
            await self.bus.connect()
            for repository in self._kinds.values():
                await repository.bind(self.db)
        self.ledger = Ledger(self.name, self.client, self.db, self._kinds, self.bus.publish, tracer, self._after_commit)
        if self.checkpoint:
            self.ledger.checkpoint = self.checkpoint
        self.parking = Parking(self.name, self.db, self.bus)
        await self.parking.bind()
        drift = await provision.drift(self.bus.client, self.name)
        if drift:
            raise NotProvisioned("; ".join(map(str, drift)) + " - run: anlaufstelle provision apply")
        self.consumer = Consumer(self.ledger, self.parking, self.settings.max_deliver, self.settings.retry_delay)
        self.consumer.handlers, self.consumer.preparations = self._handlers, self._preparations
        self._watch = Watch(self)
        self.bus.handle(self.consumer.consume)
        self._stopping = False
        await self.ledger.sweep(older_than=timedelta(0))
        # Commands may be executed from the start hooks on, messages come after them.
        self._commander = self._run(self._execute_commands)
        await self.app.start()
        self.bus.pull(self.settings.batch_size)
        self._tasks = [self._run(task) for task in (self._sweep, self._watch.run, *self._background)]
        log.info("started", port=self.settings.http_port)

    async def stop(self) -> None:
        """Take no more messages, finish what is under way, and leave."""
        self._stopping = True
        await _cancelled(*self._tasks)  # leases are given back while there is a bus
        await self._commands.join()
        try:
            await self.app.stop()
        except NatsError as error:  # a connection that is down cannot be drained
            log.info("bus left without draining", reason=error_name(error))
            await self.bus.stop()
        await _cancelled(self._commander)
        await self.client.close()
        if self._tracing:
            await asyncio.to_thread(self._tracing.shutdown)
        log.info("stopped")

    def _run(self, function: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        async def guarded() -> None:
            try:
                await function()
            except Exception as error:  # noqa: BLE001 - a background task that fails takes the process with it
                self.fail(f"{getattr(function, '__qualname__', 'background task')}: {error_name(error)}")

        return asyncio.create_task(guarded())

    async def _execute_commands(self) -> None:
        while True:
            waiting = [await self._commands.get()]
            while not self._commands.empty() and len(waiting) < self.settings.batch_size:
                waiting.append(self._commands.get_nowait())
            try:
                outcomes = await self.ledger.process([work for work, _ in waiting])
            except Exception as error:  # noqa: BLE001 - handed to whoever waits for the commands
                for _, future in waiting:
                    _resolve(future, error=error)
            else:
                for (_, future), outcome in zip(waiting, outcomes, strict=True):
                    _resolve(future, outcome.result, outcome.error)
            for _ in waiting:
                self._commands.task_done()

    async def _sweep(self) -> None:
        expire_at = time.monotonic() + EXPIRE_EVERY
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            try:
                telemetry.BACKLOG.labels(self.name).set(await self.ledger.sweep())
                if time.monotonic() >= expire_at:
                    expire_at = time.monotonic() + EXPIRE_EVERY
                    await self.ledger.expire()
            except ConnectionFailure as error:  # the watch decides how long that may last
                log.warning("sweep put off", reason=error_name(error))

    def _after_commit(self, events: list[Event]) -> None:
        for hook in self._committed:
            hook(events)

    async def _problems(self) -> list[str]:
        return await self._watch.problems() if hasattr(self, "_watch") else ["starting"]

    async def _bus_closed(self) -> None:
        if not getattr(self, "_stopping", True):
            self.fail("the connection to the bus is closed")


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks until they have ended: Python 3.11's `wait_for`, which the drivers use, can swallow a cancellation."""
    while going := [task for task in tasks if not task.done()]:
        for task in going:
            task.cancel()
        await asyncio.wait(going, timeout=1.0)


def _resolve(future: "asyncio.Future[Any]", result: Any = None, error: Exception | None = None) -> None:
    if future.done():  # whoever waited has gone
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


async def _store_away(_: Request, error: Exception) -> JSONResponse:
    log.warning("refused, store away", reason=error_name(error))
    return JSONResponse({"detail": "the store cannot be reached just now; try again"}, 503, {"Retry-After": "5"})


def run(build: Callable[[S], Service], settings_class: type[S]) -> None:
    """Start a service as a process: settings from the environment or the command line, exit code 1 when it gave up."""
    settings = settings_class(_cli_parse_args=True)
    try:
        service = build(settings)
    except BadPlaceFile as error:
        sys.exit(f"{settings.place_folder} cannot be used: {error}")
    set_up_logs(service.name, settings.log_format, settings.log_level)

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            service.api.state.closing = True
            super().handle_exit(sig, frame)

    server = Server(
        uvicorn.Config(
            service.api,
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            lifespan="on",
            timeout_graceful_shutdown=5,
            server_header=False,
        )
    )

    def stop_server() -> None:
        service.api.state.closing = server.should_exit = True

    service.stop_server = stop_server
    server.run()
    if service.failure or not server.started:
        sys.exit(1)
