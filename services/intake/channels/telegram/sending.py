"""One message out: plain text, so that nothing in it can be markup, with the choices as buttons below it."""

from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters

from chassis.logs import error_name

from ..base import Outgoing, Rejected, Result, RetryAfter, Sent, Unreachable
from .api import SendMessage
from .reading import name

log = structlog.get_logger()

GONE = ("chat not found", "user not found", "peer_id_invalid", "not enough rights", "no rights to send", "chat_write_forbidden")


async def send(bot: Bot, address: str, message: Outgoing) -> Result:
    """`sendMessage`. Raises TelegramMigrateToChat when the group has another address by now."""
    rows = [[InlineKeyboardButton(text=button.label, callback_data=button.token)] for button in message.buttons]
    reply, topic = _reply(address, message.reply_to)
    try:
        sent: Any = await bot(
            SendMessage(
                chat_id=int(address),
                text=message.text,
                message_thread_id=topic,
                parse_mode=None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_parameters=reply,
                reply_markup=InlineKeyboardMarkup(inline_keyboard=rows) if rows else None,
            )
        )
    except TelegramMigrateToChat:
        raise
    except TelegramRetryAfter as error:
        return RetryAfter(error.retry_after)
    except TelegramForbiddenError:
        return Unreachable()
    except TelegramBadRequest as error:
        return Unreachable() if any(word in error.message.lower() for word in GONE) else Rejected()
    except AiogramError as error:
        log.warning("telegram does not take a message now", reason=error_name(error))
        return RetryAfter()
    return Sent(name(address, sent["message_id"], sent.get("message_thread_id") if sent.get("is_topic_message") else None))


def _reply(address: str, answers: str | None) -> tuple[ReplyParameters | None, int | None]:
    """What is answered in a group, and its topic. In a private chat, quoting what was just said helps nobody.

    An answer to a message that was taken back meanwhile is refused by Telegram, and that is well: a bot does not hear of it
    otherwise. A group that became a supergroup has no message of the old name: it is answered without quoting.
    """
    chat, _, rest = (answers or "").partition("/")
    number, _, topic = rest.partition("/")
    if chat != address or not address.startswith("-") or not number.isdecimal():
        return None, None
    return ReplyParameters(message_id=int(number)), int(topic) if topic.isdecimal() else None
