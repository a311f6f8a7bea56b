"""The generated files are what the contracts say, complete, and valid by the standards they follow."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from anlaufstelle_contracts import REGISTRY, Event, public_view
from anlaufstelle_contracts.needs import ReferredOffer
from generator.asyncapi import document
from generator.main import CONTRACTS, main, stale, write
from generator.schemas import all_schemas, envelope_schema
from jsonschema import Draft7Validator, Draft202012Validator
from pydantic import BaseModel

OFFICIAL = Path(__file__).parent / "asyncapi-schema" / "3.0.0.json"
MODELS: list[type[BaseModel]] = [*REGISTRY.values(), ReferredOffer]
every_event = pytest.mark.parametrize("kind", REGISTRY.values(), ids=lambda kind: kind.__name__)


def asyncapi() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CONTRACTS / "asyncapi.yaml").read_text(encoding="utf-8"))
    return loaded


def test_the_files_on_disk_are_what_the_contracts_say() -> None:
    assert stale(CONTRACTS) == [], "run `python contracts/generate.py`"


def test_check_fails_on_every_kind_of_difference_and_writing_repairs_it(tmp_path: Path) -> None:
    assert "asyncapi.yaml" in write(tmp_path)
    main(["--check"], tmp_path)
    gone, new = "examples/de.anlaufstelle.needs.matched.v1.json", "examples/de.anlaufstelle.needs.forgotten.v1.json"
    (tmp_path / "asyncapi.yaml").write_text("asyncapi: 3.0.0\n")
    (tmp_path / gone).unlink()
    (tmp_path / new).write_text("{}")
    (tmp_path / "schemas/cloudevent.json").write_text("{}")
    assert stale(tmp_path) == ["asyncapi.yaml", new, gone, "schemas/cloudevent.json"]
    (tmp_path / new).unlink()
    with pytest.raises(SystemExit, match=r"asyncapi\.yaml"):
        main(["--check"], tmp_path)
    main([], tmp_path)
    main(["--check"], tmp_path)


@every_event
def test_every_event_says_what_it_is(kind: type[Event]) -> None:
    assert kind.__doc__
    assert kind.__doc__ != Event.__doc__


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_every_field_says_what_it_is(kind: type[BaseModel]) -> None:
    assert [name for name, field in kind.model_fields.items() if not field.description] == []


def test_schemas_are_valid_and_show_who_may_read_each_field() -> None:
    Draft202012Validator.check_schema(envelope_schema())
    for name, schema in all_schemas().items():
        Draft202012Validator.check_schema(schema)
        shown = {field["x-sensitivity"] for field in schema["properties"].values()}
        assert shown <= ({"public"} if name.startswith("public/") else {"public", "internal"})


@every_event
def test_every_event_has_a_golden_example_that_fits_its_schemas(kind: type[Event], examples: dict[str, Any]) -> None:
    example = examples[kind.type]
    assert example["type"] == kind.type
    assert example["subject"] == example["data"][kind.aggregate]
    validate(envelope_schema(), example)
    validate(all_schemas()[f"internal/{kind.type}"], example["data"])
    view = public_view(kind)
    if view:
        schema = all_schemas()[f"public/{kind.type}"]
        assert schema["properties"].keys() == view.model_fields.keys()
        validate(schema, view.model_validate(example["data"]).model_dump(mode="json"))


def validate(schema: dict[str, Any], value: Any) -> None:
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def test_there_is_no_example_of_an_event_that_does_not_exist(examples: dict[str, Any]) -> None:
    assert examples.keys() == REGISTRY.keys()


def official() -> Draft7Validator:
    return Draft7Validator(json.loads(OFFICIAL.read_bytes()))


def test_the_asyncapi_document_is_valid_by_the_official_schema() -> None:
    assert [f"{'/'.join(map(str, error.path))}: {error.message:.200}" for error in official().iter_errors(asyncapi())] == []


@pytest.mark.parametrize("fault", ["binding", "action", "address", "reference"])
def test_the_official_schema_notices_faults(fault: str) -> None:
    broken = asyncapi()
    operation = broken["operations"]["notify.hears.internal.needs.matched.v1"]
    if fault == "binding":
        operation["bindings"]["nats"]["subject"] = "x"
    elif fault == "action":
        operation["action"] = "publish"
    elif fault == "address":
        next(iter(broken["channels"].values()))["address"] = 1
    else:
        operation["channel"] = "needs"
    assert list(official().iter_errors(broken))


def test_every_reference_of_the_document_leads_somewhere() -> None:
    """The official schema does not follow references."""
    whole = asyncapi()
    for reference in references(whole):
        if reference.startswith("#/"):
            target: Any = whole
            for step in reference[2:].split("/"):
                target = target[step]
        else:
            json.loads((CONTRACTS / reference).read_bytes())


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for item in node for found in references(item)] if isinstance(node, list) else []


def test_operations_use_the_messages_of_their_channel_and_channels_declare_their_parameters() -> None:
    whole = document()
    for operation in whole["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])
    for channel in whole["channels"].values():
        assert [f"{{{name}}}" for name in channel["parameters"]] == [channel["address"].rsplit(".", 1)[-1]]


def test_partners_are_shown_public_channels_only() -> None:
    partner = [op for op in document()["operations"].values() if {"name": "partner"} in op["tags"]]
    assert len(partner) == len([kind for kind in REGISTRY.values() if public_view(kind)])
    assert all(op["action"] == "receive" and op["channel"]["$ref"].startswith("#/channels/public.") for op in partner)
