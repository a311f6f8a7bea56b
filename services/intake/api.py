"""Intake over HTTP: its channels, and the original words of a need for a coordinator who says why."""

from typing import Annotated, Any

from fastapi import Depends, HTTPException, Query

from chassis import Service, UnitOfWork, new_id

from .channels.base import Answering, Channel
from .domain.person import Look
from .host import ChannelHost
from .reception import Reception


def register(service: Service, hosts: list[tuple[Channel, ChannelHost]], reception: Reception) -> None:
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
