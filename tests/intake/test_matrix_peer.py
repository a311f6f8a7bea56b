"""The Matrix adapter against Synapse: what it takes for granted of a homeserver is not only our stand-in's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from services.intake.channels.base import Group, Incoming, Outgoing, Sent
from services.intake.channels.matrix import Matrix, MatrixSettings
from tests.kit.channels.host import RecordingHost
from tests.kit.waiting import eventually
from tests.peers import synapse
from tests.peers.synapse import Homeserver, Member

NEED = "Шукаю курси німецької для мами"


@asynccontextmanager
async def heard_by(us: Member, server: Homeserver, host: RecordingHost) -> AsyncIterator[Matrix]:
    """The channel, open and heard."""
    channel = Matrix(MatrixSettings(homeserver_url=server.url, user_id=us.id, access_token=us.token))
    await channel.open()
    listening = asyncio.create_task(channel.listen(host, lambda: True))
    try:
        yield channel
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await channel.close()


async def said(host: RecordingHost, *texts: str) -> list[Incoming]:
    """What the host heard, once it heard these texts."""
    await eventually(lambda: set(texts) <= {incoming.text for incoming in host.heard}, timeout=20)
    return [next(incoming for incoming in host.heard if incoming.text == text) for text in texts]


async def test_a_homeserver(tmp_path: Path) -> None:
    """One server for all, since it takes seconds to start."""
    async with synapse.serving(tmp_path) as server:
        us, oksana, petro, olena = [await server.register(name) for name in ("help", "oksana", "petro", "olena")]
        await alone(server, us, oksana)
        await in_a_group(server, us, oksana, petro, olena)
        await while_nobody_listened(server, us, petro)
        await nobody_there(server, us, olena)
        await a_third_comes(server, us, olena)


async def alone(server: Homeserver, us: Member, oksana: Member) -> None:
    host = RecordingHost(Matrix.manifest)
    async with heard_by(us, server, host) as channel:
        room = await oksana.room_with(us.id, is_direct=True, preset="trusted_private_chat")
        early = await oksana.say(room, NEED)  # before we are there
        (need,) = await said(host, NEED)
        assert need == Incoming(oksana.id, early, NEED)
        assert await channel.send(oksana.id, Outgoing("Є курс щовівторка", reply_to=early)) == Sent()
        (answer,) = await oksana.heard(room, us.id)
        assert answer["content"]["body"] == "Є курс щовівторка"
        changed = await oksana.change(room, early, f"{NEED} і тата")
        (change,) = await said(host, f"{NEED} і тата")
        assert change == Incoming(oksana.id, changed, f"{NEED} і тата", edits=early)
        await oksana.take_back(room, early)
        await eventually(lambda: [each.deletes for each in host.heard if each.deletes] == [early])
        await oksana.send(room, {"msgtype": "m.location", "body": "Тут", "geo_uri": "geo:51.3151,12.2883;u=10"})
        await oksana.send(room, {"msgtype": "m.image", "body": "візок.jpg", "url": "mxc://example.org/abc"})
        await oksana.send(room, {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkLmt6qF84IK"}, "m.room.encrypted")
        await eventually(lambda: len(host.heard) == 6)
        assert [(each.location, each.has_media) for each in host.heard[3:]] == [
            ((51.3151, 12.2883), False), (None, True), (None, True)
        ]  # fmt: skip
        await oksana.leave(room)
        await eventually(lambda: host.left == [oksana.id])
    assert host.dishonest == []


async def in_a_group(server: Homeserver, us: Member, oksana: Member, petro: Member, olena: Member) -> None:
    host = RecordingHost(Matrix.manifest)
    room = await olena.room_with(us.id, oksana.id, petro.id, preset="private_chat", name="Сусіди Грюнау")
    for person in (oksana, petro):
        await person.join(room)
    before = await oksana.say(room, "Доброго ранку всім")
    async with heard_by(us, server, host) as channel:
        await eventually(lambda: us.members(room), timeout=20)
        need = await oksana.say(room, "Потрібен перекладач")
        (heard,) = await said(host, "Потрібен перекладач")
        assert heard == Incoming(oksana.id, need, "Потрібен перекладач", group=Group(room))
        assert await channel.send(room, Outgoing("Напишіть мені", reply_to=need)) == Sent()
        (answer,) = await petro.heard(room, us.id)
        assert answer["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": need}}
        relation = {"rel_type": "m.thread", "event_id": before, "is_falling_back": True, "m.in_reply_to": {"event_id": before}}
        threaded = await petro.say(room, "Віддам ліжко", **{"m.relates_to": relation})
        (heard,) = await said(host, "Віддам ліжко")
        assert heard.group == Group(room, topic=before, reply_to=before)
        assert await channel.send(room, Outgoing("Дякуємо", reply_to=threaded)) == Sent()
        answer = (await petro.heard(room, us.id, 2))[-1]
        assert answer["content"]["m.relates_to"]["event_id"] == before
        await olena.say(room, "/mode suggest")
        await petro.say(room, "/mode listen")
        admin, member = await said(host, "/mode suggest", "/mode listen")
        assert admin.group == Group(room, by_admin=True)
        assert member.group == Group(room)
        await olena.take_back(room, need)  # a moderator takes back what somebody else wrote
        await eventually(lambda: [(each.address, each.deletes) for each in host.heard if each.deletes] == [(oksana.id, need)])
        await olena.ask("POST", f"rooms/{room}/kick", {"user_id": us.id})
        await eventually(lambda: host.left == [room])
    assert host.dishonest == []


async def while_nobody_listened(server: Homeserver, us: Member, petro: Member) -> None:
    """More than one answer of the server has room for."""
    host = RecordingHost(Matrix.manifest)
    async with heard_by(us, server, host) as channel:
        room = await petro.room_with(us.id, is_direct=True)
        await petro.say(room, "Перше")
        await said(host, "Перше")
        await eventually(lambda: channel._chats(), timeout=5)
    await asyncio.gather(*(petro.say(room, f"Номер {number}") for number in range(130)))
    again = RecordingHost(Matrix.manifest)
    async with heard_by(us, server, again):
        await said(again, *(f"Номер {number}" for number in range(130)))
    texts = [incoming.text for incoming in again.heard if incoming.text != "Перше"]
    assert len(texts) == 130
    assert ["Перше", *texts] == [each["content"]["body"] for each in await _all(petro, room)]


async def _all(member: Member, room: str) -> list[dict[str, Any]]:
    page = await member.ask("GET", f"rooms/{room}/messages", dir="f", limit=1000)
    return [each for each in page["chunk"] if each["type"] == "m.room.message"]


async def nobody_there(server: Homeserver, us: Member, olena: Member) -> None:
    """A person whom we write to first, and what cannot be reached."""
    channel = Matrix(MatrixSettings(homeserver_url=server.url, user_id=us.id, access_token=us.token))
    await channel.open()
    assert await channel.send(olena.id, Outgoing("Є новини")) == Sent()
    invited = (await olena.ask("GET", "sync"))["rooms"]["invite"]
    (room,) = invited
    await olena.join(room)
    (answer,) = await olena.heard(room, us.id)
    assert answer["content"]["body"] == "Є новини"
    assert type(await channel.send("!nowhere:example.org", Outgoing("Є новини"))).__name__ == "Unreachable"
    await channel.close()


async def a_third_comes(server: Homeserver, us: Member, olena: Member) -> None:
    """What was a private chat is one no more: the person is told in a new one."""
    host, ivan = RecordingHost(Matrix.manifest), await server.register("ivan")
    async with heard_by(us, server, host) as channel:
        room = await ivan.room_with(us.id, is_direct=True, preset="trusted_private_chat")
        await ivan.say(room, "Шукаю роботу")
        await said(host, "Шукаю роботу")
        await ivan.ask("POST", f"rooms/{room}/invite", {"user_id": olena.id})

        async def is_forgotten() -> bool:
            return (await channel._chats())[ivan.id] == []

        await eventually(is_forgotten)
        assert await channel.send(ivan.id, Outgoing("Є робота")) == Sent()
        (chat,) = (await ivan.ask("GET", "sync"))["rooms"]["invite"]
        await ivan.join(chat)
        (answer,) = await ivan.heard(chat, us.id)
        assert answer["content"]["body"] == "Є робота"


pytestmark = pytest.mark.timeout(400)  # the first time it is installed
