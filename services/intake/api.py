"""Intake over HTTP: its channels, the original words of a need for a coordinator who says why, and what they write back."""

from typing import Annotated, Any

from fastapi import Depends, HTTPException, Query, Request
from pydantic import BaseModel, Field

from chassis import Service, UnitOfWork, new_id

from .channels.base import Answering, Channel
from .channels.http import read_json
from .delivering import Delivering, Silenced, Unknown
from .domain.delivery import State
from .domain.person import Look
from .host import ChannelHost
from .reception import Reception, clean

MOST_WRITTEN = 2_000
"""Signs of what a coordinator writes. The desk knows it too."""


class Written(BaseModel):
    """What a coordinator writes; `id` makes it safe to repeat."""

    id: str = Field(min_length=16, max_length=64)
    text: str


def register(
    service: Service, hosts: list[tuple[Channel, ChannelHost]], reception: Reception, delivering: Delivering
) -> None:  # fmt: skip
    """Mount the routes."""
    for channel, host in hosts:
        if isinstance(channel, Answering):
            name = channel.manifest.id
            service.api.include_router(channel.routes(host), prefix=f"/channels/{name}", tags=[name])

    @service.api.get("/needs/{need_id}/words", dependencies=[Depends(service.token)], tags=["words"])
    async def words(need_id: str, reason: Annotated[str, Query(min_length=3, max_length=500)]) -> dict[str, Any]:
        """The original words of a need. The look and its reason are kept before anything is shown."""
        found = await reception.memory.words_about(need_id)
        if not found:
            raise HTTPException(404, "no words are kept of this need")

        async def note(uow: UnitOfWork) -> None:
            uow.save(Look(id=new_id(), need_id=need_id, reason=reason, at=uow.now))

        await service.execute(new_id(), note, name="words.looked_at")
        return {"need_id": need_id, "words": [{"text": reception.vault.open(one.sealed), "time": one.at} for one in found]}

    @service.api.post("/needs/{need_id}/messages", dependencies=[Depends(service.token)], status_code=202, tags=["words"])
    async def write(need_id: str, request: Request) -> dict[str, Any]:
        """What a coordinator writes to the person of a need. `held`: it waits until they write where nobody else reads."""
        written = await read_json(request, Written)
        text = clean(written.text)
        if not text:
            raise HTTPException(400, "text: empty")
        if len(text) > MOST_WRITTEN:
            raise HTTPException(413, f"at most {MOST_WRITTEN} characters are sent")

        async def command(uow: UnitOfWork) -> dict[str, Any]:
            try:
                delivery = await delivering.write(need_id, text, uow)
            except Unknown:
                raise HTTPException(404, "no such need, or its person has deleted everything") from None
            except Silenced:
                raise HTTPException(409, "this person is not to be written to") from None
            return {"message_id": delivery.id, "held": delivery.state is State.HELD}

        result: dict[str, Any] = await service.execute(f"written:{need_id}:{written.id}", command, name="person.written_to")
        return result
