"""Which places a text names, in Latin and Cyrillic letters and in their declensions; and words for topics and points on the map.

All of it comes from the configured folder, Leipzig's when none is. Names in capitals are recognised as they are spelled, also
without umlauts, and in Cyrillic by their sound, for everybody spells them differently; the rest are regular expressions.
"""
# ruff: noqa: E501 - tables

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from anlaufstelle_contracts.places import BadPlaceFile, Place, read_places, read_rows
from anlaufstelle_contracts.taxonomy import Category

from .phrases import plain

LEIPZIG = Path(__file__).parents[3] / "local" / "leipzig"
NARROW = "-"
"""Stands in the list of topics for what no category says well enough; a text that names such a thing is left to matching."""

_SHORTEST = 5
"""Signs of a sound; shorter ones sound like too much else."""
_ENDING = re.compile(r"(?:a|u|e|i|o|am|om|em|im|ami|oi|ei|iu|oiu|eiu|oho|omu|ah|ih|oho)?")
_WORD = re.compile(r"[^\W\d_]+")
_folder = LEIPZIG


def use(folder: Path) -> None:
    """Take places, topics and points from a folder. Raises BadPlaceFile when one of its files cannot be used."""
    global _folder
    _folder = folder
    for table in (_places, _spellings, _sounds, _by_sound, _topics, topics_of, points):
        table.cache_clear()
    _spellings()
    for number, (category, _, words) in read_rows(folder / "topics.tsv", least=3):
        if category != NARROW and category not in set(Category):
            raise BadPlaceFile(f"{folder / 'topics.tsv'}, line {number}: {category!r} is no category")
        _compiled(words, folder / "topics.tsv", number)
    known = {place.name for place in _places()}
    if strange := [name for name, _ in points() if name not in known]:
        raise BadPlaceFile(f"{folder / 'points.tsv'}: {strange[0]!r} is no place of places.tsv")


def place(text: str) -> str | None:
    """The place that is named first."""
    said = plain(text)
    spelled = _spellings().search(said)
    heard = next(_heard(said, spelled.start() if spelled else len(said)), None)
    if heard is not None:
        return heard
    return _places()[int((spelled.lastgroup or "p0")[1:])].name if spelled else None


def _heard(said: str, before: int) -> Iterator[str]:
    """Places that a Cyrillic word sounds like, among the words that begin before a position."""
    for word in _WORD.finditer(said, 0):
        if word.start() >= before:
            return
        if word.group() >= "Ѐ" and len(word.group()) >= _SHORTEST - 1 and (found := _by_sound(word.group())):
            yield found


@cache
def topics_of() -> re.Pattern[str]:
    """Finds what a topic is named by, in plain spelling."""
    return re.compile(r"\b(?:" + "|".join(f"(?P<c{index}>{words})" for index, words in enumerate(_topics().values())) + ")")


def category_of(match: re.Match[str]) -> str:
    """The category of something that `topics_of` found."""
    return list(_topics())[int((match.lastgroup or "c0")[1:])]


@cache
def _topics() -> dict[str, str]:
    rows: dict[str, list[str]] = {}
    for _, (category, _, words) in read_rows(_folder / "topics.tsv", least=3):
        rows.setdefault(category, []).append(words)
    return {category: "|".join(words) for category, words in rows.items()}


@cache
def points() -> tuple[tuple[str, tuple[float, float]], ...]:
    """Points on the map with the names of their places; none when the folder has no `points.tsv`."""
    file = _folder / "points.tsv"
    return tuple((name, _pair(pair, file, number)) for number, (name, *pairs) in _point_rows(file) for pair in pairs)


def _point_rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    yield from read_rows(file, least=2) if file.exists() else ()


def _pair(text: str, file: Path, number: int) -> tuple[float, float]:
    try:
        latitude, longitude = map(float, text.split())
    except ValueError:
        raise BadPlaceFile(f"{file}, line {number}: {text!r} is no latitude and longitude") from None
    return latitude, longitude


@cache
def _places() -> tuple[Place, ...]:
    return read_places(_folder)


@cache
def _spellings() -> re.Pattern[str]:
    groups = []
    for index, known in enumerate(_places()):
        if known.spellings:
            either = "|".join(f"(?:{_latin(one) if one[0].isupper() else one})" for one in known.spellings)
            _compiled(either, _folder / "places.tsv", None)
            groups.append(f"(?P<p{index}>{either})")
    return re.compile(r"\b(?:" + "|".join(groups) + ")")


def _compiled(pattern: str, file: Path, number: int | None) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise BadPlaceFile(
            f"{file}{f', line {number}' if number else ''}: {pattern!r} is no regular expression: {error}"
        ) from error


def _latin(name: str) -> str:
    """A name in Latin letters, with or without umlauts, and the endings that German gives it."""
    letters = {"ä": "(?:ä|ae|a)", "ö": "(?:ö|oe|o)", "ü": "(?:ü|ue|u)", "ß": "(?:ß|ss)", "-": "[ -]?"}
    return "".join(letters.get(sign, re.escape(sign)) for sign in name.lower()) + r"(?:er|s)?\b"


@cache
def _sounds() -> dict[str, str]:
    """The sound of each name that is written in capitals, without a last vowel, which Cyrillic declines."""
    return {
        sound: known.name
        for known in reversed(_places())
        for one in known.spellings
        if one[0].isupper() and len(sound := _german_sound(one)) >= _SHORTEST
    }


@cache
def _by_sound(word: str) -> str | None:
    sound = _cyrillic_sound(word)
    for end in range(len(sound), max(_SHORTEST, len(sound) - 4) - 1, -1):
        if (found := _sounds().get(sound[:end])) and _ENDING.fullmatch(sound[end:]):
            return found
        if sound[end - 1] == "s" and (found := _sounds().get(f"{sound[: end - 1]}h")) and _ENDING.fullmatch(sound[end:]):
            return found  # Маркклеберзі: г becomes з
    return None


_GERMAN = (
    ("tzsch", "č"), ("tsch", "č"), ("sch", "s"), ("tz", "z"), ("ts", "z"), ("ch", "h"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("dt", "t"),
    ("ß", "s"), ("äu", "oi"), ("eu", "oi"), ("ei", "ai"), ("ey", "ai"), ("ie", "i"), ("ä", "e"), ("ö", "e"), ("ü", "u"), ("y", "i"), ("j", "i"),
    ("qu", "kv"), ("x", "ks"), ("v", "f"), ("w", "v"), ("c", "k"), ("g", "h"),
)  # fmt: skip
_CYRILLIC = (
    ("тцш", "č"), ("цш", "č"), ("тч", "č"), ("тц", "z"), ("дт", "t"), ("еу", "oi"), ("єу", "oi"), ("эу", "oi"), ("ей", "ai"), ("ый", "i"), ("ий", "i"),
)  # fmt: skip
_LETTERS = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "h", "х": "h", "д": "d", "е": "e", "є": "e", "э": "e", "ё": "e", "ж": "s", "з": "s", "с": "s",
    "ш": "s", "щ": "s", "и": "i", "і": "i", "ї": "i", "й": "i", "ы": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "т": "t", "у": "u", "ф": "f", "ц": "z", "ч": "č", "ю": "u", "я": "a", "ь": "", "ъ": "", "'": "",
})  # fmt: skip


def _german_sound(name: str) -> str:
    sound = name.lower()
    for spelled, heard in _GERMAN:
        sound = sound.replace(spelled, heard)
    sound = re.sub(r"(?<=[aeiou])h(?=[lmnrtkbdfsz]|$)", "", sound)
    return _merged(sound).rstrip("a")


def _cyrillic_sound(word: str) -> str:
    for spelled, heard in _CYRILLIC:
        word = word.replace(spelled, heard)
    return _merged(word.translate(_LETTERS))


def _merged(sound: str) -> str:
    return re.sub(r"(.)\1+", r"\1", sound)
