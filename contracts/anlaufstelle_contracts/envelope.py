"""The envelope: CloudEvents 1.0, structured JSON mode, as the NATS protocol binding 1.0.2 has it."""

from datetime import UTC, datetime
from typing import Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from .event import REGISTRY, Event, event_id
from .sensitivity import public_view

CONTENT_TYPE = "application/cloudevents+json"

M = TypeVar("M", bound=BaseModel)


class InvalidEvent(ValueError):
    """What arrived is no event of ours. The message says why and repeats nothing of the content."""


class UnknownType(InvalidEvent):
    """A well-formed CloudEvent whose type this version of the contracts does not know."""


class CloudEvent(BaseModel):
    """Attributes of CloudEvents 1.0 with the extensions that we use; `data` is the event itself."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1, max_length=128, description="Unique; also the Nats-Msg-Id.")
    source: str = Field(min_length=1, description="The service that says it, as a URN.")
    type: str = Field(min_length=1, description="`de.anlaufstelle.<context>.<event>.v<major>`.")
    subject: str = Field(min_length=1, description="The id of the aggregate that it is about.")
    time: AwareDatetime = Field(description="When it happened, UTC.")
    datacontenttype: Literal["application/json"] = "application/json"
    traceparent: str | None = Field(None, description="W3C trace context (distributed tracing extension).")
    correlationid: str | None = Field(None, description="The id of the first cause of all this.")
    causationid: str | None = Field(None, description="The id of the event or command that caused this one.")
    data: dict[str, JsonValue] = Field(description="The event.")

    def to_json(self) -> bytes:
        """The structured JSON form."""
        return self.model_dump_json(exclude_none=True).encode()

    def event(self) -> Event:
        """The event inside, as services read it. Raises UnknownType or InvalidEvent."""
        return _read(_event_class(self), self)

    def public_event(self) -> BaseModel:
        """The public fields of the event inside, as partners read it. Raises UnknownType or InvalidEvent."""
        view = public_view(_event_class(self))
        if view is None:
            raise InvalidEvent(f"{self.type} has nothing public")
        return _read(view, self)

    def public(self) -> "CloudEvent | None":
        """The same event with nothing but its public fields and no trail of its causes, or None when it has no such field."""
        view = public_view(_event_class(self))
        if view is None:
            return None
        data = {name: self.data[name] for name in view.model_fields if name in self.data}
        return self.model_copy(update={"data": data, "traceparent": None, "correlationid": None, "causationid": None})


def wrap(
    event: Event, *, cause_id: str, position: int, source: str, correlation_id: str | None = None,
    traceparent: str | None = None, time: datetime | None = None,
) -> CloudEvent:  # fmt: skip
    """An event in its envelope, with the id that its cause and position give it."""
    return CloudEvent(
        id=event_id(source, cause_id, event.type, position),
        source=f"urn:anlaufstelle:{source}",
        type=event.type,
        subject=event.aggregate_id,
        time=time or datetime.now(UTC),
        traceparent=traceparent,
        correlationid=correlation_id or cause_id,
        causationid=cause_id,
        data=event.model_dump(mode="json"),
    )


def parse(body: bytes) -> CloudEvent:
    """Read a structured CloudEvent. Raises InvalidEvent."""
    try:
        return CloudEvent.model_validate_json(body)
    except ValidationError as error:
        raise InvalidEvent(f"not a CloudEvent: {_where(error)}") from None


def _event_class(envelope: CloudEvent) -> type[Event]:
    if envelope.type not in REGISTRY:
        raise UnknownType(f"unknown event type {envelope.type!r:.120}")
    return REGISTRY[envelope.type]


def _read(model: type[M], envelope: CloudEvent) -> M:
    try:
        return model.model_validate(envelope.data)
    except ValidationError as error:
        raise InvalidEvent(f"{envelope.type}: {_where(error)}") from None


def _where(error: ValidationError) -> str:
    """Which fields are wrong and how, without what stood in them."""
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'document'}: {e['type']}" for e in error.errors(include_input=False)[:5])
