"""What people are to be told, and whether it reached them."""

from pydantic import BaseModel, ConfigDict, Field

from .event import Event


class Choice(BaseModel):
    """A button, or a numbered choice where a channel has no buttons."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    value: str = Field(max_length=64, description="What comes back when it is chosen, e.g. `helped`.")
    label: str


class MessageRequested(Event, context="messages", name="requested", aggregate="message_id"):
    """A person is to be told something, in words ready to send; intake knows by which channel."""

    message_id: str
    person_id: str
    need_id: str | None = Field(None, description="The need it answers.")
    text: str
    language: str
    choices: list[Choice] = []


class MessageDelivered(Event, context="messages", name="delivered", aggregate="message_id"):
    """The channel took the message."""

    message_id: str
    person_id: str
    need_id: str | None = None
    channel: str


class MessageFailed(Event, context="messages", name="failed", aggregate="message_id"):
    """The person cannot be reached by this message any more."""

    message_id: str
    person_id: str
    need_id: str | None = None
    channel: str
    reason: str = Field(description="`unreachable` (blocked, gone) or `rejected` (the provider refuses the message).")
