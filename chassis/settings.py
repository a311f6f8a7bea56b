"""Settings that every service has; a service adds its own by subclassing."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment with the prefix ANLAUFSTELLE_; `python -m services.<name>.main --help` lists them."""

    model_config = SettingsConfigDict(
        env_prefix="ANLAUFSTELLE_", extra="ignore", hide_input_in_errors=True, cli_hide_none_type=True, cli_kebab_case=True,
        populate_by_name=True,
    )  # fmt: skip

    nats_url: str = Field("nats://127.0.0.1:4222", description="The bus; several servers separated by commas.")
    nats_password: SecretStr = Field(SecretStr(""), description="Password of the bus user named like the service.")
    store_url: str = Field("mongodb://127.0.0.1:27017", description="The store (MongoDB protocol).")
    store_database: str = Field("", description="Database of the service; empty: anlaufstelle_<service>.")
    http_host: str = Field("127.0.0.1", description="Address that the service listens on.")
    http_port: int = Field(8000, ge=0, le=65535, description="Port that the service listens on; 0 takes a free one.")
    api_token: SecretStr = Field(SecretStr(""), description="Bearer token between the services; empty refuses them all.")
    batch_size: int = Field(250, ge=1, le=1000, description="Most messages handled in one commit.")
    max_deliver: int = Field(6, ge=1, description="Tries before a message is parked.")
    retry_delay: float = Field(1.0, gt=0, description="Seconds before the second try; doubles with each, up to a minute.")
    timezone: str = Field("Europe/Berlin", description="Time zone in which people are told times.")
    log_format: Literal["auto", "console", "json"] = Field("auto", description="auto: readable on a terminal, JSON elsewhere.")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otlp_endpoint: str = Field("", description="OTLP/HTTP endpoint for traces; empty: none are exported.")
    home: Path = Field(Path("var"), description="Folder for what a service must keep beside the store.")
    place_folder: Path = Field(
        Path(__file__).parents[1] / "local" / "leipzig",
        description="Folder of what is peculiar to a place: its parts and towns, words for topics, names of categories.",
    )
    give_up_after: float = Field(60.0, gt=0, description="Seconds without bus or store after which the process ends.")
