"""The Bot API of Telegram as far as a bot in private chats and groups meets it, with people who write, press, edit and block.

async with serving(TelegramEmulator()) as telegram:     # its address: telegram.url
    telegram.say(1001, "Потрібен велосипед")             # by long polling or webhook, whatever the bot asked for
    message = await telegram.answer(1001)                # the next message that the bot sends to this person
    telegram.press(message, 0)                           # its first button
    telegram.fail("sendMessage", 429, retry_after=2)     # the next call is refused

    group = telegram.make_group(1002)                    # a group that 1002 administers
    said = telegram.say(1001, "Шукаю житло", group=group)
    line = await telegram.answer(group.id)               # what the bot says there: line.reply_to, line.topic
    telegram.edit(said, text="Шукаю кімнату")
"""

from .api import BotApi
from .people import People
from .serving import application, serving
from .state import BOT, TOKEN, Group, SentMessage

__all__ = ["BOT", "TOKEN", "Group", "SentMessage", "TelegramEmulator", "application", "serving"]


class TelegramEmulator(People, BotApi):
    """One bot, and any number of people and groups."""
