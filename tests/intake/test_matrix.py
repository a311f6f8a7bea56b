"""What the kit does not ask of the Matrix adapter: answers that were lost, and what a homeserver says in other ways."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from services.intake.channels import matrix as adapter
from services.intake.channels.base import Group, Outgoing, RetryAfter, Sent
from services.intake.channels.matrix import Matrix, MatrixSettings
from tests.channels.matrix.provider import Provider
from tests.kit.channels.host import RecordingHost
from tests.kit.channels.provider import Failure, Server
from tests.kit.waiting import eventually

ROOM = "!room:example.org"
CHAT, NEW, PERSON, THIRD = "!room1:example.org", "!room2:example.org", "@person1:example.org", "@person2:example.org"
AWAY = "!room:away.example"
BAD_GATEWAY = 502, {"errcode": "M_UNKNOWN", "error": "Failed to make_join via any server"}
BUSY = 429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 10}


class Homeserver(Provider):
    """The kit's stand-in, with a room that cannot be joined, and people who come into chats of others."""

    def __init__(self) -> None:
        super().__init__()
        self.joins: list[tuple[int, Any]] = []
        """What is said to those who want to join the room, the last one again and again."""
        self.asked: list[str] = []
        self.third: dict[str, str] = {}
        """Who came into which room."""
        self.looked: list[str] = []
        """Rooms of which it was asked who is there."""
        self.said: list[tuple[str, str]] = []
        """Rooms, and what we said there."""
        self.names: list[str] = []
        """Under which names."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        if request.path.endswith("/createRoom"):
            return web.json_response({"room_id": NEW})
        if AWAY not in request.path:
            return await super().answer(request)
        what = request.path.rpartition("/")[2]
        self.asked.append(what)
        if what == "join":
            if not self.joins:
                await asyncio.Event().wait()
            status, said = self.joins.pop(0) if len(self.joins) > 1 else self.joins[0]
            return web.json_response(said, status=status)
        return web.json_response({})

    def _people(self, room: str) -> list[str]:
        self.looked.append(room)
        return [*super()._people(room), *([self.third[room]] if room in self.third else [])]

    def _take(self, room: str, name: str, content: dict[str, Any]) -> web.Response:
        self.said.append((room, content["body"]))
        self.names.append(name)
        return super()._take(room, name, content)

    @property
    def chats(self) -> Any:
        """Private chats that we know of."""
        return self._kept["m.direct"]

    @chats.setter
    def chats(self, rooms: dict[str, list[str]]) -> None:
        self._kept["m.direct"] = rooms

    @property
    def heard(self) -> Any:
        """Up to where everything was heard."""
        return self._kept["de.anlaufstelle.heard"]


@pytest.fixture
async def homeserver() -> AsyncIterator[Homeserver]:
    """The stand-in, running."""
    provider = Homeserver()
    await provider.start()
    yield provider
    await provider.stop()


@asynccontextmanager
async def opened(homeserver: Homeserver) -> AsyncIterator[Matrix]:
    """The channel, in a process of its own."""
    channel = Matrix(MatrixSettings.model_validate(homeserver.settings()))
    await channel.open()
    try:
        yield channel
    finally:
        await channel.close()


@pytest.fixture
async def matrix(homeserver: Homeserver) -> AsyncIterator[Matrix]:
    """The channel, open and not listening."""
    async with opened(homeserver) as channel:
        yield channel


@asynccontextmanager
async def heard_by(host: RecordingHost, matrix: Matrix) -> AsyncIterator[None]:
    """The channel listens."""
    listening = asyncio.create_task(matrix.listen(host, lambda: True))
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


@pytest.fixture
def host() -> RecordingHost:
    """A host in memory."""
    return RecordingHost(Matrix.manifest)


@asynccontextmanager
async def before(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[Matrix]:
    """The channel, before a homeserver that answers like this."""
    server = Server(answer)
    await server.start()
    matrix = Matrix(MatrixSettings(homeserver_url=server.url, user_id="@help:example.org", access_token="token"))
    await matrix.open()
    try:
        yield matrix
    finally:
        await matrix.close()
        await server.stop()


async def test_what_may_have_been_taken_is_sent_again_under_the_same_name() -> None:
    names: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        names.append(request.path)
        if len(names) <= 2 and request.transport:  # taken, and we never hear of it, though aiohttp asks twice
            request.transport.abort()
        return web.json_response({"event_id": "$1"})

    async with before(answer) as matrix:
        assert await matrix.send(ROOM, Outgoing("Є курс")) == RetryAfter()
        assert await matrix.send(ROOM, Outgoing("Є курс")) == Sent()
        assert await matrix.send(ROOM, Outgoing("Є курс")) == Sent()  # somebody says it once more
    assert names[0] == names[2] != names[3]


async def test_the_same_words_to_another_question_are_no_repetition(homeserver: Homeserver, matrix: Matrix) -> None:
    homeserver.chats = {PERSON: [CHAT]}
    homeserver.fail(Failure.BUSY)
    for question in ("$1", "$1", "$2"):
        await matrix.send(PERSON, Outgoing("Напишіть словами", reply_to=question))
    first, again, other = homeserver.names
    assert first == again != other


async def test_how_long_to_wait_may_stand_in_the_header() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"errcode": "M_LIMIT_EXCEEDED"}, status=429, headers={"Retry-After": "7"})

    async with before(answer) as matrix:
        assert await matrix.send(ROOM, Outgoing("Є курс")) == RetryAfter(7)


async def test_a_session_that_was_logged_out_loses_no_message() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"errcode": "M_UNKNOWN_TOKEN"}, status=401)

    async with before(answer) as matrix:
        assert await matrix.send(ROOM, Outgoing("Є курс")) == RetryAfter()


INVITED: dict[str, Any] = {"invite": {AWAY: {"invite_state": {"events": []}}}}
TOMBSTONE = {
    "type": "m.room.tombstone", "sender": "@olena:example.org", "event_id": "$moved", "state_key": "",
    "content": {"body": "moved", "replacement_room": AWAY},
}  # fmt: skip


@pytest.mark.parametrize("joins", [[BAD_GATEWAY], []], ids=["refused", "slow"])
@pytest.mark.parametrize("news", [INVITED, {"join": {ROOM: {"timeline": {"events": [TOMBSTONE]}}}}], ids=["invited", "moved"])
async def test_a_room_that_cannot_be_joined_holds_nobody_up(
    news: Any, joins: list[Any], homeserver: Homeserver, matrix: Matrix, host: RecordingHost
) -> None:
    homeserver.joins = joins
    async with heard_by(host, matrix):
        await homeserver.deliver(news)
        await homeserver.deliver(homeserver.text(1, "Шукаю лікаря"))
        await eventually(lambda: homeserver.heard["next_batch"] == "s2")
    assert [incoming.text for incoming in host.heard] == ["Шукаю лікаря"]


async def test_an_invitation_that_never_works_is_declined(
    homeserver: Homeserver, matrix: Matrix, host: RecordingHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "COME_AGAIN_AFTER", (0.01, 0.01))
    homeserver.joins = [BUSY, BUSY, BUSY, BAD_GATEWAY]  # only what is the room's fault counts
    async with heard_by(host, matrix):
        await homeserver.deliver(INVITED)
        await eventually(lambda: "leave" in homeserver.asked)
        await homeserver.deliver({"leave": {AWAY: {"timeline": {"events": []}}}})
        await eventually(lambda: homeserver.heard == {"next_batch": "s2", "coming": []})
    assert homeserver.asked == ["join"] * 6 + ["leave"]


async def test_an_invitation_is_not_forgotten_when_another_process_takes_over(
    homeserver: Homeserver, matrix: Matrix, host: RecordingHost
) -> None:
    homeserver.joins = []
    async with heard_by(host, matrix):
        await homeserver.deliver(INVITED)
        await eventually(lambda: homeserver.heard["next_batch"] == "s1")
    homeserver.joins, homeserver.asked = [(200, {"room_id": AWAY})], []
    async with opened(homeserver) as other, heard_by(host, other):
        await eventually(lambda: homeserver.asked == ["join"])


def member(person: str, membership: str) -> dict[str, Any]:
    """Somebody comes into the chat, or goes."""
    event = {
        "type": "m.room.member", "sender": person, "state_key": person, "event_id": f"${membership}-{person}",
        "content": {"membership": membership},
    }  # fmt: skip
    return {"join": {CHAT: {"timeline": {"events": [event]}}}}


async def test_where_somebody_else_came_nothing_private_is_said_any_more(
    homeserver: Homeserver, matrix: Matrix, host: RecordingHost
) -> None:
    async with heard_by(host, matrix):
        await homeserver.deliver(homeserver.text(1, "Шукаю лікаря"))
        assert await matrix.send(PERSON, Outgoing("Є лікар")) == Sent()
        assert homeserver.looked == [CHAT]  # that they are alone was known from hearing them
        homeserver.third[CHAT] = THIRD
        await homeserver.deliver(member(THIRD, "join"))
        assert homeserver.chats == {PERSON: []}
        await homeserver.deliver(member(PERSON, "leave"))
        assert await matrix.send(PERSON, Outgoing("І ще один")) == Sent()
    assert homeserver.said == [(CHAT, "Є лікар"), (NEW, "І ще один")]
    assert host.left == []  # they left a group


async def test_who_does_not_listen_asks_whether_somebody_else_came(homeserver: Homeserver, matrix: Matrix) -> None:
    homeserver.third[CHAT], homeserver.chats = THIRD, {PERSON: [CHAT]}
    assert await matrix.send(PERSON, Outgoing("Є лікар")) == Sent()
    assert homeserver.said == [(NEW, "Є лікар")]
    assert homeserver.chats == {PERSON: [NEW]}


async def test_who_came_while_another_process_listened_is_noticed(
    homeserver: Homeserver, matrix: Matrix, host: RecordingHost
) -> None:
    async with heard_by(host, matrix):
        await homeserver.deliver(homeserver.text(1, "Шукаю лікаря"))
    homeserver.third[CHAT] = THIRD
    async with opened(homeserver) as other, heard_by(RecordingHost(Matrix.manifest), other):
        await homeserver.deliver(member(THIRD, "join"))
    homeserver.chats = {PERSON: [CHAT]}  # as if nobody had noticed it yet
    assert await matrix.send(PERSON, Outgoing("Є лікар")) == Sent()
    async with heard_by(host, matrix):
        await homeserver.deliver(homeserver.text(1, "Дякую"))
    assert homeserver.said == [(NEW, "Є лікар")]
    assert [incoming.group for incoming in host.heard] == [None, Group(CHAT)]


async def test_what_failed_long_ago_is_tried_again_by_who_listens_again(
    homeserver: Homeserver, matrix: Matrix, host: RecordingHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(adapter, "time", SimpleNamespace(monotonic=lambda: now))
    host.failing = 1
    homeserver._news.append(homeserver.text(1, "Шукаю лікаря"))
    async with heard_by(host, matrix):
        await eventually(lambda: host.refused == 1)
    now, host.failing = 1000.0, 1
    async with heard_by(host, matrix):
        await eventually(lambda: homeserver.heard["next_batch"] == "s1")
    assert [incoming.text for incoming in host.heard] == ["Шукаю лікаря"]
