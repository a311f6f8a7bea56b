"""The queue when a replica died in the middle of a commit: what it changed waits, everything else does not."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from chassis import Repository
from services.intake.domain.delivery import Delivery
from services.intake.queue import Queue
from tests.intake.conftest import Intake, started
from tests.kit import running
from tests.kit.infra import Bus, Store

LEASE = timedelta(seconds=15)


@pytest.fixture
async def intake(bus: Bus, store: Store) -> AsyncIterator[Intake]:
    await running.provisioned(bus)
    async with started(bus, store) as replica:
        yield replica


def waiting(number: int, now: datetime) -> dict[str, object]:
    delivery = Delivery(
        id=f"d{number}", version=1, person_id=f"p{number}", number=1, queue=f"p{number}", lane="nowhere", order=number, text="x",
        language="uk", created_at=now, due_at=now, claimed_until=now,
    )  # fmt: skip
    return {"_id": delivery.id, **delivery.model_dump(exclude={"id"}, mode="python"), "state": "waiting"}


async def test_a_message_in_the_hands_of_a_dead_replica_holds_up_no_other(intake: Intake) -> None:
    service = intake.service
    deliveries = Repository(Delivery, "deliveries_of_this_test")  # the replica's own lanes leave them alone
    await deliveries.bind(service.db)
    now = datetime.now(UTC)
    await deliveries.collection.insert_many([waiting(number, now) for number in range(4)])
    queue = Queue(service, deliveries)
    async with service.client.start_session() as session:
        await session.start_transaction()
        await deliveries.collection.update_one({"_id": "d1"}, {"$set": {"attempts": 7}}, session=session)
        started_at = time.monotonic()
        claimed, _ = await queue.claim("nowhere", datetime.now(UTC), LEASE, 10)
        assert [delivery.id for delivery in claimed] == ["d0", "d2", "d3"]
        again, _ = await queue.claim("nowhere", datetime.now(UTC), LEASE, 10)
        assert again == []
        assert time.monotonic() - started_at < 10
        await session.abort_transaction()
    # The store may do late what was given up: that is a claim like any other, and lapses.
    later, _ = await queue.claim("nowhere", datetime.now(UTC) + 2 * LEASE, timedelta(hours=1), 10)
    assert [delivery.id for delivery in later] == ["d0", "d1", "d2", "d3"]
