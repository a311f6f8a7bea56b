"""A message on its way to a person: waiting, then sent or failed."""

import random
from datetime import datetime, timedelta
from enum import StrEnum

from anlaufstelle_contracts import Choice
from pydantic import BaseModel

from .person import Address

LONGEST_DELAY = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=1)
HELD_FOR = timedelta(days=30)


class State(StrEnum):
    """Where a delivery stands."""

    HELD = "held"
    """Until the person can be reached where nobody else reads."""
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Failure(StrEnum):
    """Why it failed, as the contract names it."""

    UNREACHABLE = "unreachable"
    REJECTED = "rejected"


class InGroup(BaseModel):
    """Where in a group a line goes, instead of to the person."""

    place_id: str
    thread_id: str | None = None
    """The line is not said when people talk with each other in this thread."""
    reply_to: bytes
    """The provider's name of the message that it answers, encrypted."""
    code: str | None = None
    """What the link in the line carries to the private chat."""


class Delivery(BaseModel):
    """One message. It is claimed before it is sent, so that two replicas do not send it both."""

    id: str
    version: int = 0
    person_id: str
    number: int
    """Names the message among those to this person, and grows."""
    queue: str
    """Of the messages with the same queue, the person's, only the first is sent at a time."""
    lane: str
    """The channel by which it is to go."""
    order: int
    """The microsecond in which it was requested: they are sent in this order, of one person and of all."""
    need_id: str | None = None
    text: str
    language: str
    choices: list[Choice] = []
    state: State = State.WAITING
    attempts: int = 0
    created_at: datetime
    tried_since: datetime | None = None
    """When it was first put off, since it was last sent on its way."""
    due_at: datetime
    claimed_until: datetime
    claimed_by: str = ""
    parts_passed: int = 0
    """How many of its parts the provider took."""
    is_passed: bool = False
    """It took all; only noting that is left."""
    references: list[str] = []
    """What the provider calls them (keyed hashes), for receipts."""
    channel: str | None = None
    """The channel that took it, or failed to."""
    address_id: str | None = None
    """Where it was sent, once it was."""
    tried: list[str] = []
    """Ids of addresses where it did not arrive."""
    failure: Failure | None = None
    group: InGroup | None = None
    farewell: Address | None = None
    """Where it goes although the person is not to be written to or not known any more: the last words after /stop and /delete."""
    expires_at: datetime | None = None
    """When it is to vanish by itself."""

    def sent(self, channel: str, address_id: str) -> None:
        """The channel took it."""
        self.state, self.channel, self.address_id = State.SENT, channel, address_id

    @property
    def is_told(self) -> bool:
        """Whether the others are told what became of it: not of last words, and not of lines in groups."""
        return self.farewell is None and self.group is None

    def hold(self, now: datetime) -> None:
        """Wait until the person can be reached where nobody else reads, but not for ever."""
        self.state, self.expires_at = State.HELD, now + HELD_FOR

    def again(self, now: datetime, channel: str) -> None:
        """Send it now, by a channel."""
        self.state, self.lane, self.due_at, self.claimed_until, self.attempts = State.WAITING, channel, now, now, 0
        self.parts_passed, self.is_passed, self.references = 0, False, []
        self.expires_at = self.tried_since = None

    def failed(self, channel: str, why: Failure) -> None:
        """It will not be tried again."""
        self.state, self.channel, self.failure = State.FAILED, channel, why

    def put_off(self, now: datetime, seconds: float | None) -> bool:
        """Try again later: when the channel says, else after a growing delay. False when it has been tried for too long."""
        self.tried_since = self.tried_since or now
        if now - self.tried_since > GIVE_UP_AFTER:
            return False
        self.attempts += 1
        growing = min(LONGEST_DELAY, timedelta(seconds=2 ** min(self.attempts, 12)) * random.uniform(0.75, 1.25))  # noqa: S311 - jitter
        self.due_at = now + (timedelta(seconds=seconds) if seconds is not None else growing)
        self.claimed_until = now
        return True


class Reference(BaseModel):
    """The provider's name (a keyed hash of it) for something sent. Its receipt may come before we noted that we sent it."""

    id: str
    version: int = 0
    delivery_id: str | None = None
    person_id: str | None = None
    address_id: str | None = None
    failure: Failure | None = None
    """What the provider said later, when it did not arrive."""
    expires_at: datetime
