"""Which of the four languages to answer in."""
# ruff: noqa: E501, SIM905 - lists of words are read more easily when they are not broken

import re
from functools import cache

from lingua import Language, LanguageDetector, LanguageDetectorBuilder

LANGUAGES = ("uk", "ru", "de", "en")
DEFAULT = "uk"
"""What most people here speak; used until somebody has written a word."""

SHORT = 12
"""Below so many letters a text says little about its language: what is known of the person counts more."""
ENOUGH = 500
"""Signs that are looked at; the detector takes seconds for a word of ten thousand."""
EASTERN, LATIN = ("uk", "ru"), ("de", "en")
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
    words = _WORD.findall(text.lower().replace("’", "'").replace("ʼ", "'"))
    if not words:
        return known or DEFAULT
    cyrillic = [word for word in words if word[0] in _CYRILLIC]
    latin = [word for word in words if word[0] < "Ͱ"]
    if len(cyrillic) + len(latin) < len(words) / 2:
        return known if known in LATIN else "en"  # another script: its writer rather knows English than Ukrainian
    is_short = sum(map(len, words)) < SHORT
    if len(cyrillic) >= len(latin):
        return _eastern(text, cyrillic, known, is_short)
    if not (known in EASTERN and is_short) and (written := _outweighs(latin, _UKRAINIAN_IN_LATIN, _RUSSIAN_IN_LATIN, 5)):
        return written
    if known and is_short:
        return known
    if weighed := _outweighs(latin, _GERMAN, _ENGLISH, 5, LATIN):
        return weighed
    return _found(text) or known or DEFAULT


def _eastern(text: str, words: list[str], known: str | None, is_short: bool) -> str:
    """Ukrainian or Russian: by letters that only one has, else by words that only one has; many write і as и, or both mixed."""
    signs = set("".join(words))
    if bool(signs & ONLY_UKRAINIAN) != bool(signs & ONLY_RUSSIAN):
        return "uk" if signs & ONLY_UKRAINIAN else "ru"
    if known and is_short:
        return known
    found = _outweighs(words, _UKRAINIAN, _RUSSIAN, len(words)) or _found(text)
    return found if found in EASTERN else known if known in EASTERN else DEFAULT


def _outweighs(
    words: list[str], first: frozenset[str], second: frozenset[str], among: int, names: tuple[str, str] = EASTERN
) -> str | None:  # fmt: skip
    """The language more of whose words are there: one of at least each `among` words."""
    of_first, of_second = (sum(word in vocabulary for word in words) for vocabulary in (first, second))
    if of_first == of_second or max(of_first, of_second) * among < len(words):
        return None
    return names[0] if of_first > of_second else names[1]


def _found(text: str) -> str | None:
    found = _detector().detect_language_of(text[:ENOUGH])
    return found.iso_code_639_1.name.lower() if found else None


_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_CYRILLIC = frozenset(map(chr, range(0x400, 0x530)))
_UKRAINIAN = frozenset(
    "шукаю шукаем шукаемо потребна потребно потребен потрибна потрибно потрибен треба хто де що шо щоб шоб нема немае бо дуже зараз вже чи можна "
    "допоможить допомога допомогу допомогою дякую дякуемо будь ласка мени мене ми ви вона вони вин мае маю працюю живемо дитини дитина дитину дитиною "
    "скажить пидкажить порадьте роботу робота робить коли тильки або лише це цей цю ще бажано тата тато мамо якщо якась якийсь привит вечир ранку "
    "доброго дзвоните пишить ликар ликаря безкоштовно недалеко запис одяг взуття кимната кимнату житло мови вчора сьогодни наш куди звидки чому скильки "
    "теж усим йому донька доньки доньку чоловик чоловика зустрич разом хлопчик дивчинка як".split()
)
_RUSSIAN = frozenset(
    "ищу ищем нужен нужна нужно нужны надо кто где что чтобы чтоб нет очень сейчас уже или можно помогите помощь помощи спасибо пожалуйста мне меня мы вы "
    "он она они ребенка ребенок ребенку ребёнка ребёнок детей подскажите посоветуйте работу работа когда только это этот эту еще ещё есть как если "
    "здравствуйте привет добрый доброе вечер утро врач врача бесплатно одежда одежду обувь комнату комната жилье жильё вчера сегодня куда откуда почему "
    "сколько тоже всем ему ей дочь дочка дочки дочку муж мужа вместе мальчик девочка хотим звоните пишите желательно отдам скажите поможет".split()
)
"""Words that the other language does not have, also as they are written without і, ї, є."""
_UKRAINIAN_IN_LATIN = frozenset(
    "privit pryvit vitaiu vitayu dobryi dobroho shukaiu shukayu shukaju shukaemo shukaiemo shukayemo potribna potribno potriben potribni dopomozhit "
    "dopomoga dopomoha bud laska mozhna otrymaty kvartyra kvartyru kvartyry treba diakuiu dyakuyu djakuju khto hto shcho scho nemaie nemaye likar likaria "
    "likarya likarja dytyna dytyny dytynu ditei ditey odiah odyah koliaska vzuttia meni moiemu moyemu movy nimetskoi nimetskoyi kymnata kimnata kimnatu "
    "zhytlo zhytla pratsiuiu shukaty znaity bezkoshtovno tse chy nam pidkazhit poradte".split()
)
_RUSSIAN_IN_LATIN = frozenset(
    "privet zdravstvuyte zdravstvujte zdravstvuite dobroe nuzhna nuzhno nuzhen nuzhny nujna nujno ishu ishchu ischu ishem gde mozhno mojno poluchit "
    "pomogite pomosh pomoshch pozhaluysta pozhaluista pojaluista pozhalujsta spasibo kto chto kak kvartira kvartiru rabotu vrach vracha rebenok rebenka "
    "odezhda odezhdu besplatno ochen nado zhilye zhilyo komnata komnatu podskazhite naiti nayti kupit seychas sejchas menya zovut russkiy otdam".split()
)
_GERMAN = frozenset(
    "ich wir sie er und oder nicht kein keine keinen der die das den dem ein eine einen einem einer für mit von zu zum zur bei auf aus nach über ist sind "
    "habe haben hat kann können möchte suche suchen brauche brauchen bitte danke wo wie wann wer gibt es mein meine meinen meiner unser unsere heute morgen".split()
)
_ENGLISH = frozenset(
    "i we you they he she and or not no the a an for with from to of at on about is are am was have has can could would need needs looking where what how "
    "when who there my our your please thanks thank help today tomorrow next this that it me us do does".split()
)
"""Little words: names of offices and places are German whatever the language."""
