"""The language to answer in."""

import json
from pathlib import Path

import pytest

from services.intake.domain.language import detect, known_language

DEVSET = Path(__file__).parents[2] / "data" / "devset" / "needs.jsonl"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Шукаю квартиру на двох", "uk"),
        ("Ищу квартиру на двоих", "ru"),
        ("Ich suche eine Wohnung", "de"),
        ("I am looking for a flat", "en"),
        ("де є їжа", "uk"),
        ("где вы", "ru"),
        ("Треба терміново в Jobcenter, Termin о 9", "uk"),
    ],
)
def test_a_sentence_tells_its_language(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["ок", "ok", "+", "👍", "2", "так", "Jobcenter"])
def test_a_word_or_two_leave_the_language_as_it_was(text: str) -> None:
    assert detect(text, "ru") == "ru"
    assert detect(text, "uk") == "uk"


def test_unmistakable_letters_count_even_in_a_word() -> None:
    assert detect("їжа", "ru") == "uk"
    assert detect("рынок", "uk") == "ru"


def test_the_development_set_is_told_apart() -> None:
    rows = [json.loads(line) for line in DEVSET.read_text(encoding="utf-8").splitlines()]
    clear = [row for row in rows if row["language"] != "mixed"]
    wrong = [row["id"] for row in clear if detect(row["text"]) != row["language"]]
    assert len(wrong) <= 4, wrong


def test_codes_of_programmes_are_read() -> None:
    assert known_language("de-AT") == "de"
    assert known_language("EN_us") == "en"
    assert known_language("pl") is None
    assert known_language(None) is None
