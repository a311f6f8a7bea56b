"""A partner's way in: an empty environment, `pip install ./contracts`, and an event read as the README shows it."""

import json
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
from anlaufstelle_contracts import parse
from generator.main import CONTRACTS

PYDANTIC = {"annotated-types", "pydantic", "pydantic-core", "typing-extensions", "typing-inspection"}
SCRIPT = """
import sys
import anlaufstelle_contracts as contracts
import anlaufstelle_contracts.topology, anlaufstelle_contracts.taxonomy
for name in contracts.__all__:
    getattr(contracts, name)
for body in sys.stdin.buffer.read().splitlines():
    envelope = contracts.parse(body)
    envelope.event(); envelope.public()
print(len(contracts.REGISTRY), contracts.__file__)
"""


def readme_example() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", (CONTRACTS / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(code)


def test_the_example_of_the_readme_works(examples: dict[str, Any]) -> None:
    scope: dict[str, Any] = {}
    exec(readme_example(), scope)
    projection = parse(json.dumps(examples["de.anlaufstelle.needs.unmet.v1"]).encode()).public()
    assert projection is not None
    assert scope["hear"](projection.to_json()) == "unmet: Animals (no_such_offer)"
    assert scope["hear"](b"{}").startswith("put aside: not a CloudEvent")
    assert scope["hear"](projection.model_copy(update={"type": "de.anlaufstelle.needs.new.v1"}).to_json()) is None


@pytest.mark.timeout(300)
def test_an_empty_environment_gets_everything_and_nothing_but_pydantic(tmp_path: Path, examples: dict[str, Any]) -> None:
    source = shutil.copytree(CONTRACTS, tmp_path / "contracts")  # building leaves traces
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"

    def run(*arguments: str, stdin: bytes = b"") -> str:
        done = subprocess.run([str(python), "-I", *arguments], cwd=tmp_path, input=stdin, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    before = installed(run("-m", "pip", "list", "--format=json"))
    run("-m", "pip", "install", "--disable-pip-version-check", str(source))
    assert installed(run("-m", "pip", "list", "--format=json")) - before == {"anlaufstelle-contracts", *PYDANTIC}
    lines = b"\n".join(json.dumps(example).encode() for example in examples.values())
    count, where = run("-c", SCRIPT, stdin=lines).split()
    assert int(count) == len(examples)
    assert Path(where).is_relative_to(tmp_path / "venv")
    assert (Path(where).parent / "py.typed").exists()


def installed(listing: str) -> set[str]:
    return {package["name"].lower().replace("_", "-") for package in json.loads(listing)}
