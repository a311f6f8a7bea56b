"""What people do: write, press, edit, open links, block, and run groups."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .state import ANONYMOUS_ADMIN, BOT, Group, Refused, SentMessage, State, now, person_of, private_chat

FIRST_GROUP = -5000
FIRST_SUPERGROUP = -1000000000000
CHANNEL_POSTER = {"id": 777000, "is_bot": False, "first_name": "Telegram"}


class People(State):
    """People of a test. `repeat` sends an update again that one of these gave."""

    # --- anywhere ---

    def say(
        self, person: int, text: str, language: str | None = None, *, group: Group | None = None, topic: int | None = None,
        reply_to: int | None = None, **message: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """A person writes: to the bot alone, or in a group, there perhaps in a topic or as an answer to a message."""
        return self._said(person, language, {"text": text, **message}, group, topic, reply_to)

    def send_media(
        self, person: int, *, group: Group | None = None, topic: int | None = None, reply_to: int | None = None, **message: Any
    ) -> dict[str, Any]:
        """A person sends something that is no text, e.g. `voice={...}`."""
        return self._said(person, None, message, group, topic, reply_to)

    def edit(self, update: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A person changes what they said: `edit(update, text="…")`."""
        message = {**(update.get("message") or update["edited_message"]), "edit_date": now(), **changes}
        self._messages[message["chat"]["id"], message["message_id"]] = message
        return self._update("edited_message", message)

    def take_back(self, update: dict[str, Any]) -> None:
        """A person deletes a message. The bot does not hear of it."""
        message = update["message"]
        del self._messages[message["chat"]["id"], message["message_id"]]

    def repeat(self, update: dict[str, Any]) -> None:
        """The same update once more."""
        self.add({**update, "update_id": self._next_id()})

    def fail(self, method: str, code: int, description: str = "scripted", retry_after: int | None = None, times: int = 1) -> None:
        """Refuse the next calls of a method."""
        self._failures[method] += [Refused(code, description, retry_after)] * times

    def recover(self) -> None:
        """Refuse nothing any more."""
        self._failures.clear()

    async def answer(self, chat: int, timeout: float = 15.0) -> SentMessage:
        """The next message to a person or a group that was not asked for yet."""
        async with asyncio.timeout(timeout):
            while True:
                messages = self.sent_to(chat)
                if len(messages) > self._read[chat]:
                    self._read[chat] += 1
                    return messages[self._read[chat] - 1]
                await self._wait()

    # --- alone with the bot ---

    def press(self, message: SentMessage, button: int) -> dict[str, Any]:
        """A person presses a button below a message."""
        query = {
            "id": str(self._next_id()),
            "from": person_of(message.chat_id),
            "chat_instance": "1",
            "data": message.buttons[button][1],
            "message": {
                "message_id": message.message_id, "date": now(), "chat": private_chat(message.chat_id), "text": message.text,
            },
        }  # fmt: skip
        return self._update("callback_query", query)

    def open_link(self, person: int, link: str, language: str | None = None) -> dict[str, Any]:
        """A person opens a link to the bot and presses START."""
        parts = urlsplit(link)
        if (parts.netloc, parts.path) != ("t.me", f"/{BOT['username']}"):
            raise ValueError("no link to this bot")
        return self.say(person, f"/start {parse_qs(parts.query)['start'][0]}", language)

    def block(self, person: int) -> dict[str, Any]:
        """A person blocks the bot."""
        self.blocked.add(person)
        return self._membership(private_chat(person), person, "member", "kicked")

    def unblock(self, person: int) -> dict[str, Any]:
        """A person lets the bot write again."""
        self.blocked.discard(person)
        return self._membership(private_chat(person), person, "kicked", "member")

    # --- in groups ---

    def make_group(self, *admins: int, forum: bool = False, supergroup: bool = True) -> Group:
        """A group that an administrator, or whoever made it, added the bot to."""
        first = FIRST_SUPERGROUP if supergroup or forum else FIRST_GROUP
        group = Group(first - self._next_id(), forum, set(admins))
        self._groups.append(group)
        self._membership(group.chat(), min(admins, default=1), "left", "member")
        return group

    def open_topic(self, group: Group, person: int, title: str) -> int:
        """A person opens a topic of a forum; gives its number."""
        message = self._head(group.chat(), person_of(person))
        topic = int(message["message_id"])
        message |= {"message_thread_id": topic, "is_topic_message": True}
        group.topics[topic] = title
        self._update("message", self._keep({**message, "forum_topic_created": {"name": title, "icon_color": 7322096}}))
        return topic

    def say_as_group(self, group: Group, text: str) -> dict[str, Any]:
        """An administrator who stays anonymous writes."""
        head = {**self._head(group.chat(), ANONYMOUS_ADMIN), "sender_chat": group.chat()}
        return self._update("message", self._keep({**head, "text": text}))

    def post_of_channel(self, group: Group, text: str) -> dict[str, Any]:
        """A post of the channel that the group discusses appears in it."""
        channel = {"id": -1009999999999, "type": "channel", "title": "News"}
        head = {**self._head(group.chat(), CHANNEL_POSTER), "sender_chat": channel, "is_automatic_forward": True}
        return self._update("message", self._keep({**head, "text": text}))

    def upgrade(self, group: Group) -> int:
        """A group becomes a supergroup; gives the id that it had."""
        former, person = group.id, min(group.admins, default=1)
        group.former_ids.add(former)
        group.id = FIRST_SUPERGROUP - self._next_id()
        self._update("message", {**self._head(group.chat(former), person_of(person)), "migrate_to_chat_id": group.id})
        self._update("message", {**self._head(group.chat(), person_of(person)), "migrate_from_chat_id": former})
        return former

    def remove_bot(self, group: Group, person: int = 1) -> dict[str, Any]:
        """Somebody removes the bot."""
        former, group.bot = group.bot, "kicked"
        return self._membership(group.chat(), person, former, "kicked")

    def add_bot(self, group: Group, person: int = 1) -> dict[str, Any]:
        """Somebody brings it back."""
        former, group.bot = group.bot, "member"
        return self._membership(group.chat(), person, former, "member")

    # --- within ---

    def _said(
        self, person: int, language: str | None, content: dict[str, Any], group: Group | None, topic: int | None,
        reply_to: int | None,
    ) -> dict[str, Any]:  # fmt: skip
        message = self._head(group.chat() if group else private_chat(person), person_of(person, language))
        if topic:
            message |= {"message_thread_id": topic, "is_topic_message": True}
        # The first message of a topic counts as what is answered there when nothing else is.
        if answered := self._messages.get((message["chat"]["id"], reply_to or topic or 0)):
            message["reply_to_message"] = {key: value for key, value in answered.items() if key != "reply_to_message"}
        return self._update("message", self._keep({**message, **content}))

    def _head(self, chat: dict[str, Any], sender: dict[str, Any]) -> dict[str, Any]:
        return {"message_id": self._next_id(), "from": sender, "chat": chat, "date": now()}

    def _keep(self, message: dict[str, Any]) -> dict[str, Any]:
        self._messages[message["chat"]["id"], message["message_id"]] = message
        return message

    def _membership(self, chat: dict[str, Any], person: int, old: str, new: str) -> dict[str, Any]:
        def member(status: str) -> dict[str, Any]:
            return {"user": BOT, "status": status} | ({"until_date": 0} if status == "kicked" else {})

        change = {"chat": chat, "from": person_of(person), "date": now()}
        return self._update("my_chat_member", {**change, "old_chat_member": member(old), "new_chat_member": member(new)})
