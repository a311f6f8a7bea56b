"""What leads to a person does not leave intake."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.names import is_name, names
from services.intake.domain.redaction import redact, secrets
from tests.intake.redaction_cases import CASES, SECOND

DATA = Path(__file__).parents[2] / "data"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def test_no_phone_and_no_mail_of_the_development_set_is_left() -> None:
    checked = 0
    for row in rows("devset/needs.jsonl"):
        for secret in row["pii"]:
            if "@" in secret or secret.startswith("+"):
                checked += 1
                assert secret not in redact(row["text"])
                assert not any(part in redact(row["text"]) for part in re.findall(r"\d{4,}", secret))
    assert checked > 45


def measured(cases: Iterable[tuple[str, Sequence[str]]]) -> tuple[float, float]:
    """Which share of what leads to a person is gone wholly, and which share of the other words is gone as well."""
    wanted = gone = words = harmless = 0
    for text, pii in cases:
        found = secrets(text)
        spans = [match.span() for part in pii for match in re.finditer(re.escape(part), text)]
        wanted += len(spans)
        gone += sum(any(secret.start <= start and end <= secret.end for secret in found) for start, end in spans)
        for word in re.finditer(r"\S+", text):
            if not any(start < word.end() and word.start() < end for start, end in spans):
                words += 1
                harmless += any(secret.start < word.end() and word.start() < secret.end for secret in found)
    return gone / wanted, harmless / words


def test_people_do_not_leave_the_development_set_and_other_words_stay() -> None:
    recall, overreach = measured((row["text"], row["pii"]) for row in rows("devset/needs.jsonl"))
    assert recall >= 0.98
    assert overreach <= 0.002


@pytest.mark.parametrize("cases", [CASES, SECOND], ids=["first", "second"])
def test_traps(cases: Sequence[tuple[str, Sequence[str]]]) -> None:
    recall, overreach = measured(cases)
    assert recall >= 0.97
    assert overreach <= 0.01


def test_hardly_a_word_of_the_offers_of_help_is_taken_for_a_name() -> None:
    """Directories name no people; what is found there is a word that only looks like a name."""
    found = [card["title"] for card in rows("corpus/cards.jsonl") if names(f"{card['title']}. {card['description']}")]
    assert len(found) <= 4, found


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Мене звати Надія", "Мене звати [name]"),
        ("Надія є, роботи нема", "Надія є, роботи нема"),
        ("дякую пані Оксані Тестюк з каси", "дякую пані [name] з каси"),
        ("Frau Dr. Müller-Muster", "Frau Dr. [name]"),
        ("meine Frau Olena", "meine Frau [name]"),
        ("Anna-Lena kommt mit", "[name] kommt mit"),
        ("Марія, Петра і Галя", "[name], [name] і [name]"),
        ("з Ольгою та Сергієм", "з [name] та [name]"),
        ("mein Sohn Oleksii, auch Aleksej oder Alexey genannt", "mein Sohn [name], auch [name] oder [name] genannt"),
    ],
)
def test_names_in_their_cases_and_spellings(text: str, redacted: str) -> None:
    assert redact(text) == redacted


def test_a_word_that_is_also_a_name_is_no_certain_name() -> None:
    assert is_name("Оксаною")
    assert is_name("Oksana")
    assert not is_name("Надією")
    assert not is_name("Hope")
    assert not is_name("Стіл")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("тел 0341 000 12 34", "тел [phone]"),
        ("0341/0001234 oder (0341) 000-1234", "[phone] oder [phone]"),
        ("+38 (000) 000-00-00", "[phone]"),
        ("пишіть olena.test@example.org, дякую", "пишіть [mail], дякую"),
        ("olena (at) example.org", "[mail]"),
        ("t.me/olena_test або @olena_test", "[link] або [handle]"),
        ("Karl-Liebknecht-Straße 12a, 3. Stock", "[address], 3. Stock"),
        ("Lützner Str. 5", "[address]"),
        ("живу на Аугустусштрассе 5", "живу на [address]"),
        ("вул. Шевченка, 12", "[address]"),
    ],
)
def test_other_spellings(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "Termin am 24.12.2026 um 10:30",
        "10.00-14.30 Uhr, 12 000 Euro, 2022-2026",
        "Größe 110-116, Sohn 7 Jahre, 49/65",
        "трамвай 15, §24, 1. Platz, Klasse 10b",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text) == text


@given(st.text(max_size=300))
def test_any_text_is_redacted_and_twice_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "piece",
    [
        "A",
        "1 ",
        "a@",
        "A-",
        "12.3.4-",
        "(1",
        "Straße ",
        "a.",
        "1",
        "Оля ",
        "пані ",
        "Olha,",
        "мене звати ",
        "ул. А",
        "IBAN 1",
        "AA11 ",
    ],
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    redact(piece * (10_000 // len(piece)))
