"""Where on the bus an event is said: `<view>.<context>.<event>.v<major>.<aggregate id>`."""

import re

from .envelope import CloudEvent
from .event import TYPE_PREFIX, Event
from .sensitivity import Sensitivity

_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


def subject(envelope: CloudEvent, view: Sensitivity) -> str:
    """The subject of one event in a view. Raises ValueError when its aggregate's id is no single NATS token."""
    if not _TOKEN.fullmatch(envelope.subject):
        raise ValueError(f"the aggregate id of {envelope.type} is not a single subject token")
    return f"{view}.{envelope.type.removeprefix(TYPE_PREFIX + '.')}.{envelope.subject}"


def pattern(event: type[Event], view: Sensitivity) -> str:
    """The subject filter for every event of a class in a view."""
    return f"{view}.{event.context}.{event.name}.v{event.major}.*"


def dead_subject(service: str, cause_id: str) -> str:
    """Where a message that `service` could not handle is announced."""
    return f"dead.{service}.{cause_id if _TOKEN.fullmatch(cause_id) else 'unreadable'}"


def retry_pattern(service: str) -> str:
    """Where a parked message is given back to the one service that parked it."""
    return f"internal.retry.{service}.*"
