"""Matrix, by the client-server API of any homeserver: private chats, rooms and their threads. Without encryption.

Where we are in the server's stream (its `next_batch`) is kept at the server, in our account data, once the host has all that was
before. So nothing is lost when we end at any moment: what was not noted comes again, with the same event ids, known to the host.
"""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
import structlog
from pydantic import Field, SecretStr

from chassis import new_id
from chassis.logs import error_name

from ..base import (
    Capability,
    Channel,
    ChannelSettings,
    Group,
    Host,
    Incoming,
    Limits,
    Manifest,
    Outgoing,
    Rejected,
    Result,
    RetryAfter,
    Sent,
    Unreachable,
)
from .events import Event, read
from .homeserver import TIMEOUT, Homeserver, Refused, quoted

log = structlog.get_logger()

POLL = 10
"""Seconds that one request for news may last: shorter than the lease that says who may ask."""
GIVE_UP_AFTER = 90.0
"""Seconds after which one event that always fails is left out. When the store is what fails, the process ends sooner."""
RETRY = 1.0
COME_AGAIN_AFTER = (1, 2, 4, 8, 16, 32)
"""Seconds after which an invitation is tried again: not more often, since homeservers count how often an account joins."""
CHATS_KNOWN = 1.0
"""Seconds in which another replica's news of who is where may be missed."""
UNSURE_KEPT = 1000
ADMIN = 50
"""Power level of a moderator."""
WHERE_WE_ARE = "de.anlaufstelle.heard"
TYPES = ["m.room.message", "m.room.encrypted", "m.room.redaction", "m.room.member", "m.room.tombstone"]
NOTHING: dict[str, list[str]] = {"types": []}
FILTER = {
    "presence": NOTHING,
    "account_data": NOTHING,
    "room": {"account_data": NOTHING, "ephemeral": NOTHING, "state": NOTHING, "timeline": {"types": TYPES, "limit": 100}},
}
CREATORS_HAVE_A_LEVEL = frozenset(map(str, range(1, 12)))
"""Versions of rooms; in newer ones the creators may do all, and have none."""
GONE = frozenset({"M_FORBIDDEN", "M_NOT_FOUND", "M_USER_DEACTIVATED"})


class MatrixSettings(ChannelSettings, channel="matrix"):
    """Where our account is."""

    homeserver_url: str = Field(min_length=1, description="The homeserver, e.g. https://matrix.example.org.")
    user_id: str = Field(pattern=r"^@[^:\s]+:\S+$", description="Our account, e.g. @help:example.org.")
    access_token: SecretStr = Field(min_length=1, description="Access token of a session of the account.")


class Matrix(Channel):
    """One account of ours, people who write to it, and rooms that it was invited to."""

    manifest = Manifest(
        "matrix",
        frozenset({
            Capability.PRIVATE_CHAT, Capability.GROUPS, Capability.FILES, Capability.LOCATION, Capability.EDITS,
            Capability.DELETIONS,
        }),
        # Each homeserver has limits of its own; an event has at most 65,536 bytes.
        Limits(text=10_000, per_second=5, per_second_each=1, per_minute_group=20),
        MatrixSettings,
    )  # fmt: skip
    settings: MatrixSettings
    server: Homeserver

    def __init__(self, settings: MatrixSettings) -> None:
        super().__init__(settings)
        self.us = settings.user_id
        self._members: dict[str, frozenset[str]] = {}
        self._failing: dict[str, float] = {}
        self._coming: dict[str, asyncio.Task[None]] = {}
        """Rooms that we were invited to and are not yet in."""
        self._changing_chats = asyncio.Lock()
        self._lately: dict[str, list[str]] = {}
        self._chats_until = 0.0
        self._asking_chats = asyncio.Lock()
        self._unsure: OrderedDict[str, str] = OrderedDict()
        """Names of messages that were sent and not answered."""

    async def open(self) -> None:
        """Make the client; it connects when it is first used."""
        settings = self.settings
        self.server = Homeserver(settings.homeserver_url, self.us, settings.access_token.get_secret_value())

    async def close(self) -> None:
        """Close its connections."""
        await self.server.close()

    def private_link(self, code: str) -> str:
        """The link that opens a chat with us. It can carry no code: who writes is known by their account."""
        return f"https://matrix.to/#/{self.us}"

    # --- sending ---

    async def send(self, address: str, message: Outgoing) -> Result:
        """Send a text, in a room as an answer, where that has a thread within it."""
        try:
            room = address if address.startswith("!") else await self._chat_with(address)
            content: dict[str, Any] = {"msgtype": "m.text", "body": message.text}
            if message.reply_to and room == address:  # in a private chat, quoting what was just said helps nobody
                content |= await self._as_answer(room, message.reply_to)
            await self._send_once(room, content, message.reply_to)
        except Refused as error:
            return _refusal(error)
        except (aiohttp.ClientError, TimeoutError, ValueError, LookupError) as error:
            log.warning("matrix does not take a message now", reason=error_name(error))
            return RetryAfter()
        return Sent()

    async def _send_once(self, room: str, content: dict[str, Any], answers: str | None) -> None:
        """Send under a name by which the server knows it again: it may have been taken though we have not learnt it.

        What answers something else is no repetition, though it says the same: another replica may have sent the first one.
        """
        what = json.dumps([room, content, answers])
        name = self._unsure.setdefault(what, new_id())
        while len(self._unsure) > UNSURE_KEPT:
            self._unsure.popitem(last=False)
        await self.server.ask("PUT", f"rooms/{quoted(room)}/send/m.room.message/{name}", content)
        self._unsure.pop(what, None)  # whoever says the same again means it

    async def _as_answer(self, room: str, event_id: str) -> dict[str, Any]:
        answered = Event.model_validate(await self.server.ask("GET", f"rooms/{quoted(room)}/event/{quoted(event_id)}"))
        relation: dict[str, Any] = {"m.in_reply_to": {"event_id": event_id}}
        if answered.content.relates_to.rel_type == "m.thread":
            relation |= {"rel_type": "m.thread", "event_id": answered.content.relates_to.event_id, "is_falling_back": False}
        return {"m.relates_to": relation, "m.mentions": {"user_ids": [answered.sender]}}

    async def _chat_with(self, person: str) -> str:
        """The room in which we are alone with a person; made when there is none, or when somebody else has come into it."""
        for room in (await self._chats_lately()).get(person) or (await self._chats()).get(person) or ():
            # Who hears what is said there hears who comes, too; else we ask.
            if (self._members.get(room) or await self._people(room)) <= {self.us, person}:
                return room
            await self._forget_chat(room)
        made = await self.server.ask(
            "POST", "createRoom", {"preset": "trusted_private_chat", "is_direct": True, "invite": [person]}
        )
        await self._note_chat(person, str(made["room_id"]))
        return str(made["room_id"])

    async def _chats_lately(self) -> dict[str, list[str]]:
        """What many answers at once need not ask each for itself."""
        async with self._asking_chats:
            if time.monotonic() > self._chats_until:
                self._lately = await self._chats()
                self._chats_until = time.monotonic() + CHATS_KNOWN
            return self._lately

    async def _chats(self) -> dict[str, list[str]]:
        """People and the rooms in which we are alone with them, the latest first: kept at the server as all programmes do."""
        chats: dict[str, list[str]] = await self.server.kept("m.direct")
        return chats

    async def _note_chat(self, person: str, room: str) -> None:
        async with self._changing_chats:
            chats = await self._chats()
            rooms = chats.get(person, [])
            if rooms[:1] != [room]:
                chats[person] = [room, *(other for other in rooms if other != room)]
                await self.server.keep("m.direct", chats)
                self._chats_until = 0

    async def _forget_chat(self, room: str) -> list[str]:
        """Gives with whom it was."""
        async with self._changing_chats:
            chats = await self._chats()
            people = [person for person, rooms in chats.items() if room in rooms]
            if people:
                left = {person: [other for other in rooms if other != room] for person, rooms in chats.items()}
                await self.server.keep("m.direct", left)
                self._chats_until = 0
            return people

    # --- hearing ---

    async def listen(self, host: Host, held: Callable[[], bool]) -> None:
        """Ask for news again and again, from where we were."""
        kept = await self.server.kept(WHERE_WE_ARE)
        try:
            for room in kept.get("coming", ()):
                self._come(room)
            await self._listen(kept.get("next_batch"), host, held)
        finally:
            for task in self._coming.values():
                task.cancel()
            await asyncio.gather(*self._coming.values(), return_exceptions=True)
            # Who does not listen learns no more who comes, nor what another replica has taken meanwhile.
            self._members.clear()
            self._failing.clear()

    async def _listen(self, since: str | None, host: Host, held: Callable[[], bool]) -> None:
        while held():
            # What was said before the very first time is not for us; to whom we were invited, we come.
            news = await self.server.ask("GET", "sync", within=POLL + TIMEOUT, filter=json.dumps(FILTER), **_from(since))
            rooms, following = news.get("rooms") or {}, news["next_batch"]
            if not await self._take_all(rooms if since else {"invite": rooms.get("invite", {})}, since, host):
                await asyncio.sleep(RETRY)
                continue
            if rooms or not since:
                await self.server.keep(WHERE_WE_ARE, {"next_batch": following, "coming": list(self._coming)})
                self._failing.clear()
            since = following

    async def _take_all(self, rooms: dict[str, Any], since: str | None, host: Host) -> bool:
        """Take what is new in all rooms, in each in order. False when something has to be tried again."""
        for room in rooms.get("invite") or {}:
            self._come(room)
        work = [self._take_leaving(room, left, host) for room, left in (rooms.get("leave") or {}).items()]
        work += [self._take_room(room, joined, since, host) for room, joined in (rooms.get("join") or {}).items()]
        failed = [error for error in await asyncio.gather(*work, return_exceptions=True) if error]
        for error in failed:
            if not isinstance(error, Exception):
                raise error
            log.warning("events not taken", reason=error_name(error))
        return not failed

    def _come(self, room: str) -> asyncio.Task[None]:
        """Come where we were invited, in its own time: the room's server may be slow or away, and nobody else waits for that."""
        if room not in self._coming:
            self._coming[room] = asyncio.create_task(self._accept(room))
            self._coming[room].add_done_callback(lambda _: self._coming.pop(room))
        return self._coming[room]

    async def _accept(self, room: str) -> None:
        pauses = iter(COME_AGAIN_AFTER)
        pause: float | None = 0
        while pause is not None:
            await asyncio.sleep(pause)
            try:
                await self.server.ask("POST", f"rooms/{quoted(room)}/join", {})
                return
            except Refused as error:
                reason, is_busy = error.code, error.status == 429
                pause = None if reason in GONE else error.wait if is_busy and error.wait else next(pauses, None)
            except (aiohttp.ClientError, TimeoutError) as error:
                reason, pause = error_name(error), next(pauses, None)
        log.info("an invitation cannot be accepted", reason=reason)
        with suppress(Refused, aiohttp.ClientError, TimeoutError):  # there may be nothing left to be declined
            await self.server.ask("POST", f"rooms/{quoted(room)}/leave", {})

    async def _take_leaving(self, room: str, left: dict[str, Any], host: Host) -> None:
        """We were removed, unless it was us who left."""
        if any(
            event.state_key == self.us and event.sender != self.us
            for event in read((left.get("timeline") or {}).get("events") or [])
        ):
            for address in await self._forget_chat(room) or [room]:
                await host.gone(address)

    async def _take_room(self, room: str, joined: dict[str, Any], since: str | None, host: Host) -> None:
        timeline = joined.get("timeline") or {}
        events = read(timeline.get("events") or [])
        starts = [index for index, event in enumerate(events) if event.puts(self.us, "invite") or event.puts(self.us, "join")]
        if timeline.get("limited") or any(event.type == "m.room.member" for event in events):
            self._members.pop(room, None)
        if starts:
            events = events[starts[0] :]  # what was said before we were invited was not said to us
        elif timeline.get("limited") and since:
            events = await self._missed(room, timeline["prev_batch"], since) + events
        for event in events:
            since_when = self._failing.setdefault(event.event_id, time.monotonic())
            try:
                await self._take(room, event, host)
            except Exception as error:
                if time.monotonic() - since_when < GIVE_UP_AFTER:
                    raise
                log.error("event left out", reason=error_name(error))

    async def _missed(self, room: str, before: str, since: str) -> list[Event]:
        """What one answer had no room for, oldest first."""
        found: list[Event] = []
        query: dict[str, Any] = {"from": before, "to": since, "dir": "b", "limit": 100, "filter": json.dumps({"types": TYPES})}
        while query["from"]:
            page = await self.server.ask("GET", f"rooms/{quoted(room)}/messages", **query)
            found += read(page["chunk"])
            query["from"] = page.get("end") if page["chunk"] else None
        return found[::-1]

    async def _take(self, room: str, event: Event, host: Host) -> None:
        if event.type == "m.room.tombstone" and event.content.replacement_room:
            # Mostly we are there at once, and what is sent there arrives.
            await asyncio.wait([self._come(event.content.replacement_room)], timeout=RETRY)
            await host.moved(room, event.content.replacement_room)
        elif event.type == "m.room.member" and event.content.membership in ("leave", "ban") and event.state_key != self.us:
            if event.state_key in await self._forget_chat(room):
                await host.gone(event.state_key)
        elif event.type == "m.room.member" and event.state_key != self.us:
            if await self._group(room):  # somebody came, and it is a private chat no more
                await self._forget_chat(room)
        elif event.sender != self.us and (incoming := await self._incoming(room, event)):
            if incoming.group is None:
                await self._note_chat(incoming.address, room)
            await host.hear(incoming)

    async def _incoming(self, room: str, event: Event) -> Incoming | None:
        """What the host is to hear of an event; None of what says nothing."""
        if event.type == "m.room.redaction":
            return await self._taken_back(room, event)
        text, has_media, relation = event.text, event.has_media, event.content.relates_to
        if event.type not in ("m.room.message", "m.room.encrypted") or not (text or has_media or event.place):
            return None
        group = await self._group(room)
        if group:
            topic = relation.event_id if relation.rel_type == "m.thread" else None
            reply_to = (relation.in_reply_to.event_id if not relation.is_falling_back else None) or topic
            by_admin = text.startswith("/") and await self._is_admin(event.sender, room)
            group = Group(room, topic, reply_to, by_admin)
        return Incoming(
            event.sender, event.event_id, text, has_media=has_media, location=event.place, group=group, edits=event.edits
        )

    async def _taken_back(self, room: str, event: Event) -> Incoming | None:
        """A moderator may have taken back what somebody else wrote."""
        target = event.redacts or event.content.redacts
        path = f"rooms/{quoted(room)}/event/{quoted(target)}"
        try:
            (redacted,) = read([await self.server.ask("GET", path)])
        except (Refused, ValueError) as error:
            if isinstance(error, Refused) and error.status not in (403, 404):
                raise
            return None
        if redacted.type not in ("m.room.message", "m.room.encrypted") or redacted.sender == self.us:
            return None
        return Incoming(redacted.sender, event.event_id, group=await self._group(room), deletes=target)

    async def _group(self, room: str) -> Group | None:
        """The room, unless it holds only us and one more."""
        if room not in self._members:
            self._members[room] = await self._people(room)
        return Group(room) if len(self._members[room] - {self.us}) > 1 else None

    async def _people(self, room: str) -> frozenset[str]:
        """Who is there, or may come at any moment."""
        members = await self.server.ask("GET", f"rooms/{quoted(room)}/members", not_membership="leave")
        people = read(members["chunk"])
        return frozenset(each.state_key for each in people if each.state_key and each.content.membership in ("join", "invite"))

    async def _is_admin(self, person: str, room: str) -> bool:
        state = f"rooms/{quoted(room)}/state"
        created = await self.server.ask("GET", f"{state}/m.room.create/", format="event")
        creators = (created["sender"], *created["content"].get("additional_creators", ()))
        if person in creators and created["content"].get("room_version", "1") not in CREATORS_HAVE_A_LEVEL:
            return True
        levels = await self.server.ask("GET", f"{state}/m.room.power_levels/")
        return int(levels.get("users", {}).get(person, levels.get("users_default", 0))) >= ADMIN


def _from(since: str | None) -> dict[str, Any]:
    return {"since": since, "timeout": POLL * 1000} if since else {"timeout": 0}


def _refusal(error: Refused) -> Result:
    if error.status == 429 or error.status >= 500 or error.status == 401:
        log.warning("matrix does not take a message now", status=error.status, code=error.code)
        return RetryAfter(error.wait)
    return Unreachable() if error.code in GONE else Rejected()
