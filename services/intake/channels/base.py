"""What a channel is: a file that turns a provider's messages into `Incoming` and sends `Outgoing`. Nothing else.

A channel declares what it can do in its `manifest` and implements `send`. How it hears is one of two, or both:

- `routes(host)`: an HTTP router, when the provider calls us (webhook) or our own pages do;
- `listen(host, held)`: a loop, when we ask the provider (long polling, a socket). The host runs it in one replica at a time,
  starts it again when it raises, and lets `held()` turn false when another replica is to take over.

Everything else is the host's: what a message means, the conversation, repetitions, encryption, order, pace, tries and receipts.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol, runtime_checkable

from fastapi import APIRouter


class Capability(StrEnum):
    """What a channel can do. The host never asks for what is not declared."""

    PRIVATE_CHAT = "private_chat"
    """One person writes alone; answers reach nobody else."""
    BUTTONS = "buttons"
    """Choices can be shown to be pressed. Without it the host numbers them in the text."""


@dataclass(frozen=True)
class Limits:
    """What the provider allows."""

    text: int | None = None
    """Longest message, in UTF-16 units as most providers count; the host splits longer ones. None: no limit."""
    per_second: float | None = None
    """Most messages a second, to all people together. None: no limit."""


@dataclass(frozen=True)
class Manifest:
    """What a channel says of itself."""

    id: str
    capabilities: frozenset[Capability]
    limits: Limits = Limits()


@dataclass(frozen=True)
class Incoming:
    """One message or one pressed button, as the provider gave it."""

    address: str
    """Whom it came from: what `send` needs to answer."""
    message_id: str
    """The provider's name for it. The same name again is the same message and is taken once."""
    text: str = ""
    pressed: str | None = None
    """The token of the button that was pressed."""
    has_media: bool = False
    """It holds a photo, a voice message, a file: something that is no text."""
    language_hint: str | None = None
    """The language that the person's programme is set to."""


@dataclass(frozen=True)
class Button:
    """A choice. `token` (at most 24 signs of ASCII) comes back as `Incoming.pressed`."""

    token: str
    label: str
    value: str
    """What it stands for, for pages that want to know."""


@dataclass(frozen=True)
class Outgoing:
    """One message within the limits of the channel."""

    text: str
    buttons: Sequence[Button] = ()


@dataclass(frozen=True)
class Sent:
    """The provider took it."""


@dataclass(frozen=True)
class RetryAfter:
    """Not now: the provider is busy or away. `seconds` when it said how long, else None: the host then waits ever longer."""

    seconds: float | None = None


@dataclass(frozen=True)
class Unreachable:
    """The person cannot be reached here any more: blocked, deleted, gone."""


@dataclass(frozen=True)
class Rejected:
    """The provider refuses this very message; sending it again will not help."""


Result = Sent | RetryAfter | Unreachable | Rejected


@dataclass(frozen=True)
class Heard:
    """What became of an incoming message."""

    cause_id: str
    kind: str
    need_id: str | None


@dataclass(frozen=True)
class Line:
    """One message of a conversation, for channels whose people read it here."""

    ours: bool
    text: str
    time: datetime
    number: int = 0
    """Orders our messages to the person."""
    message_id: str = ""
    need_id: str | None = None
    buttons: Sequence[Button] = field(default=())


class Host(Protocol):
    """What a channel may ask of intake."""

    guard: Any
    """FastAPI dependency that lets only the association's own services pass."""

    async def hear(self, incoming: Incoming) -> Heard:
        """Take a message. When it returns, the message is safe; it raises when it is not, and then it must come again."""

    async def shown(self, address: str, after: int, wait: float) -> list[Line]:
        """Our messages to an address with numbers above `after`; waits up to `wait` seconds for the first one."""

    async def conversation(self, address: str) -> tuple[str, list[Line]] | None:
        """Language and both sides of a conversation, oldest first, or None when nobody ever wrote from this address."""

    def secret(self, *parts: str) -> str:
        """The same secret for the same parts, that nobody else can guess."""


class Channel(ABC):
    """A channel. Add `routes` or `listen`, or both."""

    manifest: ClassVar[Manifest]

    @abstractmethod
    async def send(self, address: str, message: Outgoing) -> Result:
        """Send one message. What it raises counts as `RetryAfter(None)`."""

    async def open(self) -> None:  # noqa: B027 - most channels have nothing to open
        """Called once before anything else."""

    async def close(self) -> None:  # noqa: B027
        """Called once at the end."""


@runtime_checkable
class Answering(Protocol):
    """A channel that is called over HTTP."""

    def routes(self, host: Host) -> APIRouter:
        """Its routes; the host mounts them below `/channels/<id>`."""


@runtime_checkable
class Listening(Protocol):
    """A channel that asks its provider."""

    async def listen(self, host: Host, held: Callable[[], bool]) -> None:
        """Hear until `held()` is false."""
