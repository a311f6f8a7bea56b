"""Takes out of a text what leads to a person, before the text leaves intake.

Phones, mail addresses, links to people, handles, street addresses, numbers of documents and accounts, and names of people.
What is taken out leaves a mark (`[phone]`), so that readers see that there was something. In doubt something harmless goes:
the original words stay in the vault.
"""
# ruff: noqa: E501 - lists of words are read more easily when they are not broken

import re
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher

from .names import names

MAIL = re.compile(r"[\w.+%-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.IGNORECASE)
LINK = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?(?:t\.me|wa\.me|telegram\.me|instagram\.com|facebook\.com|fb\.com|fb\.me|m\.me|vk\.com|ok\.ru|viber\.me|signal\.me|"
    r"tiktok\.com|linkedin\.com/in|threads\.net|x\.com|twitter\.com)/[^\s)»“\"]{1,200}"
    r"|tg://\S{1,200}|viber://\S{1,200}",
    re.IGNORECASE,
)
HANDLE = re.compile(
    r"(?<![\w@.])@[A-Za-z_][\w.]{2,31}"
    r"|(?i:(?<=тг )|(?<=тг: )|(?<=телеграм )|(?<=телеграм: )|(?<=telegram )|(?<=telegram: )|(?<=insta )|(?<=insta: )|(?<=інста )|(?<=инста )"
    r"|(?<=instagram )|(?<=instagram: )|(?<=skype )|(?<=skype: )|(?<=нік )|(?<=ник )|(?<=viber: )|(?<=signal: ))[A-Za-z]{1,31}[._\d][A-Za-z._\d]{0,31}\b"
)
_ABOUT_A_NUMBER = (
    r"(?i:iban|іпн|рнокпп|инн|паспорт\w*|закордонн\w+|загранпаспорт\w*|посвідк\w+|посвідченн\w+|удостоверени\w+|свідоцтв\w+|свидетельств\w+|справ[аи]|"
    r"дело|картк?[аиу]|карт[аыу]|рахун\w+|счет\w*|договір|договор\w*|id-?карт\w+|снилс|унзр|"
    r"(?:reise)?pass(?:port)?|personalausweis|ausweis|aufenthaltstitel|\w*(?:steuer|versicherten|versicherungs|kunden|konto|karten|vertrags|ausweis|pass|aktenzeichen|"
    r"bedarfsgemeinschafts|bg|zähler|sozialversicherungs|rentenversicherungs|rechnungs)-?(?:id|nummer|nr\.?)?|az\.?|aktenzeichen|konto|bg|id|tax id|"
    r"(?:account|card|case|insurance|customer|tax|passport|id|file) (?:number|no\.?))"
)
DOCUMENT = re.compile(
    r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z\d]{4}){3,7}(?:[ -]?[A-Z\d]{1,3})?\b"  # IBAN
    r"|\b[A-ZА-ЯІЇЄ]{2}\s?(?:№\s?)?\d{6}\b"  # Ukrainian passport
    r"|\b" + _ABOUT_A_NUMBER + r"(?:\s(?i:номер|nummer|nr\.?|number|no\.?|серія|серия|мій|мой|ist|is|lautet))?[\s:№#.–-]{1,4}"
    r"(?P<number>(?=[^\s]*\d)[A-ZА-ЯІЇЄ\d](?:[\s./-]?[A-ZА-ЯІЇЄ\d]){5,25})\b"
    r"|\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}\b"  # payment card
    r"|\b\d{2}\s\d{3}\s\d{3}\s\d{3}\b"  # German tax id
    r"|\b\d{5}(?:BG)\d{7}\b|\b\d{2}[ ]?\d{6}[ ]?[A-Z][ ]?\d{3}\b"  # Jobcenter, pension insurance
)
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
_STREET_DE = r"(?:stra(?:ß|ss)e|str\.?|allee|weg|gasse|platz|ring|ufer|damm|chaussee|steig|promenade|markt)"
_STREET_DE_CAPITAL = r"(?:Stra(?:ß|ss)e|Str\.?|Allee|Weg|Gasse|Platz|Ring|Ufer|Damm|Chaussee|Steig|Promenade|Markt)"
_FLAT = r"(?:,?\s?(?:кв|квартира|wohnung|whg|flat|apt)\.?\s?\d{1,4}\b)?"
STREET = re.compile(
    "(?:" + _DE + r"(?i:" + _STREET_DE + ")" + _NUMBER
    + "|" + _DE + r"(?:er|sche|en)?\s" + _STREET_DE_CAPITAL + _NUMBER
    + r"|\b(?:Straße|Platz|Allee) (?:der|des|am) [A-ZÄÖÜ][\w-]{0,40}" + _NUMBER
    + r"|\b(?:Am|An der|An den|Im|In der|Zum|Zur|Unter den) [A-ZÄÖÜ][\w-]{2,40}\s\d{1,3}\s?[a-z]?(?=[,.;)\n]|\s?$|\sin\b)"
    + r"|\b[a-zäöüß-]{2,40}(?:straße|strasse|str\.)" + _NUMBER
    + "|" + _CYRILLIC + r"(?:\s|-)?(?:штра[сc]+[еиі]|штр\.|аллее|алеє?|гассе|ґассе|вег|пляц|плац)" + _NUMBER
    + r"|\b(?:[Вв]ул(?:иця|иці|ицею|\.)|[Уу]л(?:ица|ице|ицей|\.)|[Пп]росп(?:ект|екті|екте|\.)|[Пп]ров(?:улок|\.)|[Пп]ер(?:еулок|\.))\s{0,3}[А-ЯЄІЇҐA-Z][\w'’-]{0,40}"
    r"(?:\s[А-ЯЄІЇҐA-Z][\w'’-]{0,40})?,?(?:\s(?:буд|д|дом|будинок)\.?)?" + _NUMBER
    + r"|\b\d{1,3}[a-z]? [A-Z][a-z]{1,30} (?:Street|Road|Avenue|Lane)\b"
    + ")(?i:" + _FLAT + ")"
)  # fmt: skip
# Every repetition is bounded and starts at a word's edge: a hostile text of 10,000 signs takes milliseconds, too.

REGIONS = ("DE", "UA")


class Secret(NamedTuple):
    """Where in a text something stands that leads to a person, and what it is."""

    start: int
    end: int
    kind: str


def redact(text: str) -> str:
    """The text without what leads to a person."""
    for secret in reversed(secrets(text)):
        text = f"{text[: secret.start]}[{secret.kind}]{text[secret.end :]}"
    return text


def secrets(text: str) -> list[Secret]:
    """What leads to a person, in the order of the text, without overlaps."""
    found: list[Secret] = []
    for kind, spans in (
        ("mail", _matches(MAIL, text)),
        ("link", _matches(LINK, text)),
        ("handle", _matches(HANDLE, text)),
        ("number", _documents(text)),
        ("address", _matches(STREET, text)),
        ("phone", _phones(text)),
        ("name", names(text)),
    ):
        for start, end in spans:
            if all(end <= other.start or other.end <= start for other in found):
                found.append(Secret(start, end, kind))
    return sorted(found)


def _matches(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text)]


def _documents(text: str) -> Iterator[tuple[int, int]]:
    """Numbers of documents and accounts; the word that says which stays."""
    for match in DOCUMENT.finditer(text):
        yield match.span("number") if match["number"] else match.span()


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
