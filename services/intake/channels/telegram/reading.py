"""What the host is to hear of an update of the Bot API."""

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime

from aiogram.enums import ChatMemberStatus, ChatType, ContentType
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, MessageOriginUser, Update

from ..base import Group, Incoming

MEDIA = {
    ContentType.PHOTO, ContentType.LIVE_PHOTO, ContentType.VOICE, ContentType.VIDEO, ContentType.VIDEO_NOTE, ContentType.AUDIO,
    ContentType.DOCUMENT, ContentType.CONTACT, ContentType.PAID_MEDIA, ContentType.STORY, ContentType.CHECKLIST,
    ContentType.RICH_MESSAGE,
}  # fmt: skip
"""What is asked for in words. Stickers, animations, dice and polls are chatter."""
GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
_COMMAND = re.compile(r"/\w+(?:@(?P<bot>\w+))?(?:\s|$)")


@dataclass(frozen=True)
class Gone:
    """A person blocked the bot, or a group removed it."""

    address: str


@dataclass(frozen=True)
class Moved:
    """A group became a supergroup, which is another chat."""

    address: str
    to: str


Reading = Incoming | Gone | Moved


def read(update: Update, username: str) -> Reading | None:
    """What an update says; None for what nobody is to hear: channel posts, other programmes' words, service messages, stickers.

    `username` is the bot's own: a command for another bot of the group is none for us.
    """
    if query := update.callback_query:
        return _pressed(query)
    if member := update.my_chat_member:
        return _membership(member)
    message = update.message or update.edited_message
    if message is None or message.chat.type not in (ChatType.PRIVATE, *GROUPS):
        return None
    if message.migrate_to_chat_id:
        return Moved(str(message.chat.id), str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id:
        return Moved(str(message.migrate_from_chat_id), str(message.chat.id))
    return _said(message, update.edited_message is not None, username)


def is_command(text: str) -> bool:
    """Whether a text is a command."""
    return _COMMAND.match(text) is not None


def name(chat: int | str, number: int, topic: int | None = None) -> str:
    """The name of a message: its chat, its number there and, in a forum, its topic: who answers it has to name the topic, too."""
    return f"{chat}/{number}" + (f"/{topic}" if topic else "")


def album(message: Message | None) -> str | None:
    """The name that the captionless pictures of an album share: all of them together are one message."""
    if message is None or not message.media_group_id or message.caption:
        return None
    return f"{message.chat.id}/album/{message.media_group_id}"


def captioned_album(message: Message | None) -> str | None:
    """The same name, when this is the picture of the album that says something: then the others add nothing."""
    return f"{message.chat.id}/album/{message.media_group_id}" if message and message.media_group_id and message.caption else None


def _said(message: Message, edited: bool, username: str) -> Incoming | None:
    text = message.text or message.caption or ""
    anonymous_admin = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    if not (anonymous_admin and is_command(text)) and not _are_own_words(message):
        return None
    if _is_for_another_bot(text, username) or (edited and (not text or is_command(text))):
        return None
    has_media, place = message.content_type in MEDIA, message.venue.location if message.venue else message.location
    if not (text or has_media or place):
        return None
    # An anonymous administrator is nobody whom an answer could reach: the command is the group's.
    sender = message.from_user if message.from_user and not anonymous_admin else message.chat
    said = _name(message)
    return Incoming(
        address=str(sender.id),
        message_id=f"{said}/{message.edit_date or 0}/{zlib.crc32(text.encode('utf-8', 'replace')):x}"
        if edited
        else album(message) or said,
        text=text,
        has_media=has_media,
        location=(place.latitude, place.longitude) if place else None,
        language_hint=message.from_user.language_code if message.from_user else None,
        group=_group(message, anonymous_admin) if message.chat.type in GROUPS else None,
        edits=said if edited else None,
        said_at=datetime.fromtimestamp(message.edit_date, UTC) if edited and message.edit_date else message.date,
    )


def _name(message: Message) -> str:
    return name(message.chat.id, message.message_id, message.message_thread_id if message.is_topic_message else None)


def _are_own_words(message: Message) -> bool:
    """Whether a person says this for themselves. What is forwarded to us in private, a person wants us to read."""
    if message.from_user is None or message.from_user.is_bot or message.via_bot or message.sender_chat:
        return False
    origin = message.forward_origin
    if message.chat.type == ChatType.PRIVATE or origin is None:
        return True
    return isinstance(origin, MessageOriginUser) and origin.sender_user.id == message.from_user.id


def _is_for_another_bot(text: str, username: str) -> bool:
    command = _COMMAND.match(text)
    return bool(command and command["bot"] and command["bot"].lower() != username.lower())


def _group(message: Message, by_admin: bool) -> Group:
    answered = message.reply_to_message
    if answered and answered.forum_topic_created:  # so the first message of a topic "answers" that there is one
        answered = None
    return Group(
        address=str(message.chat.id),
        topic=str(message.message_thread_id) if message.is_topic_message else None,
        reply_to=_name(answered) if answered else None,
        by_admin=by_admin,
    )


def _pressed(query: CallbackQuery) -> Incoming | None:
    """A button in a private chat; what the bot says in groups has none."""
    if query.message is not None and query.message.chat.type != ChatType.PRIVATE:
        return None
    user = query.from_user
    return Incoming(str(user.id), f"callback/{query.id}", pressed=query.data, language_hint=user.language_code)


def _membership(member: ChatMemberUpdated) -> Gone | None:
    left = member.new_chat_member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.KICKED)
    return Gone(str(member.chat.id)) if left and member.chat.type != ChatType.CHANNEL else None
