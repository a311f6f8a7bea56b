"""What a text is plainly about: the taxonomy categories whose words follow a word of asking. What it leaves open stays empty."""

import re

from .gazetteer import NARROW, category_of, topics_of
from .phrases import ASKING, plain
from .pressing import pressing

MOST = 3
SHORT = 8
"""Words of a text in which a thing counts without a word of asking before it: «зубной врач», "Deutschkurs in Grünau"."""

NEAR = 50
"""Signs after a word of asking within which the thing begins that is asked for."""
DENIAL = 30
"""Signs before a thing among which a denial is looked for."""

_SENTENCE = re.compile(r"[.!?\n]+(?:\s|$)")
_JOINED = re.compile(r"[\w'-]*(?:,|\s(?:і|й|та|и|чи|или|або|und|oder|and|or))\s(?:[\w'-]+\s){0,2}")
"""What stands between two things that are asked for together."""
_DENIED = re.compile(
    r"\b(?:не|без|нема|нет|kein\w*|nicht|ohne|no|not|without)\s(?:\w+\s)?$|\b(?:no need|kein bedarf)\s(?:for|an|of)\s(?:\w+\s)?$"
)
_HAD = re.compile(
    r"[\w'-]*\s(?:(?:нам|мені|мне|нам|вже|уже|schon|already|ich|wir)\s){0,2}(?:не\s(?:потріб|треба|нуж|надо|шука|ищ)\w*|(?:вже|уже)\s(?:є|есть|маємо|дали|знайшли|нашли|не)|(?:є|есть)(?=[,.;]|\s(?:вже|уже)|$)|"
    r"вистачає|хватает|знайшли|нашли|(?:schon|bereits)\s(?:da|vorhanden|gefunden)|(?:ist|sind)\s(?:da|vorhanden)|(?:habe|haben|brauche|brauchen)\s(?:ich|wir)\s(?:schon|bereits|nicht)|"
    r"(?:is|are)\s(?:fine|not\sneeded)|(?:not|isn't|aren't)\sneeded)"
)
"""What is said after a thing that is there already, or not wanted."""


def topics(text: str) -> list[str]:
    """Taxonomy ids, the one named first before others."""
    sentences = [sentence for sentence in _SENTENCE.split(plain(text).replace("ё", "е")) if sentence]
    is_short = len(sentences) == 1 and len(sentences[0].split()) <= SHORT
    tonight = pressing(text)
    found: dict[str, None] = {tonight: None} if tonight else {}
    for sentence in sentences:
        asked = ASKING.search(sentence)
        named = _named(sentence, asked.end(), NEAR) if asked else []
        if not named and is_short:
            named = _named(sentence, 0, len(sentence))
        found.update(dict.fromkeys(named))
    return [] if NARROW in found else list(found)[:MOST]


def named(text: str) -> list[str]:
    """Taxonomy ids of all that is named in a text and not denied, asked for or not; nothing narrow."""
    said = plain(text).replace("ё", "е")
    found: dict[str, None] = {}
    for match in topics_of().finditer(said):
        if not _is_denied(said, match):
            found[category_of(match)] = None
    return [category for category in found if category != NARROW]


def _is_denied(said: str, match: re.Match[str], start: int = 0) -> bool:
    """Whether a thing that is named is said not to be wanted, before it or after it."""
    before = said[max(start, match.start() - DENIAL) : match.start()]
    return _DENIED.search(before) is not None or _HAD.match(said, match.end()) is not None


def _named(sentence: str, start: int, near: int) -> list[str]:
    """The first thing that is named from `start` on and not later than `near`, and what is joined to it."""
    names: list[str] = []
    end = start
    for match in topics_of().finditer(sentence, start):
        if _is_denied(sentence, match, start):
            continue
        if not names and match.start() > start + near:
            break
        if names and not _JOINED.fullmatch(sentence, end, match.start()):
            break
        names.append(category_of(match))
        end = match.end()
    return names
