"""A channel between a stand-in of its provider and a host in memory: made and run as intake makes and runs it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import httpx
import pytest
from fastapi import FastAPI

from services.intake import channels
from services.intake.channels.base import Answering, Capability, Channel, Incoming, Listening, Outgoing, Result, RetryAfter, Sent
from services.intake.domain.splitting import split
from tests.kit.channels.host import RecordingHost
from tests.kit.channels.provider import Calling, Provider, Received, Update
from tests.kit.channels.recordings import Fixtures
from tests.kit.waiting import eventually

LISTEN_AGAIN = 0.02
"""Seconds until a channel that failed is heard again; longer in production."""
SEND_WITHIN = 0.5
"""Seconds that a provider has to answer; ten in production."""
MARK = "Позначка"


@dataclass(frozen=True)
class Raised(RetryAfter):
    """What `send` raised, so that a case that fails shows it."""

    error: Exception | None = None


@dataclass
class Rig:
    """One channel under test."""

    fixtures: Fixtures
    provider: Provider
    channel: Channel
    host: RecordingHost
    app: FastAPI
    said: list[str] = field(default_factory=list)
    """Every text that went through."""
    _listener: asyncio.Task[None] | None = None
    _held: bool = False
    _marks: int = 0
    _raised: Exception | None = None
    """What `listen` raised last."""

    def has(self, capability: Capability) -> bool:
        """Whether the channel declares it."""
        return capability in self.channel.manifest.capabilities

    def recordings(self) -> list[str]:
        """The names of the recordings for the provider's mode."""
        all_of_them = self.fixtures.kit.recordings.items()
        return [name for name, recording in all_of_them if recording.modes is None or self.provider.mode in recording.modes]

    # --- its life ---

    async def open(self) -> None:
        """Start it as intake does."""
        await self.channel.open()
        if isinstance(self.channel, Answering):
            self.app.router.routes.clear()
            self.app.include_router(self.channel.routes(self.host), prefix=f"/channels/{self.channel.manifest.id}")
        if isinstance(self.channel, Listening):
            self._held = True
            self._listener = asyncio.create_task(self._listen(self.channel))

    async def close(self) -> None:
        """End it as a replica ends that is stopped."""
        self._held = False
        if self._listener:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        await self.channel.close()

    async def restart(self) -> None:
        """A new one with the same settings, as after a crash: what it knew in memory is gone."""
        await self.close()
        self.channel = channels.make(self.channel.manifest.id)
        await self.open()

    async def let_go(self, timeout: float) -> None:
        """Another replica is to listen: the loop has to end by itself."""
        self._held = False
        assert self._listener is not None
        async with asyncio.timeout(timeout):
            await self._listener

    async def _listen(self, channel: Listening) -> None:
        while self._held:
            try:
                await channel.listen(self.host, lambda: self._held)
            except Exception as error:  # noqa: BLE001 - as the host: whatever happens, it is heard again
                self._raised = error
            await asyncio.sleep(LISTEN_AGAIN)

    # --- hearing ---

    def text(self, person: int, text: str) -> Update:
        """A message of a person."""
        self.said.append(text)
        return self.provider.text(person, text)

    async def deliver(self, *updates: Update) -> list[int | None]:
        """Hand updates over one after the other."""
        return [await self.provider.deliver(update) for update in updates]

    async def hears(self, *updates: Update) -> list[Incoming]:
        """What the host hears of updates. A message is sent after them, to know when they are through."""
        before = len(self.host.heard)
        await self.deliver(*updates)
        await self.mark()
        return [incoming for incoming in self.host.heard[before:] if MARK not in incoming.text]

    async def mark(self) -> None:
        """Deliver a message and wait until it is heard: whatever was delivered before has been looked at."""
        self._marks += 1
        text = f"{MARK} {self._marks}"
        await self.provider.deliver(self.text(9, text))
        try:
            await eventually(lambda: any(text == incoming.text.strip() for incoming in self.host.heard), timeout=5)
            await eventually(lambda: not self.host.kept, timeout=5)  # of a spool, what others sent may be heard later
        except AssertionError:
            why = "listen raised what stands above" if self._raised else "listen raised nothing"
            raise AssertionError(f"what a person wrote is not heard within 5 s; {why}") from self._raised

    # --- sending ---

    async def send(self, address: str, message: Outgoing, within: float = SEND_WITHIN) -> Result:
        """Send one message as the host does."""
        self.said.append(message.text)
        try:
            async with asyncio.timeout(within):
                result = await self.channel.send(address, message)
        except Exception as error:  # noqa: BLE001 - what it raises counts as "not now"
            return Raised(error=error)
        if isinstance(result, Sent):
            self.host.note_sent(address, message)
        return result

    async def send_whole(self, address: str, text: str) -> list[Result]:
        """Send a text in as many parts as the channel needs."""
        parts = split(text, self.channel.manifest.limits.text)
        return [await self.send(address, Outgoing(part)) for part in parts]

    async def received(self, address: str, count: int = 1) -> list[Received]:
        """What a person has got: at least `count` messages."""

        async def enough() -> list[Received]:
            got = [message for message in await self.provider.sent() if message.address == address]
            return got if len(got) >= count else []

        return await eventually(enough, timeout=5)

    # --- privacy ---

    def words(self) -> list[str]:
        """What must not stand in a log."""
        people = [self.provider.address(person) for person in (1, 2, 3, 9)]
        return [*self.said, *people, *self.host.words(), *self.fixtures.kit.private, *self.provider.private()]


@asynccontextmanager
async def running(fixtures: Fixtures, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    """A rig, from the start of the stand-in to its end."""
    app, name = FastAPI(openapi_url=None), fixtures.kit.channel
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://intake") as client,
        connected(fixtures, provider, client, monkeypatch),
    ):
        channel = channels.make(name)
        rig = Rig(fixtures, provider, channel, RecordingHost(channel.manifest), app)
        await rig.open()
        try:
            yield rig
        finally:
            await rig.close()


@asynccontextmanager
async def connected(
    fixtures: Fixtures, provider: Provider, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """The stand-in started, calling intake by a client, and the channel switched on by its settings."""
    provider.http = client
    if isinstance(provider, Calling):
        provider.channel = fixtures.kit.channel
    await provider.start()
    try:
        with monkeypatch.context() as patch:
            for setting, value in provider.settings().items():
                patch.setenv(f"ANLAUFSTELLE_{fixtures.kit.channel.upper()}_{setting.upper()}", str(value))
            yield
    finally:
        await provider.stop()


def same(one: Incoming, other: Incoming) -> bool:
    """Whether two are the same message for the host."""
    return replace(one, language_hint=None) == replace(other, language_hint=None)
