"""What became of a need, as far as its person is told of it, and where in a group it was said."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel


class Progress(StrEnum):
    """How far it is."""

    OPEN = "open"
    NAMED = "named"
    """Offers were named."""
    UNMET = "unmet"
    REVIEW = "review"
    """A coordinator looks at it."""
    TAKEN_CARE_OF = "taken_care_of"
    """By a coordinator."""
    CLOSED = "closed"
    """It was taken back, or the person said that it is done."""


class Asked(BaseModel):
    """Where in a group a need was said."""

    place_id: str
    thread_id: str
    message: bytes
    """The provider's name of the message, encrypted: the line in the group is a reply to it."""
    is_silent: bool = False
    """Nobody is to be answered."""


class Request(BaseModel):
    """A need of a person."""

    id: str
    version: int = 0
    person_id: str
    at: datetime
    decided_at: datetime | None = None
    progress: Progress = Progress.OPEN
    asked: Asked | None = None

    def decided(self, progress: Progress, at: datetime) -> bool:
        """Take in a decision; False when it is older than what is known, or nothing is to be decided any more."""
        if self.progress is Progress.CLOSED or (self.decided_at and at < self.decided_at):
            return False
        self.progress, self.decided_at = progress, at
        return True
