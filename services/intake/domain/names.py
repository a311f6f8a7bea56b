"""Where a text names people: known first names with what belongs to them, and what follows words that announce a name.

The list of first names and how it is written stands in `services/intake/model/names.tsv`. A surname is known by what stands
before it: a first name, a title, «мене звати», "Mit freundlichen Grüßen". A single unknown word is never taken for a name.
"""
# ruff: noqa: E501 - lists of words are read more easily when they are not broken

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .gazetteer import place

_NAMES = Path(__file__).parent.parent / "model" / "names.tsv"

Span = tuple[int, int]

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_OPENS = re.compile(r"(?:^|[.!?…:;\n)])[^\w«„“\"]*$")
"""What stands before the first word of a sentence."""
_QUOTED = re.compile(r"[«„“\"]$")

_TITLE = re.compile(
    r"\b(?:(?<!\b[MmDd]eine )(?<!\beine )(?<!\bdie )(?<!\bder )(?<!\b[Ss]eine )(?<!\bals )(?<!\b[Ii]hre )(?<!\bunsere )Frau|Fr\.|Herrn?|Hr\.|Familie|Fam\.|Mr\.?|Mrs\.?|Ms\.?|Miss|"
    r"[Пп]ан(?:і|а|у|ові|ом|е)?|[Пп]ани|[Гг]оспо(?:дин|жа|жи|же|жу|дину|дина)|[Гг]-н|[Гг]-жа|[Фф]рау|[Гг]ерр?|[Хх]ерр|Dr\.|Prof\.|Doktor|Доктор)\s+"
    r"(?:(?:Dr|Prof|med)\.\s*|(?:von|van|de)\s){0,3}"
)
_CALLED = re.compile(
    r"(?i:\b(?:мене|меня|її|її|ее|её|його|его|нас|сына|сина|дочку|доньку|дочь|маму|мене всі)\s+(?:звати|зовут|звуть|кличуть)\b|"
    r"\b(?:звати|зовут|звуть)\b(?:\s+(?:мене|меня|її|ее|её|його|его))?|"
    r"\b(?:ім['’ʼ]я|имя|name|vorname|имя и фамилия|піб|фио)\s*[:–—-]|\bmoє ім['’ʼ]я|"
    r"\bich hei(?:ß|ss)e|\bmein name ist|\b(?:er|sie|mann|frau|sohn|tochter|mutter|vater) hei(?:ß|ss)t|\bmy name(?:'s| is)|\b(?:his|her) name is|"
    r"\b(?:hier schreibt|hier ist|ich bin die|ich bin der)|\bmene zvaty|\bmenja zovut|\bmenya zovut)\s*[,:–—-]?\s*"
)
"""After these any word in capitals is a name, and a known one in small letters."""
_LABEL = re.compile(
    r"(?i:\b(?:kontakt(?:person)?|ansprechpartner(?:in)?|ansprechperson|rückruf (?:gern )?an|z\.\s?hd\.?|contact(?: person)?|ask for|"
    r"контакт(?:на особа|ное лицо)?|пиш(?:іть|ите)|писати|писать|дзвон(?:іть|ити)|звон(?:ите|ить)|звертайтесь(?: до)?|обращайтесь(?: к)?|"
    r"(?:за)?пита(?:ти|йте)|спрашива(?:ть|йте)|спросить|з повагою|с уважением|щиро|дяку(?:ю|ємо)|спасибо|danke|thank you|thanks|відповіда\w+|"
    r"write to|call|tel\.?|мама|тато|папа|бабуся|бабушка|сестра|брат|подруга|сусідка|соседка|волонтер(?:ка|у|ці)?|волонтёр(?:ка|у)?))[\s,:!.–—-]+$"
)
"""Before a word in capitals these say that it is a name, when it may be one."""
_CLOSING = re.compile(
    r"(?i:gr(?:ü|ue)(?:ß|ss)en?|\blg|\bvg|\bmfg|regards|best wishes|all the best|cheers|sincerely(?: yours)?|herzlich(?:st)?|з повагою|с уважением|з пошаною)"
    r"[\s,.!–—-]+$"
)
"""Before the last words of a text: whoever writes signs."""
_BEFORE_IT_IS_NO_PERSON = re.compile(
    r"(?i:\b(?:вул(?:иц\w+|\.)?|ул(?:иц\w+|\.)?|просп\w*\.?|площ\w+|імені|ім\.|имени|им\.|свят(?:ий|ого|ої|ою|а|ая|ой)|св\.?|санкт|sankt|st\.?|saint|san|santa|"
    r"церкв\w+|храм\w*|собор\w*|школ\w+|гімназі\w+|гимнази\w+|фонд\w*|центр\w*|клуб\w*|театр\w*|магазин\w*|кафе|салон\w*|готел\w+|отел\w+|парк\w*|лікарн\w+|"
    r"больниц\w+|клінік\w+|клиник\w+|проєкт\w*|проект\w*|програм\w+|книг\w+|роман\w*|фільм\w*|фильм\w*|песн\w+|пісн\w+|радіо|радио|програм\w+|"
    r"к[оі]т(?:а|у|ик\w*|ом|и)?|кішк\w+|кошк\w+|собак\w*|п[её]с(?:а|у|ик\w*)?|щен\w+|хвостик\w*|папуг\w*|хом'?як\w*|hund(?:e|en|in)?|katze|kater|kätzchen|dog|cat|puppy|"
    r"cafe|café|haus|hotel|verein|kirche|schule|klinik|krankenhaus|apotheke|radio|firma|friseur|netto|markt|stiftung|straße|platz|park|"
    r"school|church|hospital|street|songs? by|books? by|von|крив\w+|\d{1,2}\.?)\s+[«„“\"]?)$"
)
_AFTER_IT_IS_NO_PERSON = re.compile(
    r"(?i:-|\s*[»“”\"]|\s+(?:stra(?:ß|ss)e|str\.|platz|allee|park|kirche|schule|gymnasium|klinik|krankenhaus|stiftung|haus|center|hotel|церкв|школ|street|school|"
    r"шевченк|бульб|київськ|luther|лютер|франк|українк|украинк|пушкин|пушкін|хмельницьк|хмельницк|бандер|чайковськ|чайковск|достоевск|толст|булгаков|гогол|сковород|костенко|стус|"
    r"bach|goethe|marx|маркс|liebknecht|л[іи]бкнехт|luxemburg|люксембург|zetkin|ц[еє]ткін|цеткин|heine|schumann|mendelssohn|leibniz|cranach|koch|steiner|montessori|"
    r"curie|thälmann|franke|lincoln|selen|zelen|зеленськ|зеленск|merkel|merz|putin|пут[іи]н|jackson|presley|musk|маск|trump|трамп|ради\b)|\.\s*\d)"
)
"""Streets, houses, animals, and people whom everybody knows."""
_PATRONYMIC = re.compile(r"[А-ЯЄІЇҐ][а-яєіїґё']{2,}(?:[оеє]вич(?:а|у|і|е|ем|ом|еві|ові)?|[оеєіїй]вн(?:а|у|и|ы|ою|ой))")
_SURNAME = re.compile(
    r"[А-ЯЄІЇҐ][а-яєіїґё'’ʼ]{2,}(?:енк[оаиу]|[чщ]ук\w{0,3}|юк\w{0,3}|ськ\w{1,3}|цьк\w{1,3}|ск(?:ий|ая|ого|ой|ому)|[оеє]в(?:а|у|ой|ої|ым|им)?|ян)"
    r"|[A-Z][a-z]{2,}(?:enko|chuk|tschuk|iuk|yuk|ska|skyi|skyj|ov|ova|ev|eva|mann|sson)"
)
_NEVER = re.compile(
    r"(?i:dr|prof|med|sie|ihr|ich|wir|wer|er|und|oder|der|die|das|kind(?:er)?|baby|herr|frau|leipzig|лейпциг\w*|ляйпциг\w*|tel|telefon|mail|mobil|whatsapp|viber|signal|telegram|"
    r"телефон|номер|тел|почта|пошта|вайбер|телеграм|ватсап|дякую|спасибо|danke|thanks|jobcenter|sozialamt|termin|bitte|i|we|the|and|or|she|he|they)"
)
_MOST_WORDS = 3
"""First name, patronymic or second name, surname."""


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    text: str

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper() and (len(self.text) == 1 or self.text[1].islower() or "'" in self.text[:3])

    @property
    def is_latin(self) -> bool:
        return self.text[0] < "Ѐ"


def names(text: str) -> list[Span]:
    """Where people are named: first names, surnames beside them, and what is announced as a name; titles stay outside."""
    words = [_Word(match.start(), match.end(), match.group()) for match in _WORD.finditer(text)]
    found: list[Span] = []
    position = 0
    while position < len(words):
        length = _announced(text, words, position) or _known(text, words, position)
        if length:
            found.append((words[position].start, words[position + length - 1].end))
        position += length or 1
    named = {word for start, end in found for word in text[start:end].split() if _perhaps(word)}
    again = [(word.start, word.end) for word in words if word.text in named]  # who is named once is meant the other times, too
    return sorted({*found, *(span for span in again if all(span[1] <= start or end <= span[0] for start, end in found))})


def is_name(word: str) -> bool:
    """Whether a word is the form of a first name that is no other word."""
    return _surely(word) and not _perhaps(word)


def _announced(text: str, words: Sequence[_Word], position: int) -> int:
    """How many words from here on are a name because something before them says so; a title that follows it is no part of it."""
    word = words[position]
    before = text[max(0, word.start - 60) : word.start]
    called = _ends_with(_CALLED, before)
    if called and not word.is_capital and (_surely(word.text) or _perhaps(word.text)):
        following = words[position + 1 : position + 2]
        return 2 if following and _touches(text, word, following[0]) and _surely(following[0].text) else 1
    if not word.is_capital or _NEVER.fullmatch(word.text):
        return 0
    if called or _ends_with(_TITLE, before):
        return _with_surname(text, words, position)
    if _CLOSING.search(before):
        length = _with_surname(text, words, position)
        rest = text[words[position + length - 1].end :]
        return length if re.match(r"[\s.!,)🌻🙏❤️]*(?:$|\n|\[|\+|tel|\w+\.?\w*@)", rest, re.IGNORECASE) else 0
    return 0


def _known(text: str, words: Sequence[_Word], position: int) -> int:
    """How many words from here on are a known first name and what belongs to it."""
    word = words[position]
    surely, perhaps = _surely(word.text), _perhaps(word.text)
    if not (surely or perhaps):
        return _patronymic_or_surname_first(text, words, position)
    before, after = text[max(0, word.start - 60) : word.start], text[word.end : word.end + 24]
    if _BEFORE_IT_IS_NO_PERSON.search(before) or _AFTER_IT_IS_NO_PERSON.match(after):
        return 0
    opens = _OPENS.search(before) is not None
    if not word.is_capital:
        is_meant = surely and not perhaps and _is_small_but_meant(text, word, before, after)
        return 1 if is_meant else 0
    is_meant = (
        (surely and not perhaps)
        or _LABEL.search(before) is not None
        or (not word.is_latin and not opens and _QUOTED.search(before) is None)
        or (opens and _signs(text, words, position))
    )
    return _with_surname(text, words, position) if is_meant else 0


def _is_small_but_meant(text: str, word: _Word, before: str, after: str) -> bool:
    """A name in small letters is one after «пишіть», or as the last word of all."""
    if len(word.text) < 4 or word.is_latin:
        return False
    ends = not after.strip(" .!)🌻🙏❤️🙂") and re.search(r"[.!?,\n]\s*$", before) is not None
    return ends or re.search(r"(?i:пиш(?:іть|ите)|дзвоніть|звоните|контакт)[\s,:–—-]+$", before) is not None


def _signs(text: str, words: Sequence[_Word], position: int) -> bool:
    """Whether a sentence is nothing but a name, or a name before a contact."""
    last = words[position + _with_surname(text, words, position) - 1]
    return (
        re.match(
            r"[\s.!)🌻🙏❤️]*(?:$|\n)|[\s,:(–—-]*(?:\+?\d[\d ()/-]{5}|\d{1,2}\s?(?:рок|рік|р\.|год|лет|г\.|years|jahre|j\.)|\d{1,2}\)|@|\[|[\w.]+@|тел|tel)",
            text[last.end :],
            re.IGNORECASE,
        )
        is not None
    )


def _patronymic_or_surname_first(text: str, words: Sequence[_Word], position: int) -> int:
    word = words[position]
    if _PATRONYMIC.fullmatch(word.text) and not _OPENS.search(text[max(0, word.start - 60) : word.start]):
        return _with_surname(text, words, position)
    following = words[position + 1] if position + 1 < len(words) else None
    if following and _SURNAME.fullmatch(word.text) and _touches(text, word, following) and following.is_capital:
        return 1 + _with_surname(text, words, position + 1) if is_name(following.text) else 0
    return 0


def _with_surname(text: str, words: Sequence[_Word], position: int) -> int:
    """The words of a name from its first on: what follows in capitals without a sign between."""
    length = 1
    for word, following in zip(words[position:], words[position + 1 :], strict=False):
        is_part = following.is_capital and _touches(text, word, following) and word.is_latin == following.is_latin
        if length == _MOST_WORDS or not is_part or _NEVER.fullmatch(following.text) or place(following.text):
            break
        length += 1
    return length


def _touches(text: str, word: _Word, following: _Word) -> bool:
    return text[word.end : following.start] == " "


def _ends_with(pattern: re.Pattern[str], before: str) -> bool:
    return any(match.end() == len(before) for match in pattern.finditer(before))


def _surely(word: str) -> bool:
    forms, _ = _lexicon()
    return all(_is_form(part, forms) for part in word.split("-"))


def _perhaps(word: str) -> bool:
    _, unsure = _lexicon()
    return _plain(word) in unsure


def _is_form(word: str, forms: frozenset[str]) -> bool:
    said = _plain(word)
    if said in forms or (said.endswith("s") and len(said) > 3 and said[0] < "Ѐ" and said[:-1] in forms):
        return True
    return len(said) > 2 and said.isascii() and f"={_fold(said)}" in forms


@cache
def _lexicon() -> tuple[frozenset[str], frozenset[str]]:
    """All forms of names; those that are words as well. A key that begins with = is the sound of a name in Latin letters."""
    sure: set[str] = set()
    unsure: set[str] = set()
    for line in _NAMES.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        kind, listed = line.split("\t")
        for name in map(_plain, listed.split()):
            if kind == "unsure":
                unsure.update(_declined(name[:-1]) if name.endswith("*") else {name})
            elif kind == "latin":
                sure.add(name)
            else:
                sure.update(_declined(name))
                sure.update(f"={sound}" for sound in _sounds(name))
    return frozenset(sure - {f"={sound}" for name in unsure for sound in _sounds(name)}), frozenset(unsure)


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е").replace("ґ", "г").replace("’", "'").replace("ʼ", "'")


_ENDINGS = (
    ("ія", "ія ії ію ією"), ("ия", "ия ии ию ией ией"), ("ья", "ья ьи ье ью ьей"), ("я", "я і и е ю ею єю ей ьою йою"),
    ("а", "а и ы і е у ою ой ею ей о"), ("ко", "ко ка ку кові ком"), ("о", "о а у ові ом і е"), ("ій", "ій ія ію ієві ієм ії"),
    ("ий", "ий ия ию ием ии"), ("й", "й я ю єві єм ем еві ї и е"), ("ь", "ь я ю еві єві ем і е и ью"),
)  # fmt: skip
"""Endings of a name, longest first, and those of its cases in Ukrainian and Russian; anything else is a consonant."""
_SOFTENED = {"г": "з", "к": "ц", "х": "с"}


def _declined(name: str) -> Iterator[str]:
    """The forms of a name in both languages, together: nobody is harmed by one that neither has."""
    for ending, endings in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            stem = name.removesuffix(ending)
            yield from (stem + other for other in endings.split())
            if ending == "а" and stem[-1] in _SOFTENED:
                yield f"{stem[:-1]}{_SOFTENED[stem[-1]]}і"
            return
    yield from (name + other for other in ("", "а", "у", "ові", "ом", "ем", "еві", "і", "е"))


_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "h", "д": "d", "е": "e", "є": "ie", "ж": "z", "з": "z", "и": "i", "і": "i", "ї": "i",
        "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "h", "ц": "ts", "ч": "#", "ш": "s", "щ": "s#", "ь": "", "ю": "iu", "я": "ia", "э": "e", "ы": "i", "ъ": "", "'": "",
    }
)  # fmt: skip


def _sounds(name: str) -> set[str]:
    latin = name.translate(_LATIN)
    return {_same(latin), _same(latin.replace("h", "#"))}


def _fold(word: str) -> str:
    """A word in Latin letters by its sound, however Ukrainian and Russian names are spelled: Oleksii, Aleksej, Yuliya."""
    for spelled, sound in (("tsch", "#"), ("sch", "s"), ("sh", "s"), ("kh", "h"), ("ch", "#"), ("zh", "z"), ("ph", "f"), ("ck", "k"),
                           ("x", "ks"), ("w", "v"), ("c", "k"), ("g", "h"), ("y", "i"), ("j", "i"), ("'", "")):  # fmt: skip
        word = word.replace(spelled, sound)
    return _same(word)


def _same(sound: str) -> str:
    return re.sub(r"(.)\1+", r"\1", sound).replace("ie", "e")
