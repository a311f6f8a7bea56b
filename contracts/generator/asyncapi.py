"""The AsyncAPI 3.0 document: a channel for every subject, an operation for everything that a role says or hears.

Data schemas are referred to as files, so that each stands in one place. The NATS binding 0.1.0 knows `queue` only: it names
the durable consumer, which shares the messages out among the replicas of a role.
"""

import tomllib
from pathlib import Path
from typing import Any

from anlaufstelle_contracts import CONTENT_TYPE, REGISTRY, Event, Sensitivity, public_view, topology
from anlaufstelle_contracts.subjects import pattern

Document = dict[str, Any]

VIEWS = {
    Sensitivity.INTERNAL: "The whole event, for the association's services.",
    Sensitivity.PUBLIC: "Its public fields only, for partners.",
}


def document() -> Document:
    """The whole document."""
    distribution = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    views = [(event, view) for event in _sorted(REGISTRY.values()) for view in _views(event)]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Anlaufstelle",
            "version": distribution["project"]["version"],
            "description": "What is said on the bus of Anlaufstelle. Every event is a CloudEvent 1.0 in structured JSON mode. "
            "Partners read the public view, through a durable consumer of their own.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "bus": {
                "host": "{host}",
                "protocol": "nats",
                "description": "NATS with JetStream.",
                "variables": {"host": {"default": "localhost:4222", "description": "Where the association's bus listens."}},
                "security": [{"$ref": "#/components/securitySchemes/account"}],
            }
        },
        "channels": {_key(event, view): _channel(event, view) for event, view in views},
        "operations": _operations(),
        "components": {
            "messages": {_key(event, view): _message(event, view) for event, view in views},
            "securitySchemes": {"account": {"type": "userPassword", "description": "One account for each service and partner."}},
        },
    }


def _sorted(events: Any) -> list[type[Event]]:
    return sorted(events, key=lambda event: str(event.type))


def _views(event: type[Event]) -> list[Sensitivity]:
    return [Sensitivity.INTERNAL, Sensitivity.PUBLIC] if public_view(event) else [Sensitivity.INTERNAL]


def _key(event: type[Event], view: Sensitivity) -> str:
    return pattern(event, view).removesuffix(".*")


def _channel(event: type[Event], view: Sensitivity) -> Document:
    key = _key(event, view)
    return {
        "address": f"{key}.{{{event.aggregate}}}",
        "title": f"{event.__name__}, {view}",
        "summary": VIEWS[view],
        "messages": {event.__name__: {"$ref": f"#/components/messages/{key}"}},
        "parameters": {
            event.aggregate: {
                "description": event.model_fields[event.aggregate].description,
                "location": "$message.payload#/subject",
            }
        },
        "tags": [{"name": str(view)}, {"name": event.context}],
    }


def _message(event: type[Event], view: Sensitivity) -> Document:
    data = {"$ref": f"./schemas/{view}/{event.type}.json"}
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip(),
        "contentType": CONTENT_TYPE,
        "headers": {
            "type": "object",
            "required": ["Nats-Msg-Id", "Content-Type"],
            "properties": {
                "Nats-Msg-Id": {"type": "string", "description": "The event's id; a repetition within ten minutes is dropped."},
                "Content-Type": {"type": "string", "const": CONTENT_TYPE},
            },
        },
        "payload": {
            "allOf": [
                {"$ref": "./schemas/cloudevent.json"},
                {"type": "object", "properties": {"type": {"const": event.type}, "data": data}},
            ]
        },
    }


def _operations() -> Document:
    operations: Document = {}
    for service, traffic in topology.TRAFFIC.items():
        for event in _sorted(traffic.emits):
            for view in _views(event):
                operations[f"{service}.says.{_key(event, view)}"] = _operation(service, "send", event, view)
        for event in _sorted(traffic.handles):
            operation = _operation(service, "receive", event, Sensitivity.INTERNAL, topology.service_consumer(service).durable)
            operations[f"{service}.hears.{_key(event, Sensitivity.INTERNAL)}"] = operation
    for event in _sorted(REGISTRY.values()):
        if public_view(event):
            key = _key(event, Sensitivity.PUBLIC)
            operations[f"partner.hears.{key}"] = _operation("partner", "receive", event, Sensitivity.PUBLIC, "partner-NAME")
    return operations


def _operation(role: str, action: str, event: type[Event], view: Sensitivity, durable: str | None = None) -> Document:
    key = _key(event, view)
    operation: Document = {
        "action": action,
        "channel": {"$ref": f"#/channels/{key}"},
        "messages": [{"$ref": f"#/channels/{key}/messages/{event.__name__}"}],
        "summary": f"{role} {'says' if action == 'send' else 'hears'} {event.__name__}.",
        "tags": [{"name": role}],
    }
    if durable:
        operation["bindings"] = {"nats": {"queue": durable, "bindingVersion": "0.1.0"}}
    return operation
