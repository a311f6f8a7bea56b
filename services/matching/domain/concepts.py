"""Which concrete things and services a text names: "washing machine", "B1 course", "night childcare".

What they are stands in `model/concepts.tsv`, with the beginnings of words that tell them in four languages; what is not there is
not seen. Every language's words count in every text, because people mix them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import log, sqrt
from pathlib import Path
from typing import NamedTuple

from .denials import is_refused, is_spared, is_unwanted
from .words import Rarity

FILE = Path(__file__).parent.parent / "model" / "concepts.tsv"
LANGUAGES = ("uk", "ru", "de", "en")
GAP = 2
"""Words that may stand between two words of one phrase."""

_FOLDED = str.maketrans("äöüіїєэёыґ", "aouииеееиг", "'’ʼ`´\u0301\u00ad") | {ord("ß"): "ss"}
_TOKEN = re.compile(r"[^\W_]+|§|[.!?…\n;:,()–—]|(?<=\s)-(?=\s)")
_ENDS = frozenset(".!?…\n;:")
_BREAKS = _ENDS | frozenset(",()–—-")
_TURNS = frozenset(("але", "но", "однак", "зато", "aber", "sondern", "but"))
_LENIENCY = 8.0
"""What keeps an offer that names a single thing from counting for more than it should."""
_READ = 4000
"""Signs of a text that are read."""


@dataclass(frozen=True)
class Concept:
    """A thing or service. One without categories is a circumstance, as "in the evening"."""

    id: str
    categories: tuple[str, ...]
    broader: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    """Its phrases, by language in the order of LANGUAGES."""


@dataclass(frozen=True)
class Mentioned:
    """The concepts that a text names, and those that it says no to."""

    named: frozenset[str]
    denied: frozenset[str]

    @property
    def wider(self) -> frozenset[str]:
        """What is named and what that is a kind of."""
        return frozenset().union(*(widened(name) for name in self.named))

    @property
    def categories(self) -> frozenset[str]:
        """The categories of what is named."""
        return frozenset(category for name in self.named for category in catalogue()[name].categories)


def concepts(text: str, *, offered: bool = False) -> Mentioned:
    """What a need asks for, or an offer gives. Only an offer's "no flats" denies: who asks says it of what is missing."""
    named: set[str] = set()
    denied: set[str] = set()
    for tokens in _sentences(fold(text[:_READ])):
        words = [token for token in tokens if token not in _BREAKS]
        found = list(_found(words))
        if not found:
            continue
        clauses = _clauses(tokens)
        is_question = tokens[-1] == "?"
        for name, start, end in found:
            first, last, following = next(clause for clause in clauses if clause[0] <= start < clause[1])
            clause, at, until = words[first:last], start - first, min(end, last) - first
            if is_question:
                named.add(name)
            elif not offered:
                (denied if is_unwanted(clause, at, until, following) else named).add(name)
            elif not is_spared(clause, at, until):
                (denied if is_refused(clause, at, until) else named).add(name)
    return Mentioned(frozenset(named), frozenset(denied - named))


def overlap(need: Mentioned, offer: Mentioned, rarity: Rarity) -> float:
    """How much that is asked for is offered; what is rare counts most, and an offer that names everything less.

    `rarity` counts the `wider` concepts of offers.
    """
    shared = _weight(need.wider & offer.wider, rarity)
    return sqrt(shared / sqrt(_weight(offer.wider, rarity) + _LENIENCY))


def uncovered(need: Mentioned, offer: Mentioned, rarity: Rarity) -> float:
    """The share of what is asked for that the offer does not name; 0 when nothing was recognised."""
    asked = _weight(need.wider, rarity)
    return _weight(need.wider - offer.wider, rarity) / asked if asked else 0.0


def excluded(need: Mentioned, offer: Mentioned) -> float:
    """The share of what is asked for that the offer says no to, or of what is offered that the asker says no to."""
    things = [name for name in need.named if catalogue()[name].categories]
    refused = sum(bool(widened(name) & offer.denied) and name not in offer.named for name in things) / max(1, len(things))
    given = [name for name in offer.named if catalogue()[name].categories]
    unwanted = sum(name in need.denied for name in given) / max(1, len(given))
    return max(refused, unwanted)


def fold(text: str) -> str:
    """A text as words are compared: lower case, no apostrophes, one letter for what Ukrainian and Russian write as two."""
    return text.lower().translate(_FOLDED)


@cache
def catalogue() -> dict[str, Concept]:
    """All concepts, by id."""
    rows = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    listed = [_concept(row) for row in rows]
    found = {concept.id: concept for concept in listed}
    if len(found) < len(listed):
        raise ValueError("concepts.tsv: an id stands there twice")
    return found


@cache
def widened(name: str) -> frozenset[str]:
    """A concept and all that it is a kind of."""
    return frozenset({name}).union(*(widened(parent) for parent in catalogue()[name].broader))


def _concept(row: list[str]) -> Concept:
    name, categories, broader, *words = row
    if len(words) != len(LANGUAGES):
        raise ValueError(f"concepts.tsv: {name} has {len(words)} languages instead of {len(LANGUAGES)}")
    return Concept(name, _listed(categories), _listed(broader), tuple(_listed(cell) for cell in words))


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(",") if part.strip() not in ("", "-"))


def _weight(names: frozenset[str], rarity: Rarity) -> float:
    return sum(max(0.0, log((rarity.total + 1) / (rarity.occurrences.get(name, 0) + 0.5))) for name in names)


def _sentences(text: str) -> Iterator[list[str]]:
    sentence: list[str] = []
    for token in _TOKEN.findall(text):
        sentence.append(token)
        if token in _ENDS:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _clauses(tokens: Sequence[str]) -> list[tuple[int, int, list[str]]]:
    """Where the clauses of a sentence begin and end, counted in words, and the words after each."""
    words = [token for token in tokens if token not in _BREAKS]
    borders, at = {0}, 0
    for token in tokens:
        if token in _BREAKS or token in _TURNS:
            borders.add(at)
        at += token not in _BREAKS
    marks = [*sorted(borders - {at}), at]
    return [(first, last, words[last : last + 2]) for first, last in pairwise(marks)]


_Longer = tuple[tuple[int, ...], tuple[tuple[int, ...], ...], str]
"""The stems after the first of a phrase, the other phrases that must be there, and the concept."""


class _Phrases:
    """The words of all concepts, arranged for looking them up by the beginnings of a word."""

    def __init__(self, all_concepts: Sequence[Concept]) -> None:
        self.begins: dict[str, int] = {}
        self.wholes: dict[str, int] = {}
        self.inner: dict[str, int] = {}
        self.single: dict[int, list[str]] = {}
        self.longer: dict[int, dict[int, list[_Longer]]] = {}
        """Phrases of several words, by the first of them and one other that must be there too."""
        for concept in all_concepts:
            for phrase in dict.fromkeys(phrase for language in concept.words for phrase in language):
                self._add(phrase, concept.id)
        self.lengths = sorted({len(stem) for stem in self.begins})
        self.inner_lengths = sorted({len(stem) for stem in self.inner})

    def _add(self, phrase: str, name: str) -> None:
        if not all(part.strip() for part in phrase.split("+")):
            raise ValueError(f"concepts.tsv: a part is missing in {phrase}")
        (first, *rest), *others = [tuple(self._stem(stem) for stem in part.split()) for part in phrase.split("+")]
        if rest or others:
            also = rest[0] if rest else others[0][0]
            self.longer.setdefault(first, {}).setdefault(also, []).append((tuple(rest), tuple(others), name))
        else:
            self.single.setdefault(first, []).append(name)

    def _stem(self, written: str) -> int:
        kind = {"=": self.wholes, "*": self.inner}.get(written[0], self.begins)
        stem = fold(written.lstrip("=*"))
        if _TOKEN.findall(stem) != [stem]:
            raise ValueError(f"concepts.tsv: {written} is not one word and can never be met")
        return kind.setdefault(stem, len(self.begins) + len(self.wholes) + len(self.inner))

    def of(self, word: str) -> frozenset[int]:
        """The stems that a word meets."""
        found = {self.begins[word[:length]] for length in self.lengths if length <= len(word) and word[:length] in self.begins}
        if word in self.wholes:
            found.add(self.wholes[word])
        for start in range(len(word) - self.inner_lengths[0] + 1 if self.inner_lengths else 0):
            for length in self.inner_lengths:
                stem = word[start : start + length]
                if len(stem) == length and stem in self.inner:
                    found.add(self.inner[stem])
        return frozenset(found)


@cache
def _phrases() -> _Phrases:
    return _Phrases(list(catalogue().values()))


class _Word(NamedTuple):
    """A word as the phrases see it: the stems that it meets, what it names by itself, and the phrases that it may begin."""

    stems: frozenset[int]
    names: tuple[str, ...]
    begins: tuple[dict[int, list[_Longer]], ...]


@lru_cache(maxsize=50_000)
def _word(word: str) -> _Word:
    phrases = _phrases()
    stems = phrases.of(word)
    names = tuple(name for stem in stems for name in phrases.single.get(stem, ()))
    return _Word(stems, names, tuple(phrases.longer[stem] for stem in stems if stem in phrases.longer))


def _found(words: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """The concepts of a sentence, with where their words begin and end."""
    seen = [_word(word) for word in words]
    met = [word.stems for word in seen]
    everywhere = frozenset().union(*met)
    for start, word in enumerate(seen):
        for name in word.names:
            yield name, start, start + 1
        for longer in word.begins:
            for also in longer.keys() & everywhere:
                for rest, others, name in longer[also]:
                    end = _follow(met, start, rest)
                    if end and all(_holds(met, other) for other in others):
                        yield name, start, end


def _holds(met: Sequence[frozenset[int]], phrase: Sequence[int]) -> bool:
    """Whether a phrase stands anywhere in a sentence."""
    return any(phrase[0] in stems and _follow(met, start, phrase[1:]) for start, stems in enumerate(met))


def _follow(met: Sequence[frozenset[int]], start: int, rest: Sequence[int]) -> int:
    """Where a phrase ends whose first word stands at `start`, or 0."""
    at = start
    for stem in rest:
        nearest = next((index for index in range(at + 1, min(at + 2 + GAP, len(met))) if stem in met[index]), 0)
        if not nearest:
            return 0
        at = nearest
    return at + 1
