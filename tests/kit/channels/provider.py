"""A stand-in of a channel's provider: what each folder of fixtures gives in its `provider.py` as `class Provider`.

It plays the people, too: `text` is what the provider would hand us when a person writes, `sent` what that person gets to read.
People are numbers here (1, 2, 3); the stand-in decides what their addresses look like. Start from:

- `WebhookProvider`: the provider calls us for each message;
- `HttpProvider`: we call the provider (add `Calling` when it calls us as well);
- `Provider`: anything else.
"""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

import httpx
from aiohttp import web

RETRY_AFTER = 7
"""Seconds that a busy stand-in asks to wait for."""

Update = Any
"""What a provider hands over: whatever its `deliver` takes. A recording is JSON that was read, or else bytes."""


class Failure(StrEnum):
    """What a provider can do to a message that we send."""

    DOWN = "down"
    """Nobody answers: the connection is refused or breaks."""
    SLOW = "slow"
    """It is taken and never answered."""
    BUSY = "busy"
    """Too many messages (429); a provider that says for how long says RETRY_AFTER."""
    BROKEN = "broken"
    """Its own fault (5xx)."""
    BLOCKED = "blocked"
    """The person does not want us, or is gone."""
    REJECTED = "rejected"
    """It does not take this very message."""


@dataclass(frozen=True)
class Received:
    """A message as a person has got it."""

    address: str
    """As in `Incoming.address`, or the group's."""
    text: str
    buttons: tuple[str, ...] = ()
    """What stands on each, in order."""
    reply_to: str | None = None
    """`message_id` of what it visibly answers."""
    raw: Any = None
    """The provider's own form of it, e.g. for `press`."""


class Provider(ABC):
    """One stand-in. It is made once for a channel and a mode, started for each case, and discarded at the end."""

    says_when: ClassVar[bool] = True
    """Whether the provider, when it is busy, says for how long."""
    calls: bool = False
    """Whether it calls us, rather than we ask it; then it is `Calling`."""

    def __init__(self, mode: str = "") -> None:
        self.mode = mode
        """One of the `modes` in kit.yaml."""
        self.http: httpx.AsyncClient
        """Calls intake, where the channel's routes are below `/channels/<id>`. Set before `start`."""

    async def start(self) -> None:  # noqa: B027 - some have nothing to start
        """Begin anew: nothing sent, nothing failing."""

    async def stop(self) -> None:  # noqa: B027
        """End what `start` began."""

    def discard(self) -> None:  # noqa: B027
        """End what is kept between cases, e.g. a server that takes long to start."""

    @abstractmethod
    def settings(self) -> Mapping[str, object]:
        """The channel's settings that lead to this stand-in. Asked after `start`."""

    @abstractmethod
    def address(self, person: int) -> str:
        """What the channel calls this person in `Incoming.address`."""

    @abstractmethod
    def text(self, person: int, text: str) -> Update:
        """What the provider hands over when this person writes to us alone: a new message each time."""

    def press(self, person: int, message: Received, button: int) -> Update:
        """What it hands over when this person presses a button below our message. For channels with BUTTONS."""
        raise NotImplementedError(f"{type(self).__name__} says nothing of pressed buttons (press)")

    def receipt(self, reference: str, failure: Failure | None) -> Update | None:
        """What it hands over when our message arrived, or did not; None when it never says that. For channels with RECEIPTS."""
        raise NotImplementedError(f"{type(self).__name__} says nothing of receipts (receipt)")

    def stands_below(self, message_id: str) -> str:
        """`Received.reply_to` of an answer in a group to this message, where the provider has only threads: the thread's root."""
        return message_id

    @abstractmethod
    async def deliver(self, update: Update) -> int | None:
        """Hand it over as the provider does. Webhooks: one call, and its status. Others: None, as soon as it is on its way.

        What was delivered before the channel listens has to wait for it.
        """

    @abstractmethod
    async def sent(self) -> list[Received]:
        """Everything that people have got since `start`, in order."""

    @abstractmethod
    def fail(self, how: Failure | None) -> None:
        """From now on treat what we send like this; None: well again. DOWN, SLOW and BROKEN hold for what we ask, too."""

    def private(self) -> list[str]:
        """Further strings of its people (names, numbers) that must not stand in a log."""
        return []


class Calling(Provider):
    """A provider that calls us: each update is one request."""

    path: ClassVar[str] = "webhook"
    """Where, below `/channels/<id>/`."""
    calls = True
    channel: str
    """Set by the kit: the id of the channel."""

    def headers(self, body: bytes) -> Mapping[str, str]:
        """What goes with a body, so that the channel knows that it is the provider's: a secret, a signature."""
        return {}

    def forged(self, body: bytes) -> Mapping[str, str]:
        """What somebody would send along who does not know the secret."""
        return {}

    def body(self, update: Update) -> bytes:
        """An update as it goes over the wire."""
        return update if isinstance(update, bytes) else json.dumps(update).encode()

    async def deliver(self, update: Update) -> int | None:
        """One call."""
        return await self.call(self.body(update))

    async def call(self, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        """Call the channel with a body; gives the status."""
        head = {"Content-Type": "application/json", **(self.headers(body) if headers is None else headers)}
        return (await self.http.post(f"/channels/{self.channel}/{self.path}", content=body, headers=head)).status_code


@dataclass
class Server:
    """A stand-in's HTTP side on a free port of this machine, that can be down, slow or broken at will."""

    answer: Any
    """`async (web.Request) -> web.StreamResponse`, when nothing is to fail."""
    failing: Failure | None = None
    url: str = ""
    _runner: web.AppRunner | None = None
    _well: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Serve."""
        self.fail(None)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    def fail(self, how: Failure | None) -> None:
        """Fail from now on; None: well again. What was kept waiting breaks off."""
        self._well.set()
        self.failing, self._well = how, asyncio.Event()

    async def stop(self) -> None:
        """Serve no more."""
        self._well.set()
        if self._runner:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if self.failing is Failure.SLOW:
            await self._well.wait()
            return _broken_off(request)
        if self.failing is Failure.DOWN:
            return _broken_off(request)
        if self.failing is Failure.BUSY:
            return web.Response(status=429, headers={"Retry-After": str(RETRY_AFTER)})
        if self.failing is Failure.BROKEN:
            return web.Response(status=502, text="Bad Gateway")
        response: web.StreamResponse = await self.answer(request)
        return response


def _broken_off(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()  # reaches nobody


class HttpProvider(Provider):
    """A provider that we call over HTTP, at `self.server.url`; BLOCKED and REJECTED are for `answer` to tell."""

    def __init__(self, mode: str = "") -> None:
        super().__init__(mode)
        self.server = Server(self.answer)
        self.received: list[Received] = []

    async def start(self) -> None:
        """Serve."""
        self.received = []
        await self.server.start()

    async def stop(self) -> None:
        """Serve no more."""
        await self.server.stop()

    @abstractmethod
    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request as the provider would, by `self.failing`; add what people get to `self.received`."""

    @property
    def failing(self) -> Failure | None:
        """How it fails at the moment."""
        return self.server.failing

    def fail(self, how: Failure | None) -> None:
        """Fail from now on."""
        self.server.fail(how)

    async def sent(self) -> list[Received]:
        """What people have got."""
        return list(self.received)


class WebhookProvider(Calling, HttpProvider):
    """The usual one: it calls us for what people write, and we call it to answer."""
