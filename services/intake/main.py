"""The process: `python -m services.intake.main`."""

import asyncio
import os
import secrets
from functools import partial
from pathlib import Path

from chassis import Service, run
from chassis.texts import Texts

from . import api, handlers
from .channels import make, switched_on
from .channels.base import Listening
from .host import ChannelHost, Reception, keep_listening
from .repository import Memory
from .sender import Sender
from .settings import IntakeSettings
from .vault import Vault


def build(settings: IntakeSettings) -> Service:
    """The service with everything it depends on."""
    service = Service("intake", settings)
    memory, vault = Memory(service), Vault(vault_key(settings))
    channels = [make(name) for name in switched_on()]
    sender = Sender(service, memory, vault, {channel.manifest.id: channel for channel in channels})
    reception = Reception(service, memory, vault, Texts(Path(__file__).parent / "locale"), sender.delivering)

    async def open_all() -> None:
        await memory.check_key(vault)
        await memory.open()
        for channel in channels:
            await channel.open()

    async def close_at_the_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            for channel in channels:
                await channel.close()

    handlers.register(service, sender.delivering)
    api.register(service, channels, reception)
    service.on_start(open_all)
    service.committed(sender.wake)
    service.background(sender.run)
    service.background(reception.understanding.warm_up)
    service.background(close_at_the_end)
    for channel in channels:
        if isinstance(channel, Listening):
            service.background(partial(keep_listening, service, channel, ChannelHost(channel, reception)))
    return service


def vault_key(settings: IntakeSettings) -> str:
    """The configured key, or one that is made once and kept in the home folder."""
    if configured := settings.vault_key.get_secret_value():
        return configured
    file = settings.home / "vault.key"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass  # made before
    return file.read_text().strip()


if __name__ == "__main__":
    run(build, IntakeSettings)
