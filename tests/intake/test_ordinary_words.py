"""Ordinary words that once raised an alarm, and needs that once raised one or none: as intake understands them."""

import json
import re
from pathlib import Path

import pytest

from services.intake.domain import extraction
from services.intake.domain.dangers import SAYS_LITTLE
from services.intake.domain.emergency import Emergency, emergency
from services.intake.domain.pressing import pressing
from services.intake.domain.redaction import redact
from services.intake.domain.topics import topics
from services.intake.domain.triage import Kind
from services.intake.understanding import Understanding, Understood
from tests.kit.read import DATA, emergencies

QUIET = [
    "двоє дітей 5 і 11",
    "дочка 4 годика и сын 9",
    "zwei Kinder, 5 und 11",
    "син 12 років",
    "Хлопчик 3 роки",
    "дочка 7 років і син 10",
    "це не підходить",
    "я не знаю що робити",
    "ми вдвох з дитиною",
    "чоловік залишився в Україні",
    "Дитина спить",
    "дитина 4 роки кашляє тиждень, температури нема",
    "мама перестала відповідати, вона під Покровськом",
    "мені сьогодні наснилось що дитина загубилась, жах",
    "Дитина зникла!!! жартую, заховалась в шафі",
    "Потрібен велосипед у Плагвіці",
]
TONIGHT = [
    ("Wir haben keinen Schlafplatz heute", "housing"),
    ("нас вигнали", "housing"),
    ("нема де спати сьогодні", "housing"),
    ("Нам треба поселитись на ніч, нас 3, поліція сказала йти до вас", "housing"),
    ("we got kicked out, nowhere to go tonight", "housing"),
    ("нечего есть", "food"),
    ("голодні, з учора не їли", "food"),
]


async def read(text: str) -> Understood:
    return await Understanding().read(redact(text))


@pytest.mark.parametrize("text", QUIET)
async def test_ordinary_words_raise_no_alarm_alone_or_in_a_group(text: str) -> None:
    assert (await read(text)).danger is None  # in a group it must be plainer still


@pytest.mark.parametrize(("text", "category"), TONIGHT)
async def test_nowhere_to_sleep_and_nothing_to_eat_are_needs_of_tonight(text: str, category: str) -> None:
    found = await read(text)
    assert (found.kind, found.danger) == (Kind.NEED, None)
    assert topics(text)[0] == category
    assert extraction.facts(text).urgency == "now"


async def test_what_was_held_back_is_understood() -> None:
    """Short needs and dangers that were written with what is fitted, and left out of it."""
    needs, dangers = (_rows(DATA / place) for place in ("everyday/needs.jsonl", "emergencies/held_back.jsonl"))
    taken = [await read(row["text"]) for row in needs]
    assert [row["text"] for row, one in zip(needs, taken, strict=True) if one.danger or one.kind is not Kind.NEED] == []
    heard = [(row["text"], row["kind"], (await read(row["text"])).danger) for row in dangers]
    assert [text for text, kind, found in heard if kind and found != kind] == []
    assert sum(found is not None for _, kind, found in heard if kind is None) <= 3


@pytest.mark.parametrize(
    "text",
    ["мене вигнали з роботи", "нас выгнали из чата", "we were kicked out of the group", "Wir haben kein Bett, nur Matratzen"],
)
def test_who_is_thrown_out_of_something_else_has_a_bed(text: str) -> None:
    assert pressing(text) is None


@pytest.mark.parametrize("text", ["син 5 років зник", "чоловік б'є мене, нема де спати сьогодні"])
async def test_danger_stays_danger_beside_what_is_ordinary(text: str) -> None:
    assert (await read(text)).danger is not None


def test_nobody_in_danger_is_taken_for_a_joke() -> None:
    assert emergency("Дитина зникла, я не жартую!") is Emergency.CHILD
    assert emergency("My son is missing. Just kidding, he's here") is None
    assert emergency("шучу, шучу... жить не хочу") is Emergency.SELF_HARM


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["у дитині 5, ", "1", "я ", "нема ", "нас вигнали ", "поселити на "])
def test_a_hostile_text_is_read_in_no_time(piece: str) -> None:
    said = piece * (10_000 // len(piece)) + "!"
    re.fullmatch(SAYS_LITTLE, said)
    pressing(said)


def test_no_emergency_lacks_only_a_bed() -> None:
    assert [one.text for one in emergencies() if one.row["kind"] and pressing(one.text)] == []


def _rows(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
