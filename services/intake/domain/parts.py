"""Two needs in one message: told apart only where the person themselves draws a line («і друге: …», "außerdem brauchen wir …").

Each part keeps what is said of place and people, so that it can be read alone. What is joined more loosely stays one need
with two categories: half a sentence is worse than a need that asks for two things.
"""

import re

from .phrases import ASKING
from .phrases import plain as _plain
from .topics import named

_AND = r"(?:[–—-]\s+)?(?:(?:і|й|та|а|и|and|und)\s+)?"
_SECOND = re.compile(
    _AND + r"(?:(?:одразу|сразу|відразу)\s+)?"
    r"(?:друге|второе|по-друге|во-вторых|друге питання|второй вопрос|second(?:ly)?|zweitens|(?:eine )?zweite frage)"
    r"(?:\s*[:,–—-]|$)",
    re.IGNORECASE,
)
"""Who counts has two wishes, whatever they are."""
_ALSO = re.compile(
    _AND + r"(?:ще|ещ[её]|заодно|також|также|крім того|кроме того|до речі|кстати|окремо|отдельно|also|besides|another thing|"
    r"außerdem|ausserdem|zusätzlich|noch etwas|ferner)\b"
    r"|(?:і|й|и|und|and)\s",
    re.IGNORECASE,
)
"""Who adds something may still speak of the same: it must be something else."""
_EDGE = re.compile(
    r"(?<=[.!?…;])\s+|(?<=\)\))\s+|\n+"
    r"|(?:(?<=,)|(?<=[^\W\d_]))\s+(?=(?:[–—-]\s+)?(?:і|й|та|а|и|and|und)\s+"
    r"(?:ще|ещ[её]|заодно|також|также|also|außerdem|друге|второе)\b)",
    re.IGNORECASE,
)
"""Where sentences end, or a half of one that adds something begins."""
NEAR = 80
"""Signs within which the second part must name its thing."""
_SHORTEST = 3
"""Words that a part must have of its own."""
_BELONG_TOGETHER = (
    {"transport", "parcel_logistics"}, {"transport", "disability_care"}, {"disability_care", "health"},
    {"qualification_recognition", "interpreting"}, {"leisure_community", "school_education"}, {"safety_emergency", "housing"},
    {"interpreting", "health"}, {"interpreting", "authorities_paperwork"},
)  # fmt: skip
"""Categories that one and the same thing often has."""


def parts(text: str) -> list[str]:
    """The needs of a text: itself, or two texts when it plainly asks for two things."""
    pieces = [piece.strip() for piece in _EDGE.split(text) if piece.strip()]
    for position in range(1, len(pieces)):
        if _begins_another(pieces, position):
            return _divided(pieces, position)
    return [text]


def _begins_another(pieces: list[str], position: int) -> bool:
    before, after = " ".join(pieces[:position]), " ".join(pieces[position:])
    if min(len(before.split()), len(after.split())) < _SHORTEST:
        return False
    if _SECOND.match(pieces[position]):
        return True
    if not _ALSO.match(pieces[position]) or not asks(before):
        return False
    ours = set(named(after[:NEAR]))
    theirs = set(named(before))
    return bool(ours and theirs) and not ours & theirs and not any(ours | theirs <= pair for pair in _BELONG_TOGETHER)


def _divided(pieces: list[str], position: int) -> list[str]:
    """Both parts; sentences that ask for nothing belong to both."""
    first, second = pieces[:position], pieces[position:]
    shared = [piece for piece in first if not asks(piece)]
    tail = next((index for index in range(1, len(second)) if not any(map(asks, second[index:]))), len(second))
    return [" ".join([*first, *second[tail:]]).rstrip(" ,;"), " ".join([*shared, *second])]


def asks(text: str) -> bool:
    """Whether something is asked for in it."""
    return "?" in text or ASKING.search(_plain(text)) is not None
