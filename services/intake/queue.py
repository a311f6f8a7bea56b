"""The queue of messages that wait to be sent, shared by all replicas: whose turn it is, and when the next may go.

Of each person (or group) only the first message that waits can be claimed: nobody gets a later one before an earlier
one, and who has many delays nobody else. A channel that declares a pace is taken from by one replica at a time, for a
moment, so that messages go in the order of their requests and each has a moment of its own at which it may be sent.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis import Repository, Service, new_id

from .channels.base import Limits
from .domain.delivery import Delivery, State

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
TURN = timedelta(seconds=2)
"""How long a replica may take to claim; after that another one does."""
AHEAD = timedelta(seconds=1)
"""Messages are claimed so long before they may be sent: until the next look; little waits in vain when a replica dies."""
MINUTE = timedelta(minutes=1)
MARK_WITHIN = 1.0
STUCK_FOR = timedelta(seconds=10)
PACED_AT_ONCE = 100
"""People looked at beyond those that can be claimed, because some of them were written to just now."""


class Queue:
    """Waiting deliveries, claimed for a lane: a channel, or None for what is meant for a channel that this replica has not."""

    def __init__(self, service: Service, deliveries: Repository[Delivery]) -> None:
        self._service, self._deliveries = service, deliveries
        self._stuck: dict[str, datetime] = {}

    async def open(self, lane: str) -> None:
        """Make ready for a channel with a pace."""
        await self._slots.update_one({"_id": lane}, {"$setOnInsert": {"next": LONG_AGO, "turn_until": LONG_AGO}}, upsert=True)

    async def take_turn(self, lane: str, now: datetime) -> bool:
        """Whether it is this replica's turn: nobody else claims just now, and something may be sent soon."""
        free = {"_id": lane, "turn_until": {"$lt": now}, "next": {"$lte": now + AHEAD}}
        return await self._slots.find_one_and_update(free, {"$set": {"turn_until": now + TURN}}) is not None

    async def end_turn(self, lane: str, now: datetime, count: int, gap: float) -> datetime:
        """Let others claim; gives the first of `count` moments in which a message may be sent, `gap` seconds apart."""
        start = {"$max": ["$next", now]}
        after = {"$add": [start, round(count * gap * 1000)]}
        before: dict[str, datetime] = await self._slots.find_one_and_update(
            {"_id": lane}, [{"$set": {"next": after, "turn_until": LONG_AGO}}]
        )
        return max(now, before["next"])

    async def claim(
        self, lane: str, now: datetime, lease: timedelta, limit: int, others: Sequence[str] = ()
    ) -> tuple[list[Delivery], datetime | None]:  # fmt: skip
        """Claim what is due, the longest requested first; also gives when the first of those is due who were written to just now.

        With `others` it is all that is for none of them.
        """
        heads = await self._heads(lane, now, limit, others)
        paced = await self._paced([head["_id"] for head in heads], now)
        ids = [head["first"] for head in heads if head["_id"] not in paced][:limit]
        ours = new_id()
        if ids:
            await self._mark(ids, now, {"claimed_until": now + lease, "claimed_by": ours})
        claimed = await self._deliveries.find({"claimed_by": ours}, sort=[("order", 1)]) if ids else []
        return claimed, min(paced.values(), default=None)

    async def _mark(self, ids: Sequence[str], now: datetime, claim: dict[str, Any]) -> None:
        """Claim each by itself, all at the same time.

        A replica that dies in the middle of a commit leaves the store waiting for it, up to a minute, with what it changed. That
        one message must not hold up all the others.
        """
        self._stuck = {each: until for each, until in self._stuck.items() if until > now}
        free = [each for each in ids if each not in self._stuck]
        marked = await asyncio.gather(*(self._marked(each, now, claim) for each in free))
        self._stuck |= {each: now + STUCK_FOR for each, is_marked in zip(free, marked, strict=True) if not is_marked}
        if not all(marked):
            await self._prod()

    async def _prod(self) -> None:
        """Look at something in a transaction: the embedded store ends those of the dead only when somebody else has one."""
        async with self._service.client.start_session() as session, await session.start_transaction():
            await self._slots.find_one({"_id": ""}, session=session)

    async def _marked(self, identifier: str, now: datetime, claim: dict[str, Any]) -> bool:
        try:
            async with asyncio.timeout(MARK_WITHIN):
                await self._deliveries.collection.update_one(
                    {"_id": identifier, "state": State.WAITING, "claimed_until": {"$lte": now}},
                    {"$set": claim, "$inc": {"version": 1}},
                )
        except TimeoutError:
            return False
        return True

    async def _heads(self, lane: str, now: datetime, limit: int, others: Sequence[str]) -> list[dict[str, Any]]:
        found = await self._deliveries.collection.aggregate(
            [
                {"$match": {"state": State.WAITING, "lane": {"$nin": list(others)} if others else lane}},
                {"$sort": {"queue": 1, "order": 1}},
                {"$group": {"_id": "$queue", "first": {"$first": "$_id"}, "due_at": {"$first": "$due_at"},
                            "order": {"$first": "$order"}, "claimed_until": {"$first": "$claimed_until"}}},
                {"$match": {"due_at": {"$lte": now}, "claimed_until": {"$lte": now}}},
                {"$sort": {"order": 1}},
                {"$limit": limit + PACED_AT_ONCE},
            ]
        )  # fmt: skip
        return [head async for head in found]

    async def _paced(self, queues: Sequence[str], now: datetime) -> dict[str, datetime]:
        """Who of these was written to just now, and when they may be again."""
        found = self._slots.find({"_id": {"$in": list(queues)}, "next": {"$gt": now}})
        return {slot["_id"]: slot["next"] async for slot in found}

    async def pace(self, delivery: Delivery, moments: Sequence[datetime], limits: Limits) -> None:
        """Send nothing more to a person or group until the limits allow it, after what is sent at `moments`."""
        until = moments[-1] + timedelta(seconds=gap(limits))
        change: dict[str, Any] = {"next": until, "expires_at": until}
        if delivery.group and limits.per_minute_group:
            # Whoever claimed the group's first message is alone with it, so that nobody else changes this meanwhile.
            slot = await self._slots.find_one({"_id": delivery.queue}) or {}
            recent = [*slot.get("recent", ()), *moments][-limits.per_minute_group :]
            if len(recent) == limits.per_minute_group:
                change["next"] = max(until, recent[0] + MINUTE)
            change |= {"recent": recent, "expires_at": max(until, moments[-1] + MINUTE)}
        await self._slots.update_one({"_id": delivery.queue}, {"$set": change}, upsert=True)

    async def keep(self, delivery: Delivery, until: datetime) -> bool:
        """Keep what was claimed for longer. False when another replica has claimed it meanwhile."""
        ours = {"_id": delivery.id, "claimed_by": delivery.claimed_by}
        return (await self._deliveries.collection.update_one(ours, {"$set": {"claimed_until": until}})).matched_count == 1

    async def passed(self, delivery: Delivery) -> None:
        """Note at once what the provider took of it: who takes it over from a replica that died now does not say it again."""
        ours = {"_id": delivery.id, "claimed_by": delivery.claimed_by}
        taken = delivery.model_dump(include={"parts_passed", "is_passed", "references"})
        await self._deliveries.collection.update_one(ours, {"$set": taken})

    async def hand_over(self, delivery: Delivery, lane: str, now: datetime) -> None:
        """Leave it to another lane: its person writes from elsewhere now."""
        await self._let_go(delivery, {"lane": lane, "parts_passed": 0, "references": []}, now)

    async def give_back(self, delivery: Delivery, now: datetime) -> None:
        """Leave it to another replica, at once."""
        await self._let_go(delivery, {}, now)

    async def _let_go(self, delivery: Delivery, change: dict[str, Any], now: datetime) -> None:
        ours = {"_id": delivery.id, "claimed_by": delivery.claimed_by}
        free = {"claimed_until": now, "claimed_by": ""}
        await self._deliveries.collection.update_one(ours, {"$set": {**change, **free}, "$inc": {"version": 1}})

    @property
    def _slots(self) -> Any:
        return self._service.db["slots"]


def gap(limits: Limits) -> float:
    """Seconds between two messages to the same person or group."""
    return 1 / limits.per_second_each if limits.per_second_each else 0.0
