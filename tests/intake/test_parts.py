"""Two needs in one message: only where the person draws a line."""

import json
from pathlib import Path

import pytest

from services.intake.domain.parts import parts

CORPUS = Path(__file__).parents[2] / "data" / "corpus"


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (
            "Ми в Гоголісі, нас троє. Шукаємо дитячого лікаря. І друге: хто віддасть коляску?",
            "Ми в Гоголісі, нас троє. Шукаємо дитячого лікаря.",
            "Ми в Гоголісі, нас троє. І друге: хто віддасть коляску?",
        ),
        (
            "Ищу курсы немецкого для начинающих. И ещё нужна зимняя куртка сыну",
            "Ищу курсы немецкого для начинающих.",
            "И ещё нужна зимняя куртка сыну",
        ),
        (
            "Wir wohnen in Grünau. Ich suche eine Hebamme. Außerdem brauchen wir einen Kinderwagen. Danke!",
            "Wir wohnen in Grünau. Ich suche eine Hebamme. Danke!",
            "Wir wohnen in Grünau. Außerdem brauchen wir einen Kinderwagen. Danke!",
        ),
        (
            "Looking for a lawyer for our asylum interview. And we also need warm clothes",
            "Looking for a lawyer for our asylum interview.",
            "And we also need warm clothes",
        ),
        ("Потрібен репетитор з математики, а ще шукаю велосипед", "Потрібен репетитор з математики", "а ще шукаю велосипед"),
    ],
)
def test_a_second_wish_becomes_a_need_of_its_own(text: str, first: str, second: str) -> None:
    assert parts(text) == [first, second]


@pytest.mark.parametrize(
    "text",
    [
        "Потрібні меблі: ліжко, шафа. І ще стіл",
        "Потрібні меблі та зимовий одяг",
        "Квартира вже є. А ще є кухня. Потрібна пральна машина",
        "Переїзд до Гамбурга, потрібна машина. І ще вантажники, щоб перевезти меблі",
        "Нужен переводчик к врачу. И ещё вопрос: сколько это стоит?",
        "Ich suche einen Deutschkurs. Und noch eine Frage: kostet das etwas?",
        "I need a bike. Also, thank you all",
        "Шукаю лікаря. І дякую всім",
        "Привіт",
        "",
    ],
)
def test_what_belongs_together_stays_one(text: str) -> None:
    assert parts(text) == [text]


def test_one_need_of_the_corpus_is_not_torn_and_some_pairs_are_told_apart() -> None:
    needs = [
        json.loads(line) for name in ("needs", "unmet") for line in (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    torn = [row["id"] for row in needs if len(parts(row["text"])) > 1]
    rightly = {row["id"] for row in needs if len(row["categories"]) > 1} & set(torn)
    assert len(rightly) >= 17
    assert len(torn) - len(rightly) <= 3


def test_a_hostile_text_is_read_in_no_time() -> None:
    for text in ("і ще. " * 1_500, "? " * 5_000, ", и ещё" * 1_400, "а" * 10_000):
        assert 1 <= len(parts(text)) <= 2
