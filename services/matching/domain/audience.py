"""Whom an offer is for, against what a message says of the person. Excludes only what is stated: in doubt an offer stays."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

CHILDREN = frozenset({"children", "teenagers", "children with disabilities"})
SENIORS = frozenset({"seniors"})
WOMEN = frozenset({"women", "mothers", "pregnant women"})

_AGE = re.compile(
    r"(?<![\d.,])(\d{1,3})\s*(?:-?\s*(?:рок|річ|год|лет|jahre?\b|jährig|years?[\s-]old|y\.?o\b))(?!\w*\s*(?:тому|назад|ago))",
    re.I,
)
_CHILD = re.compile(
    r"дит[ияе]|дітей|дітям|діти|реб[её]н|дет[ия]м?\b|детей|син|сын|дочк|дочер|доньк|внук|онук|підліт|подрост|школ|садок|садик|"
    r"\bkind|sohn|tochter|enkel|schüler|jugend|teenager|\bkids?\b|child|\bson\b|daughter|grand(son|daughter|child)|school",
    re.I,
)
_SENIOR = re.compile(
    r"мам|матер|матір|тат[оау]|бать|пап[аеуы]|баб|дід|дед|пенс|літн|пожил|свекр|т[её]щ|\bmutter|\bvater|\boma|\bopa|rentner|senior|"
    r"\bmum|\bmom|mother|father|grandm|grandf|granny|pension|retired|elderly", re.I,
)  # fmt: skip
_MAN = re.compile(
    r"\bя\s+(?:\w+\s+)?(?:чоловік|мужчина|хлопець|парень)\b|\bich bin ein mann\b|\bals mann\b|\bi(?:'m| am) a (?:man|guy)\b|"
    r"(?:для (?:мого\s+|моего\s+)?(?:чоловіка|мужа|мужчины)|für meinen mann|for my husband)\b"
    r"(?!\s+(?:[иійта&]+|und|and)\s)", re.I,
)  # fmt: skip
_WOMAN = re.compile(r"жін|женщин|дівч|девуш|дружин|\bжен[ауые]\b|frau|woman|women|wife|girl", re.I)


@dataclass(frozen=True)
class Stated:
    """What a message states about who is to be helped."""

    ages: tuple[int, ...]
    mentions_child: bool
    mentions_senior: bool
    is_man: bool

    @classmethod
    def of(cls, text: str) -> "Stated":
        """Read it from the words of a need."""
        return cls(
            ages=tuple(age for age in map(int, _AGE.findall(text)) if age <= 105),
            mentions_child=bool(_CHILD.search(text)),
            mentions_senior=bool(_SENIOR.search(text)),
            is_man=bool(_MAN.search(text)) and not _WOMAN.search(text),
        )

    @property
    def is_grown_up(self) -> bool:
        """Ages are named, all of adults, and no child comes up."""
        return bool(self.ages) and min(self.ages) >= 20 and not self.mentions_child

    @property
    def is_young(self) -> bool:
        """Ages are named, none of somebody old, and no old person comes up."""
        return bool(self.ages) and max(self.ages) < 50 and not self.mentions_senior

    @property
    def is_old(self) -> bool:
        """Somebody of retirement age is named."""
        return any(age >= 60 for age in self.ages)


def is_excluded(audience: Sequence[str], stated: Stated) -> bool:
    """Whether an offer is only for people that this is not."""
    only = set(audience)
    if not only:
        return False
    return (
        (only <= CHILDREN and stated.is_grown_up)
        or (only <= SENIORS and stated.is_young)
        or (only <= WOMEN and stated.is_man)
    )  # fmt: skip


def is_meant(audience: Sequence[str], stated: Stated) -> bool:
    """Whether an offer is made for just such people: worth saying as a reason."""
    groups = set(audience)
    return bool((groups & SENIORS and stated.is_old) or (groups & CHILDREN and stated.mentions_child))
