"""What the inherited suite cannot see from outside: batches, conflicts between replicas, commands."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from anlaufstelle_contracts import CloudEvent, NeedArticulated, topology, wrap

from chassis import Conflict, Service, UnitOfWork, new_id
from chassis.bus import NotPublished
from tests.chassis.conftest import Tally
from tests.kit import running
from tests.kit.infra import Bus, Store
from tests.kit.waiting import eventually

Build = Callable[..., Service]


def need(need_id: str, text: str = "words") -> CloudEvent:
    event = NeedArticulated(need_id=need_id, person_id=new_id(), text=text, language="uk", channel="console")
    return wrap(event, cause_id=new_id(), position=0, source="intake")


async def tally(service: Service, need_id: str) -> int:
    document = await service.db["tallies"].find_one({"_id": need_id})
    return int(document["count"]) if document else 0


async def test_later_messages_of_a_batch_see_what_earlier_ones_did(bus: Bus, built: Build) -> None:
    same = new_id()
    await running.say(bus, *(need(same) for _ in range(30)))
    async with running.started(built()) as service:
        await eventually(lambda: _is(service, same, 30))
        document = await service.db["tallies"].find_one({"_id": same})
        assert document is not None
        assert document["version"] == 30


async def _is(service: Service, need_id: str, count: int) -> bool:
    return await tally(service, need_id) == count


async def test_replicas_that_change_the_same_aggregate_lose_nothing(bus: Bus, built: Build) -> None:
    needs = [new_id() for _ in range(3)]
    async with running.started(built(batch_size=5)) as one, running.started(built(batch_size=5)):
        await running.say(bus, *(need(need_id) for _ in range(40) for need_id in needs))
        for need_id in needs:
            await eventually(partial(_is, one, need_id, 40), timeout=60)
        assert await one.parking.count() == 0
    said = [event for event in await running.heard(bus) if event.type.endswith("needs.unmet.v1")]
    assert len(said) == 120
    assert len({event.id for event in said}) == 120


async def test_a_poison_message_leaves_the_rest_of_its_batch_in_one_commit(bus: Bus, built: Build) -> None:
    service = built(max_deliver=1)
    handler = service._handlers[NeedArticulated]

    async def picky(event: NeedArticulated, uow: UnitOfWork) -> None:
        await handler(event, uow)  # the change of the poisoned one is there when it fails
        if event.text == "poison":
            raise ValueError("words")

    service._handlers[NeedArticulated] = picky
    good, bad = [new_id() for _ in range(10)], new_id()
    await running.say(
        bus, *(need(need_id) for need_id in good[:5]), need(bad, "poison"), *(need(need_id) for need_id in good[5:])
    )
    async with running.started(service):
        await eventually(lambda: _is(service, good[-1], 1))
        assert [await tally(service, need_id) for need_id in good] == [1] * 10
        assert await tally(service, bad) == 0
        await eventually(lambda: _parked(service, 1))


async def _parked(service: Service, count: int) -> bool:
    return await service.parking.count() == count


async def test_a_preparation_that_fails_for_one_message_fails_only_that_one(bus: Bus, built: Build) -> None:
    service = built(max_deliver=1)
    sizes = []

    @service.prepares(NeedArticulated)
    async def prepare(needs: list[NeedArticulated]) -> None:
        sizes.append(len(needs))
        if any(need.text == "poison" for need in needs):
            raise ValueError("words")

    good = [new_id() for _ in range(4)]
    await running.say(bus, need(good[0]), need(good[1]), need(new_id(), "poison"), need(good[2]), need(good[3]))
    async with running.started(service):
        for need_id in good:
            await eventually(partial(_is, service, need_id, 1))
        await eventually(lambda: _parked(service, 1))
    assert max(sizes) > 1


async def test_a_command_is_done_once_for_its_key_and_gives_its_result_again(bus: Bus, built: Build) -> None:
    async with running.started(built()) as service:

        async def command(uow: UnitOfWork) -> dict[str, Any]:
            found = await uow.get(Tally, "counter") or Tally(id="counter")
            found.count += 1
            uow.save(found)
            return {"count": found.count}

        assert [await service.execute("a key", command) for _ in range(3)] == [{"count": 1}] * 3
        assert await service.execute("another key", command) == {"count": 2}


async def test_what_was_saved_can_be_read_and_saved_again_within_a_command(built: Build) -> None:
    async with running.started(built()) as service:

        async def command(uow: UnitOfWork) -> None:
            for _ in range(3):
                found = await uow.get(Tally, "counter") or Tally(id="counter")
                found.count += 1
                uow.save(found)

        await service.execute("a key", command)
        await service.execute("another key", command)
        assert await tally(service, "counter") == 6


async def test_commands_that_wait_together_are_committed_together(built: Build) -> None:
    async with running.started(built()) as service:
        before = len(await service.db["ledger"].distinct("at"))

        def command(number: int) -> Callable[[UnitOfWork], Any]:
            async def run(uow: UnitOfWork) -> int:
                uow.save(Tally(id=f"tally-{number}", count=number))
                return number

            return run

        assert await asyncio.gather(*(service.execute(f"key {n}", command(n)) for n in range(100))) == list(range(100))
        assert before == 0
        assert await service.db["tallies"].count_documents({}) == 100


async def test_a_command_that_fails_changes_nothing_and_may_be_tried_again(built: Build) -> None:
    async with running.started(built()) as service:
        fails = True

        async def command(uow: UnitOfWork) -> str:
            uow.save(Tally(id="x", count=1))
            if fails:
                raise LookupError("not now")
            return "done"

        with pytest.raises(LookupError, match="not now"):
            await service.execute("key", command)
        assert await tally(service, "x") == 0
        fails = False
        assert await service.execute("key", command) == "done"
        assert await tally(service, "x") == 1


async def test_a_stale_aggregate_is_refused(built: Build) -> None:
    async with running.started(built()) as service:

        async def first(uow: UnitOfWork) -> None:
            uow.save(Tally(id="x", count=1))

        await service.execute("first", first)
        stale = Tally(id="x", version=7, count=2)

        async def second(uow: UnitOfWork) -> None:
            uow.save(stale)

        with pytest.raises(Conflict):
            await service.execute("second", second)
        assert await tally(service, "x") == 1


async def test_what_was_committed_while_the_bus_was_away_is_said_when_it_is_back(bus: Bus, built: Build) -> None:
    async with running.started(built()) as service:
        bus.kill()

        async def command(uow: UnitOfWork) -> None:
            await service._handlers[NeedArticulated](need("late").event(), uow)

        await service.execute("key", command)
        bus.start()
        await asyncio.to_thread(bus.wait_ready)
        await eventually(lambda: _said(bus, 1), timeout=30)
        await eventually(lambda: _all_published(service), timeout=30)


async def test_what_was_committed_and_never_published_is_swept_up_once(bus: Bus, built: Build) -> None:
    async with running.started(built()) as service:
        publish = service.ledger.publish

        async def fails(_: object) -> None:
            raise NotPublished("the process could as well have died here")

        async def command(uow: UnitOfWork) -> None:
            await service._handlers[NeedArticulated](need("left").event(), uow)

        service.ledger.publish = fails
        await service.execute("key", command)
        assert await service.ledger.unpublished.count_documents({}) == 1
        assert await running.heard(bus) == []
        service.ledger.publish = publish
        await service.ledger.sweep(older_than=timedelta(0))
        assert await service.ledger.sweep(older_than=timedelta(0)) == 0
    assert [event.subject for event in await running.heard(bus)] == ["left"]


async def _said(bus: Bus, count: int) -> bool:
    return len(await running.heard(bus)) == count


async def _all_published(service: Service) -> bool:
    return await service.ledger.unpublished.count_documents({}) == 0


async def test_a_lost_stream_is_redriven_from_the_ledger(bus: Bus, built: Build) -> None:
    ids = [new_id() for _ in range(5)]
    async with running.started(built()) as service:
        await running.say(bus, *(need(need_id) for need_id in ids))
        await eventually(lambda: _is(service, ids[-1], 1))
        first = await service.db["ledger"].find_one(sort=[("at", 1)])
        assert first is not None
        async with running.operator(bus) as client:
            await client.jetstream().delete_stream(topology.INTERNAL.name)
        await running.provisioned(bus)
        assert await service.ledger.redrive(first["at"]) == 5
    said = {event.subject for event in await running.heard(bus)}
    assert said == set(ids)


async def test_a_service_that_loses_the_store_for_good_gives_up(store: Store, built: Build) -> None:
    async with running.started(built(give_up_after=1.0)) as service:
        store.kill()
        await eventually(lambda: service.failure, timeout=30)
        assert "no store" in (service.failure or "")
        store.start()
        await asyncio.to_thread(store.wait_ready)


async def test_a_service_that_loses_the_bus_for_good_gives_up(bus: Bus, built: Build) -> None:
    async with running.started(built(give_up_after=1.0)) as service:
        bus.kill()
        await eventually(lambda: service.failure, timeout=30)
        assert "no bus" in (service.failure or "")
