"""Which language a request is answered in."""

LANGUAGES = {"uk": "Українська", "ru": "Русский", "de": "Deutsch", "en": "English"}
"""What the page speaks, each by its own name."""
PUBLIC_DEFAULT = "uk"
DESK_DEFAULT = "de"


def first_spoken(*candidates: str | None, default: str) -> str:
    """The first candidate that we speak, else the default."""
    return next((candidate for candidate in candidates if candidate in LANGUAGES), default)


def accepted(header: str) -> str | None:
    """The language that a browser likes best of those we speak, by `Accept-Language` (RFC 9110)."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            continue
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES and weight > 0:
            weighed.append((-weight, language))
    return min(weighed, key=lambda pair: pair[0])[1] if weighed else None
