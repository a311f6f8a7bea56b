"""Takes out of a text what leads to a person, before the text leaves intake.

Phones, e-mail addresses, links to people, handles and street addresses. Names of people stay for now: they need a model of
their own. What is taken out leaves a mark (`[phone]`), so that readers see that there was something.
"""

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher

MAIL = re.compile(r"[\w.+%-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.IGNORECASE)
LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t\.me|wa\.me|telegram\.me|instagram\.com|facebook\.com|fb\.com|vk\.com|viber\.me|signal\.me)/\S{1,200}",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z_][\w.]{2,31}")
SHORTEST, LONGEST = 7, 16
"""Digits of a number to call. Shorter ones are ages, sizes, prices and hours."""
DIGITS = re.compile(r"(?<![\w€$])(?:\+|\(\d|\d)[\d\s()/.–-]{5,30}\d(?!\w)")
"""What looks like a number to call: the library finds those that may exist; these also those with a mistyped prefix."""
NOT_A_PHONE = re.compile(
    r"\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{2}|\d{4})?(?:\s*[-–]\s*\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{2}|\d{4})?)?"  # 24.12.2026 – 6.1.2027
    r"|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}[.:]\d{2}\s*[-–]\s*\d{1,2}[.:]\d{2}"  # 10.00-14.30
    r"|\d{1,3}(?:[ .]\d{3})+"  # 12 000
    r"|\d{4}\s*[-–/]\s*\d{4}"  # 2022-2026
)
_NUMBER = r"\s?\d{1,3}\s?[a-zа-я]?(?:\s?[-–/]\s?\d{1,3})?\b"
_DE = r"\b[A-ZÄÖÜ][\w-]{0,40}"
_CYRILLIC = r"\b[А-ЯЄІЇҐ][\w-]{0,40}"
STREET = re.compile(
    _DE + r"(?i:stra(?:ß|ss)e|str\.|allee|weg|gasse|platz|ring|ufer|damm)" + _NUMBER
    + "|" + _DE + r"(?:er|sche)\s(?:Stra(?:ß|ss)e|Str\.|Allee|Weg|Gasse|Platz|Ring|Ufer|Damm)" + _NUMBER
    + "|" + _CYRILLIC + r"(?:штра[сc]+е|аллее|алеє|гассе|вег|пляц|плац)" + _NUMBER
    + r"|\b(?:вул(?:иця|иці|\.)|ул(?:ица|ице|\.))\s{1,3}[А-ЯЄІЇҐA-Z][\w-]{0,40},?" + _NUMBER
)  # fmt: skip
# Every repetition is bounded and starts at a word's edge: a hostile text of 10,000 signs takes milliseconds, too.

REGIONS = ("DE", "UA")


def redact(text: str) -> str:
    """The text without what leads to a person."""
    for pattern, mark in ((MAIL, "[mail]"), (LINK, "[link]"), (HANDLE, "[handle]"), (STREET, "[address]")):
        text = pattern.sub(mark, text)
    for start, end in sorted(_phones(text), reverse=True):
        text = f"{text[:start]}[phone]{text[end:]}"
    return text


def _phones(text: str) -> list[tuple[int, int]]:
    """Where numbers to call stand, without overlaps; the longer of two that overlap."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(_candidates(text), key=lambda span: span[0] - span[1]):
        if all(end <= other_start or other_end <= start for other_start, other_end in found):
            found.append((start, end))
    return found


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    for region in REGIONS:
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.POSSIBLE, max_tries=1_000):
            if _is_phone(match.raw_string):
                yield match.start, match.end
    for run in DIGITS.finditer(text):
        if _is_phone(run.group()):
            yield run.start(), run.end()


def _is_phone(text: str) -> bool:
    digits = len(phonenumbers.normalize_digits_only(text))
    return SHORTEST <= digits <= LONGEST and not NOT_A_PHONE.fullmatch(text.strip())
