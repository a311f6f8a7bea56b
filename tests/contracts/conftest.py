"""The golden examples, as they lie on disk."""

import json
from pathlib import Path
from typing import Any

import pytest

CONTRACTS = Path(__file__).parents[2] / "contracts"


@pytest.fixture(scope="session")
def examples() -> dict[str, dict[str, Any]]:
    """The frozen examples by event type."""
    return {path.stem: json.loads(path.read_bytes()) for path in sorted((CONTRACTS / "examples").glob("*.json"))}
