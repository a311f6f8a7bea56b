"""What people do in a day of nine groups, and what they are owed for it."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.ground import ROOT
from deploy.emulator.telegram import Group, TelegramEmulator
from tests.kit.plain import PLAIN_NEEDS, PLAIN_OFFERS

GROUPS = 9
FIRST_PERSON = 7_000_000
RECENT = 200
"""So many of the last messages are answered, changed or repeated."""
REPLIES = ("Напишіть мені, будь ласка, в приват", "Я вам написала", "Melde dich bei mir", "Напишите мне")

WEIGHTS = {
    "group_chatter": 40, "group_need": 10, "group_offer": 5, "group_reply": 5, "need": 12, "offer": 3, "chatter": 7,
    "command": 3, "edit": 5, "repeat": 5, "press": 3, "open_link": 2,
}  # fmt: skip
"""How often people do what, of a hundred updates."""


@dataclass
class Ask:
    """A need that was said, and when."""

    person: int
    text: str
    at: float
    update: dict[str, Any]
    group: Group | None = None
    replied: bool = False
    """Another person replied below it, so that nothing need be said."""
    opened: float | None = None
    """When its person followed the link into the private chat."""

    @property
    def name(self) -> tuple[int, int]:
        """Chat and number of the message."""
        return _name(self.update)


@dataclass
class Crowd:
    """Everybody who writes. Each need is a person's first word, so that what comes back belongs to it."""

    telegram: TelegramEmulator
    random: random.Random
    asks: list[Ask] = field(default_factory=list)
    helped: list[int] = field(default_factory=list)
    """Who asked for /help."""
    pressed: set[int] = field(default_factory=set)
    """Who pressed a button, and may be told the same again."""
    did: Counter[str] = field(default_factory=Counter)
    groups: list[Group] = field(default_factory=list)
    offered: set[tuple[int, int]] = field(default_factory=set)
    """Chat and number of each offer that was said in a group."""
    _people: int = FIRST_PERSON
    _said: list[dict[str, Any]] = field(default_factory=list)
    _links: int = 0
    _pressed: int = 0

    def __post_init__(self) -> None:
        self.groups = [self.telegram.make_group(1) for _ in range(GROUPS)]
        self._everyday = [row["text"] for row in _rows("everyday/everyday.jsonl")]
        self._talk = [*self._everyday, *(row["text"] for row in _rows("devset/needs.jsonl") if row["kind"] == "chatter")]

    def act(self) -> None:
        """Somebody does something; what is not possible yet becomes small talk."""
        kind = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        action: Callable[[], bool] = getattr(self, f"_{kind}")
        if not action():
            kind = "group_chatter"
            self._group_chatter()
        self.did[kind] += 1

    # --- in groups ---

    def _group_chatter(self) -> bool:
        self._say(self.random.choice(self._talk), self.random.choice(self.groups))
        return True

    def _group_need(self) -> bool:
        text, group = self.random.choice(PLAIN_NEEDS).text, self.random.choice(self.groups)
        update = self._say(text, group)
        self.asks.append(Ask(self._people, text, time.monotonic(), update, group))
        return True

    def _group_offer(self) -> bool:
        update = self._say(self.random.choice(PLAIN_OFFERS), self.random.choice(self.groups))
        self.offered.add(_name(update))
        return True

    def _group_reply(self) -> bool:
        """Somebody answers a need themselves."""
        recent = [ask for ask in self.asks[-20:] if ask.group]
        if not recent:
            return False
        ask = self.random.choice(recent)
        ask.replied = True
        self._people += 1
        self.telegram.say(self._people, self.random.choice(REPLIES), group=ask.group, reply_to=ask.name[1])
        return True

    def _open_link(self) -> bool:
        """Somebody follows the link below their need."""
        lines = [
            message for message in self.telegram.sent[self._links :] if message.chat_id < 0 and "https://t.me/" in message.text
        ]
        by_name = {ask.name: ask for ask in self.asks if ask.group and ask.opened is None}
        for line in lines:
            if ask := by_name.get((line.chat_id, line.reply_to or 0)):
                ask.opened = time.monotonic()
                link = next(word for word in line.text.split() if word.startswith("https://t.me/"))
                self.telegram.open_link(ask.person, link)
                return True
        self._links = len(self.telegram.sent)
        return False

    # --- alone with the bot ---

    def _need(self) -> bool:
        text = self.random.choice(PLAIN_NEEDS).text
        update = self._say(text)
        self.asks.append(Ask(self._people, text, time.monotonic(), update))
        return True

    def _offer(self) -> bool:
        self._say(self.random.choice(PLAIN_OFFERS))
        return True

    def _chatter(self) -> bool:
        self._say(self.random.choice(self._everyday))
        return True

    def _command(self) -> bool:
        self._say("/help")
        self.helped.append(self._people)
        return True

    def _press(self) -> bool:
        """Somebody presses a button below what they were told."""
        for message in self.telegram.sent[self._pressed :]:
            self._pressed += 1
            if message.buttons and message.chat_id > 0:
                self.pressed.add(message.chat_id)
                self.telegram.press(message, self.random.randrange(len(message.buttons)))
                return True
        return False

    # --- anywhere ---

    def _edit(self) -> bool:
        """Somebody sets another mark at the end: no news."""
        recent = [update for update in self._said[-RECENT:] if not update["message"]["text"].startswith("/")]
        if not recent:
            return False
        update = self.random.choice(recent)
        self.telegram.edit(update, text=update["message"]["text"] + " .")
        return True

    def _repeat(self) -> bool:
        """The provider says something again."""
        if not self._said:
            return False
        self.telegram.repeat(self.random.choice(self._said[-RECENT:]))
        return True

    def _say(self, text: str, group: Group | None = None) -> dict[str, Any]:
        """Somebody new writes."""
        self._people += 1
        update = self.telegram.say(self._people, text, group=group)
        self._said.append(update)
        del self._said[:-RECENT]
        return update


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (ROOT / "data" / name).read_text(encoding="utf-8").splitlines()]


def _name(update: dict[str, Any]) -> tuple[int, int]:
    message = update["message"]
    return message["chat"]["id"], message["message_id"]
