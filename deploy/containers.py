"""What the containers of deploy/compose.yaml have to be told: secrets in deploy/.env, the bus's configuration in deploy/nats/."""

import os
import secrets
from pathlib import Path

from anlaufstelle_contracts.topology import ROLES

from .nats_config import nats_config

FOLDER = Path(__file__).resolve().parent
ENV = ".env"
NATS_CONF = Path("nats") / "nats.conf"

_HEAD = """\
# The secrets of this installation, made by ./anlaufstelle deploy init, which never overwrites one; you may add lines of your own.
# Keep a copy in a safe place, apart from the backups of the store: without VAULT_KEY nobody can read people's addresses again.
"""


def password_name(role: str) -> str:
    """The variable that holds the bus password of a role."""
    return f"NATS_PASSWORD_{role.upper().replace('-', '_')}"


SECRETS = (*(password_name(role.name) for role in ROLES), "API_TOKEN", "DESK_KEY", "VAULT_KEY")
"""Every variable that compose.yaml wants."""


def init(folder: Path = FOLDER) -> list[str]:
    """Make the secrets that are missing, and write the bus's configuration anew; gives the names of the secrets made."""
    known = read(folder / ENV)
    made = {name: secrets.token_urlsafe(32) for name in SECRETS if not known.get(name)}
    if made:
        text = (folder / ENV).read_text(encoding="utf-8") if known else _HEAD
        lines = "".join(f"{name}={value}\n" for name, value in made.items())
        _write(folder / ENV, text + ("" if text.endswith("\n") else "\n") + lines)
    known |= made
    (folder / NATS_CONF).parent.mkdir(mode=0o700, exist_ok=True)
    passwords = {role.name: known[password_name(role.name)] for role in ROLES}
    # The other containers reach the bus; the monitoring port is for the health check within its own.
    everywhere, itself = "0.0.0.0", "127.0.0.1"  # noqa: S104
    config = nats_config(passwords, store_dir="/data", host=everywhere, port=4222, monitor_host=itself, monitor_port=8222)
    _write(folder / NATS_CONF, config)
    return list(made)


def read(path: Path) -> dict[str, str]:
    """The variables that a file sets, the last one of a name as Compose takes it."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, value in pairs}


def _write(path: Path, text: str) -> None:
    """Replace a file at once, never readable by others."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
