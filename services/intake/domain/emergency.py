"""Danger to life, violence, a missing child, self-harm: what must not wait for matching.

Two nets: phrases, which say why and need nothing but the text, and a fitted model, which knows dangers in words that no list
foresees. «Терміново потрібна коляска» is urgent and no emergency. A missed emergency is worse than a false alarm, which costs a
coordinator a look and the person a number they did not need; both are measured on `data/emergencies`.
"""

import re
from enum import StrEnum
from functools import cache
from pathlib import Path

from .classifier import Classifier, Embedding
from .dangers import ANIMAL, CHILD, LIFE, LONG_AGO, NO_DANGER, SELF_HARM, VIOLENCE
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


@cache
def model() -> Classifier:
    """The shipped model."""
    return Classifier(MODEL)


def danger(text: str, embedding: Embedding, taken: Triage, *, in_public: bool = False) -> Emergency | None:
    """The danger that a text speaks of by its phrases or by the model, or None.

    What is surely small talk must be plainer, and plainer still what is said where others read it: there most is small talk, and
    the warning would be read by all.
    """
    if found := emergency(text):
        return found
    shares = model().probabilities(text, embedding)
    alone, as_chatter, among_others = model().thresholds
    if 1 - shares[0] < (among_others if in_public else as_chatter if taken.kind is Kind.CHATTER else alone):
        return None
    return Emergency(CLASSES[1 + int(shares[1:].argmax())])


def emergency(text: str) -> Emergency | None:
    """The danger that a text speaks of in plain phrases, or None."""
    plain = " ".join(text.lower().translate(_APOSTROPHES).split())
    for kind, pattern in _COMPILED.items():
        if any(not _NOT_NOW[kind].search(_sentence(plain, match)) for match in pattern.finditer(plain)):
            return kind
    return None


def _sentence(text: str, match: re.Match[str]) -> str:
    """The sentence in which something was found."""
    start = max(text.rfind(sign, 0, match.start()) for sign in _SENTENCE_ENDS) + 1
    ends = [end for sign in _SENTENCE_ENDS if (end := text.find(sign, match.end())) >= 0]
    return text[start : min(ends, default=len(text))]
