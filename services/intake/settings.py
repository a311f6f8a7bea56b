"""What intake can be told from outside."""

from pydantic import Field, SecretStr

from chassis import Settings


class IntakeSettings(Settings):
    """Beside what every service has: the vault's key. Each channel has settings of its own (`channels/`)."""

    vault_key: SecretStr = Field(
        SecretStr(""),
        description="Keys of the vault, the newest first, separated by commas; the last one stays for ever. "
        "Empty: one is made in the home folder, for a single machine.",
    )
