"""The Bot API of Telegram as far as a bot in private chats meets it, with people who write, press and block.

async with serving(TelegramEmulator()) as telegram:     # its address: telegram.url
    telegram.say(1001, "Потрібен велосипед")             # by long polling or webhook, whatever the bot asked for
    message = await telegram.answer(1001)                # the next message that the bot sends to this person
    telegram.press(message, 0)                           # its first button
    telegram.fail("sendMessage", 429, retry_after=2)     # the next call is refused
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response

TOKEN = "4242:emulated-bot-token-of-thirty-five-chars"  # noqa: S105 - an emulated bot's
BOT = {"id": 4242, "is_bot": True, "first_name": "Anlaufstelle", "username": "anlaufstelle_bot"}
MOST_UTF16_UNITS = 4096
MOST_CALLBACK_BYTES = 64
MOST_UPDATES = 100
WEBHOOK_PAUSE = 0.2


class Refused(Exception):
    """An error answer of the Bot API."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.retry_after = code, description, retry_after


@dataclass(frozen=True)
class SentMessage:
    """A message that the bot sent."""

    chat_id: int
    message_id: int
    text: str
    buttons: tuple[tuple[str, str], ...]
    """Label and callback data of each."""
    at: float
    """Monotonic time."""


@dataclass
class TelegramEmulator:
    """One bot, and any number of people. `per_second` refuses with 429 what goes beyond, as the provider does."""

    token: str = TOKEN
    per_second: int | None = None
    url: str = ""
    sent: list[SentMessage] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    answered_callbacks: list[str] = field(default_factory=list)
    webhook: dict[str, Any] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _chats: set[int] = field(default_factory=set)
    _failures: dict[str, list[Refused]] = field(default_factory=lambda: defaultdict(list))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _read: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _ids: int = 0
    _poll: int = 0
    _closed: bool = False

    # --- what people do ---

    def say(self, person: int, text: str, language: str | None = None, **message: Any) -> dict[str, Any]:
        """A person writes to the bot; gives the update, which `repeat` can send again."""
        return self._update("message", self._message(person, language, {"text": text, **message}))

    def send_media(self, person: int, **message: Any) -> dict[str, Any]:
        """A person sends something that is no text, e.g. `voice={...}`."""
        return self._update("message", self._message(person, None, message))

    def press(self, message: SentMessage, button: int) -> dict[str, Any]:
        """A person presses a button below a message."""
        query = {
            "id": str(self._next_id()),
            "from": _person(message.chat_id, None),
            "chat_instance": "1",
            "data": message.buttons[button][1],
            "message": {
                "message_id": message.message_id, "date": int(time.time()), "chat": _chat(message.chat_id), "text": message.text,
            },
        }  # fmt: skip
        return self._update("callback_query", query)

    def repeat(self, update: dict[str, Any]) -> None:
        """The same update once more."""
        self.add({**update, "update_id": self._next_id()})

    def add(self, update: dict[str, Any]) -> None:
        """Any update, also one that nobody can read."""
        self._updates.append(update)
        self._change()

    def fail(self, method: str, code: int, description: str = "scripted", retry_after: int | None = None, times: int = 1) -> None:
        """Refuse the next calls of a method."""
        self._failures[method] += [Refused(code, description, retry_after)] * times

    def recover(self) -> None:
        """Refuse nothing any more."""
        self._failures.clear()

    async def answer(self, person: int, timeout: float = 15.0) -> SentMessage:
        """The next message to a person that was not asked for yet."""
        async with asyncio.timeout(timeout):
            while True:
                messages = self.sent_to(person)
                if len(messages) > self._read[person]:
                    self._read[person] += 1
                    return messages[self._read[person] - 1]
                await self._wait()

    def sent_to(self, person: int) -> list[SentMessage]:
        """Everything that the bot sent to a person."""
        return [message for message in self.sent if message.chat_id == person]

    def close(self) -> None:
        """End the requests for updates that wait."""
        self._closed = True
        self._change()

    def waiting(self) -> int:
        """Updates that the bot has not confirmed yet."""
        return len(self._updates)

    # --- the Bot API ---

    async def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """One call. Raises Refused."""
        self.calls.append(method)
        if self._failures[method]:
            raise self._failures[method].pop(0)
        function = getattr(self, f"_api_{method}", None)
        if function is None:
            raise Refused(404, "Not Found: method not found")
        return await function(**arguments)

    async def _api_getMe(self) -> dict[str, Any]:
        return BOT

    async def _api_getUpdates(
        self, offset: int = 0, limit: int = MOST_UPDATES, timeout: float = 0, allowed_updates: Any = None
    ) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self._poll += 1  # as with the provider, a newer request ends an older one
        poll, deadline = self._poll, time.monotonic() + timeout
        self._change()
        self._updates = [update for update in self._updates if update.get("update_id", offset) >= offset]
        while not (self._updates or self._closed) and time.monotonic() < deadline:
            await self._wait(deadline - time.monotonic())
            if poll != self._poll:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
        return self._updates[:limit]

    async def _api_sendMessage(self, chat_id: int, text: str = "", reply_markup: Any = None, **_: Any) -> dict[str, Any]:
        if chat_id not in self._chats:
            raise Refused(400, "Bad Request: chat not found")
        if chat_id in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > MOST_UTF16_UNITS:
            raise Refused(400, "Bad Request: message is too long")
        rows = (reply_markup or {}).get("inline_keyboard", [])
        buttons = tuple((button["text"], button["callback_data"]) for row in rows for button in row)
        if any(not data or len(data.encode()) > MOST_CALLBACK_BYTES for _, data in buttons):
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        now = time.monotonic()
        if self.per_second and sum(now - message.at < 1 for message in self.sent[-self.per_second :]) >= self.per_second:
            raise Refused(429, "Too Many Requests: retry after 1", 1)
        message = SentMessage(chat_id, self._next_id(), text, buttons, now)
        self.sent.append(message)
        self._change()
        return {"message_id": message.message_id, "date": int(time.time()), "chat": _chat(chat_id), "text": text}

    async def _api_answerCallbackQuery(self, callback_query_id: str, **_: Any) -> bool:
        self.answered_callbacks.append(str(callback_query_id))
        return True

    async def _api_setWebhook(self, url: str, secret_token: str = "", **_: Any) -> bool:
        self.webhook = {"url": url, "secret_token": secret_token}
        self._change()
        return True

    async def _api_deleteWebhook(self, **_: Any) -> bool:
        self.webhook = {}
        return True

    async def push(self) -> None:
        """Call the webhook for each update in order, again and again until it is taken. Runs as long as it is served."""
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                if not (self.webhook and self._updates):
                    await self._wait(0.1)
                    continue
                if await self._pushed(client, self._updates[0]):
                    self._updates.pop(0)
                else:
                    await asyncio.sleep(WEBHOOK_PAUSE)

    async def _pushed(self, client: httpx.AsyncClient, update: dict[str, Any]) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
        try:
            return (await client.post(self.webhook["url"], json=update, headers=headers, timeout=30)).is_success
        except httpx.HTTPError:
            return False

    # --- within ---

    def _message(self, person: int, language: str | None, content: dict[str, Any]) -> dict[str, Any]:
        self._chats.add(person)
        head = {
            "message_id": self._next_id(), "date": int(time.time()), "chat": _chat(person), "from": _person(person, language),
        }  # fmt: skip
        return {**head, **content}

    def _update(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        update = {"update_id": self._next_id(), kind: content}
        self.add(update)
        return update

    def _next_id(self) -> int:
        self._ids += 1
        return self._ids

    def _change(self) -> None:
        self._changed.set()

    async def _wait(self, timeout: float = 0.5) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout(timeout):
                await self._changed.wait()
        except TimeoutError:
            return


def _chat(person: int) -> dict[str, Any]:
    return {"id": person, "type": "private", "first_name": "Person"}


def _person(person: int, language: str | None) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": "Person"} | ({"language_code": language} if language else {})


def application(emulator: TelegramEmulator) -> FastAPI:
    """The emulator over HTTP, as `https://api.telegram.org` would be."""
    app = FastAPI(openapi_url=None)

    @app.api_route("/bot{token}/{method}", methods=["GET", "POST"])
    async def call(token: str, method: str, request: Request) -> Response:
        try:
            if token != emulator.token:
                raise Refused(401, "Unauthorized")
            result = await emulator.call(method, await _arguments(request))
        except Refused as refused:
            body: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
            if refused.retry_after is not None:
                body["parameters"] = {"retry_after": refused.retry_after}
            return _json(body, refused.code)
        return _json({"ok": True, "result": result})

    return app


def _json(body: dict[str, Any], code: int = 200) -> Response:
    """JSON in ASCII, as the provider writes it: half a surrogate can be said, too."""
    return Response(json.dumps(body), code, media_type="application/json")


async def _arguments(request: Request) -> dict[str, Any]:
    """Arguments from the query, a form or JSON; values that are JSON themselves are read, texts stay texts."""
    given: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        return {**given, **await request.json()}
    given |= dict(await request.form())
    return {
        name: value if name in ("text", "callback_query_id", "secret_token") else _read(value) for name, value in given.items()
    }


def _read(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Whoever serves the emulator decides what a signal means."""
        yield


@asynccontextmanager
async def serving(emulator: TelegramEmulator, port: int = 0) -> AsyncIterator[TelegramEmulator]:
    """Serve it on this machine, on a free port unless one is given."""
    server = _Server(
        uvicorn.Config(
            application(emulator), host="127.0.0.1", port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=1
        )
    )
    running = [asyncio.create_task(server.serve()), asyncio.create_task(emulator.push())]
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    emulator.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield emulator
    finally:
        emulator.close()
        server.should_exit = True
        running[1].cancel()
        await asyncio.gather(*running, return_exceptions=True)
