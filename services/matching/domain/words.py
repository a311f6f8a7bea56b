"""Words that a need and an offer share, whatever their endings: the first letters of the longer ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt

_WORD = re.compile(r"\w{4,}")
_STEM = 5


def stems(text: str) -> set[str]:
    """The beginnings of the words of a text."""
    return {word[:_STEM] for word in _WORD.findall(text.lower())}


@dataclass(frozen=True)
class Rarity:
    """In how many of `total` offers each stem occurs."""

    occurrences: Mapping[str, int]
    total: int

    def overlap(self, one: set[str], other: set[str]) -> float:
        """How much two texts share: the root of the summed rarities of their common stems."""
        return sqrt(sum(max(0.0, log((self.total + 1) / (self.occurrences[stem] + 0.5))) for stem in one & other))
