"""Waiting for what takes a moment, with a deadline and without fixed sleeps."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(condition: Callable[[], Awaitable[T | None]], timeout: float = 10, interval: float = 0.02) -> T: ...
@overload
async def eventually(condition: Callable[[], T | None], timeout: float = 10, interval: float = 0.02) -> T: ...
async def eventually(condition: Callable[[], T | Awaitable[T | None] | None], timeout: float = 10, interval: float = 0.02) -> T:
    """Ask until the answer is truthy and return it; raise AssertionError with the last answer when the time is up.

    The condition may be a plain or an async function. An AssertionError in it counts as "not yet".
    """
    deadline = time.monotonic() + timeout
    while True:
        said: object
        try:
            answer = condition()
            result: T | None = await answer if inspect.isawaitable(answer) else answer
            if result:
                return result
            said = result
        except AssertionError as error:
            said = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s; at last: {said!r}")
        await asyncio.sleep(interval)
