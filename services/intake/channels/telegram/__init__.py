"""Telegram: the Bot API by long polling, or by webhook when a public address is configured. Private chats, groups and forums."""

import asyncio
import hmac
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import groupby
from typing import Annotated, Any, Self

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import Update
from fastapi import APIRouter, Header, HTTPException, Request
from pydantic import Field, SecretStr, ValidationError, model_validator

from chassis.logs import error_name

from ..base import Capability, Channel, ChannelSettings, Group, Host, Incoming, Limits, Manifest, Outgoing, Result
from ..http import read_body
from . import commands, sending
from .api import GetAdministrators, GetMe, GetUpdates
from .reading import Gone, Moved, Reading, album, captioned_album, is_command, read

log = structlog.get_logger()

POLL = 10
"""Seconds that one request for updates may last: shorter than the lease that says who may ask."""
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
GIVE_UP_AFTER = 90.0
"""Seconds after which one update that always fails is left out. When the store is what fails, the process ends sooner."""
AT_ONCE, PAUSE = 0.1, 0.2
ADMINISTRATORS_KEPT = 300.0
NAME_WITHIN = 5.0
LONGEST_PAUSE = 60.0
ALBUMS = 1000


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


class NoNameYet(Exception):
    """Telegram has not said yet what the bot is called."""


class Telegram(Channel):
    """A bot in private chats and groups."""

    manifest = Manifest(
        "telegram",
        frozenset(
            {
                Capability.PRIVATE_CHAT, Capability.GROUPS, Capability.BUTTONS, Capability.FILES, Capability.LOCATION,
                Capability.EDITS,
            }
        ),
        # The provider allows 30 a second, 1 a second to each chat and 20 a minute to a group. What answers pressed buttons
        # counts as well, and no clock is as exact as the provider's.
        Limits(text=4096, per_second=25, per_second_each=0.9, per_minute_group=18),
        TelegramSettings,
    )  # fmt: skip

    def __init__(self, settings: TelegramSettings) -> None:
        super().__init__(settings)
        self.webhook_url, self.webhook_secret = settings.webhook_url.rstrip("/"), settings.webhook_secret.get_secret_value()
        self.bot: Bot
        self._host: Host
        self._name: asyncio.Task[str]
        self._failing: dict[int, float] = {}
        self._taken: set[int] = set()
        self._administrators: dict[str, tuple[float, frozenset[str]]] = {}
        self._captioned: deque[str] = deque(maxlen=ALBUMS)
        self._shows_commands = False

    async def open(self) -> None:
        """Make the client, and ask for the bot's name: links to it are made of it."""
        api = TelegramAPIServer.from_base(self.settings.api_url.rstrip("/"))
        self.bot = Bot(self.settings.bot_token.get_secret_value(), session=AiohttpSession(api=api, timeout=20))
        self._name = asyncio.create_task(self._ask_name())
        await asyncio.wait([self._name], timeout=NAME_WITHIN)

    async def close(self) -> None:
        """Close its connections."""
        self._name.cancel()
        await self.bot.session.close()

    async def _ask_name(self) -> str:
        pause = 1.0
        while True:
            try:
                return str((await self.bot(GetMe()))["username"])
            except AiogramError as error:
                log.warning("telegram does not say what the bot is called", reason=error_name(error))
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    # --- sending ---

    async def send(self, address: str, message: Outgoing) -> Result:
        """`sendMessage`, with the choices as buttons below it, in a group as an answer."""
        try:
            return await sending.send(self.bot, address, message)
        except TelegramMigrateToChat as error:
            to = str(error.migrate_to_chat_id)
        await self._host.moved(address, to)
        return await sending.send(self.bot, to, message)

    def private_link(self, code: str) -> str:
        """The link that opens a chat with the bot, with a button that sends `/start <code>`. Raises NoNameYet."""
        if not self._name.done():
            raise NoNameYet
        return f"https://t.me/{self._name.result()}?start={code}"

    # --- hearing ---

    def routes(self, host: Host) -> APIRouter:
        """The webhook."""
        self._host = host
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
        if not self._shows_commands:
            await commands.show(self.bot)
            self._shows_commands = True
        if self.webhook_url:
            address = f"{self.webhook_url}/channels/telegram/webhook"
            await self.bot.set_webhook(address, secret_token=self.webhook_secret, allowed_updates=ALLOWED_UPDATES)
            while held():  # noqa: ASYNC110 - from here on Telegram calls us
                await asyncio.sleep(1)
            return
        await self.bot.delete_webhook()
        offset: int | None = None
        while held():
            method, asked = GetUpdates(offset=offset, timeout=POLL, allowed_updates=ALLOWED_UPDATES), time.monotonic()
            updates = await self.bot(method, request_timeout=POLL + 10)
            if not updates and time.monotonic() - asked < AT_ONCE:  # some that stand in for Telegram do not wait for updates
                await asyncio.sleep(PAUSE)
            offset = await self._take_all(updates, host, offset)

    async def _take_all(self, updates: list[dict[str, Any]], host: Host, offset: int | None) -> int | None:
        """Take what was fetched, each person's in order; gives the offset that confirms what is safe with us."""
        readable = [update for raw in updates if (update := self._read(raw)) and update.update_id not in self._taken]
        moves = [update for update in readable if update.message and update.message.migrate_to_chat_id]
        self._captioned.extend(name for update in readable if (name := captioned_album(update.message)))
        people = [list(theirs) for _, theirs in groupby(sorted(readable, key=_by_whom), key=_by_whom)]
        # What is said in a group's new chat is not to be heard before it is known that this is the same group.
        results = [await self._take_in_order(moves, host)]
        results += await asyncio.gather(*(self._take_in_order(theirs, host) for theirs in people))
        failed = [number for number in results if number is not None]
        if failed:
            await asyncio.sleep(1)
            return min(failed)
        self._taken.clear()
        return max(raw.get("update_id", 0) for raw in updates) + 1 if updates else offset

    def _read(self, raw: dict[str, Any]) -> Update | None:
        try:
            return Update.model_validate(raw, context={"bot": self.bot})
        except ValidationError as error:
            log.warning("unreadable update left out", update=raw.get("update_id"), errors=error.error_count())
            return None

    async def _take_in_order(self, updates: Iterable[Update], host: Host) -> int | None:
        """Take one person's updates in order; gives the id of the one that failed, after which the person's others wait."""
        for update in updates:
            if update.update_id in self._taken:
                continue
            try:
                await self._take(update, host)
            except Exception as error:  # noqa: BLE001 - one person must not stop the others
                since = self._failing.setdefault(update.update_id, time.monotonic())
                log.warning("update not taken", update=update.update_id, reason=error_name(error))
                if time.monotonic() - since < GIVE_UP_AFTER:
                    return update.update_id
                log.error("update left out", update=update.update_id, reason=error_name(error))
            self._failing.pop(update.update_id, None)
            self._taken.add(update.update_id)
        return None

    async def _take(self, update: Update, host: Host) -> None:
        match await self._what(update):
            case Gone(address):
                await host.gone(address)
            case Moved(address, to):
                await host.moved(address, to)
            case Incoming() as incoming:
                await host.hear(incoming)
        if update.callback_query:
            try:
                await self.bot.answer_callback_query(update.callback_query.id)
            except AiogramError as error:  # the button stops spinning by itself, too
                log.info("callback query not answered", reason=error_name(error))

    async def _what(self, update: Update) -> Reading | None:
        if captioned := captioned_album(update.message):
            self._captioned.append(captioned)
        if album(update.message) in self._captioned:
            return None
        reading = read(update, await asyncio.wait_for(asyncio.shield(self._name), NAME_WITHIN))
        if isinstance(reading, Incoming) and reading.group and is_command(reading.text) and not reading.group.by_admin:
            by_admin = reading.address in await self._administrators_of(reading.group)
            return replace(reading, group=replace(reading.group, by_admin=by_admin))
        return reading

    async def _administrators_of(self, group: Group) -> frozenset[str]:
        until, known = self._administrators.get(group.address, (0.0, frozenset()))
        if time.monotonic() < until:
            return known
        try:
            members = await self.bot(GetAdministrators(chat_id=int(group.address)))
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            log.warning("telegram does not say who administers a group", reason=error_name(error))
            members = []
        known = frozenset(str(member["user"]["id"]) for member in members)
        self._administrators[group.address] = time.monotonic() + ADMINISTRATORS_KEPT, known
        return known


def _by_whom(update: Update) -> int:
    """What orders updates: one person's are taken one after the other, wherever they were said."""
    event = update.message or update.edited_message or update.callback_query or update.my_chat_member
    return event.from_user.id if event and event.from_user else 0
