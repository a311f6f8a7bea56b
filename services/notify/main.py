"""The process: `python -m services.notify.main`."""

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

from chassis import Service, Settings, run
from chassis.texts import Texts

from . import handlers, repository
from .domain.words import Words, known_language


def build(settings: Settings) -> Service:
    """The service with everything it depends on."""
    service = Service("notify", settings)
    texts = Texts(Path(__file__).parent / "locale")
    zone = ZoneInfo(settings.timezone)
    needs_of = repository.keep(service)

    @cache
    def dictionary(language: str) -> Words:
        known = known_language(language)
        return Words(known, texts.get(known), zone)

    handlers.register(service, dictionary, language_of, needs_of)
    return service


@cache
def _detector() -> LanguageDetector:
    languages = (Language.UKRAINIAN, Language.RUSSIAN, Language.GERMAN, Language.ENGLISH)
    # Low accuracy mode: 14 MB instead of 200, and sure enough for a title with its description.
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()


def language_of(text: str) -> str | None:
    """The language that a text is written in, of those we speak."""
    found = _detector().detect_language_of(text)
    return found.iso_code_639_1.name.lower() if found else None


if __name__ == "__main__":
    run(build, Settings)
