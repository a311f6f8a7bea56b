"""The methods of the Bot API that a bot in private chats, groups and forums calls."""

import asyncio
import time
from typing import Any

import httpx

from .state import BOT, Group, Refused, SentMessage, State, now, person_of, private_chat

MOST_UTF16_UNITS = 4096
MOST_CALLBACK_BYTES = 64
MOST_UPDATES = 100
MOST_COMMANDS = 100
WEBHOOK_PAUSE = 0.2


class BotApi(State):
    """The methods, each a coroutine of its arguments."""

    async def call(self, method: str, arguments: dict[str, Any]) -> Any:
        """One call. Raises Refused."""
        self.calls.append(method)
        try:
            if self._failures[method]:
                raise self._failures[method].pop(0)
            function = getattr(self, f"_api_{method}", None)
            if function is None:
                raise Refused(404, "Not Found: method not found")
            return await function(**arguments)
        except Refused as refused:
            self.refused.append(refused.description)
            raise

    async def push(self) -> None:
        """Call the webhook for each update in order, again and again until it is taken. Runs as long as it is served."""
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                self._drop_what_is_not_wanted()
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

    def _drop_what_is_not_wanted(self) -> None:
        if self._allowed:
            wanted = {"update_id", *self._allowed}
            self._updates = [update for update in self._updates if update.keys() <= wanted]

    # --- hearing ---

    async def _api_getMe(self) -> dict[str, Any]:
        return BOT

    async def _api_getUpdates(
        self, offset: int = 0, limit: int = MOST_UPDATES, timeout: float = 0, allowed_updates: list[str] | None = None
    ) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self._poll += 1  # as with the provider, a newer request ends an older one
        poll, deadline = self._poll, time.monotonic() + timeout
        self._allowed = allowed_updates or self._allowed
        self._change()
        self._updates = [update for update in self._updates if update.get("update_id", offset) >= offset]
        self._drop_what_is_not_wanted()
        while not (self._updates or self._closed) and time.monotonic() < deadline:
            await self._wait(deadline - time.monotonic())
            self._drop_what_is_not_wanted()
            if poll != self._poll:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
        return self._updates[:limit]

    async def _api_setWebhook(self, url: str, secret_token: str = "", allowed_updates: list[str] | None = None, **_: Any) -> bool:
        self.webhook, self._allowed = {"url": url, "secret_token": secret_token}, allowed_updates or self._allowed
        self._change()
        return True

    async def _api_deleteWebhook(self, **_: Any) -> bool:
        self.webhook = {}
        return True

    async def _api_answerCallbackQuery(self, callback_query_id: str, **_: Any) -> bool:
        self.answered_callbacks.append(str(callback_query_id))
        return True

    # --- sending ---

    async def _api_sendMessage(
        self, chat_id: int, text: str = "", reply_markup: Any = None, message_thread_id: int | None = None,
        reply_parameters: dict[str, Any] | None = None, **_: Any,
    ) -> dict[str, Any]:  # fmt: skip
        group = self._reachable(chat_id)
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > MOST_UTF16_UNITS:
            raise Refused(400, "Bad Request: message is too long")
        answered = self._answered(chat_id, reply_parameters)
        topic = message_thread_id or (answered or {}).get("message_thread_id")
        if group and topic and topic not in group.topics:
            raise Refused(400, "Bad Request: message thread not found")
        if group and topic in group.closed:
            raise Refused(400, "Bad Request: TOPIC_CLOSED")
        buttons = _buttons(reply_markup)
        self._keep_pace(chat_id, group)
        reply_to = answered["message_id"] if answered else None
        message = SentMessage(chat_id, self._next_id(), text, buttons, time.monotonic(), topic, reply_to)
        self.sent.append(message)
        self._change()
        chat = group.chat() if group else private_chat(chat_id)
        said = {"message_id": message.message_id, "from": BOT, "date": now(), "chat": chat, "text": text}
        if topic:
            said |= {"message_thread_id": topic, "is_topic_message": True}
        self._messages[chat_id, message.message_id] = said
        return said

    def _reachable(self, chat_id: int) -> Group | None:
        """The group of this id; None for a person. Raises Refused when nothing can be sent there."""
        group = self._group(chat_id)
        if group and chat_id != group.id:
            raise Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to=group.id)
        if group and group.bot == "kicked":
            raise Refused(403, f"Forbidden: bot was kicked from the {group.kind} chat")
        if group and group.bot == "left":
            raise Refused(403, f"Forbidden: bot is not a member of the {group.kind} chat")
        if group is None and chat_id in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if group is None and chat_id not in self._chats:
            if any(message["from"]["id"] == chat_id for message in self._messages.values()):
                raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
            raise Refused(400, "Bad Request: chat not found")
        return group

    def _answered(self, chat_id: int, reply: dict[str, Any] | None) -> dict[str, Any] | None:
        answered = self._messages.get((chat_id, reply["message_id"])) if reply else None
        if reply and not answered and not reply.get("allow_sending_without_reply"):
            raise Refused(400, "Bad Request: message to be replied not found")
        return answered

    def _keep_pace(self, chat_id: int, group: Group | None) -> None:
        def sent(seconds: float, to: int | None = None) -> list[float]:
            since = time.monotonic() - seconds
            return [message.at for message in self.sent if message.at > since and to in (None, message.chat_id)]

        if self.per_second and len(sent(1)) >= self.per_second:
            raise Refused(429, "Too Many Requests: retry after 1", 1)
        if self.per_second_each and len(sent(1, chat_id)) >= self.per_second_each:
            raise Refused(429, "Too Many Requests: retry after 1 (chat)", 1)
        if group and self.per_minute_group and len(times := sent(60, chat_id)) >= self.per_minute_group:
            seconds = int(times[0] + 60 - time.monotonic()) + 1
            raise Refused(429, f"Too Many Requests: retry after {seconds}", seconds)

    # --- groups and commands ---

    async def _api_getChatAdministrators(self, chat_id: int) -> list[dict[str, Any]]:
        group = self._reachable(chat_id)
        if group is None:
            raise Refused(400, "Bad Request: there are no administrators in the private chat")
        return [await self._api_getChatMember(chat_id, person) for person in sorted(group.admins)]

    async def _api_getChatMember(self, chat_id: int, user_id: int) -> dict[str, Any]:
        group = self._reachable(chat_id)
        if group is None:
            raise Refused(400, "Bad Request: member not found")
        creator = user_id == min(group.admins, default=None)
        status = "creator" if creator else "administrator" if user_id in group.admins else "member"
        return {"user": person_of(user_id), "status": status} | ({"is_anonymous": False} if status != "member" else {})

    async def _api_setMyCommands(
        self, commands: list[dict[str, str]], scope: dict[str, Any] | None = None, language_code: str = ""
    ) -> bool:
        if len(commands) > MOST_COMMANDS or not all(each["command"] and each["description"] for each in commands):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[(scope or {"type": "default"})["type"], language_code] = commands
        return True

    async def _api_leaveChat(self, chat_id: int) -> bool:
        group = self._reachable(chat_id)
        if group is None:
            raise Refused(400, "Bad Request: chat not found")
        group.bot = "left"
        return True


def _buttons(reply_markup: Any) -> tuple[tuple[str, str], ...]:
    """Label and callback data of each button. Raises Refused."""
    rows = (reply_markup or {}).get("inline_keyboard", [])
    buttons = tuple((button["text"], button["callback_data"]) for row in rows for button in row)
    if any(not data or len(data.encode()) > MOST_CALLBACK_BYTES for _, data in buttons):
        raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return buttons
