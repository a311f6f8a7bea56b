"""How intake is put together: keys, tokens, and what it refuses to start with."""

from pathlib import Path

import pytest

from services.intake.channels.telegram import Telegram
from services.intake.main import build_channels, vault_key
from services.intake.repository import OtherKey
from services.intake.settings import IntakeSettings
from tests.intake.conftest import started
from tests.kit import running
from tests.kit.infra import Bus, Store


def channels(settings: IntakeSettings) -> list[str]:
    return [channel.manifest.id for channel in build_channels(settings)]


def test_telegram_is_there_when_it_has_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    assert channels(IntakeSettings()) == ["console", "web"]
    assert channels(IntakeSettings(telegram_bot_token="1:a")) == ["console", "web", "telegram"]  # type: ignore[arg-type]
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:a")
    assert channels(IntakeSettings()) == ["console", "web", "telegram"]
    monkeypatch.setenv("ANLAUFSTELLE_TELEGRAM_BOT_TOKEN", "")
    assert channels(IntakeSettings()) == ["console", "web"]


def test_a_webhook_without_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="telegram_webhook_secret"):
        Telegram("1:a", "https://api.telegram.org", "https://help.example.org")


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
