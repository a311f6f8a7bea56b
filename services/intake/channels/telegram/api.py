"""Methods of the Bot API whose answers are taken as they are: one part that the library cannot read must not hide the rest."""

from typing import Any

from aiogram import methods
from aiogram.methods import TelegramMethod


class GetUpdates(TelegramMethod[list[dict[str, Any]]]):
    """`getUpdates`, without reading the updates."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int
    allowed_updates: list[str]


class GetMe(TelegramMethod[dict[str, Any]]):
    """`getMe`."""

    __returning__ = dict[str, Any]
    __api_method__ = "getMe"


class GetAdministrators(TelegramMethod[list[dict[str, Any]]]):
    """`getChatAdministrators`: members as the Bot API has them, each with its `user`."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getChatAdministrators"

    chat_id: int


class SendMessage(methods.SendMessage):
    """`sendMessage`. A message that was taken, with an answer that cannot be read, must not be sent again."""

    __returning__ = dict[str, Any]
