"""Matrix, by a stand-in of a homeserver. What it says of rooms and events was recorded from Synapse."""

import asyncio
import json
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.kit.channels import provider
from tests.kit.channels.provider import RETRY_AFTER, Failure, Received, Update
from tests.kit.waiting import eventually

US, TOKEN = "@help:example.org", "syt_aGVscA_access_token"
GROUP = "!f6budq8NtN-3JWwM4eDZceU5v6pZeSyuKfYKfHGAsVQ"
OKSANA, PETRO, OLENA = "@oksana:example.org", "@petro:example.org", "@olena:example.org"
CREATED = {"type": "m.room.create", "sender": OLENA, "content": {"room_version": "12"}, "state_key": "", "event_id": GROUP}
LEVELS: dict[str, Any] = {"users": {}, "users_default": 0, "events_default": 0, "state_default": 50}
NEVER_LONGER = 0.2
"""Seconds that a request for news lasts here, so that no case has to wait for it."""
OF_THE_SERVER = (Failure.DOWN, Failure.SLOW, Failure.BROKEN)
ERRORS: dict[Failure, tuple[int, dict[str, Any]]] = {
    Failure.BUSY: (429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": RETRY_AFTER * 1000}),
    Failure.BLOCKED: (403, {"errcode": "M_FORBIDDEN", "error": "User @help:example.org not in room"}),
    Failure.REJECTED: (413, {"errcode": "M_TOO_LARGE", "error": "event too large"}),
}
NOT_FOUND = (404, {"errcode": "M_NOT_FOUND", "error": "Not found."})


class Provider(provider.HttpProvider):
    """A homeserver with our account, and a room with each person."""

    def __init__(self, mode: str = "") -> None:
        super().__init__(mode)
        self._ids = count(1)
        self._events = _recorded()
        self._error: Failure | None = None

    async def start(self) -> None:
        """An account that was connected before."""
        self._news: list[dict[str, Any]] = []
        self._asked, self._more = 0, asyncio.Event()
        self._kept: dict[str, Any] = {"de.anlaufstelle.heard": {"next_batch": "s0"}}
        self._taken: set[str] = set()
        await super().start()

    def settings(self) -> Mapping[str, object]:
        """Our account."""
        return {"homeserver_url": self.server.url, "user_id": US, "access_token": TOKEN}

    # --- people ---

    def address(self, person: int) -> str:
        """Their account."""
        return f"@person{person}:example.org"

    def text(self, person: int, text: str) -> Update:
        """A message in the room with them."""
        event = {
            "type": "m.room.message", "sender": self.address(person), "event_id": f"$event{next(self._ids)}",
            "origin_server_ts": 1_764_000_000_000, "content": {"msgtype": "m.text", "body": text},
        }  # fmt: skip
        timeline = {"events": [event], "prev_batch": "p1", "limited": False}
        return {"join": {f"!room{person}:example.org": {"timeline": timeline}}}

    def private(self) -> list[str]:
        """The token, and rooms."""
        return [TOKEN, *(f"!room{person}:example.org" for person in (1, 2, 3, 9))]

    async def deliver(self, update: Update) -> int | None:
        """With the next answer to a request for news, which the one after it confirms."""
        self._news.append(update)
        number = len(self._news)
        self._more.set()
        await eventually(lambda: self._asked >= number, timeout=20, interval=0.005)
        return None

    # --- what a homeserver does ---

    def fail(self, how: Failure | None) -> None:
        """What is the room's or the message's is told of messages only."""
        self._error = how if how in ERRORS else None
        super().fail(how if how in OF_THE_SERVER else None)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _said(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token passed."})
        path = [unquote(part) for part in request.raw_path.partition("?")[0].split("/")[4:]]
        body = json.loads(await request.read() or b"null")
        match request.method, path:
            case "GET", ["sync"]:
                return _said(200, await self._sync(request.query.get("since")))
            case "GET", ["user", _, "account_data", name]:
                return _said(200, self._kept[name]) if name in self._kept else _said(*NOT_FOUND)
            case "PUT", ["user", _, "account_data", name]:
                self._kept[name] = body
                return _said(200, {})
            case "PUT", ["rooms", room, "send", "m.room.message", name]:
                return self._take(room, name, body)
            case "GET", ["rooms", room, *rest]:
                return _said(*self._about(room, rest))
            case "POST", ["rooms", room, "join"]:
                return _said(200, {"room_id": room})
        return _said(404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"})

    async def _sync(self, since: str | None) -> dict[str, Any]:
        number = int((since or "s0")[1:])
        self._asked = max(self._asked, number)
        if number >= len(self._news):
            self._more.clear()
            try:
                await asyncio.wait_for(self._more.wait(), NEVER_LONGER)
            except TimeoutError:
                return {"next_batch": f"s{number}"}
        return {"next_batch": f"s{number + 1}", "rooms": self._news[number]}

    def _take(self, room: str, name: str, content: dict[str, Any]) -> web.Response:
        if self._error:
            return _said(*ERRORS[self._error])
        if name not in self._taken:
            self._taken.add(name)
            answered = content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id")
            people = [person for person, rooms in self._kept.get("m.direct", {}).items() if room in rooms]
            self.received.append(Received(people[0] if people else room, content["body"], reply_to=answered, raw=content))
        return _said(200, {"event_id": f"$sent-{name}"})

    def _about(self, room: str, what: list[str]) -> tuple[int, dict[str, Any]]:
        match what:
            case ["members"]:
                return 200, {"chunk": [_member(person) for person in self._people(room)]}
            case ["event", name] if name in self._events:
                return 200, self._events[name]
            case ["state", "m.room.create", ""]:
                return 200, CREATED
            case ["state", "m.room.power_levels", ""]:
                return 200, LEVELS
        return NOT_FOUND

    def _people(self, room: str) -> list[str]:
        if room == GROUP:
            return [US, OKSANA, PETRO, OLENA]
        number = room.partition(":")[0].removeprefix("!room")
        return [US, self.address(int(number)) if number.isdecimal() else OKSANA]


def _said(status: int, body: Any) -> web.Response:
    return web.json_response(body, status=status)


def _member(person: str) -> dict[str, Any]:
    return {"type": "m.room.member", "sender": person, "state_key": person, "content": {"membership": "join"}}


def _recorded() -> dict[str, Any]:
    """All recorded events, by their ids."""
    recordings = (json.loads(file.read_text(encoding="utf-8")) for file in Path(__file__).parent.glob("*.json"))
    rooms = (room for recording in recordings for kind in recording.values() for room in kind.values())
    return {event["event_id"]: event for room in rooms for event in room.get("timeline", {}).get("events", ())}
