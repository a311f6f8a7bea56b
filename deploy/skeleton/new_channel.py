"""New channel: the provider calls us with what people write, and takes over HTTP what we answer."""

from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, Field, SecretStr

from services.intake.channels.base import (
    Capability,
    Channel,
    ChannelSettings,
    Host,
    Incoming,
    Limits,
    Manifest,
    Outgoing,
    Rejected,
    Result,
    RetryAfter,
    Sent,
    Unreachable,
)
from services.intake.channels.http import check_secret, read_json


class NewSettings(ChannelSettings, channel="new_channel"):
    """How the provider is reached, and how it shows that it is the provider."""

    api_url: str = Field(min_length=1, description="Address of the provider, e.g. https://api.example.org.")
    api_token: SecretStr = Field(min_length=1, description="Token by which the provider knows us.")
    webhook_secret: SecretStr = Field(min_length=16, description="What the provider sends as X-Secret with every call.")


class Message(BaseModel):
    """What a person wrote, as the provider puts it."""

    id: str = Field(min_length=1, max_length=200)
    sender: str = Field(alias="from", min_length=1, max_length=200)
    text: str


class Update(BaseModel):
    """One call of the provider; without a message it is about something else."""

    event: str
    message: Message | None = None


class NewChannel(Channel):
    """People who write by this provider."""

    manifest = Manifest("new_channel", frozenset({Capability.PRIVATE_CHAT}), Limits(text=1000, per_second=5), NewSettings)

    async def open(self) -> None:
        """Make the client; it connects when it is first used."""
        token = self.settings.api_token.get_secret_value()
        self.http = httpx.AsyncClient(base_url=self.settings.api_url, headers={"Authorization": f"Bearer {token}"}, timeout=8)

    async def close(self) -> None:
        """Close its connections."""
        await self.http.aclose()

    async def send(self, address: str, message: Outgoing) -> Result:
        """Send one message. A connection that breaks raises, which counts as "not now"."""
        answer = await self.http.post("/messages", json={"to": address, "text": message.text})
        if answer.is_success:
            return Sent()
        if answer.status_code == 429:
            return RetryAfter(float(answer.headers["Retry-After"]))
        if answer.status_code >= 500:
            return RetryAfter()
        return Unreachable() if answer.status_code in (403, 404, 410) else Rejected()

    def routes(self, host: Host) -> APIRouter:
        """The webhook: POST /channels/new_channel/webhook."""
        router = APIRouter()

        @router.post("/webhook")
        async def webhook(request: Request, secret: Annotated[str, Header(alias="X-Secret")] = "") -> dict[str, Any]:
            check_secret(secret, self.settings.webhook_secret)
            update = await read_json(request, Update)
            if said := update.message:
                await host.hear(Incoming(said.sender, said.id, said.text))
            return {}

        return router
