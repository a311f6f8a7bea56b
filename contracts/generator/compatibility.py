"""Whether events of today and of yesterday can be read by consumers of both.

An event type may only grow: new optional fields, and new known values of an enumeration that is open (`Open[...]`). Whatever
else is to change needs a new major version of the type, or a line in ACCEPTED that says why nobody is harmed.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from anlaufstelle_contracts import InvalidEvent, parse

from .schemas import Schema

ACCEPTED: Mapping[str, str] = {}
"""Incompatible changes that were decided on, as the check words them, with the reason. Delete a line once it is released."""

_PROSE = {"title", "description", "examples", "$schema", "$id", "$defs"}


def problems(frozen: Mapping[str, Schema], current: Mapping[str, Schema]) -> list[str]:
    """Every incompatible change from the frozen schemas to the current ones, one sentence each, without accepted ones."""
    found = []
    for name, old in sorted(frozen.items()):
        if name not in current:
            found.append(f"{name}: the type is gone")
        else:
            found += [f"{name}: {problem}" for problem in _differences(_resolved(old), _resolved(current[name]), "")]
    return [problem for problem in found if problem not in ACCEPTED]


def unreadable_examples(folder: Path) -> list[str]:
    """Frozen examples that the contracts of today cannot read."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            parse(path.read_bytes()).event()
        except InvalidEvent as error:
            found.append(f"examples/{path.name}: {error}")
    return [problem for problem in found if problem not in ACCEPTED]


def load(folder: Path) -> dict[str, Schema]:
    """The frozen event schemas below a `schemas` folder, by name as `all_schemas` has them."""
    return {f"{path.parent.name}/{path.stem}": json.loads(path.read_bytes()) for path in sorted(folder.glob("*/*.json"))}


def _resolved(schema: Schema) -> Schema:
    """The schema with every `$ref` replaced by what it means."""
    definitions = schema.get("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, list):
            return [resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            target = definitions[node["$ref"].removeprefix("#/$defs/")]
            node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return {key: resolve(value) for key, value in node.items() if key != "$defs"}

    resolved: Schema = resolve(schema)
    return resolved


def _differences(old: Any, new: Any, path: str, *, open_enum: bool = False) -> Iterator[str]:
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            yield from _differences(before, after, path, open_enum=open_enum)
        return
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if old != new:
            yield f"{path or 'event'} changed from {json.dumps(old)} to {json.dumps(new)}"
        return
    for keyword in sorted((old.keys() | new.keys()) - _PROSE):
        before, after = old.get(keyword), new.get(keyword)
        if keyword == "properties":
            yield from _fields(before or {}, after or {}, path)
        elif keyword == "required":
            fields = old.get("properties", {}).keys()
            yield from (f"{_join(path, name)} became required" for name in sorted({*(after or [])} - {*(before or [])}))
            yield from (
                f"{_join(path, name)} is no longer required" for name in sorted(({*(before or [])} - {*(after or [])}) & fields)
                if name in new.get("properties", {})
            )  # fmt: skip
        elif keyword == "enum" and before and after:
            yield from (f"{path} lost the value {value!r}" for value in before if value not in after)
            if not open_enum:
                yield from (f"{path} is closed and got the value {value!r}" for value in after if value not in before)
        elif keyword == "x-sensitivity":
            if before != after:
                yield f"{path} went from {before} to {after}"
        elif keyword == "anyOf" and before and after:
            yield from _differences(before, after, path, open_enum=_is_open(before) and _is_open(after))
        elif keyword == "items":
            yield from _differences(before, after, f"{path}[]")
        elif before != after:
            yield f"{path or 'event'} changed its {keyword} from {json.dumps(before)} to {json.dumps(after)}"


def _fields(old: Schema, new: Schema, path: str) -> Iterator[str]:
    for name, before in old.items():
        if name not in new:
            yield f"{_join(path, name)} was removed"
        else:
            yield from _differences(before, new[name], _join(path, name))


def _is_open(branches: list[Schema]) -> bool:
    """Whether any code is allowed beside the known values."""
    return any(branch.get("type") == "string" and "enum" not in branch for branch in branches)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
