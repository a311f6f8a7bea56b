"""Sends what is to be said: each message once claimed, in order for each person, at the channel's pace, with a receipt."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from anlaufstelle_contracts import Event

from chassis import Service, UnitOfWork
from chassis.logs import error_name

from .channels.base import Button, Capability, Channel, Grouping, Limits, Outgoing, Result, RetryAfter, Sent, Unreachable
from .delivering import LINK, Delivering
from .domain.delivery import Delivery
from .domain.person import Address
from .domain.splitting import numbered, split
from .queue import AHEAD, Queue, gap
from .repository import Memory
from .vault import Vault

log = structlog.get_logger()

CLAIM = timedelta(seconds=15)
"""How long a replica may take to send; after that another one tries."""
SEND_WITHIN = 10.0
LOOK_EVERY = 1.0
LOOK_ELSEWHERE = 10.0
"""For what is meant for no channel of this replica: rare, and not cheap to look for."""
LOOK_AGAIN = 0.1
"""When others claim just now, or enough is on its way."""
AT_ONCE = 50
"""Messages of a channel that are under way at the same time."""


@dataclass(frozen=True)
class Post:
    """A claimed message, where it goes, and its parts with the moments at which each may go."""

    delivery: Delivery
    address: Address | None
    parts: Sequence[Outgoing] = ()
    moments: Sequence[datetime] = ()
    pause: float = 0.0
    """Seconds between two parts, and before the next message to the same person."""
    result: Result | None = None
    """What is to be noted without sending it."""


class Sender:
    """Sends by the channels that this replica has; each has a lane of its own, so that a slow one delays no other."""

    def __init__(
        self, service: Service, memory: Memory, vault: Vault, channels: Mapping[str, Channel], delivering: Delivering
    ) -> None:  # fmt: skip
        self.service, self.vault, self.channels, self.delivering = service, vault, channels, delivering
        self.queue = Queue(service, memory.deliveries)
        self.lanes = {name: Lane(self, name, channel) for name, channel in channels.items()}
        self.elsewhere = Lane(self, "", None)
        self.stopping = asyncio.Event()

    def wake(self, _: list[Event]) -> None:
        """There may be something to send."""
        for name in self.delivering.pop_lanes():
            self.lanes.get(name, self.elsewhere).wake()

    async def open(self) -> None:
        """Make the queue ready for channels with a pace."""
        for name, channel in self.channels.items():
            if channel.manifest.limits.per_second:
                await self.queue.open(name)

    async def run(self) -> None:
        """Send what is due until cancelled; what a provider has been given by then is noted before this ends."""
        lanes = (*self.lanes.values(), self.elsewhere)
        try:
            # Not a group of tasks: that cancels its tasks once, and a driver can swallow one cancellation; this passes each on.
            await asyncio.gather(*(lane.run() for lane in lanes))
        finally:
            self.stopping.set()
            while under_way := [task for lane in lanes for task in lane.under_way]:
                with suppress(asyncio.CancelledError):  # who stops us asks again and again
                    await asyncio.wait(under_way)


class Lane:
    """One channel's part of the queue, or with no channel what is for channels that this replica has not."""

    def __init__(self, sender: Sender, name: str, channel: Channel | None) -> None:
        self.sender, self.name, self.channel, self.queue = sender, name, channel, sender.queue
        self.limits = channel.manifest.limits if channel else Limits()
        self.under_way: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._not_before = datetime.now(UTC)
        self._next_turn = 0.0

    def wake(self) -> None:
        """Look whether there is something to send."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due."""
        while True:
            self._wake.clear()
            posts, look = await self._take()
            for post in posts:
                task = asyncio.create_task(self._deliver(post))
                self.under_way.add(task)
                task.add_done_callback(self._ended)
            # Look now and then anyway: something put off may be due, or another replica may have died.
            await _set_within(self._wake, look)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.under_way.discard(task)
        self.wake()

    async def _take(self) -> tuple[list[Post], float]:
        """What is to be sent now, and in how many seconds to look again."""
        room = AT_ONCE - len(self.under_way)
        if room < AT_ONCE // 2:
            return [], LOOK_EVERY  # whoever ends wakes us
        try:
            return await (self._take_turn(room, self.limits.per_second) if self.limits.per_second else self._claim(room))
        except Exception as error:  # noqa: BLE001 - a store that is away; the chassis decides how long that may last
            log.warning("nothing can be claimed", channel=self.name, reason=error_name(error))
            return [], LOOK_EVERY

    async def _take_turn(self, room: int, per_second: float) -> tuple[list[Post], float]:
        """At the pace of the channel: claim a second's worth, and give each part a moment of its own."""
        now = datetime.now(UTC)
        if now < self._not_before:
            return [], (self._not_before - now).total_seconds()
        if not await self.queue.take_turn(self.name, now):
            return [], LOOK_AGAIN
        posts, look = await self._claim(min(room, max(1, round(per_second))))
        count = sum(len(post.parts) for post in posts)
        start = await self.queue.end_turn(self.name, datetime.now(UTC), count, 1 / per_second)
        self._not_before = start + timedelta(seconds=count / per_second) - AHEAD
        return schedule(posts, start, 1 / per_second), look

    async def _claim(self, limit: int) -> tuple[list[Post], float]:
        now = datetime.now(UTC)
        others = () if self.channel else tuple(self.sender.channels)
        deliveries, next_due = await self.queue.claim(self.name, now, CLAIM, limit, others)
        addresses = await self.sender.delivering.where_to_write(deliveries)
        posts = [await self._prepare(delivery, addresses.get(delivery.id), now) for delivery in deliveries]
        pause = LOOK_EVERY if self.channel else LOOK_ELSEWHERE
        look = min(pause, (next_due - now).total_seconds()) if next_due else pause
        return schedule([post for post in posts if post], now, 0.0), look

    async def _prepare(self, delivery: Delivery, address: Address | None, now: datetime) -> Post | None:
        """A message made ready; None when it is left to another lane."""
        if address is None:
            return Post(delivery, None, result=Unreachable())
        if delivery.is_passed:
            return Post(delivery, address, result=Sent())
        if self.channel is None and address.channel not in self.sender.channels:
            log.warning("no such channel in this replica", channel=address.channel)
            return Post(delivery, address, result=RetryAfter())
        if self.channel is None or address.channel != self.name:
            await self.queue.hand_over(delivery, address.channel, now)
            self.sender.lanes.get(address.channel, self.sender.elsewhere).wake()
            return None
        reply_to = self.sender.vault.open(address.last_message) if address.last_message else None
        try:
            parts = render(delivery, self.channel)[delivery.parts_passed :]
        except Exception as error:  # noqa: BLE001 - one that cannot be rendered, or not yet, holds up no other
            log.warning("not ready to be sent", channel=self.name, reason=error_name(error))
            return Post(delivery, address, result=RetryAfter())
        parts = [replace(part, reply_to=reply_to, heard_at=address.heard_at) for part in parts]
        return Post(delivery, address, parts, pause=gap(self.limits))

    async def _deliver(self, post: Post) -> None:
        delivery = post.delivery
        try:
            result = post.result or await self._send(post)
            if result is None:
                log.info("message left to another replica", message=delivery.id)
                await self.queue.give_back(delivery, datetime.now(UTC))
                return

            async def note(uow: UnitOfWork) -> None:
                await self.sender.delivering.settle(delivery.id, post.address, result, uow)

            await self.sender.service.execute(f"delivery|{delivery.id}|{delivery.claimed_by}", note, name="deliveries.settled")
        except Exception as error:  # noqa: BLE001 - the claim lapses, and it is looked at again
            log.warning("delivery not noted", message=delivery.id, reason=error_name(error))

    async def _keep_gap(self) -> None:
        """Not at once what should have been sent meanwhile, when this process was held up."""
        if self.limits.per_second:
            now = asyncio.get_running_loop().time()
            turn = max(now, self._next_turn)
            self._next_turn = turn + 1 / self.limits.per_second
            await asyncio.sleep(turn - now)

    async def _send(self, post: Post) -> Result | None:
        """Send all parts of a message, each at its moment. None when it is another replica's, or is to be."""
        if self.channel is None or post.address is None:
            return Unreachable()
        last = post.moments[-1]
        if self.limits.per_second_each or self.limits.per_minute_group:
            await self.queue.pace(post.delivery, post.moments, self.limits)
        claimed_until = post.delivery.claimed_until
        if last > datetime.now(UTC) + CLAIM / 5:
            claimed_until = last + CLAIM
            await self.queue.keep(post.delivery, claimed_until)
        result: Result = Sent()
        try:
            to = self.sender.vault.open(post.address.sealed)
            for part, moment in zip(post.parts, post.moments, strict=True):
                if await _set_within(self.sender.stopping, (moment - datetime.now(UTC)).total_seconds()):
                    return None
                await self._keep_gap()
                # Who was held up for long asks whether it is still theirs to say, before another replica says it as well.
                if datetime.now(UTC) + timedelta(seconds=SEND_WITHIN) > claimed_until:
                    claimed_until = datetime.now(UTC) + CLAIM
                    if not await self.queue.keep(post.delivery, claimed_until):
                        return None
                async with asyncio.timeout(SEND_WITHIN):
                    result = await self.channel.send(to, part)
                if not isinstance(result, Sent):
                    break
                await self._passed(post.delivery, result.reference, is_last=part is post.parts[-1])
        except Exception as error:  # noqa: BLE001 - whatever a provider does, the message stays ours to deliver
            log.warning("not sent", channel=self.name, reason=error_name(error))
            return RetryAfter()
        return result

    async def _passed(self, delivery: Delivery, reference: str | None, *, is_last: bool) -> None:
        """Note that a part was taken, as soon as the store is there: who forgets it says it again."""
        delivery.parts_passed, delivery.is_passed = delivery.parts_passed + 1, is_last
        if reference:
            delivery.references.append(self.sender.vault.name("reference", self.name, reference))
        while True:
            try:
                return await self.queue.passed(delivery)
            except Exception as error:  # noqa: BLE001 - a store that is away; the chassis decides how long that may last
                log.warning("not noted yet", message=delivery.id, reason=error_name(error))
            if await _set_within(self.sender.stopping, LOOK_AGAIN):
                return None


def schedule(posts: Sequence[Post], start: datetime, between: float) -> list[Post]:
    """When each part of each message goes: `between` seconds after the one before, `pause` after one to the same person."""
    scheduled, slot = [], start
    for post in posts:
        moments: list[datetime] = []
        for _ in post.parts:
            moments.append(max(slot, moments[-1] + timedelta(seconds=post.pause)) if moments else slot)
            slot += timedelta(seconds=between)
        scheduled.append(replace(post, moments=moments))
    return scheduled


def render(delivery: Delivery, channel: Channel) -> list[Outgoing]:
    """The message in as many parts as the channel needs; the choices go with the last one."""
    has_buttons = Capability.BUTTONS in channel.manifest.capabilities
    text = delivery.text
    if delivery.group and delivery.group.code and isinstance(channel, Grouping):
        text = text.replace(LINK, channel.private_link(delivery.group.code))
    if not has_buttons:
        text = numbered(text, [choice.label for choice in delivery.choices])
    parts = [Outgoing(part, language=delivery.language) for part in split(text, channel.manifest.limits.text)]
    if has_buttons and delivery.choices:
        parts[-1] = replace(parts[-1], buttons=buttons(delivery))
    return parts


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    """Whether an event is set within some seconds. No wait_for: in Python 3.11 it can swallow the cancellation of its task."""
    with suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
    return event.is_set()


def buttons(delivery: Delivery) -> list[Button]:
    """The choices of a message as buttons."""
    return [Button(f"{delivery.number}:{index}", choice.label, choice.value) for index, choice in enumerate(delivery.choices)]
