"""The base of every event: a frozen record that knows its context, name, major version and aggregate."""

from typing import Any, ClassVar
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

TYPE_PREFIX = "de.anlaufstelle"
_NAMESPACE = UUID("6b1f4f0e-2c58-5c0b-9b58-9d1f0c7a4b11")

REGISTRY: dict[str, type["Event"]] = {}
"""Every event class by its CloudEvents type."""


class Event(BaseModel):
    """Something that happened, in the past tense.

    A subclass names itself in its class line: `class NeedArticulated(Event, context="needs", name="articulated",
    aggregate="need_id")`. Consumers ignore fields they do not know.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    context: ClassVar[str]
    name: ClassVar[str]
    major: ClassVar[int]
    aggregate: ClassVar[str]
    type: ClassVar[str]

    def __init_subclass__(cls, *, context: str, name: str, aggregate: str, major: int = 1, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.context, cls.name, cls.aggregate, cls.major = context, name, aggregate, major
        cls.type = f"{TYPE_PREFIX}.{context}.{name}.v{major}"

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if cls.aggregate not in cls.model_fields:
            raise TypeError(f"{cls.__name__} names {cls.aggregate!r} as its aggregate's id and has no such field")
        if REGISTRY.setdefault(cls.type, cls) is not cls:
            raise TypeError(f"two events are of type {cls.type}")

    @property
    def aggregate_id(self) -> str:
        """The id of the aggregate that this event is about."""
        return str(getattr(self, self.aggregate))


def event_id(source: str, cause_id: str, event_type: str, position: int) -> str:
    """The id of the event that a service emits for a cause at a position: the same for every repetition of the cause (uuid5).

    The service is part of it, because causes of commands are named by callers, who may give two services the same name.
    """
    return str(uuid5(_NAMESPACE, f"{source}|{cause_id}|{event_type}|{position}"))
