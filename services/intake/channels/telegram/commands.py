"""The lists of commands that Telegram shows beside the text field, in the language of the person's programme."""

import re
from pathlib import Path

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllChatAdministrators, BotCommandScopeAllPrivateChats

from chassis.logs import error_name
from chassis.texts import Texts

from ...domain.language import DEFAULT
from ...domain.replies import Reply

log = structlog.get_logger()

TEXTS = Path(__file__).parents[2] / "locale"
_LINE = re.compile(r"^/(?P<command>[a-z_]+) – (?P<what>.+)$", re.MULTILINE)


def _(message: str) -> str:
    return message


FOR_ADMINISTRATORS = {
    "mode": _("How I behave in this group: listen, suggest or answer"),
    "topic": _("What this topic of the forum is about"),
}


def for_people(texts: Texts, language: str) -> list[BotCommand]:
    """The commands of a private chat, as /help names them."""
    help_text = texts.get(language).gettext(Reply.HELP)
    return [BotCommand(command=line["command"], description=line["what"]) for line in _LINE.finditer(help_text)]


def for_administrators(texts: Texts, language: str) -> list[BotCommand]:
    """The commands with which administrators decide for a group. Nobody else is offered any there."""
    words = texts.get(language).gettext
    return [BotCommand(command=command, description=words(what)) for command, what in FOR_ADMINISTRATORS.items()]


async def show(bot: Bot) -> None:
    """Tell Telegram both lists, in each language and for all other ones. Without them everything works, too."""
    texts = Texts(TEXTS)
    private, administrators = BotCommandScopeAllPrivateChats(), BotCommandScopeAllChatAdministrators()
    try:
        for code in (None, *texts.languages):
            language = code or DEFAULT
            await bot.set_my_commands(for_people(texts, language), scope=private, language_code=code)
            await bot.set_my_commands(for_administrators(texts, language), scope=administrators, language_code=code)
    except AiogramError as error:
        log.warning("telegram does not take the commands", reason=error_name(error))
