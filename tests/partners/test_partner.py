"""What a partner can do with its account: read the public stream through its own durable. Everything else is refused."""

from typing import Any

import pytest
from anlaufstelle_contracts import REGISTRY, Sensitivity, subjects, topology
from nats.aio.msg import Msg
from nats.errors import NoRespondersError, TimeoutError
from nats.js.errors import APIError

from tests.kit.infra import Bus
from tests.kit.running import example, operator
from tests.kit.waiting import eventually
from tests.partners.conftest import NAME, Partner

API = topology.PARTNER_API

SAYS = [subjects.subject(example(kind), view) for kind in REGISTRY.values() for view in Sensitivity]
ASKS = [
    # other consumers, and its own by the house's way and for another stream
    f"$JS.API.CONSUMER.MSG.NEXT.PUBLIC.{NAME}", f"{API}.CONSUMER.MSG.NEXT.INTERNAL.{NAME}", f"{API}.STREAM.INFO.PUBLIC",
    *(f"$JS.API.CONSUMER.MSG.NEXT.INTERNAL.{service}" for service in topology.SERVICES),
    "$JS.API.CONSUMER.MSG.NEXT.PUBLIC.partner-other", f"$JS.API.CONSUMER.MSG.NEXT.INTERNAL.{NAME}",
    "$JS.API.CONSUMER.INFO.INTERNAL.matching", "$JS.API.CONSUMER.INFO.PUBLIC.partner-other",
    # making, changing, listing consumers
    "$JS.API.CONSUMER.CREATE.INTERNAL", "$JS.API.CONSUMER.CREATE.PUBLIC", f"$JS.API.CONSUMER.CREATE.PUBLIC.{NAME}",
    "$JS.API.CONSUMER.CREATE.INTERNAL.spy", "$JS.API.CONSUMER.CREATE.INTERNAL.spy.internal.>",
    "$JS.API.CONSUMER.DURABLE.CREATE.INTERNAL.spy", f"$JS.API.CONSUMER.DURABLE.CREATE.PUBLIC.{NAME}",
    "$JS.API.CONSUMER.DELETE.INTERNAL.matching", f"$JS.API.CONSUMER.DELETE.PUBLIC.{NAME}",
    f"$JS.API.CONSUMER.PAUSE.PUBLIC.{NAME}", "$JS.API.CONSUMER.NAMES.INTERNAL", "$JS.API.CONSUMER.LIST.PUBLIC",
    # streams
    "$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.STREAM.INFO.INTERNAL", "$JS.API.STREAM.INFO.PUBLIC",
    "$JS.API.STREAM.CREATE.SPY", "$JS.API.STREAM.UPDATE.PUBLIC", "$JS.API.STREAM.DELETE.INTERNAL",
    "$JS.API.STREAM.PURGE.INTERNAL", "$JS.API.STREAM.PURGE.PUBLIC", "$JS.API.STREAM.MSG.GET.INTERNAL",
    "$JS.API.STREAM.MSG.GET.PUBLIC", "$JS.API.STREAM.MSG.DELETE.PUBLIC", "$JS.API.STREAM.SNAPSHOT.INTERNAL",
    "$JS.API.STREAM.RESTORE.SPY",
    "$JS.API.DIRECT.GET.INTERNAL", "$JS.API.DIRECT.GET.PUBLIC", "$JS.API.DIRECT.GET.INTERNAL.internal.needs.articulated.v1.x",
    # acknowledging for others
    "$JS.ACK.INTERNAL.matching.1.1.1.1.1", "$JS.ACK.PUBLIC.partner-other.1.1.1.1.1",
    # leases, retries, parked messages, other people's inboxes, the server itself
    f"$KV.{topology.LEASES}.intake.telegram", f"$JS.API.STREAM.INFO.KV_{topology.LEASES}",
    f"$JS.API.DIRECT.GET.KV_{topology.LEASES}.$KV.{topology.LEASES}.intake.telegram", "internal.retry.matching.x",
    "dead.matching.x", "_INBOX_matching.x", "_INBOX.x", f"_INBOX_{NAME}.x", "$SYS.REQ.SERVER.PING", "$SYS.REQ.USER.INFO",
    "anything",
]  # fmt: skip
LISTENS = [
    ">", "*", "internal.>", "public.>", "public.needs.unmet.v1.*", "dead.>", "internal.retry.>", "_INBOX.>", "_INBOX_matching.>",
    "_INBOX_partner-other.>", "*.>", "$JS.>", "$JS.EVENT.ADVISORY.>", "$JS.ACK.>", "$SYS.>", "$KV.>", "stolen",
]  # fmt: skip


async def state(bus: Bus) -> dict[str, Any]:
    """All that a partner could have changed."""
    async with operator(bus) as client:
        js = client.jetstream()
        found: dict[str, Any] = {}
        for info in await js.streams_info():
            name = str(info.config.name)
            found[name] = (info.config, info.state.messages, info.state.last_seq)
            for consumer in await js.consumers_info(name):
                # How far the partner's own durable has come is the partner's to say.
                found[f"{name} {consumer.name}"] = consumer.config if consumer.name == NAME else consumer
        return found


async def test_whatever_it_says_or_asks_beyond_its_durable_is_refused_and_changes_nothing(bus: Bus, partner: Partner) -> None:
    before = await state(bus)
    for subject in [*SAYS, *ASKS]:
        await partner.client.publish(subject, b'{"stream_name": "INTERNAL"}', reply=f"_INBOX_{NAME}.answer")
    await partner.client.flush()
    for subject in {*SAYS, *ASKS}:
        message = f'permissions violation for publish to "{subject.lower()}"'
        await eventually(lambda: any(message in error for error in partner.refused))  # noqa: B023 - awaited here
    assert await state(bus) == before


@pytest.mark.parametrize("subject", LISTENS)
async def test_it_cannot_listen_to_anything_but_its_own_inbox(partner: Partner, subject: str) -> None:
    await partner.client.subscribe(subject)
    await partner.client.flush()
    message = f'permissions violation for subscription to "{subject.lower()}"'
    await eventually(lambda: any(message in error for error in partner.refused))


async def test_requests_of_the_client_library_get_no_answer(partner: Partner) -> None:
    js = partner.client.jetstream(timeout=0.2)
    for attempt in (
        js.account_info(),
        js.stream_info("PUBLIC"),
        js.get_last_msg("INTERNAL", "internal.>"),
        js.get_msg("PUBLIC", 1, direct=True),
        js.key_value(topology.LEASES),
        js.purge_stream("PUBLIC"),
        js.publish("public.needs.unmet.v1.x", b"{}"),
        js.consumer_info("INTERNAL", "matching"),
    ):
        with pytest.raises((TimeoutError, NoRespondersError, APIError)):
            await attempt


@pytest.mark.parametrize(
    "target",
    [
        "$JS.API.STREAM.PURGE.INTERNAL", "$JS.API.STREAM.DELETE.DEAD", "$JS.API.CONSUMER.DELETE.INTERNAL.web",
        "$JS.API.STREAM.INFO.INTERNAL", "internal.retry.matching.x", "internal.needs.withdrawn.v1.x", "dead.matching.x",
        f"$KV.{topology.LEASES}.intake.telegram",
        "_INBOX_matching.x", "_INBOX_operator.x", "anything",
    ],
)  # fmt: skip
async def test_a_reply_subject_leads_nowhere_either(bus: Bus, partner: Partner, target: str) -> None:
    """Who sends a request names any subject for the reply, and the bus itself speaks there: no right would forbid it."""
    async with operator(bus) as client:
        heard: list[str] = []

        async def note(message: Msg) -> None:
            heard.append(message.subject)

        await client.subscribe(target, cb=note)
        await client.flush()
        for number in range(5):
            await client.jetstream().publish(f"public.needs.unmet.v1.{number}", b"{}")
        before = await state(bus)
        durable = await partner.client.jetstream(prefix=API).pull_subscribe_bind(NAME, "PUBLIC")
        for body in (b"+ACK", b"+NXT", b"+TERM", b"+WPI", b"-NAK"):
            (message,) = await durable.fetch()
            await partner.client.publish(message.reply, body, reply=target)
        for body in (b'{"batch":1,"no_wait":true}', b"nonsense", b""):
            await partner.client.publish(f"{API}.CONSUMER.MSG.NEXT.PUBLIC.{NAME}", body, reply=target)
        await partner.client.publish(f"{API}.CONSUMER.INFO.PUBLIC.{NAME}", b"", reply=target)
        await partner.client.flush()
        await partner.client.jetstream(prefix=API).consumer_info("PUBLIC", NAME)  # answered after all of that
        assert await state(bus) == before
        assert heard == []
