"""What a clause says no to, in four languages: what an asker has or does not want, and what an offer does not give.

Words come folded (see `concepts.fold`). Only plain wordings count: in doubt a thing stays named.
"""

import re
from collections.abc import Sequence

_ONLY = frozenset(("тильки", "лише", "лиш", "тольки", "только", "nur", "only", "just", "bloss", "allein", "merely"))
"""After a no, these make it a yes: "not only"."""
_QUESTION = frozenset(("чи", "ли", "хто", "кто", "де", "где", "wer", "wo", "who", "where", "whether", "ob"))

_NO = frozenset(
    ("не", "нет", "нема", "немае", "без", "ни", "nicht", "ohne", "nie", "not", "no", "without", "cannot", "dont", "kein", "keine")
)
"""A thing that is named with one of these, as "nobody to leave the child with", is not refused by it."""

_HAVE = re.compile(
    r"\b(?:вже|уже) (?:\w+ ){0,2}?(?:е|маемо|маю|мае|есть|имеем|имеется|знайшл\w+|нашл\w+|наш[её]л|отримал\w+|получил\w+|"
    r"виришен\w*|решен\w*)\b|"
    r"\b(?:е|есть|маемо|маю) (?:вже|уже)\b|"
    r"\b(?:hab\w*|hat) (?:\w+ ){0,4}?(?:schon|bereits)\b|\b(?:schon|bereits) (?:\w+ ){0,2}?(?:vorhanden|gefunden|da\b|"
    r"erledigt|geklart)|"
    r"\b(?:ist|sind) (?:\w+ )?(?:schon|bereits) (?:da|vorhanden|geklart|erledigt)\b|\bvorhanden$|"
    r"\balready (?:\w+ ){0,2}?(?:have|has|got|found|sorted|there|in place)|\b(?:have|has|got) (?:\w+ ){0,4}?already\b|"
    r"\b(?:is|are) sorted\b"
)
"""What the asker has."""
_HAVE_AT_END = re.compile(r"\w (?:е|есть|маемо|имеется)$")
_UNWANTED = re.compile(
    r"\bне (?:дуже |очень )?(?:потриб\w+|треба|нужн\w+|нужен|надо|прошу|просимо|просим|ищу|ищем|шукаю|шукаемо|цикав\w+|"
    r"интересу\w+|хочу|хочемо|хотим)\b|"
    r"\b(?:brauch\w*|benotig\w*|such\w*|will|wollen|mochten?) (?:\w+ ){0,4}?(?:kein\w*|nicht)\b|"
    r"\bkein\w* (?:\w+ ){0,2}?(?:brauch\w+|notig|gesucht)|"
    r"\b(?:dont|do not|doesnt|does not|didnt) (?:\w+ )?(?:need|want)\b|\bnot (?:\w+ )?(?:looking for|asking for|after|"
    r"interested)\b|\bno need (?:for|of)\b|"
    r"\bgeht (?:es )?(?:\w+ )?nicht um\b|\bnicht um\b|\bне (?:про|о|об|за)\b"
)
"""What the asker does not want."""
_CONTRAST = frozenset(("а", "sondern", "but", "але", "но", "rather"))

_NOT_NEEDED = re.compile(
    r"\b(?:nicht|kein\w*|no|not|не) (?:\w+ ){0,3}?(?:notig|notwendig|erforderlich|pflicht|vorausgesetzt|voraussetzung|"
    r"gebraucht|required|needed|"
    r"necessary|обовязков\w*|обязател\w*|потриб\w*|треба|нужн\w*|нужен|надо|требу\w+|вимага\w*|важлив\w*|важн\w*)\b|"
    r"\b(?:ohne|without|без)\b"
)
"""What an offer does without: neither given nor refused."""
_REFUSED = re.compile(
    r"\bне (?:\w+мо|\w+[еи]м|\w+тся|\w+ться|входит\w*|включ\w+|можемо|можем|для|надае|видае|виплачуе|оплачуе|приймае|"
    r"возить|возят|выдает|принимает|"
    r"раздаю\w*|занима\w+ся)\b|"
    r"\b(?:wir|ich|leider|werden|wird|konnen|kann|ist|sind|gibt|dabei|verein) (?:\w+ ){0,6}?(?:nicht|nie)\b(?! nur)|"
    r"\bnicht (?:fur|im|in|bei|enthalten|dabei|moglich|inbegriffen)\b|"
    r"\b(?:we|i) (?:dont|do not|cannot|cant|can not|wont|never|are not|arent)\b|\bnot (?:for|included|available|possible|"
    r"suitable)\b|"
    r"\b(?:isnt|is not|are not|arent) (?:included|available|possible|part)\b"
)
"""What an offer does not do: counts for its whole clause."""
_NONE = re.compile(
    r"\b(?:kein\w*|keinerlei|no|nor|weder|noch keine|ани|ни|нема|немае|нет|крим|окрим|кроме|ausser|ausgenommen|except|"
    r"excluding|nicht|not|не)$"
)
_NEAR = 2
"""Words that may stand between a no and what it is said of."""


def is_unwanted(words: Sequence[str], start: int, end: int, following: Sequence[str]) -> bool:
    """Whether who asks has, or does not want, what stands at `start` to `end` of a clause."""
    if _NO & set(words[start:end]):
        return False
    clause = " ".join(words)
    if _HAVE.search(clause) and not _QUESTION & set(words):
        return True
    if _HAVE_AT_END.search(clause) and not _QUESTION & set(words):
        return True
    if _says(_UNWANTED, clause):
        return True
    before = words[max(0, start - 1) : start]
    return bool({"не", "nicht", "not"} & set(before)) and bool(following) and following[0] in _CONTRAST


def is_refused(words: Sequence[str], start: int, end: int) -> bool:
    """Whether an offer says no to what stands at `start` to `end` of a clause."""
    if _NO & set(words[start:end]):
        return False
    if _says(_REFUSED, " ".join(words)):
        return True
    return any(
        _NONE.search(word) and not (_ONLY & set(words[position + 1 : position + 2]))
        for position, word in enumerate(words[:start])
        if position >= start - _NEAR - 1
    )


def is_spared(words: Sequence[str], start: int, end: int) -> bool:
    """Whether an offer says that what stands at `start` to `end` is not asked for."""
    near = " ".join(words[max(0, start - 4) : end + 5])
    return bool(_NOT_NEEDED.search(near))


def _says(phrases: re.Pattern[str], clause: str) -> bool:
    return any(not (_ONLY & set(clause[match.end() :].split()[:1])) for match in phrases.finditer(clause))
