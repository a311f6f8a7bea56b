"""The process: `python -m services.intake.main`."""

import os
import secrets
from datetime import timedelta
from functools import partial
from pathlib import Path

from chassis import Service, run
from chassis.texts import Texts

from . import api, handlers
from .channels import make, switched_on
from .channels.base import Listening
from .delivering import Delivering
from .domain import gazetteer
from .host import ChannelHost, keep_listening
from .overhearing import Overhearing
from .rates import Rates
from .reading import Reading
from .reception import Reception
from .repository import Memory
from .sender import Sender
from .settings import IntakeSettings
from .vault import Vault


def build(settings: IntakeSettings) -> Service:
    """The service with everything it depends on. Raises BadPlaceFile."""
    service = Service("intake", settings)
    gazetteer.use(settings.place_folder)
    memory, vault, texts = Memory(service), Vault(vault_key(settings)), Texts(Path(__file__).parent / "locale")
    channels = {name: make(name) for name in switched_on()}
    delivering = Delivering(memory, vault, texts, timedelta(minutes=settings.group_pause))
    sender = Sender(service, memory, vault, channels, delivering)
    rates = Rates(settings.messages_a_minute)
    reception = Reception(service, memory, vault, texts, delivering, channels, rates)
    overhearing = Overhearing(reception, delivering, settings.group_mode)
    reading = Reading(service, memory, vault)
    hosts = [(channel, ChannelHost(channel, reception, overhearing, reading)) for channel in channels.values()]

    async def open_all() -> None:
        await memory.check_key(vault)
        await memory.open()
        await sender.open()
        for channel in channels.values():
            await channel.open()

    async def send_until_the_end() -> None:
        try:
            await sender.run()
        finally:
            for channel in channels.values():
                await channel.close()

    handlers.register(service, delivering)
    api.register(service, hosts, reception, delivering)
    service.on_start(open_all)
    service.committed(sender.wake)
    service.background(send_until_the_end)
    service.background(reception.understanding.warm_up)
    for channel, host in hosts:
        if isinstance(channel, Listening):
            service.background(partial(keep_listening, service, channel, host))
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
