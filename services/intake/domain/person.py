"""Who writes: a pseudonym for everybody else, an address for intake alone, and what was said last."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import chain

from anlaufstelle_contracts import Choice, NeedArticulated
from pydantic import BaseModel

from .triage import Kind

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Shown(BaseModel):
    """Choices that a person was given, numbered from 1."""

    number: int
    """The number of the message among those to the person."""
    need_id: str | None = None
    choices: list[Choice]

    def pick(self, text: str) -> Choice | None:
        """The choice that a text means: its number, its label or its value."""
        plain = text.strip().rstrip(".)").casefold()
        if plain.isascii() and plain.isdigit() and len(plain) < 3:
            return self.choices[int(plain) - 1] if 0 < int(plain) <= len(self.choices) else None
        return next((choice for choice in self.choices if plain in (choice.label.casefold(), choice.value.casefold())), None)


class TeamTalk(BaseModel):
    """A coordinator wrote to them about a need: what they write until then is for the coordinators, who decide what it means."""

    need_id: str
    until: datetime
    is_told: bool = False
    """They were told that what they write is passed on. Once is enough."""


class Conversation(BaseModel):
    """Where the talk with a person stands."""

    shown: Shown | None = None
    """The choices they saw last; a bare number refers to them."""
    pending: str | None = None
    """What they wrote, redacted, when they were asked back whether it is a need or an offer. They are asked once."""
    pending_words_id: str | None = None
    expects: Kind | None = None
    """What their next text is, because they said so by a command."""
    district: str | None = None
    """Where they live, as far as they told by a location or an answer."""
    located: list[NeedArticulated] = []
    """What they ask for now and named no district for: it is asked for anew when they name one."""
    located_words: list[str] = []
    awaits_district: bool = False
    """They were asked where they live. They are asked once."""
    district_asked: bool = False
    hinted: bool = False
    """They were told how to use this and wrote nothing of use since: silence is better than saying it again."""
    need_id: str | None = None
    """The need they talk of now."""
    offer_id: str | None = None
    """The offer they talk of now: it came after the need."""
    need_ids: list[str] = []
    team: TeamTalk | None = None
    """With our team."""


class Person(BaseModel):
    """A person. Nothing in here says who they are."""

    id: str
    version: int = 0
    address_id: str
    """Where they last wrote from, and so where answers go."""
    channel: str = ""
    """The channel of that."""
    language: str
    chosen_language: str | None = None
    """The language they asked for; before that, the one they write in counts."""
    is_private: bool = False
    """They wrote where nobody else reads: they can be answered there."""
    aliases: dict[str, list[str]] = {}
    """Other pseudonyms of theirs, from before they linked two channels, with the needs that are known under each."""
    stopped: bool = False
    """They asked not to be written to; their next message ends that."""
    messages: int = 0
    """The number of the last message to them: numbers begin with the millisecond of the first contact and go up by one."""
    conversation: Conversation = Conversation()

    @property
    def ids(self) -> list[str]:
        """All their pseudonyms."""
        return [self.id, *self.aliases]

    @property
    def need_ids(self) -> list[str]:
        """All their needs, whatever they were called then."""
        return [*self.conversation.need_ids, *chain.from_iterable(self.aliases.values())]


class Alias(BaseModel):
    """A pseudonym that is somebody else's by now: both are the same person."""

    id: str
    version: int = 0
    person_id: str


class Link(BaseModel):
    """A code by which a person shows that they write by two channels. The id is a keyed hash of it."""

    id: str
    version: int = 0
    person_id: str
    expires_at: datetime


class Superseded(BaseModel):
    """A message (a keyed hash of its name) that was changed or taken back, maybe before it was heard: then it never is."""

    id: str
    version: int = 0
    expires_at: datetime


class Address(BaseModel):
    """Where a person can be reached. The id is a keyed hash of channel and address; the address itself is encrypted."""

    id: str
    version: int = 0
    person_id: str
    channel: str
    sealed: bytes
    last_message: bytes | None = None
    """The provider's name for what was heard from here last, encrypted: answers may refer to it."""
    heard_at: datetime | None = None
    gone: bool = False
    """Nothing can be sent here: blocked, deleted. The next message from here ends that."""
    is_private: bool = False
    """They wrote from here where nobody else reads; before that nothing is sent here."""


def reachable(person: Person, addresses: Sequence[Address], tried: Collection[str] = ()) -> Address | None:
    """Where to write to a person: where they last wrote from, else what was heard last; nowhere that was tried."""
    left = [address for address in addresses if address.is_private and not address.gone and address.id not in tried]
    return max(left, key=lambda each: (each.id == person.address_id, each.heard_at or NEVER), default=None)


class Words(BaseModel):
    """The original words of one message, encrypted. The id is a keyed hash of the message's name."""

    id: str
    version: int = 0
    person_id: str
    about: str | None = None
    """The id of the need, offer or project that came of them; of two needs, the last."""
    also_about: list[str] = []
    """The needs before the last."""
    kind: Kind = Kind.NEED
    sealed: bytes
    at: datetime

    @property
    def needs(self) -> list[str]:
        """The ids of what came of them; of a reply to our team nothing comes."""
        return [*self.also_about, self.about] if self.about and self.kind is not Kind.REPLY else []


class Look(BaseModel):
    """Somebody looked at the original words of a need, and why."""

    id: str
    version: int = 0
    need_id: str
    reason: str
    at: datetime
