"""Channels of no provider, for tests: what is sent stands in a list, and what people do is said to the host directly."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest
from anlaufstelle_contracts import MessageRequested, wrap
from fastapi import APIRouter

from services.intake import main
from services.intake.channels import make, switched_on
from services.intake.channels.base import (
    Capability,
    Channel,
    Group,
    Heard,
    Host,
    Incoming,
    Limits,
    Manifest,
    Outgoing,
    Result,
    Sent,
)
from tests.intake.conftest import Intake
from tests.kit import running
from tests.kit.waiting import eventually

SQUARE = Group("square")
EVERYTHING = frozenset(Capability)


@dataclass(frozen=True)
class Said:
    """Something that was sent, and when by the clock of the loop."""

    address: str
    message: Outgoing
    at: float


@dataclass
class Provider:
    """What all replicas of a channel have in common."""

    id: str = "plaza"
    limits: Limits = field(default_factory=Limits)
    sent: list[Said] = field(default_factory=list)
    replies: dict[str, deque[Result]] = field(default_factory=dict)
    """What the provider says next to a message to an address; when nothing is left, it takes it."""
    hosts: list[Host] = field(default_factory=list)
    messages: int = 0
    is_answering: asyncio.Event | None = None
    """When set: the provider takes what it is given at once, and says so only after this."""
    has_name: bool = True
    """Whether it is known by which name the private chat is found."""

    @property
    def host(self) -> Host:
        """The host of the first replica."""
        return self.hosts[0]

    async def say(self, text: str, sender: str = "olena", group: Group | None = None, **more: Any) -> Heard:
        """Somebody says something."""
        self.messages += 1
        more.setdefault("message_id", f"in-{self.messages}")
        return await self.host.hear(Incoming(sender, text=text, group=group, **more))

    def to(self, address: str) -> list[Outgoing]:
        """What was sent to an address."""
        return [said.message for said in self.sent if said.address == address]

    async def heard_at(self, address: str, count: int = 1) -> list[Outgoing]:
        """What was sent to an address, once it is `count` messages."""

        def enough() -> list[Outgoing] | None:
            messages = self.to(address)
            return messages if len(messages) >= count else None

        return await eventually(enough, timeout=15)


class Plaza(Channel):
    """A channel with private chats and groups."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(None)
        self.provider = provider
        self.manifest = Manifest(provider.id, EVERYTHING, provider.limits)  # type: ignore[misc]

    async def send(self, address: str, message: Outgoing) -> Result:
        """Take it, or what the test wants."""
        answers = self.provider.replies.get(address)
        result = answers.popleft() if answers else Sent(f"out-{len(self.provider.sent) + 1}")
        if isinstance(result, Sent):
            self.provider.sent.append(Said(address, message, asyncio.get_running_loop().time()))
        if self.provider.is_answering:
            await self.provider.is_answering.wait()
        return result

    def routes(self, host: Host) -> APIRouter:
        """Nothing to call; the host is what the test wants."""
        self.provider.hosts.append(host)
        return APIRouter()

    def private_link(self, code: str) -> str:
        """Where a person finds us alone."""
        if not self.provider.has_name:
            raise LookupError
        return f"plaza.example.org/{code}"


def open_up(monkeypatch: pytest.MonkeyPatch, *providers: Provider) -> None:
    """Switch channels on beside those that are always on, for every replica that is started from now on."""
    known = {provider.id: provider for provider in providers}
    monkeypatch.setattr(main, "switched_on", lambda: [*switched_on({}), *known])
    monkeypatch.setattr(main, "make", lambda name: Plaza(known[name]) if name in known else make(name))


async def answer(intake: Intake, need: dict[str, Any], message_id: str, text: str = "Є курс", **more: Any) -> None:
    """Let notify say something about a need."""
    request = MessageRequested(
        message_id=message_id, person_id=need["person_id"], need_id=need["need_id"], text=text, language="uk", **more
    )
    await running.say(intake.bus, wrap(request, cause_id=message_id, position=0, source="notify"))
