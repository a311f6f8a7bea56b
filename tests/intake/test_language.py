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
        ("Я хочу подати скаргу на вас", "uk"),
        ("we need an interpreter for the Jobcenter next week", "en"),
        ("help with Anmeldung please", "en"),
        ("where is the Ausländerbehörde?", "en"),
        ("looking for a flat in Leipzig-Gohlis", "en"),
        ("I need help with Jobcenter letter", "en"),
        ("Wo ist die Ausländerbehörde?", "de"),
        ("Brauche Hilfe mit dem Brief vom Jobcenter", "de"),
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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("privit, potribna kvartyra", "uk"),
        ("bud laska dopomozhit", "uk"),
        ("Ja shukaju robotu v Leipzig", "uk"),
        ("privet, nuzhna kvartira", "ru"),
        ("gde mozhno poluchit odezhdu", "ru"),
        ("потребна допомога з документами", "uk"),
        ("шо робить як документи потерялись", "uk"),
        ("скажить де тут бюргерамт", "uk"),
        ("мне 30, ищу роботу", "ru"),
        ("Jobcenter Termin хто піде зі мною", "uk"),
        ("Jobcenter Termin кто пойдёт", "ru"),
        ("Ich suche квартиру", "de"),
    ],
)
def test_transliterated_mixed_and_without_ukrainian_letters(text: str, language: str) -> None:
    assert detect(text) == language


def test_ukrainian_is_known_without_its_own_letters() -> None:
    rows = [json.loads(line) for line in (DEVSET.parents[1] / "corpus" / "needs.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [row["text"].lower().translate(str.maketrans("іїєґ", "ииег")) for row in rows if row["language"] == "uk"][:300]
    assert sum(detect(text) == "uk" for text in texts) >= 0.95 * len(texts)


def test_the_corpus_is_told_apart() -> None:
    rows = [json.loads(line) for line in (DEVSET.parents[1] / "corpus" / "other.jsonl").read_text(encoding="utf-8").splitlines()]
    clear = [row for row in rows if row["language"] != "mixed"]
    assert sum(detect(row["text"]) != row["language"] for row in clear) <= 0.005 * len(clear)


@pytest.mark.parametrize(
    ("text", "known", "language"), [("أحتاج إلى مساعدة", "uk", "en"), ("我需要帮助", "de", "de"), ("سلام", None, "en")]
)
def test_other_scripts_are_answered_in_a_language_that_may_be_read(text: str, known: str | None, language: str) -> None:
    assert detect(text, known) == language


def test_codes_of_programmes_are_read() -> None:
    assert known_language("de-AT") == "de"
    assert known_language("EN_us") == "en"
    assert known_language("pl") is None
    assert known_language(None) is None
