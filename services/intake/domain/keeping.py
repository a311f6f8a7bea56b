"""What channels keep with us, encrypted, for as long as they need it and a week at most."""

from datetime import datetime

from pydantic import BaseModel


class Spooled(BaseModel):
    """Something that a provider handed over and will not hand over again; it goes when it was heard. Ids give the order."""

    id: str
    version: int = 0
    channel: str
    sealed: bytes
    expires_at: datetime


class Note(BaseModel):
    """What a channel has to remember of a provider's name, of which the id is a keyed hash."""

    id: str
    version: int = 0
    sealed: bytes
    expires_at: datetime
