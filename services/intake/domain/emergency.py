"""Danger to life, violence, a missing child, self-harm: what must not wait for matching.

Two nets: phrases, which say why and need nothing but the text, and a fitted model, which knows dangers in words that no list
foresees. «Терміново потрібна коляска» is urgent and no emergency. A missed emergency is worse than a false alarm, which costs a
coordinator a look and the person a number they did not need; both are measured on `data/emergencies`.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from .classifier import Classifier, Embedding
from .dangers import ANIMAL, CHILD, JOKE, LIFE, LONG_AGO, NO_DANGER, SAYS_LITTLE, SELF_HARM, UNREAL, VIOLENCE
from .phrases import bare
from .pressing import pressing
from .triage import Kind, Triage


class Emergency(StrEnum):
    """What kind of danger; it decides which numbers the person is given."""

    LIFE = "life"
    VIOLENCE = "violence"
    CHILD = "child"
    SELF_HARM = "self_harm"


MODEL = Path(__file__).parent.parent / "model" / "danger.npz"
NONE = "none"
CLASSES = (NONE, *Emergency)
"""What the model tells apart, in the order of its columns."""
_PATTERNS = {Emergency.CHILD: CHILD, Emergency.SELF_HARM: SELF_HARM, Emergency.VIOLENCE: VIOLENCE, Emergency.LIFE: LIFE}
"""In the order in which they go before each other: a child and self-harm before what they may come with."""
_COMPILED = {kind: re.compile(r"\b(?:" + "|".join(f"(?:{p})" for p in patterns) + ")") for kind, patterns in _PATTERNS.items()}
_NOT_NOW = {
    Emergency.CHILD: re.compile(NO_DANGER),
    Emergency.SELF_HARM: re.compile(NO_DANGER),
    Emergency.VIOLENCE: re.compile(f"{NO_DANGER}|{LONG_AGO}"),
    Emergency.LIFE: re.compile(f"{NO_DANGER}|{LONG_AGO}|{ANIMAL}"),
}
"""What makes a sentence one that tells of no danger, or of none any more."""
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "ё": "е"})
_SENTENCE_ENDS = ".!?"
_FEW_WORDS = 5
"""So few tell the model little: it learned from sentences, and takes «син 12 років» for the beginning of a search."""
_JOKE, _UNREAL, _SAYS_LITTLE = re.compile(JOKE), re.compile(UNREAL), re.compile(SAYS_LITTLE)


@cache
def model() -> Classifier:
    """The shipped model."""
    return Classifier(MODEL)


def danger(text: str, embedding: Embedding, taken: Triage, *, in_public: bool = False) -> Emergency | None:
    """The danger that a text speaks of by its phrases or by the model, or None.

    By the model alone nothing is one that only says how old children are or that somebody is at a loss, or was dreamt.
    """
    if found := emergency(text):
        return found
    said = _plain(text)
    if _SAYS_LITTLE.fullmatch(said):
        return None
    shares = model().probabilities(text, embedding)
    if 1 - shares[0] < least(text, taken.kind, model().thresholds, in_public=in_public):
        return None
    likeliest = Emergency(CLASSES[1 + int(shares[1:].argmax())])
    return None if likeliest is not Emergency.SELF_HARM and _UNREAL.search(said) else likeliest


def least(text: str, kind: Kind, thresholds: Sequence[float], *, in_public: bool = False) -> float:
    """The chance of danger from which the model is believed.

    What is surely small talk must be plainer, and plainer still what is said where others read it: there most is small talk, and
    the warning would be read by all. As plain must be what is said in a few words, and what lacks a bed for the night.
    """
    alone, as_chatter, among_others = thresholds
    if in_public or len(bare(text)) <= _FEW_WORDS or pressing(text):
        return among_others
    return as_chatter if kind is Kind.CHATTER else alone


def emergency(text: str) -> Emergency | None:
    """The danger that a text speaks of in plain phrases, or None."""
    plain = _plain(text)
    for kind, pattern in _COMPILED.items():
        if kind is Emergency.CHILD and _JOKE.search(plain):
            continue
        if any(not _NOT_NOW[kind].search(_sentence(plain, match)) for match in pattern.finditer(plain)):
            return kind
    return None


def _plain(text: str) -> str:
    return " ".join(text.lower().translate(_APOSTROPHES).split())


def _sentence(text: str, match: re.Match[str]) -> str:
    """The sentence in which something was found."""
    start = max(text.rfind(sign, 0, match.start()) for sign in _SENTENCE_ENDS) + 1
    ends = [end for sign in _SENTENCE_ENDS if (end := text.find(sign, match.end())) >= 0]
    return text[start : min(ends, default=len(text))]
