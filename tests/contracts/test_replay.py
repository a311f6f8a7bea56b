"""Golden examples, as every consumer reads them: as they are, from a newer producer, and damaged."""

import json
from typing import Any

import pytest
from anlaufstelle_contracts import (
    REGISTRY,
    Event,
    InvalidEvent,
    NeedMatched,
    NeedUnmet,
    OfferChanged,
    OfferPublished,
    Reach,
    ReviewRequested,
    UnknownType,
    UnmetReason,
    Urgency,
    parse,
    public_view,
    topology,
)
from generator.schemas import all_schemas

HEARD = [(service, kind) for service, traffic in topology.TRAFFIC.items() for kind in traffic.handles]
HEARD += [("partner", kind) for kind in REGISTRY.values() if public_view(kind)]
every_consumer = pytest.mark.parametrize(("consumer", "kind"), HEARD, ids=lambda value: getattr(value, "__name__", value))

ENVELOPE = {"specversion": "1.0", "id": "1", "source": "urn:x", "type": NeedUnmet.type, "subject": "n", "data": {}}
ENVELOPE |= {"time": "2026-11-22T09:30:00Z"}


def body(example: dict[str, Any], consumer: str) -> bytes:
    """What the consumer gets: services the example, partners its public view."""
    raw = json.dumps(example).encode()
    if consumer != "partner":
        return raw
    projection = parse(raw).public()
    assert projection is not None
    return projection.to_json()


def read(raw: bytes, consumer: str) -> dict[str, Any]:
    envelope = parse(raw)
    event = envelope.public_event() if consumer == "partner" else envelope.event()
    return event.model_dump(mode="json")


@every_consumer
def test_an_example_is_read_whole(consumer: str, kind: type[Event], examples: dict[str, Any]) -> None:
    raw = body(examples[kind.type], consumer)
    assert read(raw, consumer) == json.loads(raw)["data"]


@every_consumer
def test_unknown_fields_are_passed_over(consumer: str, kind: type[Event], examples: dict[str, Any]) -> None:
    example = json.loads(body(examples[kind.type], consumer))
    expected = read(json.dumps(example).encode(), consumer)
    for part in (example, example["data"], *(item for value in example["data"].values() for item in records(value))):
        part["oftomorrow"] = {"nested": [1, None, "x"]}
    assert read(json.dumps(example).encode(), consumer) == expected


def records(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


@every_consumer
def test_unknown_values_of_open_enumerations_are_kept(consumer: str, kind: type[Event], examples: dict[str, Any]) -> None:
    example = json.loads(body(examples[kind.type], consumer))
    schema = all_schemas()[f"{'public' if consumer == 'partner' else 'internal'}/{kind.type}"]
    expected = example["data"] = of_tomorrow(example["data"], schema, schema.get("$defs", {}))
    assert read(json.dumps(example).encode(), consumer) == expected


def of_tomorrow(value: Any, schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    """The value with every member of an enumeration in it replaced by one that nobody knows yet."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    branches = [definitions[b["$ref"].removeprefix("#/$defs/")] if "$ref" in b else b for b in schema.get("anyOf", [])]
    if any("enum" in branch for branch in [schema, *branches]):
        return "of_tomorrow"
    if isinstance(value, list):
        return [of_tomorrow(item, schema["items"], definitions) for item in value]
    if isinstance(value, dict) and "properties" in schema:
        return {key: of_tomorrow(item, schema["properties"][key], definitions) for key, item in value.items()}
    return value


def test_the_values_of_tomorrow_were_really_put_in(examples: dict[str, Any]) -> None:
    schema = all_schemas()[f"internal/{NeedUnmet.type}"]
    data = of_tomorrow(examples[NeedUnmet.type]["data"], schema, schema["$defs"])
    assert data["reason"] == data["urgency"] == "of_tomorrow"


def test_known_values_arrive_as_members_of_their_enumeration(examples: dict[str, Any]) -> None:
    event = parse(json.dumps(examples[NeedUnmet.type]).encode()).event()
    assert isinstance(event, NeedUnmet)
    assert event.reason is UnmetReason.NO_SUCH_OFFER
    assert event.urgency is Urgency.DAYS


def test_free_text_is_no_value_of_an_open_enumeration() -> None:
    with pytest.raises(InvalidEvent, match="reason"):
        parse(
            json.dumps(
                ENVELOPE | {"data": {"need_id": "n", "person_id": "p", "language": "de", "reason": "Frau Beispiel war nicht da"}}
            ).encode()
        ).event()


def test_how_an_offer_is_reached_is_not_public_and_missing_in_events_of_before(examples: dict[str, Any]) -> None:
    for kind, offers in ((NeedMatched, "offers"), (ReviewRequested, "candidates"), (OfferPublished, ""), (OfferChanged, "")):
        example = examples[kind.type]
        for part in example["data"][offers] if offers else [example["data"]]:
            for way in Reach.model_fields:
                del part[way]
        event = parse(json.dumps(example).encode()).event()
        for one in getattr(event, offers) if offers else [event]:
            assert all(getattr(one, way) is None for way in Reach.model_fields)
        view = public_view(kind)
        assert view is None or not Reach.model_fields.keys() & view.model_fields.keys()


def test_optional_fields_may_be_missing(examples: dict[str, Any]) -> None:
    for kind in REGISTRY.values():
        required = {name: examples[kind.type]["data"][name] for name, field in kind.model_fields.items() if field.is_required()}
        assert kind.model_validate(required)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"data": {}}',
        b'{"specversion": "1.0"',
        *(json.dumps({**ENVELOPE, **wrong}).encode() for wrong in (
            {"specversion": "0.3"}, {"data": "+49 341 0001234"}, {"data": None}, {"id": ""}, {"id": "x" * 129},
            {"time": "yesterday"}, {"time": "2026-11-22T09:30:00"}, {"datacontenttype": "text/xml"}, {"subject": ""},
        )),
    ],
)  # fmt: skip
def test_what_is_no_cloudevent_is_refused_without_repeating_it(raw: bytes) -> None:
    with pytest.raises(InvalidEvent) as caught:
        parse(raw)
    assert str(caught.value).startswith("not a CloudEvent: ")
    assert "0001234" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_bare_envelope_of_these_tests_is_one() -> None:
    assert parse(json.dumps(ENVELOPE).encode()).id == "1"


def test_data_that_does_not_fit_is_refused_without_repeating_it() -> None:
    envelope = parse(json.dumps(ENVELOPE | {"data": {"need_id": ["+49 341 0001234"], "language": "klingonisch"}}).encode())
    for reader in (envelope.event, envelope.public_event):
        with pytest.raises(InvalidEvent, match=r"need_id: string_type") as caught:
            reader()
        assert "0001234" not in str(caught.value)
        assert "klingonisch" not in str(caught.value)


def test_a_type_of_another_version_is_told_from_a_broken_event() -> None:
    envelope = parse(json.dumps(ENVELOPE | {"type": "de.anlaufstelle.needs.unmet.v2"}).encode())
    for reader in (envelope.event, envelope.public_event, envelope.public):
        with pytest.raises(UnknownType, match=r"unmet\.v2"):
            reader()


def test_an_event_with_nothing_public_cannot_be_read_as_public(examples: dict[str, Any]) -> None:
    envelope = parse(json.dumps(examples["de.anlaufstelle.people.erased.v1"]).encode())
    assert envelope.public() is None
    with pytest.raises(InvalidEvent, match="nothing public"):
        envelope.public_event()
