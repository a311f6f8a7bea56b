"""What holds for every event, whatever stands in it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from anlaufstelle_contracts import (
    REGISTRY,
    CloudEvent,
    Event,
    InvalidEvent,
    NeedUnmet,
    Sensitivity,
    event_id,
    parse,
    public_view,
    subjects,
    wrap,
)
from anlaufstelle_contracts.sensitivity import sensitivity
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.contracts.strategies import model

EVENTS = sorted(REGISTRY.values(), key=lambda kind: kind.type)
TIME = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
QUICK = settings(max_examples=25, deadline=None)
every_event = pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)


def envelope(event: Event, cause_id: str = "cause", position: int = 0, source: str = "intake") -> CloudEvent:
    return wrap(event, cause_id=cause_id, position=position, source=source, time=TIME)


@every_event
def test_what_is_wrapped_comes_back_equal(kind: type[Event]) -> None:
    @QUICK
    @given(event=model(kind))
    def check(event: Event) -> None:
        sent = envelope(event)
        received = parse(sent.to_json())
        assert received.model_dump() == sent.model_dump()
        assert received.event() == event
        assert type(received.event()) is kind

    check()


@every_event
def test_the_public_view_has_the_public_fields_and_no_trace_of_others(kind: type[Event]) -> None:
    public = {name for name, field in kind.model_fields.items() if sensitivity(field) is Sensitivity.PUBLIC}

    @QUICK
    @given(event=model(kind))
    def check(event: Event) -> None:
        projection = envelope(event).public()
        if not public:
            assert projection is None
            return
        assert projection is not None
        body = json.loads(projection.to_json())
        assert body["data"].keys() == public
        assert body["data"] == {name: value for name, value in event.model_dump(mode="json").items() if name in public}
        assert body.keys().isdisjoint({"traceparent", "correlationid", "causationid"})
        read = parse(projection.to_json()).public_event()
        assert read.model_dump() == event.model_dump(include=public)

    check()


@every_event
def test_nothing_that_stands_in_an_internal_field_reaches_the_public_view(kind: type[Event], examples: dict[str, Any]) -> None:
    sent = parse(json.dumps(examples[kind.type]).encode())
    secrets = {name: "SECRET" for name, field in kind.model_fields.items() if sensitivity(field) is Sensitivity.INTERNAL}
    projection = sent.model_copy(update={"data": {**sent.data, **secrets, "of_tomorrow": "SECRET"}}).public()
    assert projection is None or b"SECRET" not in projection.to_json()


def test_the_projection_holds_nothing_internal_in_memory_either(examples: dict[str, Any]) -> None:
    sent = parse(json.dumps(examples[NeedUnmet.type]).encode())
    wrapped = envelope(sent.event())
    for whole in (sent, wrapped):
        projection = whole.public()
        assert projection is not None
        with pytest.raises(InvalidEvent, match="person_id: missing"):
            projection.event()


@every_event
def test_a_subject_has_five_tokens_and_lies_in_its_pattern(kind: type[Event]) -> None:
    @QUICK
    @given(event=model(kind), view=st.sampled_from(Sensitivity))
    def check(event: Event, view: Sensitivity) -> None:
        tokens = subjects.subject(wrap(event, cause_id="cause", position=0, source="intake"), view).split(".")
        assert tokens == [str(view), kind.context, kind.name, f"v{kind.major}", event.aggregate_id]
        assert subjects.pattern(kind, view).split(".") == [*tokens[:4], "*"]

    check()


@every_event
@pytest.mark.parametrize("bad", ["", "two tokens", "a.b", "*", ">", "a\n", "я", "x" * 101])
def test_an_event_whose_id_is_no_subject_token_cannot_be_made(kind: type[Event], bad: str, examples: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind.model_validate(examples[kind.type]["data"] | {kind.aggregate: bad})


@given(cause=st.text(), position=st.integers(0, 50), source=st.sampled_from(["intake", "matching"]))
@settings(max_examples=50)
def test_event_ids_are_the_same_for_a_repetition_and_differ_for_everything_else(cause: str, position: int, source: str) -> None:
    kind, other = EVENTS[0].type, EVENTS[1].type
    first = event_id(source, cause, kind, position)
    assert first == event_id(source, cause, kind, position)
    others = {
        event_id(source, cause, kind, position + 1),
        event_id(source, cause, other, position),
        event_id(source, cause + "x", kind, position),
        event_id("notify", cause, kind, position),
    }
    assert len(others) == 4
    assert first not in others


def test_event_ids_stay_what_they_were() -> None:
    """Ledgers and streams hold ids of years ago; the recipe must not change under them."""
    assert event_id("intake", "cause", "de.anlaufstelle.needs.articulated.v1", 0) == "d365296e-8a95-51d6-bf9b-1c97da6c3651"


def test_events_without_anything_public_are_those_about_people_and_messages() -> None:
    hidden = {kind.__name__ for kind in EVENTS if public_view(kind) is None}
    assert hidden == {"MessageDelivered", "MessageFailed", "MessageRequested", "PersonErased", "PersonReplied", "VolunteerJoined"}
