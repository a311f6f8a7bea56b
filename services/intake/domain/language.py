"""Which of the four languages to answer in."""

from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

LANGUAGES = ("uk", "ru", "de", "en")
DEFAULT = "uk"
"""What most people here speak; used until somebody has written a word."""

SHORT = 12
"""Below so many letters a text says little about its language: what is known of the person counts more."""
ONLY_UKRAINIAN = frozenset("іїєґ")
ONLY_RUSSIAN = frozenset("ыэъё")


@cache
def _detector() -> LanguageDetector:
    # High accuracy (200 MB): people write four words with two typos, and the answer goes by it.
    languages = (Language.UKRAINIAN, Language.RUSSIAN, Language.GERMAN, Language.ENGLISH)
    return LanguageDetectorBuilder.from_languages(*languages).with_preloaded_language_models().build()


def warm_up() -> None:
    """Load the models, so that the first person does not wait for them."""
    _detector()


def known_language(code: str | None) -> str | None:
    """`code` ("uk", "de-AT", …) as one of the four, or None."""
    base = (code or "").lower().replace("_", "-").split("-")[0]
    return base if base in LANGUAGES else None


def detect(text: str, known: str | None = None) -> str:
    """The language of a text. `known`, what the person wrote before or set, decides where the text leaves it open."""
    letters = [sign for sign in text.lower() if sign.isalpha()]
    if not letters:
        return known or DEFAULT
    signs = set(letters)
    cyrillic = sum("Ѐ" <= sign <= "ӿ" for sign in letters) * 2 > len(letters)
    if cyrillic and bool(signs & ONLY_UKRAINIAN) != bool(signs & ONLY_RUSSIAN):
        return "uk" if signs & ONLY_UKRAINIAN else "ru"
    if known and len(letters) < SHORT:
        return known
    found = _detector().detect_language_of(text)
    return found.iso_code_639_1.name.lower() if found else known or DEFAULT
