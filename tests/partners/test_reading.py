"""What a partner reads: every public event with its public fields, and nothing of what is internal, wherever one looks."""

import json
from typing import Any

import pytest
from anlaufstelle_contracts import CONTENT_TYPE, REGISTRY, CloudEvent, Sensitivity, public_view, subjects, topology
from nats.errors import TimeoutError

from tests.kit.running import example
from tests.partners.conftest import NAME, Partner

HEADERS = {"Nats-Msg-Id", "Content-Type", "Nats-Batch-Id", "Nats-Batch-Sequence", "Nats-Batch-Commit"}


async def test_a_partner_reads_every_public_event_with_its_public_fields_and_nothing_else(
    partner: Partner, spoken: list[CloudEvent]
) -> None:
    expected = {event.id: event for event in spoken if public_view(REGISTRY[event.type]) is not None}
    durable = await partner.client.jetstream(prefix=topology.PARTNER_API).pull_subscribe_bind(NAME, "PUBLIC")
    read: set[str] = set()
    while len(read) < len(expected):
        (message,) = await durable.fetch(timeout=5)
        envelope = json.loads(message.data)
        whole = expected[envelope["id"]]
        view = public_view(REGISTRY[whole.type])
        assert view is not None
        assert envelope["data"] == {name: value for name, value in data_of(whole).items() if name in view.model_fields}
        assert set(envelope) & {"traceparent", "correlationid", "causationid"} == set()
        assert message.headers is not None
        assert set(message.headers) <= HEADERS
        assert message.headers["Content-Type"] == CONTENT_TYPE
        assert message.subject == subjects.subject(whole, Sensitivity.PUBLIC)
        shown = {*texts(envelope), *texts(message.headers), message.subject, message.reply}
        hidden = internal_texts(whole, set(view.model_fields))
        assert [secret for secret in hidden if any(shows(text, secret) for text in shown)] == []
        read.add(envelope["id"])
        await message.ack()
    with pytest.raises(TimeoutError):
        await durable.fetch(timeout=0.2)


def test_there_is_something_to_hide_and_something_to_show() -> None:
    """So that the comparison above compares something."""
    views = [(kind, view) for kind in REGISTRY.values() if (view := public_view(kind))]
    hidden = [secret for kind, view in views for secret in internal_texts(example(kind), set(view.model_fields))]
    assert len(views) > 10
    assert len([secret for secret in hidden if len(secret) > 12]) > 20


def shows(text: str, secret: str) -> bool:
    """Whether a text gives a secret away; a short one, which may be part of another word, only as a whole."""
    return text == secret or (len(secret) > 12 and secret in text)


def data_of(event: CloudEvent) -> dict[str, Any]:
    """The event's data with every field it has by default."""
    return event.event().model_dump(mode="json")


def internal_texts(event: CloudEvent, public: set[str]) -> set[str]:
    """Every text anywhere in the internal fields of an event and in its trail, if no public field says the same."""
    data = data_of(event)
    trail = {event.correlationid or "", event.causationid or "", event.traceparent or ""}
    inside = {text for name in set(data) - public for text in texts(data[name])} | trail
    outside = {text for name in public for text in texts(data[name])}
    return inside - outside - {""}


def texts(value: Any) -> set[str]:
    """Every text in a JSON value, however deep."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set().union(*map(texts, value.values()))
    return set().union(*map(texts, value)) if isinstance(value, list) else set()
