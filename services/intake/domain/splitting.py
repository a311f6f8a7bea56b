"""Fitting a text into what a channel takes."""

from collections.abc import Sequence


def numbered(text: str, choices: Sequence[str]) -> str:
    """The text with its choices numbered below, for channels without buttons."""
    lines = [f"{number}) {label}" for number, label in enumerate(choices, 1)]
    return "\n".join([text, "", *lines]) if lines else text


def split(text: str, limit: int | None) -> list[str]:
    """The text in parts of at most `limit` UTF-16 units, cut where it hurts least: between paragraphs, lines, words."""
    parts = []
    while limit is not None and units(text) > limit:
        cut = _cut(text, limit)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def units(text: str) -> int:
    """The length in UTF-16 units, as Telegram and others count."""
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, limit: int) -> int:
    """How many signs fit, going back to a gap if there is one in the second half."""
    fits = len(text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", "ignore"))
    for gap in ("\n\n", "\n", " "):
        place = text.rfind(gap, fits // 2, fits)
        if place > 0:
            return place
    return fits
