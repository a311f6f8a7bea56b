"""The promise of the chassis as tests that every service inherits: class TestMatching(ServiceGuarantees): service = "matching".

They need to know nothing of a service but the events it handles: the ledger says what was done for a cause, the bus what was
said, and the whole database that nothing happened twice.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from anlaufstelle_contracts import CloudEvent, Sensitivity, subjects, topology
from nats.js.api import ConsumerConfig

from chassis import Service, dead
from chassis.service import NotProvisioned
from chassis.store import connect, database
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

STEPS = ("fetched", "known", "handled", "committed", "published", "settled")


class ServiceGuarantees:
    """Inherit, name the service, and `crashes_on` where the first event that it handles changes nothing by itself."""

    service: str
    crashes_on: str = ""

    @pytest.fixture(autouse=True)
    async def _servers(self, bus: Bus, store: Store) -> None:
        self.bus, self.store = bus, store
        await running.provisioned(bus)

    # --- what the tests look at ---

    def built(self, **settings: Any) -> Service:
        return running.build(self.service, running.settings_for(self.service, self.bus, self.store, **settings))

    def event(self) -> CloudEvent:
        kinds = running.handled(self.service)
        return running.example(next((kind for kind in kinds if kind.type == self.crashes_on), kinds[0]))

    async def database(self) -> dict[str, Any]:
        """Every document of the service but the ledger's own bookkeeping."""
        client = connect(self.store.url)
        db = database(client, f"anlaufstelle_{self.service}")
        found = {
            name: sorted([json.dumps(document, default=str, sort_keys=True) async for document in db[name].find()])
            for name in sorted(await db.list_collection_names())
            if name != "unpublished"
        }
        await client.close()
        return found

    async def entries(self, cause_id: str) -> int:
        client = connect(self.store.url)
        count = await database(client, f"anlaufstelle_{self.service}")["ledger"].count_documents({"_id": cause_id})
        await client.close()
        return count

    async def unpublished(self) -> int:
        client = connect(self.store.url)
        count = await database(client, f"anlaufstelle_{self.service}")["unpublished"].count_documents({})
        await client.close()
        return count

    async def waiting(self) -> int:
        async with running.operator(self.bus) as client:
            info = await client.jetstream().consumer_info(topology.INTERNAL.name, self.service)
            return int(info.num_pending or 0) + int(info.num_ack_pending or 0)

    async def done(self, *events: CloudEvent, timeout: float = 20) -> None:
        """Return when every event is in the ledger, settled on the bus, and what it caused is said."""

        async def is_done() -> bool:
            return all([await self.entries(event.id) == 1 for event in events]) and await self.waiting() == 0

        await eventually(is_done, timeout)
        await eventually(self._nothing_unpublished, timeout)

    async def _nothing_unpublished(self) -> bool:
        return await self.unpublished() == 0

    async def said(self, *causes: CloudEvent) -> list[str]:
        """Ids of what was said because of these causes, in order."""
        ids = {cause.id for cause in causes}
        return [event.id for event in await running.heard(self.bus) if event.causationid in ids and event.id not in ids]

    # --- the promise ---

    async def test_each_event_is_handled_once_however_often_it_comes(self) -> None:
        events = [running.example(kind) for kind in running.handled(self.service)]
        async with running.started(self.built()):
            await running.say(self.bus, *events)
            await self.done(*events)
            before, said = await self.database(), await self.said(*events)
            await running.say(self.bus, *events, suffix="-again")
            await eventually(lambda: self._delivered(2 * len(events)))
            await self.done(*events)
        assert await self.database() == before
        assert await self.said(*events) == said
        assert len(said) == len(set(said))

    async def _delivered(self, count: int) -> bool:
        async with running.operator(self.bus) as client:
            info = await client.jetstream().consumer_info(topology.INTERNAL.name, self.service)
            return bool(info.ack_floor and info.ack_floor.consumer_seq >= count)

    async def test_the_same_event_twice_in_a_batch_is_handled_once(self) -> None:
        event = self.event()
        await running.say(self.bus, event)
        await running.say(self.bus, event, suffix="-again")
        async with running.started(self.built()):
            await self.done(event)
        said = await self.said(event)
        assert len(said) == len(set(said))

    @pytest.mark.parametrize("step", STEPS)
    async def test_a_crash_at_any_step_ends_in_the_same_state(self, step: str, tmp_path: Path) -> None:
        event = self.event()
        settings = running.settings_for(self.service, self.bus, self.store)
        await running.say(self.bus, event)
        crashing = running.ServiceProcess(settings, self.service, tmp_path / "log", crash_at=step)
        try:
            await eventually(crashing.ended, 30)
            assert crashing.killed_itself(), (tmp_path / "log").read_text()
        finally:
            crashing.kill()
        async with running.started(self.built()):
            await self.done(event)
        said = await self.said(event)
        assert len(said) == len(set(said))
        await self._as_without_a_crash(event, said)

    async def _as_without_a_crash(self, event: CloudEvent, said: list[str]) -> None:
        """The ledger promises what would have been said without a crash: exactly that stands on the bus."""
        client = connect(self.store.url)
        entry = await database(client, f"anlaufstelle_{self.service}")["ledger"].find_one({"_id": event.id})
        await client.close()
        assert entry is not None
        assert said == [json.loads(body)["id"] for body in entry["events"]]

    async def test_a_poison_message_is_parked_and_its_batch_goes_on(self) -> None:
        event, poison = self.event(), self.event().model_copy(update={"id": "poison"})
        service = self.built(max_deliver=2)
        handlers = dict(service._handlers)
        kind = type(event.event())

        async def failing(happened: Any, uow: Any) -> None:
            if uow.cause.id == "poison":
                raise RuntimeError("it holds words of a person")
            await handlers[kind](happened, uow)

        service._handlers[kind] = failing
        await running.say(self.bus, event)
        await running.say(self.bus, poison)
        async with running.started(service):
            await self.done(event)
            record = await eventually(lambda: service.parking.parked.find_one({"_id": "poison"}))
            assert record["reason"].startswith("RuntimeError at ")
            assert "words" not in record["reason"]
            async with running.operator(self.bus) as client:
                announced = await client.jetstream().get_last_msg(topology.DEAD.name, f"dead.{self.service}.poison")
                assert json.loads(announced.data or b"")["reason"] == record["reason"]
                service._handlers[kind] = handlers[kind]
                service.consumer.handlers[kind] = handlers[kind]
                assert await dead.replay(service.client, client, "poison") == self.service
            await self.done(poison)
            assert await service.parking.count() == 0

    async def test_what_is_no_event_is_parked_at_once(self) -> None:
        event = self.event()
        subject = subjects.subject(event, Sensitivity.INTERNAL)
        wrong = {"no JSON": b"\xff\x00", "no CloudEvent": b'{"a": 1}', "no data": event.model_copy(update={"data": {}}).to_json()}
        async with running.started(self.built()) as service, running.operator(self.bus) as client:
            for body in wrong.values():
                await client.jetstream().publish(subject, body)
            await running.say(self.bus, event)
            await self.done(event)
            await eventually(lambda: self._parked(service, len(wrong)))

    async def _parked(self, service: Service, count: int) -> bool:
        return await service.parking.count() == count

    async def test_unknown_fields_and_values_are_no_trouble(self) -> None:
        event = self.event()
        newer = event.model_copy(update={"data": {**event.data, "a_field_of_next_year": {"x": 1}}})
        async with running.started(self.built()):
            await running.say(self.bus, newer)
            await self.done(newer)

    async def test_an_unknown_major_version_is_parked_not_lost(self) -> None:
        event = self.event().model_copy(update={"type": self.event().type.replace(".v1", ".v99")})
        subject = subjects.subject(self.event(), Sensitivity.INTERNAL)
        async with running.started(self.built()) as service, running.operator(self.bus) as client:
            await client.jetstream().publish(subject, event.to_json())
            await eventually(lambda: self._parked(service, 1))

    async def test_nothing_goes_where_a_forged_reply_to_says(self) -> None:
        event = self.event()
        async with running.operator(self.bus) as client:
            subscription = await client.subscribe("stolen.>")
            async with running.started(self.built()):
                await running.say(self.bus, event, reply_to="stolen.goods")
                await self.done(event)
            assert subscription.pending_msgs == 0

    async def test_the_bus_goes_and_comes_back(self) -> None:
        first, second = self.event(), self.event().model_copy(update={"id": "second"})
        async with running.started(self.built()):
            await running.say(self.bus, first)
            await self.done(first)
            self.bus.kill()
            self.bus.start()
            await asyncio.to_thread(self.bus.wait_ready)
            await running.say(self.bus, second)
            await self.done(second)

    async def test_the_store_goes_and_comes_back(self) -> None:
        event = self.event()
        async with running.started(self.built(max_deliver=1)) as service:
            self.store.kill()
            await running.say(self.bus, event)
            await eventually(lambda: self._fetched(1))
            self.store.start()
            await asyncio.to_thread(self.store.wait_ready)
            await self.done(event)
            assert await service.parking.count() == 0

    async def _fetched(self, count: int) -> bool:
        async with running.operator(self.bus) as client:
            info = await client.jetstream().consumer_info(topology.INTERNAL.name, self.service)
            return bool(info.delivered and info.delivered.consumer_seq >= count)

    async def test_refuses_to_start_on_drift(self) -> None:
        async with running.operator(self.bus) as client:
            js = client.jetstream()
            await js.delete_consumer(topology.INTERNAL.name, self.service)
            await js.add_consumer(
                topology.INTERNAL.name, ConsumerConfig(durable_name=self.service, filter_subject="internal.no.such")
            )
        service = self.built()
        with pytest.raises(NotProvisioned, match="provision apply"):
            await service.start()

    async def test_ends_when_its_consumer_is_deleted(self) -> None:
        async with running.started(self.built()) as service:
            async with running.operator(self.bus) as client:
                await client.jetstream().delete_consumer(topology.INTERNAL.name, self.service)
            await eventually(lambda: service.failure is not None)
            assert "provision apply" in (service.failure or "")
