"""The public web form. Our own web service calls these routes; the person keeps a private link, whose token is their address."""

import secrets
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from chassis import new_id

from .base import Capability, Channel, Host, Incoming, Manifest, Outgoing, Result, Sent
from .http import check_length, read_back, read_json, refuse_too_fast

SHORTEST_FORM_ID = 16


class Message(BaseModel):
    """What somebody wrote into the form. `id` makes it safe to send it again; without a token a conversation begins."""

    text: str
    language: str | None = Field(None, max_length=16)
    token: str | None = Field(None, min_length=16, max_length=128)
    id: str | None = Field(None, min_length=SHORTEST_FORM_ID, max_length=64)


class Web(Channel):
    """People at the public page."""

    manifest = Manifest("web", frozenset({Capability.PRIVATE_CHAT, Capability.BUTTONS}))

    async def send(self, address: str, message: Outgoing) -> Result:
        """Nothing to do: the status page reads it."""
        return Sent()

    def routes(self, host: Host) -> APIRouter:
        """POST to write, GET to read the conversation."""
        router = APIRouter(dependencies=[Depends(host.guard)])

        @router.post("/messages", status_code=202)
        async def write(request: Request) -> dict[str, Any]:
            message = await read_json(request, Message)
            # A form that is sent twice (the id is the form's own) leads to one conversation.
            token = message.token or (host.secret("web", message.id) if message.id else secrets.token_hex(32))
            incoming = Incoming(token, message.id or new_id(), check_length(message.text), language_hint=message.language)
            heard = refuse_too_fast(await host.hear(incoming))
            return {"token": token, "need_id": heard.need_id, "kind": heard.kind}

        @router.get("/conversations/{token}")
        async def read(token: str) -> dict[str, Any]:
            return await read_back(host, token)

        return router
