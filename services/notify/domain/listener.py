"""What a person was told so far, so that the next message can lean on it."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

Last = Literal["nothing", "offers", "unmet", "review", "answer"]


class Told(BaseModel):
    """What was said about one need; `id` is the need's."""

    id: str
    version: int = 0
    person_id: str
    language: str = ""
    offer_ids: list[str] = []
    last: Last = "nothing"
    reason: str = ""
    first_time: datetime | None = None
    decided_time: datetime | None = None
    waits_for_person: bool = False

    def is_stale(self, time: datetime) -> bool:
        """Whether a decision of that time was overtaken by one that the person was already told."""
        return self.decided_time is not None and time < self.decided_time

    def say(self, last: Last, time: datetime) -> None:
        """Remember that a decision was told."""
        self.first_time = self.first_time or time
        self.decided_time = max(time, self.decided_time or time)
        self.last = last


class Listener(BaseModel):
    """A person as notify knows them; saved with whatever is said to them, so that an erasure conflicts with it.

    Once erased, nothing but the fact is left: a late event must not bring them back.
    """

    id: str
    version: int = 0
    language: str = ""
    thanked_projects: list[str] = []
    erased: bool = False

    def erase(self) -> None:
        """Forget everything."""
        self.language, self.thanked_projects, self.erased = "", [], True
