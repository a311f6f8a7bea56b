"""The command: writes the files, checks that they are what the contracts say, compares them with an earlier state."""

import argparse
import json
from pathlib import Path
from typing import Any

import yaml

from . import compatibility
from .asyncapi import document
from .examples import envelopes
from .schemas import all_schemas, envelope_schema
from .table import table

CONTRACTS = Path(__file__).resolve().parent.parent


def files() -> dict[str, str]:
    """Every generated file: its path below `contracts/`, and its text."""
    generated = {"schemas/cloudevent.json": _json(envelope_schema())}
    generated |= {f"schemas/{name}.json": _json(schema) for name, schema in all_schemas().items()}
    generated |= {f"examples/{envelope.type}.json": _json(json.loads(envelope.to_json())) for envelope in envelopes()}
    header = "# Written by `python contracts/generate.py`. Change the contracts, not this file.\n"
    body = yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=130)
    return generated | {"asyncapi.yaml": header + body, "EVENTS.md": table()}


def stale(folder: Path) -> list[str]:
    """Generated files that are missing, differ, or should not be there."""
    expected = files()
    there = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for pattern in ("schemas/**/*.json", "examples/*.json", "asyncapi.yaml", "EVENTS.md")
        for path in folder.glob(pattern)
    }
    return sorted(name for name in expected.keys() | there.keys() if expected.get(name) != there.get(name))


def incompatible(folder: Path) -> list[str]:
    """What consumers of the contracts frozen in a folder could not live with."""
    return compatibility.problems(compatibility.load(folder / "schemas"), all_schemas()) + compatibility.unreadable_examples(
        folder / "examples"
    )


def write(folder: Path) -> list[str]:
    """Write what is stale; gives the paths that changed."""
    expected, changed = files(), stale(folder)
    for name in changed:
        path = folder / name
        if name in expected:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(expected[name], encoding="utf-8")
        else:
            path.unlink()
    return changed


def main(arguments: list[str] | None = None, folder: Path = CONTRACTS) -> None:
    """Run the command; ends with a message and status 1 when something is wrong."""
    parser = argparse.ArgumentParser(
        description="Without options: write schemas/, examples/, asyncapi.yaml and EVENTS.md, unless that would break consumers."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file on disk is not what it should be")
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="write nothing; fail on changes incompatible with FOLDER")
    options = parser.parse_args(arguments)
    if options.against and not (options.against / "schemas").is_dir():
        raise SystemExit(f"{options.against}: no frozen schemas there")
    broken = incompatible(options.against or folder)
    if broken:
        raise SystemExit("\n".join(["These changes break consumers; see generator/compatibility.py:", *broken]))
    if options.check:
        differing = stale(folder)
        if differing:
            raise SystemExit("\n".join(["Not what the contracts say; run `python contracts/generate.py`:", *differing]))
    elif not options.against:
        write(folder)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
