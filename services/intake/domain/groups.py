"""Groups: what of a group is kept, what its admins decide, and when one line may be said there.

Of what is said in a group only needs and offers are kept, and names of messages that nobody but us can tell (keyed hashes).
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from anlaufstelle_contracts import Category, taxonomy
from pydantic import BaseModel

SAME_THREAD = timedelta(minutes=30)
"""What the same person says within so long in the same place goes on with what they said before."""
THREADS_KEPT = timedelta(days=7)


class Mode(StrEnum):
    """How a group is treated; its admins decide."""

    LISTEN = "listen"
    """Needs are counted, nobody is answered."""
    SUGGEST = "suggest"
    """A coordinator is asked before anybody is answered."""
    ANSWER = "answer"


class Place(BaseModel):
    """A group. The id is a keyed hash of channel and address; the address itself is encrypted."""

    id: str
    version: int = 0
    channel: str
    sealed: bytes
    mode: Mode | None = None
    """None: as the settings say."""
    topics: dict[str, str] = {}
    """The category of a forum topic, by a keyed hash of its name."""
    gone: bool = False
    moved_to: str | None = None


class Thread(BaseModel):
    """Messages that belong together: replies to each other, or one after the other of the same person."""

    id: str
    version: int = 0
    place_id: str
    author: str
    """Keyed hash of the address of who began it."""
    answered: bool = False
    warned: bool = False
    """The number to call in danger was named in it."""
    human_at: datetime | None = None
    """When another person last replied in it."""
    expires_at: datetime

    def may_be_answered(self, now: datetime, pause: timedelta) -> bool:
        """Whether one line may be said: not twice, and not where people talk with each other."""
        return not self.answered and not self.is_busy(now, pause)

    def is_busy(self, now: datetime, pause: timedelta) -> bool:
        """Whether another person replied a moment ago."""
        return self.human_at is not None and now - self.human_at < pause


class Mark(BaseModel):
    """Says to which thread a message belongs, or the last one of an author in a place. The id is a keyed hash."""

    id: str
    version: int = 0
    thread_id: str
    at: datetime
    expires_at: datetime


class Setting(BaseModel):
    """What an admin decided; None in what they did not speak of."""

    mode: Mode | None = None
    category: str | None = None
    is_understood: bool = True


_SETTING = re.compile(r"^/(?P<name>mode|topic)(?:@\w+)?(?:\s+(?P<value>.+))?$", re.IGNORECASE | re.DOTALL)


def setting(text: str) -> Setting | None:
    """What `/mode …` or `/topic …` decides, or None when a text is no such command."""
    match = _SETTING.match(text.strip())
    if not match:
        return None
    value = " ".join((match["value"] or "").casefold().split())
    if match["name"].lower() == "mode":
        return Setting(mode=Mode(value)) if value in set(Mode) else Setting(is_understood=False)
    category = _category(value)
    return Setting(category=category) if category else Setting(is_understood=False)


def _category(value: str) -> str | None:
    """The taxonomy id that a text names, by itself or by its label in one of the languages."""
    for category in Category:
        labels = {taxonomy.label(category, language).casefold() for language in taxonomy.LANGUAGES}
        if value == category or value in labels:
            return str(category)
    return None
