"""Signal, by a stand-in of the REST API around signal-cli in its json-rpc mode.

Unlike the real one it waits until somebody listens: what comes before that is lost there, and no channel can help it.
"""

import asyncio
import base64
import json
from collections.abc import Mapping
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from tests.kit.channels import provider
from tests.kit.channels.provider import Failure, Received, Update
from tests.kit.waiting import eventually

NUMBER, PATH = "+493410000000", "%2B493410000000"
ERRORS = {
    Failure.BLOCKED: (400, "The user +493410000001 is not registered."),
    Failure.REJECTED: (400, "Couldn't process request - invalid request"),
    Failure.BUSY: (429, "Failed to send message due to rate limiting. Use the attached challenge tokens"),
}
OF_THE_LINE = (Failure.DOWN, Failure.SLOW, Failure.BROKEN)
ADMIN = "11111111-0000-4000-8000-000000000003"


class Provider(provider.HttpProvider):
    """One number of ours, and people that write to it. Person 2 hides their number."""

    says_when = False

    def __init__(self, mode: str = "") -> None:
        super().__init__(mode)
        self._times = count(1_764_000_000_000)
        self._socket: web.WebSocketResponse | None = None
        self._line: asyncio.Transport | None = None
        self._got: dict[bytes, asyncio.Future[bool]] = {}
        self.requests: list[dict[str, Any]] = []
        self.error: tuple[int, str] | None = None

    async def start(self) -> None:
        """Nothing sent."""
        self.requests, self._got = [], {}
        await super().start()

    def settings(self) -> Mapping[str, object]:
        """Where it is."""
        return {"api_url": self.server.url, "number": NUMBER}

    # --- people ---

    def address(self, person: int) -> str:
        """Their account."""
        return f"11111111-0000-4000-8000-{person:012}"

    def text(self, person: int, text: str) -> Update:
        """A text."""
        timestamp = next(self._times)
        return self._envelope(
            person, timestamp, {"dataMessage": {"timestamp": timestamp, "message": text, "expiresInSeconds": 0}}
        )

    def receipt(self, reference: str, failure: Failure | None) -> Update | None:
        """Their programme has it. Nobody says that it has not."""
        if failure:
            return None
        account, _, timestamp = reference.partition("/")
        person = int(account[-12:])
        receipt = {"when": next(self._times), "isDelivery": True, "isRead": False, "isViewed": False}
        return self._envelope(person, receipt["when"], {"receiptMessage": {**receipt, "timestamps": [int(timestamp)]}})

    def private(self) -> list[str]:
        """Names and numbers."""
        return ["Oksana", NUMBER, *(f"+49341000{person:04}" for person in (1, 2, 3, 9))]

    def _envelope(self, person: int, timestamp: int, content: dict[str, Any]) -> Update:
        account, number = self.address(person), None if person == 2 else f"+49341000{person:04}"
        source = {"source": number or account, "sourceNumber": number, "sourceUuid": account, "sourceName": "Oksana"}
        return {"envelope": {**source, "sourceDevice": 1, "timestamp": timestamp, **content}, "account": NUMBER}

    # --- what the REST API does ---

    async def deliver(self, update: Update) -> int | None:
        """By the socket, again until it is there."""
        data = update.decode("latin-1") if isinstance(update, bytes) else json.dumps(update)
        while True:
            socket = await eventually(lambda: self._socket, timeout=20)
            name, got = str(next(self._times)).encode(), asyncio.get_running_loop().create_future()
            self._got[name] = got
            try:
                await socket.send_str(data)
                await socket.ping(name)
            except ConnectionError:
                self._socket = None
                continue
            if await got:
                return None

    @property
    def is_heard(self) -> bool:
        """Whether somebody listens."""
        return self._socket is not None

    def fail(self, how: Failure | None) -> None:
        """A line that breaks is the socket's, too."""
        super().fail(how if how in OF_THE_LINE else None)
        self.error = ERRORS.get(how) if how else None
        if how in (Failure.DOWN, Failure.BROKEN) and self._line:
            self._line.abort()
            self._socket = self._line = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The calls that the channel makes."""
        if request.raw_path == f"/v1/receive/{PATH}":
            return await self._receive(request)
        if request.raw_path.startswith(f"/v1/groups/{PATH}/group."):
            return web.json_response({"admins": [ADMIN], "members": [ADMIN, "+493410000001"]})
        said = json.loads(await request.read())
        self.requests.append(said)
        if self.error:
            return web.json_response({"error": self.error[1]}, status=self.error[0])
        if request.path != "/v2/send" or (wrong := _wrong(said)):
            return web.json_response({"error": wrong if request.path == "/v2/send" else "404 page not found"}, status=400)
        quoted = f"{said['quote_author']}/{said['quote_timestamp']}" if "quote_author" in said else None
        (recipient,) = said["recipients"]
        self.received.append(Received(recipient, said["message"], reply_to=quoted, raw=said))
        return web.json_response([{"timestamp": str(next(self._times))}], status=201)

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self._socket, self._line = socket, request.transport
        async for message in socket:
            if message.type is WSMsgType.PONG and bytes(message.data) in self._got:
                self._got.pop(bytes(message.data)).set_result(True)
            elif message.type is WSMsgType.PING:
                await socket.pong(message.data)
        self._socket = None if self._socket is socket else self._socket
        for waiting in self._got.values():
            waiting.set_result(False)
        self._got.clear()
        return socket


def _wrong(said: dict[str, Any]) -> str:
    if said.get("number") != NUMBER:
        return "Specified account does not exist"
    if not said.get("message") or len(said["message"].encode("utf-16-le")) > 2 * 2000:
        return "Sending empty message is not allowed, either a message, attachment or sticker must be given."
    (recipient,) = said["recipients"]
    is_group = recipient.startswith("group.")
    if is_group and len(base64.b64decode(base64.b64decode(recipient.removeprefix("group.")))) != 32:
        return "Invalid Signal group size"
    return "" if is_group or len(recipient) == 36 or recipient.startswith("+") else f"Invalid identifier {recipient}"
