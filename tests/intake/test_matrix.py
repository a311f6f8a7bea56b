"""What the kit does not ask of the Matrix adapter: answers that were lost, and what a homeserver says in other ways."""

from collections.abc import Callable

import httpx

from services.intake.channels.base import Outgoing, RetryAfter, Sent
from services.intake.channels.matrix import Matrix, MatrixSettings

ROOM = "!room:example.org"
SETTINGS = MatrixSettings(homeserver_url="http://matrix.example.org", user_id="@help:example.org", access_token="token")


async def channel(answer: Callable[[httpx.Request], httpx.Response]) -> Matrix:
    """The channel, before a homeserver that answers like this."""
    made = Matrix(SETTINGS)
    await made.open()
    base_url = made.http.base_url
    await made.close()
    made.http = httpx.AsyncClient(base_url=base_url, transport=httpx.MockTransport(answer))
    return made


async def test_what_may_have_been_taken_is_sent_again_under_the_same_name() -> None:
    names: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        names.append(request.url.path)
        if len(names) == 1:
            raise httpx.ReadTimeout("taken, and not said so")
        return httpx.Response(200, json={"event_id": "$1"})

    matrix = await channel(answer)
    assert await matrix.send(ROOM, Outgoing("Є курс")) == RetryAfter()
    assert await matrix.send(ROOM, Outgoing("Є курс")) == Sent()
    assert await matrix.send(ROOM, Outgoing("Є курс")) == Sent()  # somebody says it once more
    await matrix.close()
    assert names[0] == names[1] != names[2]


async def test_how_long_to_wait_may_stand_in_the_header() -> None:
    matrix = await channel(lambda _: httpx.Response(429, headers={"Retry-After": "7"}, json={"errcode": "M_LIMIT_EXCEEDED"}))
    assert await matrix.send(ROOM, Outgoing("Є курс")) == RetryAfter(7)
    await matrix.close()


async def test_a_session_that_was_logged_out_loses_no_message() -> None:
    matrix = await channel(lambda _: httpx.Response(401, json={"errcode": "M_UNKNOWN_TOKEN"}))
    assert await matrix.send(ROOM, Outgoing("Є курс")) == RetryAfter()
    await matrix.close()
