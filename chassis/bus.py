"""The bus: one connection a process, events published as JetStream atomic batches, messages pulled as they come."""

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, cast

import structlog
from anlaufstelle_contracts import CONTENT_TYPE, CloudEvent, Sensitivity, subjects, topology
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.annotations import NatsMessage
from faststream.nats.subscriber.usecases import BatchPullStreamSubscriber
from faststream.security import SASLPlaintext
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

from .ids import new_id
from .logs import error_name
from .pull import StandingPull
from .settings import Settings

log = structlog.get_logger()

MAX_BATCH = 1000  # nats-server's limit of one atomic batch
DUPLICATE_IN_BATCH = 10201


class NotPublished(Exception):
    """The bus did not confirm a publication."""


class Bus:
    """The service's connection, carried by FastStream's broker."""

    def __init__(self, service: str, settings: Settings, on_closed: Callable[[], Awaitable[None]]) -> None:
        self.service = service
        self.broker = NatsBroker(
            settings.nats_url.split(","),
            inbox_prefix=topology.inbox_prefix(service),
            name=service,
            security=SASLPlaintext(service, settings.nats_password.get_secret_value()),
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=5,
            closed_cb=on_closed,
            error_cb=_log_error,
            graceful_timeout=10,
            logger=None,
        )
        self.client: Client

    async def connect(self) -> None:
        """Open the connection."""
        self.client = await self.broker.connect()

    def handle(self, consume: Callable[[list[Msg]], Awaitable[None]]) -> None:
        """Give every batch that the service's durable delivers to `consume`, which settles each message itself.

        One batch after the other: two at once would be faster, and would turn round what is said to one person.
        """
        durable = topology.service_consumer(self.service)
        # MANUAL and no_reply: the default would drop a message at its first exception, and answer to whatever `reply_to` says.
        subscriber = self.broker.subscriber(
            stream=JStream(durable.stream, declare=False),
            durable=durable.durable,
            config=ConsumerConfig(filter_subjects=list(durable.filters)),
            pull_sub=PullSub(batch_size=1, timeout=1.0, batch=True),
            inbox_prefix=f"{topology.inbox_prefix(self.service)}.".encode(),
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            decoder=_as_it_is,
        )

        self._subscriber: BatchPullStreamSubscriber = subscriber

        @subscriber
        async def on_batch(message: NatsMessage) -> None:
            await consume(message.raw_message)  # type: ignore[arg-type]

    def pull(self, batch_size: int) -> None:
        """Once the broker has started: fetch all that is there, without waiting to fill a batch."""
        assert self._subscriber.subscription
        self._subscriber.subscription = cast(Any, StandingPull(self.client, self._subscriber.subscription, batch_size))

    async def stop(self) -> None:
        """Close the connection, whatever state it is in."""
        with suppress(OSError):  # nats-py flushes a socket that may be gone
            await self.client.close()

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Say events on the internal view, and their public projections. Raises NatsError or NotPublished."""
        inner = [(subjects.subject(event, Sensitivity.INTERNAL), event) for event in events]
        outer = [
            (subjects.subject(event, Sensitivity.PUBLIC), projection)
            for event in events
            if (projection := event.public()) is not None
        ]
        for messages in (inner, outer):
            for start in range(0, len(messages), MAX_BATCH):
                await self._publish_batch(messages[start : start + MAX_BATCH])

    async def publish_dead(self, cause_id: str, announcement: dict[str, Any]) -> None:
        """Announce a parked message on the DEAD stream."""
        subject = subjects.dead_subject(self.service, cause_id)
        await self._request(subject, json.dumps(announcement).encode(), {"Nats-Msg-Id": f"{self.service}-{cause_id}"})

    async def _publish_batch(self, messages: Sequence[tuple[str, CloudEvent]]) -> None:
        if len(messages) > 1:
            batch, last = new_id(), len(messages)
            for position, (subject, event) in enumerate(messages, start=1):
                headers = {**_headers(event), "Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(position)}
                if position < last:
                    await self.client.publish(subject, event.to_json(), headers=headers)
                    continue
                try:
                    await self._request(subject, event.to_json(), {**headers, "Nats-Batch-Commit": "1"})
                except DuplicateInBatch:
                    break  # some were said before: say each alone, duplicates are dropped
                return
        for subject, event in messages:
            await self._request(subject, event.to_json(), _headers(event))

    async def _request(self, subject: str, body: bytes, headers: dict[str, str]) -> None:
        reply = json.loads((await self.client.request(subject, body, timeout=5, headers=headers)).data)
        if error := reply.get("error"):
            failure = DuplicateInBatch if error.get("err_code") == DUPLICATE_IN_BATCH else NotPublished
            raise failure(f"{error.get('err_code')}: {error.get('description')}")


class DuplicateInBatch(NotPublished):
    """An atomic batch holds an id that the stream has seen."""


async def _as_it_is(message: NatsMessage) -> Any:
    """No decoding: a batch is decoded message by message, so that a bad one is settled alone."""
    return message.body


def _headers(event: CloudEvent) -> dict[str, str]:
    return {"Nats-Msg-Id": event.id, "Content-Type": CONTENT_TYPE}


async def _log_error(error: Exception) -> None:
    # What the client says of itself: a lost connection, a subject that the topology does not let the service use.
    log.warning("bus", reason=error_name(error), said=str(error)[:200])
