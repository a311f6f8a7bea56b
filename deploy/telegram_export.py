"""What people said in groups, from an export of Telegram Desktop (`result.json`) of any size: one message after the other.

An export holds one chat, or all chats of an account. Only groups are read: private conversations are nobody's business.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ijson

from .problem import Problem

GROUPS = ("private_group", "private_supergroup", "public_supergroup")
MESSAGES = "messages.item"
LISTS = ("", "chats.list.item.", "left_chats.list.item.")
"""Where a chat stands: by itself, or among all of an account."""


@dataclass(frozen=True)
class Said:
    """One message in a group. Without text when nobody in particular said it in words."""

    group: int
    """Which one of the file."""
    number: int
    author: str
    month: str
    text: str = ""
    answers: int | None = None


def read(file: Path, at: Callable[[int], None] = lambda _: None) -> Iterator[Said]:
    """Every message of every group, in the file's order; `at` is told how many bytes are read. Raises Problem."""
    group, is_group = 0, False
    builder: ijson.ObjectBuilder | None = None
    try:
        with file.open("rb") as source:
            for prefix, event, value in ijson.parse(source):
                if builder is not None:
                    builder.event(event, value)
                    if event == "end_map" and prefix.endswith(MESSAGES) and prefix.removesuffix(MESSAGES) in LISTS:
                        at(source.tell())
                        yield from _said(builder.value, group)
                        builder = None
                elif event == "start_map" and prefix.endswith(MESSAGES):
                    if is_group and prefix.removesuffix(MESSAGES) in LISTS:
                        builder = ijson.ObjectBuilder()
                        builder.event(event, value)
                elif event == "start_map" and f"{prefix}." in LISTS:
                    is_group = False  # until the chat says that it is one
                elif prefix.removesuffix("type") in LISTS and prefix.endswith("type"):
                    is_group = value in GROUPS
                    group += is_group
    except OSError as error:
        raise Problem(f"{file}: {error.strerror}") from None
    except (ijson.JSONError, UnicodeDecodeError):
        raise Problem(f"{file} is no whole JSON file: export the chat again, as “Machine-readable JSON”") from None
    if not group:
        raise Problem(f"{file} holds no group chat of a Telegram Desktop export (result.json)")


def _said(message: Any, group: int) -> Iterator[Said]:
    """The message; nothing when it is none that the rest could be counted by."""
    number, date = message.get("id"), message.get("date")
    if not (isinstance(number, int) and isinstance(date, str) and len(date) >= len("2022-03")):
        return
    answers = message.get("reply_to_message_id")
    author = str(message.get("from_id") or "")
    yield Said(
        group, number, author, date[:7],
        text=_text(message.get("text")) if _are_own_words(message, author) else "",
        answers=answers if isinstance(answers, int) else None,
    )  # fmt: skip


def _are_own_words(message: dict[str, Any], author: str) -> bool:
    """Whether a person says this for themselves, as the bot looks at it: no service message, no channel, nothing passed on."""
    if message.get("type") != "message" or not author.startswith("user") or message.get("via_bot"):
        return False
    return "forwarded_from" not in message or message["forwarded_from"] == message.get("from")


def _text(text: Any) -> str:
    """The words: a string, or a list of strings and of pieces with a form."""
    if isinstance(text, list):
        return "".join(_text(piece.get("text") if isinstance(piece, dict) else piece) for piece in text).strip()
    return text.strip() if isinstance(text, str) else ""
