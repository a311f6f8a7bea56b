"""What a channel is: a file that turns a provider's messages into `Incoming` and sends `Outgoing`. Nothing else.

A channel declares what it can do in its `manifest` and implements `send`. How it hears is one of two, or both:

- `routes(host)`: an HTTP router, when the provider calls us (webhook) or our own pages do;
- `listen(host, held)`: a loop, when we ask the provider (long polling, a socket). The host runs it in one replica at a time,
  starts it again when it raises, and lets `held()` turn false when another replica is to take over.

A provider that hands over what it has until it is told that it was heard needs nothing more. One that hands it over once and
forgets it (a socket) does: its channel calls `Host.spool` before anything else, hears what is spooled, and then calls
`Host.unspool`. `listen` begins with what `Host.spooled` gives, for another replica may have left it there, and when it ends,
stopped or not, nothing is left that is not spooled.

Everything else is the host's: what a message means, the conversation, repetitions, encryption, order, pace, tries and receipts.
What a channel declares beyond that is optional, and declared honestly: `tests/kit/channels` looks.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol, runtime_checkable

from fastapi import APIRouter
from pydantic_settings import BaseSettings, SettingsConfigDict

LANGUAGES = ("uk", "ru", "de", "en")


class Capability(StrEnum):
    """What a channel can do. The host never asks for what is not declared."""

    PRIVATE_CHAT = "private_chat"
    """One person writes alone; answers reach nobody else."""
    GROUPS = "groups"
    """It hears what is said in front of others (`Incoming.group`), and is `Grouping`."""
    BUTTONS = "buttons"
    """Choices can be shown to be pressed. Without it the host numbers them in the text."""
    FILES = "files"
    """It notices photos, voice messages and files (`Incoming.has_media`)."""
    LOCATION = "location"
    """People can send a place on the map (`Incoming.location`)."""
    EDITS = "edits"
    """It notices that a message was changed (`Incoming.edits`)."""
    DELETIONS = "deletions"
    """It notices that a message was taken back (`Incoming.deletes`)."""
    RECEIPTS = "receipts"
    """`Sent.reference` names what was sent, and the provider says later what became of it (`Host.receipt`)."""


@dataclass(frozen=True)
class Limits:
    """What the provider allows. None: no limit."""

    text: int | None = None
    """Longest message, in UTF-16 units as most providers count; the host splits longer ones."""
    per_second: float | None = None
    """Most messages a second, to all people together and from all replicas."""
    per_second_each: float | None = None
    """Most messages a second to one person, or one group."""
    per_minute_group: int | None = None
    """Most messages in any minute to one group; within it they may follow each other as fast as to one person."""


class ChannelSettings(BaseSettings):
    """A channel's settings, each read from `ANLAUFSTELLE_<CHANNEL>_<NAME>`: `class SmsSettings(ChannelSettings, channel="sms")`.

    A channel is switched on when one of them is set.
    """

    def __init_subclass__(cls, channel: str = "", **more: Any) -> None:
        super().__init_subclass__(**more)
        if channel:
            cls.model_config = SettingsConfigDict(
                env_prefix=f"ANLAUFSTELLE_{channel.upper()}_", extra="ignore", hide_input_in_errors=True, populate_by_name=True
            )


@dataclass(frozen=True)
class Manifest:
    """What a channel says of itself."""

    id: str
    """Name of its file, of its settings and of its routes: a-z, 0-9 and _."""
    capabilities: frozenset[Capability]
    limits: Limits = Limits()
    settings: type[ChannelSettings] = ChannelSettings
    languages: tuple[str, ...] = LANGUAGES
    """The languages whose letters it carries."""


@dataclass(frozen=True)
class Group:
    """Where something was said in front of others."""

    address: str
    """What `send` needs to answer there."""
    topic: str | None = None
    """The forum topic or room thread within it."""
    reply_to: str | None = None
    """`message_id` of what this answers: in a thread below a message at least that one, so that nobody is answered twice."""
    by_admin: bool = False
    """Who wrote may set how the group is treated."""


@dataclass(frozen=True)
class Incoming:
    """One message or one pressed button, as the provider gave it."""

    address: str
    """Whom it came from: what `send` needs to answer that person alone."""
    message_id: str
    """The provider's name for it. The same name again is the same message and is taken once: a change needs one of its own."""
    text: str = ""
    pressed: str | None = None
    """The token of the button that was pressed."""
    has_media: bool = False
    """It holds a photo, a voice message, a file: something that is no text."""
    location: tuple[float, float] | None = None
    """Latitude and longitude, in degrees, when a place was sent."""
    language_hint: str | None = None
    """The language that the person's programme is set to."""
    group: Group | None = None
    """Set when others could read it."""
    edits: str | None = None
    """`message_id` of the earlier message that this one takes the place of."""
    deletes: str | None = None
    """`message_id` of the earlier message that was taken back; there is no text then."""
    said_at: datetime | None = None
    """When it was said, by the provider's clock: what waited while we were away was not written too fast. Never the sender's."""
    authenticated: bool = True
    """It is certain that `address` is whose words these are. False where that may be forged: no code of `/link` is taken then."""


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
    """Plain: where the provider reads marks in it, escape them (and declare a limit that leaves room for that)."""
    buttons: Sequence[Button] = ()
    reply_to: str | None = None
    """`message_id` of what it answers: in a group always set, else the last one that was heard from there."""
    heard_at: datetime | None = None
    """When the person last wrote from there, for providers that close a conversation after a while."""
    language: str | None = None
    """The language of the text, for what a channel has to put around it."""


@dataclass(frozen=True)
class Sent:
    """The provider took it."""

    reference: str | None = None
    """The provider's name for what was sent, for receipts that come later."""


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

    async def receipt(self, reference: str, result: Result) -> None:
        """What the provider said later of something that it took: `Sent` when it arrived, else why it did not."""

    async def gone(self, address: str) -> None:
        """A person blocked us, or a group removed us. The next message from there ends that."""

    async def moved(self, address: str, to: str) -> None:
        """A group has another address from now on."""

    def secret(self, *parts: str) -> str:
        """The same secret for the same parts, that nobody else can guess."""

    # What a channel may keep: encrypted, of this channel alone, for all its replicas, and gone after a week. Each of these raises
    # when the store is away.

    async def spool(self, received: Sequence[str]) -> list[str]:
        """Keep what the provider does not hand over again. When it returns, it survives any crash; gives a name for each."""

    async def spooled(self) -> list[tuple[str, str]]:
        """What was spooled and not yet unspooled, whoever did it, with its names, oldest first.

        Some of it may have been heard before: hear it again, the same message is taken once.
        """

    async def unspool(self, name: str) -> None:
        """It was heard."""

    async def note(self, name: str, value: str) -> None:
        """Remember something of a provider's name, in place of what was noted of it before."""

    async def noted(self, name: str) -> str | None:
        """What was noted of a name."""


class Channel(ABC):
    """A channel. Add `routes` or `listen`, or both. It is made with its settings, as `manifest.settings` read them."""

    manifest: ClassVar[Manifest]

    def __init__(self, settings: Any) -> None:
        self.settings = settings

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


@runtime_checkable
class Grouping(Protocol):
    """A channel with groups, from which people can be led to where nobody else reads."""

    def private_link(self, code: str) -> str:
        """An address that opens a private chat with us; where it can carry the code, the person sends `/start <code>` first.

        What it raises counts as `RetryAfter(None)`.
        """
