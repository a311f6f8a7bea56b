"""A contract may only grow: every kind of change that breaks a consumer is caught, every harmless one passes."""

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from generator import compatibility
from generator.compatibility import load, problems, unreadable_examples
from generator.main import CONTRACTS, main
from generator.schemas import Schema, all_schemas

UNMET = "internal/de.anlaufstelle.needs.unmet.v1"
MATCHED = "internal/de.anlaufstelle.needs.matched.v1"
ARTICULATED = "internal/de.anlaufstelle.needs.articulated.v1"
GAP = "internal/de.anlaufstelle.gaps.detected.v1"
Change = Callable[[dict[str, Schema]], Any]


def fields(schemas: dict[str, Schema], name: str) -> dict[str, Any]:
    found: dict[str, Any] = schemas[name]["properties"]
    return found


BREAKING: dict[str, tuple[Change, str]] = {
    "a type is gone": (lambda s: s.pop(UNMET), "the type is gone"),
    "a required field is gone": (
        lambda s: (fields(s, UNMET).pop("person_id"), s[UNMET]["required"].remove("person_id")),
        "person_id was removed",
    ),
    "an optional field is gone": (lambda s: fields(s, UNMET).pop("urgency"), "urgency was removed"),
    "a field of a nested model is gone": (
        lambda s: s[MATCHED]["$defs"]["ReferredOffer"]["properties"].pop("schedule"),
        "offers[].schedule was removed",
    ),
    "a type changed": (lambda s: fields(s, GAP)["need_count"].update(type="string"), "need_count changed its type"),
    "a list became a single value": (
        lambda s: fields(s, UNMET).update(categories={"type": "string", "x-sensitivity": "public"}),
        "categories",
    ),
    "the items of a list changed": (lambda s: fields(s, GAP)["need_ids"]["items"].update(type="integer"), "need_ids[]"),
    "a new field is required": (
        lambda s: (fields(s, UNMET).update(new={"type": "string"}), s[UNMET]["required"].append("new")),
        "new became required",
    ),
    "an optional field became required": (lambda s: s[UNMET]["required"].append("urgency"), "urgency became required"),
    "a required field became optional": (lambda s: s[UNMET]["required"].remove("language"), "language is no longer required"),
    "a field may no longer be null": (lambda s: fields(s, UNMET)["urgency"]["anyOf"].pop(), "urgency changed"),
    "a field may be null now": (
        lambda s: fields(s, UNMET).update(
            person_id={"anyOf": [{"type": "string"}, {"type": "null"}], "x-sensitivity": "internal"}
        ),
        "person_id",
    ),
    "a known value is gone": (lambda s: s[UNMET]["$defs"]["UnmetReason"]["enum"].remove("full"), "reason lost the value 'full'"),
    "an open enumeration was closed": (
        lambda s: fields(s, UNMET).update(reason={"$ref": "#/$defs/UnmetReason", "x-sensitivity": "public"}),
        "reason",
    ),
    "a range was narrowed": (lambda s: fields(s, GAP)["need_count"].update(minimum=2), "need_count changed its minimum"),
    "a range was widened": (lambda s: fields(s, GAP)["need_count"].pop("minimum"), "need_count changed its minimum"),
    "a default changed": (lambda s: fields(s, ARTICULATED)["emergency"].update(default=True), "emergency changed its default"),
    "internal became public": (
        lambda s: fields(s, ARTICULATED)["district"].update({"x-sensitivity": "public"}),
        "district went from internal to public",
    ),
    "public became internal": (
        lambda s: fields(s, ARTICULATED)["language"].update({"x-sensitivity": "internal"}),
        "language went from public to internal",
    ),
}
HARMLESS: dict[str, Change] = {
    "a new type": lambda s: s.update({"internal/de.anlaufstelle.needs.new.v1": {"properties": {}, "type": "object"}}),
    "a new optional field": lambda s: fields(s, UNMET).update(new={"type": "string", "default": ""}),
    "a new optional field of a nested model": lambda s: s[MATCHED]["$defs"]["ReferredOffer"]["properties"].update(
        new={"type": "string"}
    ),
    "another description": lambda s: fields(s, UNMET)["reason"].update(description="Because."),
    "a new known value of an open enumeration": lambda s: s[UNMET]["$defs"]["UnmetReason"]["enum"].append("closed_today"),
}


@pytest.mark.parametrize("change", BREAKING)
def test_a_breaking_change_is_caught(change: str) -> None:
    frozen, current = all_schemas(), copy.deepcopy(all_schemas())
    mutate, expected = BREAKING[change]
    mutate(current)
    found = problems(frozen, current)
    assert found
    assert all(expected in problem for problem in found), found


@pytest.mark.parametrize("change", HARMLESS)
def test_a_harmless_change_passes(change: str) -> None:
    frozen, current = all_schemas(), copy.deepcopy(all_schemas())
    HARMLESS[change](current)
    assert current != frozen
    assert problems(frozen, current) == []


def test_a_closed_enumeration_may_not_grow_either() -> None:
    frozen: dict[str, Schema] = {"internal/x": {"type": "object", "properties": {"colour": {"type": "string", "enum": ["red"]}}}}
    current = copy.deepcopy(frozen)
    current["internal/x"]["properties"]["colour"]["enum"].append("blue")
    assert problems(frozen, current) == ["internal/x: colour is closed and got the value 'blue'"]


def test_the_contracts_are_compatible_with_the_frozen_ones() -> None:
    assert problems(load(CONTRACTS / "schemas"), all_schemas()) == []
    assert unreadable_examples(CONTRACTS / "examples") == []


def earlier(tmp_path: Path) -> Path:
    """An earlier state of the contracts, whose `NeedUnmet` had one field more."""
    shutil.copytree(CONTRACTS / "schemas", tmp_path / "schemas")
    shutil.copytree(CONTRACTS / "examples", tmp_path / "examples")
    path = tmp_path / "schemas" / f"{UNMET}.json"
    schema = json.loads(path.read_bytes())
    schema["properties"]["gone"] = {"type": "string", "x-sensitivity": "internal"}
    path.write_text(json.dumps(schema))
    return tmp_path


@pytest.mark.parametrize("arguments", [["--check"], []])
def test_a_broken_contract_is_neither_checked_in_nor_written_over_what_is_frozen(arguments: list[str], tmp_path: Path) -> None:
    folder = earlier(tmp_path)
    before = (folder / "schemas" / f"{UNMET}.json").read_text()
    with pytest.raises(SystemExit, match="gone was removed"):
        main(arguments, folder)
    assert (folder / "schemas" / f"{UNMET}.json").read_text() == before


def test_against_compares_with_another_folder_until_the_change_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = earlier(tmp_path)
    with pytest.raises(SystemExit, match="gone was removed"):
        main(["--against", str(folder)])
    monkeypatch.setattr(compatibility, "ACCEPTED", {f"{UNMET}: gone was removed": "nobody ever filled it"})
    main(["--against", str(folder)])


def test_an_example_that_cannot_be_read_any_more_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text('{"specversion": "1.0"}')
    assert unreadable_examples(tmp_path)[0].startswith("examples/old.json: not a CloudEvent")


def test_against_refuses_a_folder_without_contracts(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no frozen schemas"):
        main(["--against", str(tmp_path)])
