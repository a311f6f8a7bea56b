"""Texts within a channel's limits."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.splitting import numbered, split, units


@given(st.text(max_size=400), st.integers(min_value=2, max_value=60))
def test_every_part_fits_and_nothing_but_gaps_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_cuts_between_paragraphs_before_lines_before_words() -> None:
    assert split("один два\n\nтри чотири", 14) == ["один два", "три чотири"]
    assert split("один два\nтри чотири", 14) == ["один два", "три чотири"]
    assert split("один два три", 9) == ["один два", "три"]
    assert split("безпробілів", 4) == ["безп", "робі", "лів"]


def test_a_pair_of_surrogates_is_not_torn() -> None:
    assert split("🚋🚋🚋", 5) == ["🚋🚋", "🚋"]


def test_no_limit_no_cut() -> None:
    assert split("а" * 10_000, None) == ["а" * 10_000]


def test_choices_are_numbered_for_channels_without_buttons() -> None:
    assert numbered("Допомогло?", ["Так", "Ні"]) == "Допомогло?\n\n1) Так\n2) Ні"
    assert numbered("Дякуємо", []) == "Дякуємо"
