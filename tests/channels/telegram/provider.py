"""Telegram, by the emulated Bot API: asked by long polling, or calling our webhook."""

import time
from collections.abc import Mapping
from itertools import count
from typing import Any

import httpx
from aiohttp import web

from deploy.emulator.telegram import TOKEN, SentMessage, TelegramEmulator, application
from deploy.emulator.telegram.api import MOST_UPDATES
from tests.kit.channels import provider
from tests.kit.channels.provider import RETRY_AFTER, Failure, Received, Update
from tests.kit.waiting import eventually

SECRET = "webhook-secret_1"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
OF_THE_SERVER = (Failure.DOWN, Failure.SLOW, Failure.BROKEN)
BOT = {"id": 4242, "is_bot": True, "first_name": "Anlaufstelle"}


class Emulator(TelegramEmulator):
    """Ends a request for updates sooner than asked, so that no case has to wait for it."""

    async def _api_getUpdates(
        self, offset: int = 0, limit: int = MOST_UPDATES, timeout: float = 0, allowed_updates: list[str] | None = None
    ) -> list[dict[str, Any]]:
        return await super()._api_getUpdates(offset, limit, min(timeout, 0.2), allowed_updates)


class Provider(provider.WebhookProvider):
    """One bot and the people that write to it."""

    def __init__(self, mode: str = "poll") -> None:
        super().__init__(mode)
        self.calls = mode == "webhook"
        self._ids = count(5_000_001)
        self.emulator: Emulator
        self._api: httpx.AsyncClient

    async def start(self) -> None:
        """A new emulator behind a server that can fail."""
        self.emulator = Emulator()
        transport = httpx.ASGITransport(app=application(self.emulator))
        self._api = httpx.AsyncClient(transport=transport, base_url="http://emulator", timeout=None)
        await super().start()

    async def stop(self) -> None:
        """End both."""
        self.emulator.close()
        await super().stop()
        await self._api.aclose()

    def settings(self) -> Mapping[str, object]:
        """The bot's token, and how updates come."""
        hook = {"webhook_url": "https://help.example.org", "webhook_secret": SECRET} if self.calls else {}
        return {"bot_token": TOKEN, "api_url": self.server.url, **hook}

    # --- people ---

    def address(self, person: int) -> str:
        """Their chat."""
        return str(70_000_000 + person)

    def text(self, person: int, text: str) -> Update:
        """A message in a private chat."""
        return self._update("message", {**self._head(person), "from": self._from(person), "text": text})

    def press(self, person: int, message: Received, button: int) -> Update:
        """A callback query."""
        head = {"message_id": message.raw.message_id, "date": int(time.time()), "chat": self._chat(person), "from": BOT}
        query = {"id": str(next(self._ids)), "from": self._from(person), "chat_instance": "1"}
        data = message.raw.buttons[button][1]
        return self._update("callback_query", {**query, "data": data, "message": {**head, "text": message.text}})

    def private(self) -> list[str]:
        """Names of its people, and the token of the bot."""
        return ["Oksana", "Musterfrau", TOKEN]

    def _update(self, kind: str, content: dict[str, object]) -> Update:
        return {"update_id": next(self._ids), kind: content}

    def _head(self, person: int) -> dict[str, object]:
        return {"message_id": next(self._ids), "date": int(time.time()), "chat": self._chat(person)}

    def _chat(self, person: int) -> dict[str, object]:
        return {"id": int(self.address(person)), "type": "private", "first_name": "Oksana", "last_name": "Musterfrau"}

    def _from(self, person: int) -> dict[str, object]:
        return {"id": int(self.address(person)), "is_bot": False, "first_name": "Oksana", "language_code": "uk"}

    # --- what Telegram does ---

    def headers(self, body: bytes) -> Mapping[str, str]:
        """The secret that was set with the webhook."""
        return {HEADER: SECRET}

    def forged(self, body: bytes) -> Mapping[str, str]:
        """Another one."""
        return {HEADER: "guessed"}

    async def deliver(self, update: Update) -> int | None:
        """By the webhook; else with the answer to the next request for updates, which the one after it confirms."""
        if self.calls:
            self.emulator.learn(update)
            return await super().deliver(update)
        queued = {**update, "update_id": next(self._ids)}
        self.emulator.add(queued)
        await eventually(lambda: queued not in self.emulator._updates, timeout=5)
        return None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """As the emulator does."""
        kept = {name: value for name, value in request.headers.items() if name.lower() == "content-type"}
        answer = await self._api.request(request.method, request.path_qs, content=await request.read(), headers=kept)
        return web.Response(body=answer.content, status=answer.status_code, content_type="application/json")

    def fail(self, how: Failure | None) -> None:
        """What is the chat's or the message's is the emulator's to say."""
        self.emulator.recover()
        self.emulator.blocked.clear()
        super().fail(how if how in OF_THE_SERVER else None)
        if how is Failure.BUSY:
            self.emulator.fail("sendMessage", 429, f"Too Many Requests: retry after {RETRY_AFTER}", RETRY_AFTER)
        elif how is Failure.REJECTED:
            self.emulator.fail("sendMessage", 400, "Bad Request: message can't be sent")
        elif how is Failure.BLOCKED:
            self.emulator.blocked |= self.emulator._chats

    async def sent(self) -> list[Received]:
        """What the bot sent."""
        return [
            Received(
                str(message.chat_id), message.text, tuple(label for label, _ in message.buttons), _answered(message), message
            )
            for message in self.emulator.sent
        ]


def _answered(message: SentMessage) -> str | None:
    topic = f"/{message.topic}" if message.topic else ""
    return f"{message.chat_id}/{message.reply_to}{topic}" if message.reply_to else None
