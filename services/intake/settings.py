"""What intake can be told from outside."""

from pydantic import AliasChoices, Field, SecretStr

from chassis import Settings


class IntakeSettings(Settings):
    """Beside what every service has: the vault's key, and the channels."""

    vault_key: SecretStr = Field(
        SecretStr(""),
        description="Keys of the vault, the newest first, separated by commas; the last one stays for ever. "
        "Empty: one is made in the home folder, for a single machine.",
    )
    telegram_bot_token: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("ANLAUFSTELLE_TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN", "telegram_bot_token"),
        description="Token of the bot, from @BotFather; empty: no Telegram. TELEGRAM_BOT_TOKEN works as well.",
    )
    telegram_api_url: str = Field("https://api.telegram.org", description="The Bot API; another one for tests.")
    telegram_webhook_url: str = Field(
        "", description="Public https address of intake, e.g. https://help.example.org; empty: long polling."
    )
    telegram_webhook_secret: SecretStr = Field(
        SecretStr(""), description="Secret token by which a webhook call is known to be Telegram's: A-Z, a-z, 0-9, _ and -."
    )
