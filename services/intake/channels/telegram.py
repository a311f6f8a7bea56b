"""Telegram, private chats: the Bot API by long polling, or by webhook when a public address is configured.

Texts go out as plain text, so that nothing in them can be markup. Groups are ignored for now.
"""

import asyncio
import hmac
import time
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Annotated, Any, Self

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatType, ContentType
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from fastapi import APIRouter, Header, HTTPException, Request
from pydantic import Field, SecretStr, ValidationError, model_validator

from chassis.logs import error_name

from .base import (
    Capability,
    Channel,
    ChannelSettings,
    Host,
    Incoming,
    Limits,
    Manifest,
    Outgoing,
    Rejected,
    Result,
    RetryAfter,
    Sent,
    Unreachable,
)
from .http import read_body

log = structlog.get_logger()

POLL = 10
"""Seconds that one request for updates may last: shorter than the lease that says who may ask."""
ALLOWED_UPDATES = ["message", "callback_query"]
MEDIA = {
    ContentType.PHOTO, ContentType.VOICE, ContentType.VIDEO, ContentType.VIDEO_NOTE, ContentType.AUDIO, ContentType.DOCUMENT,
    ContentType.LOCATION, ContentType.CONTACT,
}  # fmt: skip
GIVE_UP_AFTER = 90.0
"""Seconds after which one update that always fails is left out. When the store is what fails, the process ends sooner."""
GONE = ("chat not found", "user not found", "peer_id_invalid")


class _GetUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates` without reading the updates, so that one that nobody can read does not hide the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int
    allowed_updates: list[str]


class TelegramSettings(ChannelSettings, channel="telegram"):
    """What @BotFather gave, and how updates come."""

    bot_token: SecretStr = Field(min_length=1, description="Token of the bot, from @BotFather.")
    api_url: str = Field("https://api.telegram.org", description="The Bot API; another one for tests.")
    webhook_url: str = Field(
        "", description="Public https address of intake, e.g. https://help.example.org; empty: long polling."
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""), description="Secret token by which a webhook call is known to be Telegram's: A-Z, a-z, 0-9, _ and -."
    )

    @model_validator(mode="after")
    def _webhook_is_guarded(self) -> Self:
        if self.webhook_url and not self.webhook_secret.get_secret_value():
            raise ValueError("webhook_url needs webhook_secret: without it anybody could write as anybody")
        return self


class Telegram(Channel):
    """A bot in private chats."""

    manifest = Manifest(
        "telegram",
        frozenset({Capability.PRIVATE_CHAT, Capability.BUTTONS}),
        Limits(text=4096, per_second=25),  # the provider allows 30; what it answers to callbacks counts as well
        TelegramSettings,
    )

    def __init__(self, settings: TelegramSettings) -> None:
        super().__init__(settings)
        self.webhook_url, self.webhook_secret = settings.webhook_url.rstrip("/"), settings.webhook_secret.get_secret_value()
        self.bot: Bot
        self._failing: dict[int, float] = {}

    async def open(self) -> None:
        """Make the client; it connects when it is first used."""
        api = TelegramAPIServer.from_base(self.settings.api_url.rstrip("/"))
        self.bot = Bot(self.settings.bot_token.get_secret_value(), session=AiohttpSession(api=api, timeout=20))

    async def close(self) -> None:
        """Close its connections."""
        await self.bot.session.close()

    # --- sending ---

    async def send(self, address: str, message: Outgoing) -> Result:
        """`sendMessage`, with the choices as buttons below it."""
        rows = [[InlineKeyboardButton(text=button.label, callback_data=button.token)] for button in message.buttons]
        try:
            await self.bot.send_message(
                int(address),
                message.text,
                parse_mode=None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=InlineKeyboardMarkup(inline_keyboard=rows) if rows else None,
            )
        except TelegramRetryAfter as error:
            return RetryAfter(error.retry_after)
        except TelegramForbiddenError:
            return Unreachable()
        except TelegramBadRequest as error:
            return Unreachable() if any(word in error.message.lower() for word in GONE) else Rejected()
        except AiogramError as error:
            log.warning("telegram does not take a message now", reason=error_name(error))
            return RetryAfter()
        return Sent()

    # --- hearing ---

    def routes(self, host: Host) -> APIRouter:
        """The webhook."""
        router = APIRouter()

        @router.post("/webhook")
        async def webhook(
            request: Request, secret: Annotated[str, Header(alias="X-Telegram-Bot-Api-Secret-Token")] = ""
        ) -> dict[str, bool]:
            if not self.webhook_url:
                raise HTTPException(404, "no webhook here: updates are fetched by long polling")
            if not hmac.compare_digest(secret.encode(), self.webhook_secret.encode()):
                raise HTTPException(401, "wrong secret token")
            try:
                update = Update.model_validate_json(await read_body(request), context={"bot": self.bot})
            except ValidationError as error:
                log.warning("unreadable update refused", errors=error.error_count())
                raise HTTPException(400, "not an update of the Bot API") from None
            await self._take(update, host)
            return {"ok": True}

        return router

    async def listen(self, host: Host, held: Callable[[], bool]) -> None:
        """Long polling, or with a webhook: tell Telegram where it is."""
        if self.webhook_url:
            address = f"{self.webhook_url}/channels/telegram/webhook"
            await self.bot.set_webhook(address, secret_token=self.webhook_secret, allowed_updates=ALLOWED_UPDATES)
            while held():  # noqa: ASYNC110 - from here on Telegram calls us
                await asyncio.sleep(1)
            return
        await self.bot.delete_webhook()
        offset: int | None = None
        while held():
            method = _GetUpdates(offset=offset, timeout=POLL, allowed_updates=ALLOWED_UPDATES)
            updates = await self.bot(method, request_timeout=POLL + 10)
            offset = await self._take_all(updates, host, offset)

    async def _take_all(self, updates: list[dict[str, Any]], host: Host, offset: int | None) -> int | None:
        """Take what was fetched, each chat's in order; gives the offset that confirms what is safe with us."""
        readable = [update for raw in updates if (update := self._read(raw))]
        chats = [list(group) for _, group in groupby(sorted(readable, key=_chat), key=_chat)]
        failed = [
            number for number in await asyncio.gather(*(self._take_chat(chat, host) for chat in chats)) if number is not None
        ]
        if failed:
            await asyncio.sleep(1)  # the others come again with them, which the ledger notices
            return min(failed)
        return max(raw.get("update_id", 0) for raw in updates) + 1 if updates else offset

    def _read(self, raw: dict[str, Any]) -> Update | None:
        try:
            return Update.model_validate(raw, context={"bot": self.bot})
        except ValidationError as error:
            log.warning("unreadable update left out", update=raw.get("update_id"), errors=error.error_count())
            return None

    async def _take_chat(self, updates: Iterable[Update], host: Host) -> int | None:
        """Take one chat's updates in order; gives the id of the one that failed, after which the chat waits."""
        for update in updates:
            try:
                await self._take(update, host)
            except Exception as error:  # noqa: BLE001 - one chat must not stop the others
                since = self._failing.setdefault(update.update_id, time.monotonic())
                log.warning("update not taken", update=update.update_id, reason=error_name(error))
                if time.monotonic() - since < GIVE_UP_AFTER:
                    return update.update_id
                log.error("update left out", update=update.update_id, reason=error_name(error))
            self._failing.pop(update.update_id, None)
        return None

    async def _take(self, update: Update, host: Host) -> None:
        incoming = _incoming(update)
        if incoming:
            await host.hear(incoming)
        if update.callback_query:
            try:
                await self.bot.answer_callback_query(update.callback_query.id)
            except AiogramError as error:  # the button stops spinning by itself, too
                log.info("callback query not answered", reason=error_name(error))


def _incoming(update: Update) -> Incoming | None:
    """What the host is to hear of an update: nothing of groups, edits, stickers and service messages."""
    if query := update.callback_query:
        if query.message is not None and query.message.chat.type != ChatType.PRIVATE:
            return None
        # In a private chat the chat's id is the person's.
        return Incoming(
            str(query.from_user.id), f"callback/{query.id}", pressed=query.data, language_hint=query.from_user.language_code
        )
    message = update.message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return None
    text, has_media = message.text or message.caption or "", message.content_type in MEDIA
    if not text and not has_media:
        return None
    hint = message.from_user.language_code if message.from_user else None
    return Incoming(
        str(message.chat.id), f"{message.chat.id}/{message.message_id}", text, has_media=has_media, language_hint=hint
    )


def _chat(update: Update) -> str:
    incoming = _incoming(update)
    return incoming.address if incoming else ""
