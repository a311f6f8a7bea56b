"""The directory of one replica follows what another commits, and needs no embedding to start."""

from collections.abc import Sequence
from pathlib import Path

from chassis import Service
from services.matching.directory import Directory
from services.matching.domain.model import Model, Vectors
from services.matching.encoder import BundledEncoder
from services.matching.repository import Offers
from tests.kit import running
from tests.kit.infra import Store
from tests.kit.waiting import eventually
from tests.matching.conftest import OFFERS, VET, Matching

MODEL = Path(__file__).parents[2] / "services" / "matching" / "model"
WITHIN = 2.0
"""Seconds; in production one, on a machine that runs tests it may take a little longer."""


class NoEncoder:
    """Fails the test when a stored vector is not used."""

    name = BundledEncoder.name

    async def queries(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError("nothing is to be embedded")

    async def passages(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError("nothing is to be embedded")


async def test_another_replica_sees_what_is_published_changed_and_withdrawn(matching: Matching, store: Store) -> None:
    replica = Service("matching", running.settings_for("matching", matching.bus, store))
    directory = Directory(Offers(replica), Model.load(MODEL), NoEncoder())
    directory.register(replica)
    async with running.started(replica):
        assert len(directory.index) == len(OFFERS)

        await matching.load([VET])
        await eventually(lambda: directory.index.get("vet"), timeout=WITHIN)

        await matching.load([VET | {"title": "Tierarzt am Mittwoch", "capacity": 3}])

        def is_renamed() -> bool:
            vet = directory.index.get("vet")
            return vet is not None and vet.title == "Tierarzt am Mittwoch"

        await eventually(is_renamed, timeout=WITHIN)

        gone = {"id": "vet", "name": "Tierarzt", "status": "inactive"}
        answer = await matching.clients[0].post("/directory/import", json=gone)
        assert answer.json()["withdrawn"] == 1
        await eventually(lambda: directory.index.get("vet") is None, timeout=WITHIN)
        assert len(directory.index) == len(OFFERS)


async def test_offers_embedded_by_another_model_are_embedded_again(matching: Matching, store: Store) -> None:
    await matching.services[0].db["offers"].update_many({}, {"$set": {"encoder": "an older one", "vector": b""}})
    replica = Service("matching", running.settings_for("matching", matching.bus, store))
    directory = Directory(Offers(replica), Model.load(MODEL), BundledEncoder())
    directory.register(replica)
    async with running.started(replica):
        assert len(directory.index) == len(OFFERS)
