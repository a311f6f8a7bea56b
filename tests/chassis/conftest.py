"""A small service on the real chassis: it takes matching's place on the bus and counts what it is told."""

from collections.abc import Callable
from typing import Any

import pytest
from anlaufstelle_contracts import NeedArticulated, NeedUnmet, UnmetReason
from pydantic import BaseModel

from chassis import Service, Settings, UnitOfWork
from tests.kit import running
from tests.kit.infra import Bus, Store


class Tally(BaseModel):
    """How often a need was articulated."""

    id: str
    version: int = 0
    count: int = 0


async def count(need: NeedArticulated, uow: UnitOfWork) -> None:
    """The handler of the small service."""
    tally = await uow.get(Tally, need.need_id) or Tally(id=need.need_id)
    tally.count += 1
    uow.save(tally)
    uow.emit(NeedUnmet(need_id=need.need_id, person_id=need.person_id, language=need.language, reason=UnmetReason.FULL))


@pytest.fixture
async def built(bus: Bus, store: Store) -> Callable[..., Service]:
    """Build one (or several, as replicas are) on a provisioned bus."""
    await running.provisioned(bus)

    def build(**settings: Any) -> Service:
        servers = {"nats_url": bus.url, "nats_password": bus.passwords["matching"], "store_url": store.url}
        service = Service("matching", Settings(**{**servers, **running.EXTRA, **settings}))
        service.keeps(Tally, "tallies")
        service.handles(NeedArticulated)(count)
        return service

    return build
