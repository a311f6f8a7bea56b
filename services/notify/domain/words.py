"""How to say it: languages, plural forms, placeholders. Catalogues come from outside as a `Catalogue`."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Protocol

from babel.dates import format_skeleton
from babel.lists import format_list

LANGUAGES = ("uk", "ru", "de", "en")
DEFAULT_LANGUAGE = "uk"


class Catalogue(Protocol):
    """The translations of one language, as gettext has them."""

    def gettext(self, message: str) -> str: ...

    def ngettext(self, singular: str, plural: str, n: int) -> str: ...


class Words:
    """One language to speak in, and the time zone that people live in."""

    def __init__(self, language: str, catalogue: Catalogue, zone: tzinfo) -> None:
        self.language = language
        self._catalogue = catalogue
        self._zone = zone

    def gettext(self, message: str, **values: str) -> str:
        """The message in this language, its placeholders filled."""
        return self._catalogue.gettext(message).format(**values)

    def ngettext(self, singular: str, plural: str, count: int, **values: str) -> str:
        """The plural form that goes with `count`, which also fills `{count}`."""
        return self._catalogue.ngettext(singular, plural, count).format(count=count, **values)

    def join(self, parts: list[str]) -> str:
        """`a, b and c`."""
        return format_list(parts, locale=self.language)

    def date(self, time: datetime) -> str:
        """Day and month in words, where people are."""
        return format_skeleton("MMMMd", time.astimezone(self._zone), locale=self.language)


Dictionary = Callable[[str], Words]
"""The words of a language id; of the default language for one that we do not speak."""


def known_language(*candidates: str | None) -> str:
    """The first candidate that we speak, else the default."""
    return next((candidate for candidate in candidates if candidate in LANGUAGES), DEFAULT_LANGUAGE)
