"""How intake is put together: keys, tokens, and what it refuses to start with."""

from pathlib import Path

import pytest

from services.intake.channels import ChannelError, make, switched_on
from services.intake.main import vault_key
from services.intake.repository import OtherKey
from services.intake.settings import IntakeSettings
from tests.intake.conftest import started
from tests.kit import running
from tests.kit.infra import Bus, Store


def test_a_channel_is_on_when_one_of_its_settings_is() -> None:
    assert switched_on({}) == ["console", "desk", "web"]
    assert switched_on({"ANLAUFSTELLE_TELEGRAM_BOT_TOKEN": ""}) == ["console", "desk", "web"]
    assert switched_on({"ANLAUFSTELLE_TELEGRAM_BOT_TOKEN": "1:a"}) == ["console", "desk", "web", "telegram"]


def test_a_webhook_without_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLAUFSTELLE_TELEGRAM_BOT_TOKEN", "1:a")
    monkeypatch.setenv("ANLAUFSTELLE_TELEGRAM_WEBHOOK_URL", "https://help.example.org")
    with pytest.raises(ChannelError, match="webhook_url needs webhook_secret"):
        make("telegram")


def test_a_channel_without_what_it_must_have_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLAUFSTELLE_TELEGRAM_BOT_TOKEN", "")
    with pytest.raises(ChannelError, match="ANLAUFSTELLE_TELEGRAM_BOT_TOKEN"):
        make("telegram")
    with pytest.raises(ChannelError, match=r"there are: console, .*web"):
        make("pigeon")


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = IntakeSettings(home=tmp_path / "home")
    key = vault_key(settings)
    assert len(key) >= 32
    assert vault_key(settings) == key
    assert (tmp_path / "home" / "vault.key").stat().st_mode & 0o077 == 0


async def test_a_store_filled_with_another_key_is_left_alone(bus: Bus, store: Store) -> None:
    await running.provisioned(bus)
    async with started(bus, store):
        pass
    with pytest.raises(OtherKey):
        async with started(bus, store, vault_key="another-key-that-is-long-enough-0123456789"):
            pass
