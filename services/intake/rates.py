"""How fast somebody may write: beyond that a message is not read, so that nobody keeps the others waiting."""

import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum

WINDOW = 60.0
MOST_KNOWN = 10_000
"""Addresses remembered at once; the longest silent are forgotten first."""


class Verdict(StrEnum):
    """What is done with a message."""

    READ = "read"
    WARN = "warn"
    """It is not read, and they are told, once a minute."""
    DROP = "drop"


class Rates:
    """Counts messages of the last minute by address, in this replica."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._heard: dict[str, deque[float]] = {}
        self._warned: dict[str, float] = {}

    def take(self, address_id: str) -> Verdict:
        """Count a message."""
        now = self._clock()
        heard = self._heard.pop(address_id, deque())
        self._heard[address_id] = heard
        while heard and heard[0] <= now - WINDOW:
            heard.popleft()
        if len(heard) < self._most:
            heard.append(now)
            self._forget()
            return Verdict.READ
        if now - self._warned.get(address_id, float("-inf")) < WINDOW:
            return Verdict.DROP
        self._warned[address_id] = now
        return Verdict.WARN

    def _forget(self) -> None:
        while len(self._heard) > MOST_KNOWN:
            silent = next(iter(self._heard))
            del self._heard[silent]
            self._warned.pop(silent, None)
