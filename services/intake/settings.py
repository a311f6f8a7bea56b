"""What intake can be told from outside."""

from pydantic import Field, SecretStr

from chassis import Settings

from .domain.groups import Mode


class IntakeSettings(Settings):
    """Beside what every service has: the vault's key. Each channel has settings of its own (`channels/`)."""

    vault_key: SecretStr = Field(
        SecretStr(""),
        description="Keys of the vault, the newest first, separated by commas; the last one stays for ever. "
        "Empty: one is made in the home folder, for a single machine.",
    )
    group_mode: Mode = Field(
        Mode.ANSWER, description="How groups are treated whose admins said nothing: listen, suggest or answer."
    )
    group_pause: float = Field(
        5.0, ge=0, description="Minutes for which nothing is said in a thread after somebody else replied in it."
    )
    messages_a_minute: int = Field(
        30, ge=1, description="Most messages of one address in a minute; more are not read, but who is in danger always is."
    )
