"""The console: `./anlaufstelle say` plays a person. Also the smallest example of a channel.

There is no provider: what we send can be read here as soon as the host has noted it, so `send` has nothing to do.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from chassis import new_id

from .base import Capability, Channel, Host, Incoming, Manifest, Outgoing, Result, Sent
from .http import check_length, read_json, refuse_too_fast


class Message(BaseModel):
    """What somebody types. `id` makes it safe to send it again."""

    sender: str = Field(alias="from", min_length=1, max_length=64)
    text: str
    id: str = Field(default_factory=new_id, max_length=64)


class Console(Channel):
    """People at a terminal, told apart by name."""

    manifest = Manifest("console", frozenset({Capability.PRIVATE_CHAT, Capability.BUTTONS}))

    async def send(self, address: str, message: Outgoing) -> Result:
        """Nothing to do: it is read with GET."""
        return Sent()

    def routes(self, host: Host) -> APIRouter:
        """POST to say something, GET to hear the answers."""
        router = APIRouter(dependencies=[Depends(host.guard)])

        @router.post("/messages", status_code=202)
        async def say(request: Request) -> dict[str, Any]:
            message = await read_json(request, Message)
            heard = refuse_too_fast(await host.hear(Incoming(message.sender, message.id, check_length(message.text))))
            return {"cause_id": heard.cause_id, "kind": heard.kind, "need_id": heard.need_id}

        @router.get("/messages")
        async def hear(
            sender: Annotated[str, Query(alias="from", max_length=64)],
            after: int = 0,
            wait: Annotated[float, Query(ge=0, le=60)] = 0,
        ) -> dict[str, Any]:
            return {
                "messages": [
                    {
                        "seq": line.number,
                        "message_id": line.message_id,
                        "need_id": line.need_id,
                        "text": line.text,
                        "choices": [{"value": button.value, "label": button.label} for button in line.buttons],
                    }
                    for line in await host.shown(sender, after, wait)
                ]
            }

        return router
