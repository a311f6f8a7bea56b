"""What the kit does not ask of the Matrix adapter: answers that were lost, and what a homeserver says in other ways."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from services.intake.channels.base import Outgoing, RetryAfter, Sent
from services.intake.channels.matrix import Matrix, MatrixSettings
from tests.kit.channels.provider import Server

ROOM = "!room:example.org"


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
