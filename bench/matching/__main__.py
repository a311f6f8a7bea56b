"""`./anlaufstelle bench matching`: the search for a need, its whole decision, memory and start, by the number of offers.

Offers are the corpus' cards, again and again with noise on their vectors; needs are the corpus'. Embedding is not measured.
Each size runs in a process of its own, so that memory is that of its offers.
"""

import argparse
import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np
import psutil
from numpy.typing import NDArray
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from bench.fit.rows import CORPUS, TODAY, language, offer, rows
from bench.ground import PASSWORDS, ground
from bench.quality.judging import SHIPPED
from chassis import Service, Settings
from chassis.store import to_document
from services.matching.directory import Directory
from services.matching.domain.decision import decide
from services.matching.domain.index import Index
from services.matching.domain.model import Model, Vectors, to_bytes
from services.matching.domain.need import Need
from services.matching.domain.offer import Offer
from services.matching.domain.ranking import Query
from services.matching.encoder import BundledEncoder
from services.matching.repository import Offers

SIZES = (100, 1_000, 10_000, 100_000)
STARTS_AT = 10_000
NEEDS, NEAREST, SEED, CHUNK = 200, 64, 7, 500
NOISE = 0.5
"""Length of the noise beside a vector's own: copies of a card are to be neighbours, not the same."""


def main() -> int:
    """Measure each size in a process of its own and print."""
    parser = argparse.ArgumentParser(prog="./anlaufstelle bench matching", description=__doc__)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--offers", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one, options.offers)))
        return 0
    console = Console()
    table = Table("offers", "search, ms", "decision, ms", "bytes an offer beside its text", "put into the index, s")
    with tempfile.TemporaryDirectory() as folder:
        vectors = Path(folder) / "vectors.npz"
        asyncio.run(_embed(vectors))
        for size in SIZES:
            command = (sys.executable, "-m", "bench.matching", "--one", str(vectors), "--offers", str(size))
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            memory = f"{found['bytes']:.0f}" if size >= SIZES[1] else "–"
            table.add_row(f"{size:,}", f"{found['search']:.2f}", f"{found['decision']:.2f}", memory, f"{found['put']:.2f}")
        console.print(table)
        console.print(f"{STARTS_AT:,} offers are ready {asyncio.run(_start(vectors)):.2f} s after the start.")
    return 0


async def _embed(file: Path) -> None:
    """Embed the cards and some needs once for all sizes."""
    encoder = BundledEncoder()
    cards = await encoder.passages([offer(row).text for row in rows(CORPUS / "cards.jsonl")])
    needs = await encoder.queries([row["text"] for row in rows(CORPUS / "needs.jsonl")[:NEEDS]])
    np.savez(file, cards=cards, needs=needs)


def offers(file: Path, start: int, stop: int) -> list[Offer]:
    """Offers with vectors near those of the cards, always the same for the same numbers."""
    cards, known = _cards(), np.load(file)["cards"]
    draw = np.random.default_rng([SEED, start])
    return [
        cards[number % len(cards)].model_copy(
            update={
                "id": f"offer-{number:030}", "version": 1, "encoder": BundledEncoder.name,
                "vector": to_bytes(_noisy(known[number % len(cards)], draw)),
            }
        )
        for number in range(start, stop)
    ]  # fmt: skip


@cache
def _cards() -> list[Offer]:
    return [offer(row) for row in rows(CORPUS / "cards.jsonl")]


def _noisy(vector: Vectors, draw: np.random.Generator) -> NDArray[np.float32]:
    return np.asarray(vector + draw.normal(0, NOISE / np.sqrt(len(vector)), len(vector)), dtype=np.float32)


def measured(file: Path, count: int) -> dict[str, float]:
    """Milliseconds of a search and of a decision (medians), bytes an offer beside its text, seconds to put all in."""
    model = Model.load(SHIPPED)
    index = Index(model)
    vectors = np.load(file)["needs"]
    needs = [
        Need(id=row["id"], text=row["text"], language=language(row), vector=to_bytes(vector))
        for row, vector in zip(rows(CORPUS / "needs.jsonl"), vectors, strict=False)
    ]
    text, put, memory = 0, 0.0, 0
    for start in range(0, count, CHUNK):
        some = offers(file, start, min(count, start + CHUNK))
        text += sum(len(one.text.encode()) for one in some)
        gc.collect()
        before, began = psutil.Process().memory_info().rss, time.perf_counter()
        index.put(some)
        put += time.perf_counter() - began
        memory += psutil.Process().memory_info().rss - before
    queries = [Query.of(need, model, TODAY) for need in needs]
    return {
        "search": median(_ms(partial(_search, index, query)) for query in queries),
        "decision": median(_ms(partial(decide, need, index, model, TODAY)) for need in needs),
        "bytes": (memory - text) / count,
        "put": put,
    }


def _search(index: Index, query: Query) -> None:
    for _ in islice(index.nearest(query.vector), NEAREST):
        pass


def _ms(work: Callable[[], object]) -> float:
    work()  # what is read when it is first asked for has been read by others
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


async def _start(file: Path) -> float:
    """Seconds from the start of a service to its readiness with a directory in its store."""
    async with ground() as on:
        settings = Settings(
            nats_url=on.nats_url, nats_password=SecretStr(PASSWORDS["matching"]), store_url=on.store_url, home=on.folder
        )

        async def run(fill: bool) -> float:
            service = Service("matching", settings)
            directory = Directory(Offers(service), Model.load(SHIPPED), BundledEncoder())
            directory.register(service)
            began = time.perf_counter()
            await service.start()
            took = time.perf_counter() - began
            if fill:
                for start in range(0, STARTS_AT, CHUNK):
                    documents = [to_document(one, 1) for one in offers(file, start, start + CHUNK)]
                    await service.db["offers"].insert_many(documents)
            elif len(directory.index) != STARTS_AT:
                raise RuntimeError(f"{len(directory.index)} offers are in the index")
            await service.stop()
            return took

        await run(fill=True)
        return await run(fill=False)


if __name__ == "__main__":
    sys.exit(main())
