"""What a homeserver says: events, as far as the channel looks at them."""

import re
from collections.abc import Iterable
from typing import Any, Self

import structlog
from pydantic import BaseModel, Field, ValidationError

log = structlog.get_logger()

WITHOUT_WORDS = frozenset({"m.image", "m.audio", "m.video", "m.file"})
_PLACE = re.compile(r"geo:(?P<latitude>-?\d+(?:\.\d+)?),(?P<longitude>-?\d+(?:\.\d+)?)")
_QUOTED = re.compile(r"^(?:> .*\n)+\n")


class _Loose(BaseModel):
    """Anybody may write anything into an event."""

    model_config = {"extra": "ignore", "hide_input_in_errors": True}


class _Named(_Loose):
    event_id: str = ""


class _Relation(_Loose):
    rel_type: str = ""
    event_id: str = ""
    is_falling_back: bool = False
    in_reply_to: _Named = Field(_Named(), alias="m.in_reply_to")


class _Content(_Loose):
    msgtype: str = ""
    body: str = ""
    filename: str = ""
    geo_uri: str = ""
    membership: str = ""
    redacts: str = ""
    replacement_room: str = ""
    relates_to: _Relation = Field(_Relation(), alias="m.relates_to")
    new_content: Self | None = Field(None, alias="m.new_content")


class _Before(_Loose):
    prev_content: dict[str, Any] = {}


class Event(_Named):
    type: str
    sender: str
    content: _Content
    state_key: str | None = None
    redacts: str = ""
    unsigned: _Before = _Before()

    def puts(self, person: str, membership: str) -> bool:
        """Whether from here on a person is invited or a member, and was not before."""
        is_it = self.type == "m.room.member" and self.state_key == person and self.content.membership == membership
        return is_it and self.unsigned.prev_content.get("membership") != membership

    @property
    def in_words(self) -> _Content:
        """What it says; of a change, what it says from now on."""
        return (self.content.new_content if self.edits else None) or self.content

    @property
    def edits(self) -> str | None:
        """The event in whose place it comes."""
        relation = self.content.relates_to
        return relation.event_id if relation.rel_type == "m.replace" and self.content.new_content else None

    @property
    def text(self) -> str:
        """Its words, without what it quotes. A programme's notices say nothing to us."""
        said = self.in_words
        if said.msgtype in WITHOUT_WORDS:
            return said.body if said.filename and said.body != said.filename else ""
        text = said.body if said.msgtype in ("m.text", "m.emote") else ""
        return _QUOTED.sub("", text) if self.content.relates_to.in_reply_to.event_id else text

    @property
    def has_media(self) -> bool:
        """Whether there is something that is no text, or that we cannot read."""
        return self.type == "m.room.encrypted" or self.in_words.msgtype in WITHOUT_WORDS

    @property
    def place(self) -> tuple[float, float] | None:
        """Latitude and longitude, when it is a place on this planet."""
        found = _PLACE.match(self.content.geo_uri) if self.content.msgtype == "m.location" else None
        latitude, longitude = (float(found["latitude"]), float(found["longitude"])) if found else (91.0, 0.0)
        return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def read(events: Iterable[Any]) -> list[Event]:
    """Events that can be read."""
    found = []
    for raw in events:
        try:
            found.append(Event.model_validate(raw))
        except ValidationError as error:
            log.warning("unreadable event left out", errors=error.error_count())
    return found
