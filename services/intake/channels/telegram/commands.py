"""The list of commands that Telegram shows beside the text field, in the language of the person's programme."""

import re
from pathlib import Path

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats

from chassis.logs import error_name
from chassis.texts import Texts

from ...domain.language import DEFAULT
from ...domain.replies import Reply

log = structlog.get_logger()

TEXTS = Path(__file__).parents[2] / "locale"
MOST_SIGNS = 256
_LINE = re.compile(r"^/(?P<command>[a-z_]+) – (?P<what>.+)$", re.MULTILINE)


def commands(texts: Texts, language: str) -> list[BotCommand]:
    """The commands as /help names them."""
    help_text = texts.get(language).gettext(Reply.HELP)
    return [BotCommand(command=line["command"], description=line["what"][:MOST_SIGNS]) for line in _LINE.finditer(help_text)]


async def show(bot: Bot) -> None:
    """Tell Telegram the commands, once for each language and once for all others. Without them everything works, too."""
    texts = Texts(TEXTS)
    try:
        for language in (None, *texts.languages):
            await bot.set_my_commands(
                commands(texts, language or DEFAULT), scope=BotCommandScopeAllPrivateChats(), language_code=language
            )
    except AiogramError as error:
        log.warning("telegram does not take the commands", reason=error_name(error))
