"""JSON Schema 2020-12 of every event in both views, and of the envelope. `x-sensitivity` says who may read a field."""

from typing import Any

from anlaufstelle_contracts import REGISTRY, CloudEvent, Event, Sensitivity, public_view
from anlaufstelle_contracts.sensitivity import sensitivity
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

Schema = dict[str, Any]


class _Untitled(GenerateJsonSchema):
    """Without a title for every field, which would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _schema(model: type[BaseModel], identifier: str) -> Schema:
    generated = model.model_json_schema(schema_generator=_Untitled)
    return {"$schema": GenerateJsonSchema.schema_dialect, "$id": f"urn:anlaufstelle:schema:{identifier}", **generated}


def envelope_schema() -> Schema:
    """The schema of the CloudEvent around every event."""
    return _schema(CloudEvent, "cloudevent")


def event_schema(event: type[Event], view: Sensitivity) -> Schema | None:
    """The schema of an event's data in a view, or None when the view has nothing of it."""
    model = event if view is Sensitivity.INTERNAL else public_view(event)
    if model is None:
        return None
    schema = _schema(model, f"{view}:{event.type}")
    for name, field in model.model_fields.items():
        schema["properties"][name]["x-sensitivity"] = str(sensitivity(field))
    return schema


def all_schemas() -> dict[str, Schema]:
    """Every event schema by its name, `<view>/<type>`."""
    schemas = {}
    for event in REGISTRY.values():
        for view in Sensitivity:
            schema = event_schema(event, view)
            if schema is not None:
                schemas[f"{view}/{event.type}"] = schema
    return schemas
