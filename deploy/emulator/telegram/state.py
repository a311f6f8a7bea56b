"""What the emulated provider knows: chats, messages, and updates that wait for the bot."""

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

TOKEN = "4242:emulated-bot-token-of-thirty-five-chars"  # noqa: S105 - an emulated bot's
BOT = {
    "id": 4242, "is_bot": True, "first_name": "Anlaufstelle", "username": "anlaufstelle_bot",
    "can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False,
}  # fmt: skip
ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


class Refused(Exception):
    """An error answer of the Bot API."""

    def __init__(self, code: int, description: str, retry_after: int | None = None, migrate_to: int | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.retry_after, self.migrate_to = code, description, retry_after, migrate_to


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
    topic: int | None = None
    reply_to: int | None = None


@dataclass
class Group:
    """A group with the bot in it. `upgrade` gives it another id."""

    id: int
    forum: bool = False
    admins: set[int] = field(default_factory=set)
    bot: str = "member"
    """The bot's status there."""
    topics: dict[int, str] = field(default_factory=dict)
    """Titles by the number of the message that opened each."""
    closed: set[int] = field(default_factory=set)
    """Topics where nobody may write any more."""
    former_ids: set[int] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """`group`, or `supergroup` once it is large, a forum or upgraded."""
        return "supergroup" if str(self.id).startswith("-100") else "group"

    def chat(self, chat_id: int | None = None) -> dict[str, Any]:
        """The group as the Bot API describes it, by default under its present id."""
        head = {"id": chat_id or self.id, "type": "group" if chat_id else self.kind, "title": "Neighbours"}
        return head | ({"is_forum": True} if self.forum else {})


@dataclass
class State:
    """One bot, and any number of people and groups. What goes beyond a limit is refused with 429, as the provider does."""

    token: str = TOKEN
    per_second: int | None = None
    per_second_each: int | None = None
    """To one chat."""
    per_minute_group: int | None = None
    url: str = ""
    sent: list[SentMessage] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Why calls were refused."""
    answered_callbacks: list[str] = field(default_factory=list)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    """What `setMyCommands` set, by kind of scope and language."""
    webhook: dict[str, Any] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    _groups: list[Group] = field(default_factory=list)
    _messages: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    """By chat and number."""
    _updates: list[dict[str, Any]] = field(default_factory=list)
    _allowed: list[str] | None = None
    _chats: set[int] = field(default_factory=set)
    """People who wrote to the bot in private."""
    _failures: dict[str, list[Refused]] = field(default_factory=lambda: defaultdict(list))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _read: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _ids: int = 0
    _poll: int = 0
    _closed: bool = False

    def add(self, update: dict[str, Any]) -> None:
        """Any update, also one that nobody can read."""
        self.learn(update)
        self._updates.append(update)
        self._change()

    def learn(self, update: dict[str, Any]) -> None:
        """Know the chat and the message of a recorded update, so that it can be answered."""
        message = update.get("message") or {}
        chat, number = message.get("chat"), message.get("message_id")
        if not (isinstance(chat, dict) and isinstance(number, int)):
            return
        self._messages.setdefault((chat["id"], number), message)
        if chat["type"] == "private":
            self._chats.add(chat["id"])
        elif self._group(chat["id"]) is None:
            self._groups.append(Group(chat["id"], chat.get("is_forum", False)))
        if (group := self._group(chat["id"])) and message.get("is_topic_message"):
            group.topics.setdefault(message["message_thread_id"], "")

    def waiting(self) -> int:
        """Updates that the bot has not confirmed yet."""
        return len(self._updates)

    def sent_to(self, chat: int) -> list[SentMessage]:
        """Everything that the bot sent to a person or a group."""
        return [message for message in self.sent if message.chat_id == chat]

    def close(self) -> None:
        """End the requests for updates that wait."""
        self._closed = True
        self._change()

    def _update(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        update = {"update_id": self._next_id(), kind: content}
        self.add(update)
        return update

    def _group(self, chat_id: int) -> Group | None:
        return next((group for group in self._groups if chat_id in {group.id, *group.former_ids}), None)

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


def person_of(person: int, language: str | None = None) -> dict[str, Any]:
    """A person as the Bot API describes them."""
    return {"id": person, "is_bot": False, "first_name": "Person"} | ({"language_code": language} if language else {})


def private_chat(person: int) -> dict[str, Any]:
    """The chat of a person with the bot."""
    return {"id": person, "type": "private", "first_name": "Person"}


def now() -> int:
    """The time as the Bot API writes it."""
    return int(time.time())
