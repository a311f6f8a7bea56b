"""How fast somebody may write: beyond that a message is not read, so that nobody keeps the others waiting."""

import time
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

    def __init__(self, most: int, clock: Callable[[], float] = time.time) -> None:
        self._most, self._clock = most, clock
        self._heard: dict[str, dict[str, float]] = {}
        self._warned: dict[str, float] = {}

    def take(self, address_id: str, message: str, said_at: float | None = None) -> Verdict:
        """Count a message by when it was said (seconds since 1970), or else by now; one that comes again counts once."""
        now = self._clock()
        at = min(said_at or now, now)
        heard = {each: then for each, then in self._heard.pop(address_id, {}).items() if then > at - WINDOW}
        self._heard[address_id] = heard
        if message in heard or len(heard) < self._most:
            heard[message] = at
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
