"""What people are to be told, and whether it reached them."""

from pydantic import BaseModel, ConfigDict, Field

from .event import Event
from .values import Code, FailureReason, Id, Language, Open


class Choice(BaseModel):
    """A button, or a numbered choice where a channel has no buttons."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    value: str = Field(max_length=64, description="What comes back when it is chosen, e.g. `helped`.")
    label: str = Field(description="What the person reads, in the message's language.")


class MessageRequested(Event, context="messages", name="requested", aggregate="message_id"):
    """A person is to be told something, in words ready to send; intake knows by which channel."""

    message_id: Id = Field(description="The message.")
    person_id: Id = Field(description="Pseudonym of who is told.")
    need_id: Id | None = Field(None, description="The need it answers.")
    text: str = Field(description="The words, ready to send.")
    language: Language = Field(description="The language of the words.")
    choices: list[Choice] = Field([], description="What the person may answer with one touch, in order.")


class MessageDelivered(Event, context="messages", name="delivered", aggregate="message_id"):
    """The channel took the message."""

    message_id: Id = Field(description="The message.")
    person_id: Id = Field(description="Pseudonym of who was told.")
    need_id: Id | None = Field(None, description="The need it answers.")
    channel: Code = Field(description="Id of the channel that took it.")


class MessageFailed(Event, context="messages", name="failed", aggregate="message_id"):
    """The person cannot be reached by this message any more."""

    message_id: Id = Field(description="The message.")
    person_id: Id = Field(description="Pseudonym of who should have been told.")
    need_id: Id | None = Field(None, description="The need it answers.")
    channel: Code = Field(description="Id of the channel that failed.")
    reason: Open[FailureReason] = Field(description="Why it did not arrive.")
