"""What signal-cli hands over, as far as the channel looks at it."""

from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError

from ..http import whole

log = structlog.get_logger()


class _Loose(BaseModel):
    """signal-cli adds fields with each version."""

    model_config = {"extra": "ignore", "hide_input_in_errors": True}


class _Attachment(_Loose):
    contentType: str | None = None


class _GroupInfo(_Loose):
    groupId: str


class _Quote(_Loose):
    id: int
    authorUuid: str | None = None
    authorNumber: str | None = None


class _RemoteDelete(_Loose):
    timestamp: int


class _AdminDelete(_Loose):
    targetAuthorUuid: str
    targetSentTimestamp: int


class Data(_Loose):
    """What somebody says, or takes back."""

    timestamp: int
    message: str | None = None
    attachments: list[_Attachment] | None = None
    contacts: list[dict[str, Any]] | None = None
    groupInfo: _GroupInfo | None = None
    quote: _Quote | None = None
    remoteDelete: _RemoteDelete | None = None
    adminDelete: _AdminDelete | None = None
    reaction: dict[str, Any] | None = None


class Edit(_Loose):
    """What takes the place of what was said before."""

    targetSentTimestamp: int
    dataMessage: Data


class _Receipt(_Loose):
    isDelivery: bool = False
    timestamps: list[int]


class Envelope(_Loose):
    """Something that came."""

    sourceUuid: str | None = None
    sourceNumber: str | None = None
    serverReceivedTimestamp: int | None = None
    dataMessage: Data | None = None
    editMessage: Edit | None = None
    receiptMessage: _Receipt | None = None

    @property
    def source(self) -> str:
        """Whom it came from."""
        return self.sourceUuid or self.sourceNumber or ""

    @property
    def said_at(self) -> datetime | None:
        """When Signal took it. All other times in it are the sender's."""
        return datetime.fromtimestamp(self.serverReceivedTimestamp / 1000, UTC) if self.serverReceivedTimestamp else None

    @property
    def author(self) -> str:
        """Whose words it is about: an administrator may take back what somebody else wrote, not before they wrote it."""
        deleted = self.dataMessage.adminDelete if self.dataMessage else None
        return deleted.targetAuthorUuid if deleted else self.source

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it for us: that somebody types, or has read something, is not."""
        return bool(self.dataMessage or self.editMessage or (self.receiptMessage and self.receiptMessage.isDelivery))


class _Received(_Loose):
    envelope: Envelope


def read(data: str) -> Envelope | None:
    """What came; None of what nobody can read, or says nothing for us."""
    try:
        envelope = _Received.model_validate_json(whole(data.encode("utf-8", "replace"))).envelope
    except ValidationError as error:
        log.warning("unreadable message left out", errors=error.error_count())
        return None
    return envelope if envelope.source and envelope.says_something else None
