"""What is at rest cannot be read, and is found again."""

import pytest
from cryptography.fernet import InvalidToken

from services.intake.vault import Vault

OLD, NEW = "an old key of more than thirty-two signs", "a new key of more than thirty-two signs!"


def test_what_is_sealed_opens_and_does_not_show() -> None:
    vault = Vault(OLD)
    sealed = vault.seal("+49 341 0001234")
    assert b"0001234" not in sealed
    assert vault.open(sealed) == "+49 341 0001234"


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(InvalidToken):
        Vault(NEW).open(Vault(OLD).seal("text"))


def test_a_new_key_in_front_seals_and_the_old_one_still_opens_and_names() -> None:
    before, after = Vault(OLD), Vault(f"{NEW},{OLD}")
    assert after.open(before.seal("text")) == "text"
    assert Vault(NEW).open(after.seal("text")) == "text"
    assert after.name("console", "olena") == before.name("console", "olena")


def test_names_differ_by_every_part() -> None:
    vault = Vault(OLD)
    assert len({vault.name("a", "bc"), vault.name("ab", "c"), vault.name("abc"), vault.name("a", "b", "c")}) == 4


@pytest.mark.parametrize("keys", ["", "short", f"{OLD},short"])
def test_a_weak_key_is_refused(keys: str) -> None:
    with pytest.raises(ValueError, match="vault_key"):
        Vault(keys)
